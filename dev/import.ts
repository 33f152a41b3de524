/**
 * `npm run import -- FILE…`: takes hospital records (FHIR R4 bundles) into the running stack, as the hospital's information system
 * would. Says which claims each file opened, which surgeries were unremarkable, and why. The same file twice opens nothing twice.
 */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { ApiProblem, signIn } from './client';
import { sentenceFor } from './sentence';
import { requireStack } from './stack';

interface IntakeAnswer {
  opened: Array<{ claimNo: string; outcomeType?: string }>;
  alreadyOpen: Array<{ claimNo: string }>;
  unremarkable: Array<{ because: string; text?: { en: string } }>;
}

async function main(): Promise<void> {
  const files = process.argv.slice(2).filter((word) => !word.startsWith('--'));
  if (files.length === 0) throw new Error('Name at least one FHIR R4 bundle: npm run import -- dev/samples/fhir/83ae6992-dd3d-0e9a-c63c-a85e57a62cec.json');
  const feed = await signIn(requireStack(), 'his-feed-h001');
  let refused = 0;
  for (const file of files) {
    try {
      const answer = await feed.post<IntakeAnswer>('/v1/intake/fhir', JSON.parse(await readFile(file, 'utf8')));
      const said = [
        ...answer.opened.map((one) => `opened ${one.claimNo}${one.outcomeType ? ` (${one.outcomeType})` : ''}`),
        ...answer.alreadyOpen.map((one) => `already open as ${one.claimNo}`),
        ...answer.unremarkable.map((one) => `unremarkable: ${one.text?.en ?? one.because}`),
      ];
      console.log(`${basename(file)}: ${said.join('; ') || 'no surgery in it'}`);
    } catch (error) {
      if (!(error instanceof ApiProblem) && !(error instanceof SyntaxError)) throw error;
      refused += 1;
      console.log(`${basename(file)}: refused: ${error instanceof ApiProblem ? error.message : 'not JSON'}`);
    }
  }
  if (refused > 0) process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(sentenceFor(error) ?? (error instanceof Error ? error.message : error));
  process.exitCode = 1;
});
