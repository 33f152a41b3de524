import { z } from 'zod';
import type { PartyOptions, RunningParty } from './party';

const environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65535).default(0),
  SECRET: z.string().min(1),
  CALLBACK_URL: z.url().optional(),
  DATA_FILE: z.string().min(1).optional(),
});

/** Runs one party as its own process, told by `PORT`, `SECRET`, `CALLBACK_URL` (bank) and `DATA_FILE`, until SIGINT or SIGTERM. */
export function runAlone(name: string, start: (options: PartyOptions & { callbackUrl?: string }) => Promise<RunningParty>): void {
  const run = async () => {
    const parsed = environment.safeParse(process.env);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      throw new Error(`the ${name} cannot start: ${issue?.path.join('.')} ${issue?.message}`);
    }
    const { PORT: port, SECRET: secret, CALLBACK_URL: callbackUrl, DATA_FILE: dataFile } = parsed.data;
    const party = await start({ port, secret, callbackUrl, dataFile });
    console.log(`${name} simulator at ${party.url}`);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void party.stop().then(() => process.exit(0)));
  };
  run().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  });
}
