import { describe, expect, it } from 'vitest';
import type { Bar } from '../../market/events.ts';
import { lookup } from '../catalog.ts';
import type { BarsEntry } from '../catalog-entry.ts';
import { expectBars } from '../catalog-harness.ts';
import { CANDLE_GROUPS } from './candle-groups.ts';
import { CANDLES } from './candles.ts';
import { judgeAll, NAIVE_PATTERNS } from './candles-naive.ts';
import { last } from './momentum-naive.ts';

const entries = [...CANDLES, ...CANDLE_GROUPS];
const paramsOf = (entry: BarsEntry): number[] => entry.params.map((param) => param.default);

/** open, high, low, close */
type Candle = readonly [number, number, number, number];
const toBars = (candles: readonly Candle[]): Bar[] =>
  candles.map(([open, high, low, close], i) => ({ start: i * 60_000, open, high, low, close, volume: 1, trades: 1 }));

/** Bars on a coarse grid, so that long bodies, gaps and equal prices are common, and every sum is exact. */
function gridBars(count: number): Bar[] {
  let seed = 1;
  const pick = <T>(choices: readonly T[]): T => {
    seed = (seed * 48_271) % 2_147_483_647;
    return choices[seed % choices.length]!;
  };
  let close = 1000;
  return toBars(
    Array.from({ length: count }, () => {
      const open = close + pick([-3, -2, -1, -1, 0, 0, 1, 1, 2, 3]);
      close = open + pick([-8, -6, -4, -2, -1, 0, 1, 2, 4, 6, 8]) + Math.sign(1000 - open);
      const [up, down] = [pick([0, 0, 0, 1, 2, 9]), pick([0, 0, 0, 1, 2, 9])];
      return [open, Math.max(open, close) + up, Math.min(open, close) - down, close] as const;
    }),
  );
}

const GRID = gridBars(40_000);

describe.each(entries.map((entry) => [entry.name, entry] as const))('%s', (name, entry) => {
  const { first } = entry.warmup(paramsOf(entry));

  it('finds on many bars what TA-Lib’s algorithm finds, and finds some', () => {
    const kernel = entry.create(paramsOf(entry));
    const values = GRID.map((bar) => {
      kernel.add(bar);
      return kernel.values[0]!;
    });
    const wanted = judgeAll(name, GRID, first - 1, entry.params[0]?.default);
    expect(values.slice(first - 1)).toEqual(wanted);
    expect(wanted.filter((value) => value !== 0).length).toBeGreaterThan(3);
  });

  it('agrees with it on bars at random', () =>
    expectBars(lookup(name), paramsOf(entry), (bars, [penetration]) => [
      last(judgeAll(name, bars, bars.length - 1, penetration)),
    ]));
});

it('every pattern is held against another writing of it', () =>
  expect(Object.keys(NAIVE_PATTERNS).sort()).toEqual(entries.map((entry) => entry.name).sort()));

/**
 * Quiet candles: bodies of 1 between 100 and 101, ranges of 2. So long is above 1, short below 1, a doji up to 0.2, very short below
 * 0.2, near 0.4, far 1.2, equal 0.1.
 */
const quiet = (isWhite: boolean): Candle => (isWhite ? [100, 101.5, 99.5, 101] : [101, 101.5, 99.5, 100]);

/** The value at the last of `candles`, after quiet ones, the last of which is white or black. */
function valueAt(name: string, candles: readonly Candle[], isWhiteBefore = true, params?: readonly number[]): number {
  const entry = lookup(name) as BarsEntry;
  const kernel = entry.create(params ?? paramsOf(entry));
  const before = Array.from({ length: 14 }, (_, i) => quiet(i % 2 === 0 ? !isWhiteBefore : isWhiteBefore));
  for (const bar of toBars([...before, ...candles])) kernel.add(bar);
  return kernel.values[0]!;
}

const LONG_BLACK: Candle = [103, 103.2, 99.8, 100];
const LONG_WHITE: Candle = [100, 103.2, 99.8, 103];

