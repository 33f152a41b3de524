import { openWorld, sizeOf, type World } from './harness';
import { pay, toPayment } from './steps';
let world: World;
beforeAll(async () => { world = await openWorld(); }, 60_000);
afterEach(() => world.tidy());
afterAll(() => world.close());
test('smoke', async () => {
  const t0 = Date.now();
  const claim = await world.report();
  console.log('report', Date.now() - t0);
  await toPayment(claim);
  await pay(claim);
  console.log(await claim.end(), Date.now() - t0);
  const h = await claim.history();
  const { events } = await claim.handle.fetchHistory();
  console.log(events!.map((e) => `${e.eventId} ${Object.keys(e).find((k) => k.endsWith('Attributes') && (e as any)[k])} ${JSON.stringify((e as any).timerStartedEventAttributes ? Buffer.from((e as any).userMetadata.summary.data).toString() : '')} ${(e as any).eventTime.nanos}`).join('\n'));
  console.log(sizeOf(h), h, claim.outside.events.map((e) => `${e.version} ${e.type} ${e.act.command}`).join('\n'));
}, 30_000);
