import { appendFileSync } from 'node:fs';
import { openWorld, type World } from './harness';
import { submitFacts } from './steps';
import { patient } from './people';
const log = (s: string) => appendFileSync('/tmp/i-probe.log', `${new Date().toISOString()} ${s}\n`);
let world: World;
beforeAll(async () => { log('open'); world = await openWorld(); log('opened'); }, 40_000);
afterAll(async () => { log('closing'); await world?.close(); log('closed'); });
test('a', async () => {
  for (let i = 0; i < 3; i++) {
  log('monday'); await world.monday(); 
  const claim = await world.report(); log('reported');
  await submitFacts(claim); log('facts');
  if (i === 1) await claim.act('withdraw', {}, patient);
  await claim.handle.cancel(); await new Promise((r) => setTimeout(r, 3000)); log(JSON.stringify((await claim.history()).map((e) => [Object.keys(e).find((k) => k.endsWith('Attributes') && (e as any)[k]), (e as any).workflowTaskFailedEventAttributes?.failure?.message])));
  await claim.handle.terminate(); log('terminated');
  }
}, 30_000);
