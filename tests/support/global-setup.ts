import { openServers, type Servers } from './servers';

const held = globalThis as { kuaipeiTestServers?: Servers };

/** Opens the door at which tests ask for servers; nothing starts before the first asks. */
export default async function setUp(): Promise<void> {
  held.kuaipeiTestServers = await openServers();
  process.env.KUAIPEI_TEST_SERVERS = held.kuaipeiTestServers.url;
}
