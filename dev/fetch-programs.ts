import { findChromium, findTemporal, findTestServer } from './programs';
import { sentenceFor } from './sentence';

/** Before the tests: the Temporal servers and the browser they run on are there, or fetched and built now, where it may take minutes, and not inside a test. */
async function main(): Promise<void> {
  for (const find of [findTemporal, findTestServer, findChromium]) await find((words) => { console.log(words); });
}

main().catch((error: unknown) => {
  console.error(sentenceFor(error) ?? error);
  process.exitCode = 1;
});
