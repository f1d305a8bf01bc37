import fc from 'fast-check';
import { expect, it } from 'vitest';
import { applyBinary, applyMath, type CombineOp } from './arithmetic.ts';
import {
  ANY_WAY,
  combinedWays,
  DOWN_LOWERS,
  DOWN_RAISES,
  FALLING,
  GROWING,
  NO_WAY,
  RISING,
  through,
  UP_LOWERS,
  UP_RAISES,
} from './ways.ts';

/** A value that hangs on the way of a price: what it is after each price, and which way it is said to go. */
interface Course {
  readonly ways: number;
  /** @param prices from the first to the newest */
  at(prices: readonly number[]): number;
}

const newest = (prices: readonly number[]): number => prices[prices.length - 1]!;
const SOURCES: readonly Course[] = [
  { ways: RISING, at: newest },
  { ways: FALLING, at: (prices) => -newest(prices) },
  { ways: UP_RAISES, at: (prices) => Math.max(...prices) },
  { ways: DOWN_LOWERS, at: (prices) => Math.min(...prices) },
  { ways: UP_LOWERS, at: (prices) => -Math.max(...prices) },
  { ways: DOWN_RAISES, at: (prices) => -Math.min(...prices) },
  { ways: GROWING, at: (prices) => Math.max(...prices) - Math.min(...prices) },
  { ways: ANY_WAY, at: (prices) => (newest(prices) - 50) ** 2 },
  { ways: NO_WAY, at: () => 3 },
  { ways: NO_WAY, at: () => -2 },
];
const KERNELS: readonly { readonly ways: number; of(input: number): number }[] = [
  { ways: RISING, of: (input) => 3 * input + 1 },
  { ways: FALLING, of: (input) => 10 - input / 2 },
  { ways: ANY_WAY, of: (input) => Math.abs(input - 20) },
];
const OPS = ['+', '-', '*', '/', 'min', 'max'] as const;

const apply = (op: CombineOp, values: readonly number[]): number =>
  op === 'min' || op === 'max' ? applyMath(op, values) : applyBinary(op as '+', values[0]!, values[1]!);

function joined(op: (typeof OPS)[number], parts: readonly [Course, Course]): Course {
  const START = [50];
  const values = parts.map((part) => part.at(START));
  const moves = parts.map(({ ways }) => (ways === NO_WAY ? 0 : 1));
  return {
    ways: combinedWays(
      op,
      values,
      moves,
      parts.map(({ ways }) => ways),
    ),
    at: (prices) =>
      apply(
        op,
        parts.map((part) => part.at(prices)),
      ),
  };
}

const { course } = fc.letrec<{ course: Course }>((tie) => ({
  course: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(...SOURCES),
    fc.tuple(fc.constantFrom(...KERNELS), tie('course')).map(([kernel, input]) => ({
      ways: through(kernel.ways, input.ways),
      at: (prices: readonly number[]) => kernel.of(input.at(prices)),
    })),
    fc.tuple(fc.constantFrom(...OPS), fc.tuple(tie('course'), tie('course'))).map(([op, parts]) => joined(op, parts)),
  ),
}));

it('says no less of what values made of values can do, whichever way the price goes', () => {
  const steps = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(course, steps, fc.constantFrom('up', 'down', 'both'), ({ ways, at }, far, where) => {
      const [START, prices] = [50, [50]];
      const before = at(prices);
      for (const [i, step] of far.entries()) {
        const isUp = where === 'up' || (where === 'both' && i % 2 === 0);
        prices.push(isUp ? START + step : START - step);
        const after = at(prices);
        if (Number.isNaN(before) || Number.isNaN(after)) return;
        const slack = 1e-9 * (1 + Math.abs(before) + Math.abs(after));
        const raises = (where === 'down' ? 0 : ways & UP_RAISES) | (where === 'up' ? 0 : ways & DOWN_RAISES);
        const lowers = (where === 'down' ? 0 : ways & UP_LOWERS) | (where === 'up' ? 0 : ways & DOWN_LOWERS);
        if (!raises) expect(after).toBeLessThanOrEqual(before + slack);
        if (!lowers) expect(after).toBeGreaterThanOrEqual(before - slack);
      }
    }),
    { numRuns: 5000 },
  );
});

it('knows what comes of the ways that occur', () => {
  const [price, high, range] = [RISING, UP_RAISES, GROWING];
  expect(through(RISING, price)).toBe(RISING);
  expect(through(FALLING, price)).toBe(FALLING);
  expect(through(RISING, high)).toBe(UP_RAISES);
  expect(through(FALLING, high)).toBe(UP_LOWERS);
  expect(through(ANY_WAY, high)).toBe(UP_RAISES | UP_LOWERS);
  expect(through(RISING, range)).toBe(GROWING);
  expect(through(RISING, NO_WAY)).toBe(NO_WAY);
  expect(combinedWays('-', [5, 3], [1, 0], [price, NO_WAY])).toBe(RISING);
  expect(combinedWays('-', [5, 3], [1, 1], [price, price])).toBe(ANY_WAY);
  expect(combinedWays('*', [-2, 5], [0, 1], [NO_WAY, price])).toBe(FALLING);
  expect(combinedWays('/', [5, 4], [1, 0], [high, NO_WAY])).toBe(UP_RAISES);
  expect(combinedWays('^', [5, 4], [1, 0], [price, NO_WAY])).toBe(ANY_WAY);
});
