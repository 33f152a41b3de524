import fc from 'fast-check';
import { claimNoIn } from '../../console/src/lists/claim-no';
import { settle } from '../../console/src/lists/settle';

describe('issue 4, inbox: live without jumping under the finger', () => {
  test('a list nobody holds is shown as it is now', () => {
    expect(settle(['a', 'b'], ['b', 'c'], false)).toEqual({ order: ['b', 'c'], added: 0, moved: false });
  });
  test('held: a new line above waits and is counted', () => {
    expect(settle(['a', 'b'], ['x', 'a', 'y', 'b'], true)).toEqual({ order: ['a', 'b'], added: 2, moved: false });
  });
  test('held: the next page is put below at once', () => {
    expect(settle(['a', 'b'], ['a', 'b', 'c', 'd'], true)).toEqual({ order: ['a', 'b', 'c', 'd'], added: 0, moved: false });
  });
  test('held: a line that left keeps its place, a changed order is said', () => {
    expect(settle(['a', 'b', 'c'], ['c', 'a'], true)).toEqual({ order: ['a', 'b', 'c'], added: 0, moved: true });
  });
  test('held: whatever comes, no line on view changes its place, and no line is lost or shown twice', () => {
    const keys = fc.uniqueArray(fc.constantFrom(...'abcdefghijkl'), { minLength: 1 });
    fc.assert(fc.property(keys, keys, (before, now) => {
      const { order, added } = settle(before, now, true);
      expect(order.slice(0, before.length)).toEqual(before);
      expect(new Set(order).size).toBe(order.length);
      expect(now.filter((key) => !order.includes(key))).toHaveLength(added);
    }));
  });
});

describe('issue 4, palette: a pasted claim number opens the claim', () => {
  test.each([' kp-2026-000123 ', 'ＫＰ－２０２６－０００１２３', 'KP–2026–000123\n'])('%j is one', (text) => { expect(claimNoIn(text)).toBe('KP-2026-000123'); });
  test.each(['KP-2026-00012', 'KP-2026-000123 and more', '张伟', ''])('%j is none', (text) => { expect(claimNoIn(text)).toBeNull(); });
});
