import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBank } from '../../../dev/simulators/bank';
import { bankCallbackSchema, createBankClient, type BankCallback } from '../../../src/platform/outside/bank';
import { sign, verify } from '../../../src/platform/outside/signature';
import { bankJournal, eventually, paymentsUnder, setFaults } from '../../support/parties';

const secret = 'shared-with-the-bank';
const order = (key: string) => ({ key, amountFen: 100, payee: { holder: '张三', bank: 'ICBC', account: '6222020200112233' }, reference: 'KP-2026-000123' });

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'kuaipei-bank-')); });
afterEach(() => rmSync(folder, { recursive: true }));

/** Our side of the callbacks: keeps what came with a valid signature, and answers as told. */
async function startReceiver() {
  const received: BankCallback[] = [];
  let status = () => 204;
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const body = Buffer.concat(chunks);
      expect(verify(req.headers, body, secret, new Date())).toEqual({ kind: 'valid' });
      received.push(bankCallbackSchema.parse(JSON.parse(body.toString())));
      res.writeHead(status()).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`,
    received,
    answer(next: () => number) { status = next; },
    stop() { server.closeAllConnections(); return new Promise((resolve) => server.close(resolve)); },
  };
}

describe('SPEC §1.9: what a bank calls back with', () => {
  let receiver: Awaited<ReturnType<typeof startReceiver>>;
  let bank: Awaited<ReturnType<typeof startBank>>;
  beforeEach(async () => {
    receiver = await startReceiver();
    bank = await startBank({ port: 0, secret, callbackUrl: receiver.url });
  });
  afterEach(async () => {
    await bank.stop();
    await receiver.stop();
  });
  const submit = (key: string) => createBankClient({ url: bank.url, secret, timeoutMs: 10_000 }).submit(order(key));
  const callbacks = (count: number) => eventually(async () => (receiver.received.length >= count ? receiver.received : undefined));

  test('one signed confirmation, with the key, the amount and the bank’s reference', async () => {
    await submit('once');
    expect(await callbacks(1)).toMatchObject([{ key: 'once', status: 'confirmed', amountFen: 100, bankReference: expect.stringMatching(/^BK-/) }]);
  });

  test('answer-twice: two confirmations with their own event ids, one payment', async () => {
    await setFaults(bank.url, [{ do: 'answer-twice' }]);
    await submit('twice');
    const [first, second] = await callbacks(2);
    expect(second).toMatchObject({ key: 'twice', status: 'confirmed', bankReference: first?.bankReference });
    expect(second?.eventId).not.toBe(first?.eventId);
    expect(await paymentsUnder(bank.url, 'twice')).toBe(1);
  });

  test('unknown: a confirmation for a key nobody used', async () => {
    await setFaults(bank.url, [{ do: 'unknown' }]);
    await submit('known');
    expect((await callbacks(2)).map(({ key }) => key)).toEqual(['known', expect.stringMatching(/^stray:/)]);
  });

  test('other-amount and payee-fault are told as they are', async () => {
    await setFaults(bank.url, [{ do: 'other-amount', amountFen: 7, times: 1 }, { do: 'payee-fault', times: 1 }]);
    await submit('more');
    await callbacks(1);
    await submit('closed-account');
    expect(await callbacks(2)).toMatchObject([{ key: 'more', status: 'confirmed', amountFen: 7 }, { key: 'closed-account', status: 'failed', fault: 'payee' }]);
  });

  test('a callback is repeated under the same event id until it is taken', async () => {
    let calls = 0;
    receiver.answer(() => (++calls < 3 ? 503 : 204));
    await submit('stubborn');
    const events = await callbacks(3);
    expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(1);
    const attempts = await eventually(async () => {
      const made = (await bankJournal(bank.url)).filter((entry) => entry.what === 'called-back');
      return made.some(({ delivered }) => delivered) ? made : undefined;
    });
    expect(attempts.map(({ answer }) => answer)).toEqual(['HTTP 503', 'HTTP 503', 'HTTP 204']);
  });
});

describe('a bank remembers', () => {
  test('killed after it accepted: started again, it settles and calls back what it owed, and pays nothing twice', async () => {
    const receiver = await startReceiver();
    const dataFile = join(folder, 'bank.ndjson');
    const alone = spawn(process.execPath, ['--import', 'tsx', 'dev/simulators/bank.ts'], {
      env: { ...process.env, PORT: '0', SECRET: secret, DATA_FILE: dataFile, CALLBACK_URL: receiver.url },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const url = await urlOf(alone);
      await setFaults(url, [{ do: 'settle-late', ms: 3000 }]);
      await createBankClient({ url, secret, timeoutMs: 10_000 }).submit(order('survivor'));
    } finally {
      alone.kill('SIGKILL');
      await once(alone, 'exit');
    }
    // The kill may also have cut a line in two.
    appendFileSync(dataFile, '{"what":"acc');

    const bank = await startBank({ port: 0, secret, dataFile, callbackUrl: receiver.url });
    try {
      await createBankClient({ url: bank.url, secret, timeoutMs: 10_000 }).submit(order('survivor'));
      await eventually(async () => receiver.received[0]);
      expect(receiver.received).toMatchObject([{ key: 'survivor', status: 'confirmed' }]);
      expect(await paymentsUnder(bank.url, 'survivor')).toBe(1);
    } finally {
      await bank.stop();
      await receiver.stop();
    }
    expect(readFileSync(dataFile, 'utf8')).not.toMatch(/张三|6222020200112233/);

    const third = await startBank({ port: 0, secret, dataFile });
    expect(await createBankClient({ url: third.url, secret, timeoutMs: 10_000 }).ask('survivor')).toMatchObject({ kind: 'confirmed', amountFen: 100 });
    await third.stop();
  });

  test('a journal damaged elsewhere stops it with the line', async () => {
    const dataFile = join(folder, 'bank.ndjson');
    appendFileSync(dataFile, '{"what":"nonsense"}\n');
    await expect(startBank({ port: 0, secret, dataFile })).rejects.toThrow(/line 1 of .*remove the file/);
  });
});

test('a taken port is one clear sentence', async () => {
  const first = await startBank({ port: 0, secret });
  await expect(startBank({ port: Number(new URL(first.url).port), secret })).rejects.toThrow(/the bank cannot start: port \d+ is taken/);
  await first.stop();
});

test('a signed body that is not JSON is refused as such', async () => {
  const bank = await startBank({ port: 0, secret });
  const response = await fetch(`${bank.url}/payments`, { method: 'POST', body: '{', headers: sign('{', secret, new Date()) });
  expect([response.status, await response.json()]).toEqual([400, { error: 'not-json' }]);
  await bank.stop();
});

async function urlOf(child: ChildProcess): Promise<string> {
  let out = '';
  for await (const chunk of child.stdout ?? []) {
    out += String(chunk);
    const url = /http:\/\/[\d.:]+/.exec(out)?.[0];
    if (url !== undefined) return url;
  }
  throw new Error('the bank ended before it was ready');
}
