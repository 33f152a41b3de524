import type { Servers } from './servers';

const held = globalThis as { kuaipeiTestServers?: Servers };

/** Stops every server that the run started. */
export default async function tearDown(): Promise<void> {
  await held.kuaipeiTestServers?.stop();
}
