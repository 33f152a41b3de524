/**
 * What `npm run test:fuzz` runs on the running local stack: Schemathesis with the token of every kind of persona (role × house), and of a
 * session from a patient's link, against an API of its own whose limits are wide (429 to all of it would prove nothing): it runs in this
 * process and ends with it. Prints how many cases each persona was; ends with 1 when one of them got 5xx or what /openapi.json does not say.
 * Arguments: the schemathesis program. FUZZ_SECONDS bounds each persona's run, FUZZ_PERSONAS names the personas to take.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../dev/ports';
import { tokenFor } from '../../dev/identity';
import { PERSONAS } from '../../dev/personas';
import { requireStack, type Stack } from '../../dev/stack';
import { startApi } from '../../src/api/main';
import { readApiConfig } from '../../src/platform/config';
import { createLog } from '../../src/platform/log';
import { NO_LIMITS } from '../support/limits';

const SECONDS = Number(process.env['FUZZ_SECONDS'] ?? 40);
const ONLY = process.env['FUZZ_PERSONAS']?.split(',');
/** Left to the tests of journeys and uploads: a stream that never ends, and uploads, whose bytes Schemathesis cannot make. */
const LEFT_OUT = ['/v1/events', '/v1/uploads', '/v1/uploads/{id}'];
const CHECKS = ['not_a_server_error', 'status_code_conformance', 'content_type_conformance', 'response_headers_conformance', 'response_schema_conformance'];

interface Run { who: string; cases: number; seconds: number; verdict: number | null }

async function main(program: string): Promise<void> {
  const stack = requireStack();
  const environment = { ...process.env, ...stack.environment, API_PORT: String(await freePort()) };
  const api = await startApi(readApiConfig(environment), createLog('api', 'error', process.stderr), environment, { limits: NO_LIMITS });
  const folder = await mkdtemp(join(tmpdir(), 'kuaipei-fuzz-'));
  const runs: Run[] = [];
  try {
    const one = [...new Map(PERSONAS.map((p) => [[p.roles[0], p.hospital, p.insurer, p.departments].join('|'), p.account])).values()];
    for (const account of ONLY ?? one) runs.push(await fuzz(program, folder, api.url, account, await tokenFor(stack.issuer, account)));
    if (!ONLY) runs.push(await fuzz(program, folder, api.url, "a patient's link", await sessionOf(stack, api.url)));
  } finally {
    await api.stop();
    await rm(folder, { recursive: true, force: true });
  }
  console.log('\n| persona | cases | seconds | |\n| --- | --- | --- | --- |');
  for (const { who, cases, seconds, verdict } of runs) console.log(`| ${who} | ${cases} | ${seconds} | ${verdict === 0 ? 'as declared' : `NOT: ended with ${verdict}`} |`);
  console.log(`${runs.length} personas, ${runs.reduce((sum, { cases }) => sum + cases, 0)} cases`);
  process.exitCode = runs.every(({ verdict, cases }) => verdict === 0 && cases > 0) ? 0 : 1;
}

async function fuzz(program: string, folder: string, url: string, who: string, token: string): Promise<Run> {
  console.log(`\n=== ${who}`);
  const settings = join(folder, 'schemathesis.toml');
  await writeFile(settings, await parameters(url, token));
  const began = Date.now();
  // One worker: with more, Python 3.11 now and then stumbles over its own parser between threads.
  const args = ['--config-file', settings, 'run', `${url}/openapi.json`, '--url', url, '--max-time', String(SECONDS), '--header', `Authorization: Bearer ${token}`, ...LEFT_OUT.flatMap((path) => ['--exclude-path', path]),
    '--checks', CHECKS.join(','), '--phases', 'examples,coverage,fuzzing', '--workers', '1', '--request-timeout', '20', '--max-examples', '20', '--continue-on-failure', '--generation-database', 'none', '--no-color'];
  const { text, verdict } = await new Promise<{ text: string; verdict: number | null }>((resolve) => {
    const child = spawn(program, args, { timeout: (SECONDS + 60) * 1_000, env: { ...process.env, COLUMNS: '160' } });
    let said = '';
    const take = (chunk: Buffer): void => { said += chunk.toString(); };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('close', (code) => { resolve({ text: said, verdict: code }); });
  });
  const cases = [...text.matchAll(/(\d[\d,]*) (?:generated|test cases)/g)].map(([, n]) => Number(n!.replaceAll(',', ''))).at(-1) ?? 0;
  if (verdict === 0) console.log(`${cases} cases`);
  else console.log(text);
  return { who, cases, seconds: Math.round((Date.now() - began) / 1_000), verdict };
}

/** What is there for this persona: with invented numbers every act would end at 404. */
async function parameters(url: string, token: string): Promise<string> {
  const first = async (path: string): Promise<Record<string, unknown>> => {
    const answer = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } });
    return answer.ok ? (await answer.json() as { items: Record<string, unknown>[] }).items[0] ?? {} : {};
  };
  const { claimNo = 'KP-2026-000001' } = await first('/v1/claims?limit=1'), { taskId } = await first('/v1/tasks?limit=1');
  return `[parameters]\n"path.claimNo" = ${JSON.stringify(claimNo)}\n${taskId === undefined ? '' : `"/v1/tasks/{id}.path.id" = ${JSON.stringify(taskId)}\n`}`;
}

/** A session that a patient's link of some claim opens. */
async function sessionOf(stack: Stack, url: string): Promise<string> {
  const staff = { 'authorization': `Bearer ${await tokenFor(stack.issuer, 'specialist-a-h001')}`, 'content-type': 'application/json', 'idempotency-key': randomUUID() };
  const { items } = await (await fetch(`${url}/v1/claims?limit=1`, { headers: staff })).json() as { items: Array<{ claimNo: string }> };
  const link = await (await fetch(`${url}/v1/claims/${items[0]?.claimNo ?? ''}/patient-link`, { method: 'POST', headers: staff, body: '{}' })).json() as { url: string };
  const opened = await fetch(`${url}/v1/patient-sessions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ code: new URL(link.url).hash.slice(1) }) });
  return (await opened.json() as { token: string }).token;
}

main(process.argv[2] ?? 'schemathesis').catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
