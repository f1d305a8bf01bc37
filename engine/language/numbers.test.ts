import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupedNumber, percentNumber, plainNumber, shortNumber } from './numbers.ts';

const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e18, max: 1e18 });

describe('numbers as text', () => {
  it('read back as the same number, without an exponent', () => {
    fc.assert(
      fc.property(finite, (value) => {
        expect(plainNumber(value)).toMatch(/^-?\d+(\.\d+)?$/);
        expect(Number(plainNumber(value))).toBe(value === 0 ? 0 : value);
        expect(Number(`${percentNumber(value).slice(0, -1)}e-2`)).toBe(value === 0 ? 0 : value);
        expect(Number(groupedNumber(value).replaceAll(',', ''))).toBe(value === 0 ? 0 : value);
      }),
    );
  });

  it.each([
    [1e-7, '0.0000001', '0.00001%', '0.0000001', '0.0000001'],
    [0.07, '0.07', '7%', '0.07', '0.07'],
    [-1234.5, '-1234.5', '-123450%', '-1,234.5', '-1234.5'],
    [70_000, '70000', '7000000%', '70,000', '70k'],
    [1_234_567, '1234567', '123456700%', '1,234,567', '1234567'],
    [-0, '0', '0%', '0', '0'],
  ])('%d', (value, plain, percent, grouped, short) => {
    expect([plainNumber(value), percentNumber(value), groupedNumber(value), shortNumber(value)]).toEqual([
      plain,
      percent,
      grouped,
      short,
    ]);
  });
});
