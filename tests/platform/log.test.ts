import { Writable } from 'node:stream';
import { createLog, type Log } from '../../src/platform/log';

/** Canaries: if one of these reaches a line, SPEC §3 is broken. */
const NAME = 'Zhao Xiaoming', PHONE = '13800138000', ACCOUNT = '6222020200112233';

function logged(write: (log: Log) => void): string {
  let lines = '';
  const destination = new Writable({ write: (chunk: Buffer, _encoding, done) => { lines += chunk.toString(); done(); } });
  write(createLog('api', 'info', destination));
  return lines;
}

describe('SPEC §3: names, identity numbers, phones, accounts never stand in logs', () => {
  test('fields that carry them are redacted, alone and one level down', () => {
    const lines = logged((log) => log.info({ name: NAME, patient: { name: NAME, phone: PHONE }, payee: { holder: NAME, account: ACCOUNT }, claimNo: 'KP-2026-000001' }, 'reported'));
    for (const canary of [NAME, PHONE, ACCOUNT]) expect(lines).not.toContain(canary);
    expect(lines).toContain('KP-2026-000001');
  });

  test('bearer tokens are redacted', () => {
    expect(logged((log) => log.info({ req: { headers: { authorization: 'Bearer abc.def' } } }))).not.toContain('abc.def');
  });

  test('a database error keeps its type and code, not its text', () => {
    const refused = Object.assign(new Error(`Key (phone)=(${PHONE}) already exists`), { name: 'error', severity: 'ERROR', code: '23505' });
    const wrapped = new Error('recording failed', { cause: refused });
    const lines = logged((log) => log.error({ err: wrapped }, 'activity failed'));
    expect(lines).not.toContain(PHONE);
    expect(lines).toContain('23505');
    expect(lines).toContain('recording failed');
  });

  test('each line says which service spoke and when', () => {
    expect(JSON.parse(logged((log) => log.info('up')))).toMatchObject({ service: 'api', level: 'info', msg: 'up', at: expect.stringMatching(/^\d{4}-.*Z$/) as string });
  });
});
