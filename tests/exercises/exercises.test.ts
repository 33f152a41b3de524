import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { eventually, setFaults } from '../support/parties';
import { newClaim, STEPS, travel, until } from '../support/journey';
import { startStack, type TestStack } from '../support/stack';
import { startCollector, type Collector } from './collector';

let stack: TestStack, collector: Collector;
beforeAll(async () => {
  collector = await startCollector();
  stack = await startStack({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '100' });
}, 180_000);
afterAll(async () => { await stack.close(); await collector.close(); });

test('probe', async () => {
  const claim = await travel(stack, newClaim(), 'check-payment');
  const key = randomUUID();
  const finance = await stack.person('finance-b-i001');
  await finance.act(claim.claimNo, 'check-payment', {}, key);
  await until(stack, claim.claimNo, (s) => s.closedAs === 'paid');
  await new Promise((r) => setTimeout(r, 1500));
  writeFileSync('/tmp/w7/day-spans.json', JSON.stringify(collector.spans(), null, 1));
  writeFileSync('/tmp/w7/day-api.txt', await (await fetch(`${stack.apiUrl}/metrics`)).text());
  writeFileSync('/tmp/w7/day-worker.txt', await (await fetch(stack.workerMetricsUrl)).text());
  void setFaults; void eventually; void STEPS;
});
