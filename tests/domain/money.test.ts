import fc from 'fast-check';
import { fenSchema, formatYuan, parseYuan, splitFen } from '../../src/domain/money';

const fen = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

describe('SPEC §1.9: money is integer fen', () => {
  test.each([['0', 0], ['0.01', 1], ['1234.5', 123450], ['1234.50', 123450], ['0.29', 29], ['1.15', 115], ['90071992547409.91', Number.MAX_SAFE_INTEGER]])('%s yuan', (text, expected) => {
    expect(parseYuan(text)).toBe(expected);
  });

  test.each(['', ' 1', '1 ', '1\n', '-1', '-0', '+1', '01', '.5', '1.', '1.234', '1,234.00', '1e3', '1e309', 'NaN', 'Infinity', '0x10', '１２', '1_000', '¥1', '1.2.3', '90071992547409.92', '9'.repeat(400)])(
    'refuses %j, without repeating it',
    (text) => {
      expect(() => parseYuan(text)).toThrow('amount: not yuan with at most two decimals, from 0 to 90071992547409.91; write it as 1234.50');
    },
  );

  test.each([-1, 0.5, NaN, 1e309, Number.MAX_SAFE_INTEGER + 1, '5', null])('%p is not fen', (value) => {
    expect(fenSchema.safeParse(value).success).toBe(false);
    expect(() => formatYuan(value as number)).toThrow('fen: not a whole number of fen');
    expect(() => splitFen(value as number, [1])).toThrow('total: not a whole number of fen');
  });

  test('what is written reads back', () => {
    fc.assert(fc.property(fen, (amount) => parseYuan(formatYuan(amount)) === amount));
    expect([0, 7, 10, 123450].map(formatYuan)).toEqual(['0.00', '0.07', '0.10', '1234.50']);
  });
});

describe('SPEC §1.9: parts add up to the total (largest remainder)', () => {
  test('thirds of 100.00', () => {
    expect(splitFen(10_000, [1, 1, 1])).toEqual([3_334, 3_333, 3_333]);
  });

  test('seven heirs', () => {
    expect(splitFen(10_000, [1, 1, 1, 1, 1, 1, 1])).toEqual([1_429, 1_429, 1_429, 1_429, 1_428, 1_428, 1_428]);
  });

  test('the fen left over goes to the largest remainder, not to the first', () => {
    expect(splitFen(100, [1, 2, 3])).toEqual([17, 33, 50]);
    expect(splitFen(10, [55, 18, 27])).toEqual([5, 2, 3]);
  });

  test('a total that leaves the safe integers when multiplied stays exact', () => {
    expect(splitFen(Number.MAX_SAFE_INTEGER, [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER])).toEqual([4_503_599_627_370_496, 4_503_599_627_370_495]);
  });

  test('every split sums exactly, each part within a fen of its share, nothing for a weight of 0', () => {
    const weights = fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 12 }).filter((list) => list.some((weight) => weight > 0));
    fc.assert(
      fc.property(fen, weights, (total, list) => {
        const parts = splitFen(total, list);
        const sum = list.reduce((acc, weight) => acc + BigInt(weight), 0n);
        expect(parts.reduce((acc, part) => acc + BigInt(part), 0n)).toBe(BigInt(total));
        parts.forEach((part, i) => {
          const off = BigInt(part) * sum - BigInt(total) * BigInt(list[i]!);
          expect(off > -sum && off < sum).toBe(true);
          if (list[i] === 0) expect(part).toBe(0);
        });
      }),
    );
  });

  test.each([[[]], [[0, 0]], [[-1, 2]], [[0.5, 0.5]], [[NaN]], [[1e309]]])('weights %j are refused', (weights) => {
    expect(() => splitFen(100, weights)).toThrow(/^weights: /);
  });
});