/** Name, value, what is found, what is just not. */
const EXAMPLES: readonly (readonly [string, number, readonly Candle[], readonly Candle[]])[] = [
  ['doji', 100, [[100, 101, 99, 100.1]], [[100, 101, 99, 100.3]]],
  ['dragonflydoji', 100, [[101, 101.05, 99, 101]], [[101, 101.3, 99, 101]]],
  ['gravestonedoji', 100, [[100, 102, 100, 100.05]], [[100, 102, 99.7, 100.05]]],
  // The bar before has its low at 99.5: near it is up to 99.9.
  ['hammer', 100, [[99, 99.55, 97, 99.5]], [[101, 101.55, 99, 101.5]]],
  // Its high is 101.5: near it is from 101.1.
  ['hangingman', -100, [[101.5, 102.05, 99.5, 102]], [[100.5, 101.05, 98.5, 101]]],
  ['invertedhammer', 100, [[99, 101, 98.95, 99.4]], [[99.8, 101.8, 99.75, 100.2]]],
  ['shootingstar', -100, [[101.4, 103, 101.05, 101.1]], [[101.2, 102.8, 100.85, 100.9]]],
  ['marubozu', 100, [[100, 103.1, 99.9, 103]], [[100, 103.5, 100, 103]]],
  ['marubozu', -100, [[103, 103, 100, 100]], [[103, 103, 99.5, 100]]],
  ['spinningtop', 100, [[100, 101.5, 99, 100.5]], [[100, 100.9, 99, 100.5]]],
  ['spinningtop', -100, [[100.5, 101.5, 99, 100]], [[100.5, 101.5, 99.6, 100]]],
  ['engulfing', -100, [[101.1, 101.5, 99.5, 99.9]], [[100.9, 101.5, 99.5, 99.9]]],
  ['engulfing', -80, [[101, 101.5, 99.5, 99.9]], [[101, 101.5, 99.5, 100.1]]],
  ['harami', 100, [LONG_BLACK, [101, 102, 100.5, 101.5]], [LONG_BLACK, [99.8, 102, 99.5, 100.3]]],
  ['harami', -100, [LONG_WHITE, [101, 102, 100.5, 101.5]], [LONG_WHITE, [101, 103, 100.5, 102.5]]],
  ['harami', 80, [LONG_BLACK, [100, 102, 99.5, 100.5]], [quiet(false), [100, 102, 99.5, 100.5]]],
  ['piercing', 100, [LONG_BLACK, [99.5, 102.2, 99.4, 102]], [LONG_BLACK, [99.5, 102.2, 99.4, 101.4]]],
  ['darkcloud', -100, [LONG_WHITE, [103.5, 103.6, 101, 101.4]], [LONG_WHITE, [103.5, 103.6, 101, 101.6]]],
  ['tweezer', 100, [LONG_BLACK, [100, 102, 99.85, 101.5]], [LONG_BLACK, [100, 102, 99.6, 101.5]]],
  ['tweezer', -100, [LONG_WHITE, [103, 103.2, 101, 101.5]], [LONG_WHITE, [103, 103.5, 101, 101.5]]],
  [
    'morningstar',
    100,
    [LONG_BLACK, [99.5, 99.7, 99, 99.3], [99.8, 101.6, 99.7, 101.5]],
    [LONG_BLACK, [99.5, 99.7, 99, 99.3], [99.6, 101.6, 99.5, 100.85]],
  ],
  [
    'eveningstar',
    -100,
    [LONG_WHITE, [103.5, 104, 103.4, 103.7], [103.2, 103.3, 101.4, 101.5]],
    [LONG_WHITE, [102.9, 104, 102.8, 103.1], [103.2, 103.3, 101.4, 101.5]],
  ],
  [
    'threewhitesoldiers',
    100,
    [
      [100, 102.05, 99.9, 102],
      [101.5, 103.55, 101.4, 103.5],
      [103, 105.05, 102.9, 105],
    ],
    [
      [100, 102.05, 99.9, 102],
      [101.5, 103.55, 101.4, 103.5],
      [103, 106, 102.9, 105],
    ],
  ],
  [
    'threeblackcrows',
    -100,
    [
      [101, 101.1, 98.95, 99],
      [100, 100.1, 97.95, 98],
      [99, 99.1, 96.95, 97],
    ],
    [
      [101, 101.1, 98.95, 99],
      [100, 100.1, 97.95, 98],
      [97.9, 98, 95.95, 96],
    ],
  ],
];

describe('textbook examples', () => {
  it.each(EXAMPLES)('%s is found with %i, and not where one thing is missing', (name, value, there, missing) => {
    expect(valueAt(name, there)).toBe(value);
    expect(valueAt(name, missing)).toBe(0);
  });

  it('engulfing after a black bar is bullish, with one end equal 80, within it nothing', () => {
    expect(valueAt('engulfing', [[99.9, 101.5, 99.5, 101.2]], false)).toBe(100);
    expect(valueAt('engulfing', [[100, 101.5, 99.5, 101.2]], false)).toBe(80);
    expect(valueAt('engulfing', [[100.2, 101.5, 99.5, 101.2]], false)).toBe(0);
  });

  it('penetration says how deep the last bar must close in the first', () => {
    // The body of the first is 3: 0.5 asks for a close below 101.5, 0.4 for one below 101.8.
    const cloud: Candle[] = [LONG_WHITE, [103.5, 103.6, 101, 101.6]];
    expect([valueAt('darkcloud', cloud, true, [0.5]), valueAt('darkcloud', cloud, true, [0.4])]).toEqual([0, -100]);
    const star: Candle[] = [LONG_BLACK, [99.5, 99.7, 99, 99.3], [99.6, 101.6, 99.5, 100.85]];
    expect([valueAt('morningstar', star, true, [0.3]), valueAt('morningstar', star, true, [0.2])]).toEqual([0, 100]);
  });
});
