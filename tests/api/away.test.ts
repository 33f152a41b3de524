import { randomUUID } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { freePort } from '../../dev/ports';
import { eventually } from '../support/parties';
import { temporalAddress } from '../support/temporal';
import { aReport, FACTS, startStack, type Stack } from './stack';

test('SPEC §3: reported while Temporal is down, acted on while no worker is up, done when both are back: nothing lost, nothing twice', async () => {
  const { address } = await temporalAddress();
  const port = await freePort();
  const stack: Stack = await startStack({ temporal: `127.0.0.1:${port}` });
  const [host, remote] = address.split(':') as [string, string];
  const door = createServer((socket) => { const on = connect(Number(remote), host); socket.pipe(on).pipe(socket); for (const one of [socket, on]) one.on('error', () => { socket.destroy(); on.destroy(); }); });
  let worker: { stop(): Promise<void> } | undefined;
  try {
    const { body: { claimNo } } = await stack.post('specialist-a-h001', '/v1/claims', aReport('AW1'));
    expect((await stack.post('specialist-a-h001', `/v1/claims/${claimNo}/acts/submit-facts`, FACTS)).status).toBe(503);

    await new Promise<void>((resolve) => { door.listen(port, '127.0.0.1', resolve); });
    await eventually(async () => {
      const [line] = (await stack.get('ops', '/v1/ops/stuck')).body.items;
      return line?.process.kind === 'running' ? true : undefined;
    }, 60_000);
    expect((await stack.get('ops', '/v1/ops/stuck')).body).toMatchObject({ items: [{ claimNo, cause: 'no-worker', waitingFor: ['specialist'] }] });

    const key = { 'Idempotency-Key': randomUUID() };
    const kept = await stack.post('specialist-a-h001', `/v1/claims/${claimNo}/acts/submit-facts`, FACTS, key);
    expect([kept.status, kept.headers['location']]).toEqual([202, `/v1/claims/${claimNo}/acts/${key['Idempotency-Key']}`]);
    expect((await stack.get('specialist-a-h001', kept.headers['location']!)).body.status).toBe('queued');
    const wrong = await stack.post('specialist-a-h001', `/v1/claims/${claimNo}/acts/approve`, { lines: [{ benefit: 'death', askedFen: 1, approvedFen: 1 }], fileVersion: 0 });
    expect(wrong.status).toBe(202);

    worker = await stack.bringWorker();
    await eventually(async () => ((await stack.get('specialist-a-h001', kept.headers['location']!)).body.status === 'done' ? true : undefined), 30_000);
    await eventually(async () => ((await stack.get('specialist-a-h001', wrong.headers['location']!)).body.status === 'refused' ? true : undefined), 30_000);
    const again = await stack.post('specialist-a-h001', `/v1/claims/${claimNo}/acts/submit-facts`, FACTS, key);
    expect(again.status).toBe(200);
    const events = (await stack.get('auditor', `/v1/claims/${claimNo}/events`)).body.items as Array<{ type: string }>;
    expect(events.filter((one) => one.type === 'facts-submitted')).toHaveLength(1);
  } finally {
    await worker?.stop();
    await stack.stop();
    door.close();
  }
}, 180_000);
