import fc from 'fast-check';
import { sign, SIGNATURE_WINDOW_MS, verify } from '../../../src/platform/outside/signature';

const now = new Date('2026-03-02T08:00:00.000Z');
const secret = 'shared-with-the-bank';
const later = (ms: number) => new Date(now.getTime() + ms);

describe('SPEC §2: calls between us and an outside party are signed both ways', () => {
  test('what was signed verifies, as text and as bytes, Chinese included', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (body) => {
      const bytes = Buffer.from(body, 'utf8');
      expect(verify(sign(bytes, secret, now), bytes, secret, now)).toEqual({ kind: 'valid' });
    }));
    expect(verify(sign('{"通知":"已付"}', secret, now), Buffer.from('{"通知":"已付"}'), secret, now)).toEqual({ kind: 'valid' });
  });

  test('a known answer, so that a party in another language can check itself', () => {
    expect(sign('{}', 'secret', now)).toEqual({
      'x-kuaipei-time': '2026-03-02T08:00:00.000Z',
      'x-kuaipei-signature': '1bece4143ed0ee7e7e45afb541fdb7b6c237d832d7f2905302ce02ec4493047d',
    });
  });

  test('any changed byte of the body, another secret, another time: signature-wrong', () => {
    const headers = sign('{"amountFen":100}', secret, now);
    const wrong = { kind: 'invalid', rule: 'signature-wrong' };
    expect(verify(headers, '{"amountFen":900}', secret, now)).toEqual(wrong);
    expect(verify(headers, '{"amountFen":100}', 'guess', now)).toEqual(wrong);
    expect(verify({ ...headers, 'x-kuaipei-time': later(1).toISOString() }, '{"amountFen":100}', secret, now)).toEqual(wrong);
  });

  test('five minutes on either side are taken, one millisecond more is not', () => {
    const headers = sign('', secret, now);
    for (const side of [1, -1]) {
      expect(verify(headers, '', secret, later(side * SIGNATURE_WINDOW_MS))).toEqual({ kind: 'valid' });
      expect(verify(headers, '', secret, later(side * (SIGNATURE_WINDOW_MS + 1)))).toEqual({ kind: 'invalid', rule: 'time-outside-window' });
    }
  });

  test.each([
    ['no headers', {}, 'signature-missing'],
    ['a repeated header', { 'x-kuaipei-time': ['a', 'b'], 'x-kuaipei-signature': 'a' }, 'signature-missing'],
    ['a time that is no time', { 'x-kuaipei-time': 'yesterday', 'x-kuaipei-signature': 'a' }, 'time-malformed'],
    ['a time in another form', { 'x-kuaipei-time': '2026-03-02 08:00:00Z', 'x-kuaipei-signature': 'a' }, 'time-malformed'],
    ['an empty signature', { ...sign('', secret, now), 'x-kuaipei-signature': '' }, 'signature-wrong'],
    ['a signature cut short', { ...sign('', secret, now), 'x-kuaipei-signature': sign('', secret, now)['x-kuaipei-signature'].slice(0, 62) }, 'signature-wrong'],
  ])('%s', (_what, headers, rule) => {
    expect(verify(headers as Record<string, string>, '', secret, now)).toEqual({ kind: 'invalid', rule });
  });
});
