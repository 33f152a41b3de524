import { sentenceFor } from './sentence';
import { tokenFor } from './identity';
import { personaOf } from './personas';
import { requireStack } from './stack';

/** `npm run token -- <persona>`: a bearer token of the running local stack, alone on its line, for `curl -H "Authorization: Bearer $(…)"`. */
async function main(): Promise<void> {
  const { account } = personaOf(process.argv[2] ?? '');
  console.log(await tokenFor(requireStack().issuer, account));
}

main().catch((error: unknown) => {
  console.error(sentenceFor(error) ?? (error instanceof Error ? error.message : error));
  process.exitCode = 1;
});
