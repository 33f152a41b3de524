import type { Stack } from './stack';

/** One line per step of a start: when, which part, what. */
export type Narrator = (part: string, words: string) => void;

export function createNarrator(): Narrator {
  const begun = Date.now();
  return (part, words) => { console.log(`${((Date.now() - begun) / 1000).toFixed(1).padStart(6)} s  ${part.padEnd(18)} ${words}`); };
}

/** The one table at the end: where everything is, who to be, what to try. */
export function readyTable(stack: Stack): string {
  const rows: Array<[string, string]> = [
    ['Console', stack.apiUrl],
    ['API', `${stack.apiUrl}/docs`],
    ['Temporal UI', `${stack.temporalUiUrl}/namespaces/kuaipei/workflows`],
    ['Sign-in', stack.issuer],
    ['Bank, insurer', `${stack.bankUrl}/_journal   ${stack.insurerUrl}/_journal   ${stack.noticeUrl}/_journal`],
    ['PostgreSQL', stack.databaseUrl],
    ['Logs', stack.logs],
    ['Personas', 'specialist-a-h001   liaison-a-h001   reviewer-a-i001   approver-a-i001   finance-a-i001   patient-a   ops   (all: dev/personas.ts)'],
    ['Try', 'npm run demo'],
    ['', `curl -H "Authorization: Bearer $(npm run --silent token -- reviewer-a-i001)" ${stack.apiUrl}/v1/claims`],
  ];
  const line = '─'.repeat(100);
  return [line, ...rows.map(([name, value]) => ` ${name.padEnd(15)}${value}`), line, ' Ready. Ctrl-C stops everything; the next start finds it as it is now; npm start -- --fresh begins anew.'].join('\n');
}
