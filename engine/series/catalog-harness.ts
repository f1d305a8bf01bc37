import fc from 'fast-check';
import { expect } from 'vitest';
import type { Bar } from '../market/events.ts';
import type { BarsEntry, CatalogEntry, Kernel, SeriesEntry } from './catalog-entry.ts';

/** Helpers of the tests of the catalog: inputs at random, and naive forms to write definitions with. */

export const mean = (xs: readonly number[]): number => xs.reduce((sum, x) => sum + x, 0) / xs.length;
/** Population standard deviation. */
export const deviation = (xs: readonly number[]): number => Math.sqrt(mean(xs.map((x) => (x - mean(xs)) ** 2)));

/** Exponential mean from the first input on, as its formula is written; one value for each input. */
export function exponential(xs: readonly number[], length: number): number[] {
  const out: number[] = [];
  for (const x of xs) {
    const last = out[out.length - 1];
    out.push(last === undefined ? x : last + (2 / (length + 1)) * (x - last));
  }
  return out;
}

/** Wilder's smoothing: the mean of the first `length`, then a `length`th of the way to each. */
export function wilder(xs: readonly number[], length: number): number {
  return xs.slice(length).reduce((last, x) => (last * (length - 1) + x) / length, mean(xs.slice(0, length)));
}

/** Every input's true range; the first one's is high - low. */
export function trueRanges(bars: readonly Bar[]): number[] {
  return bars.map((bar, i) => {
    const close = bars[i - 1]?.close;
    if (close === undefined) return bar.high - bar.low;
    return Math.max(bar.high - bar.low, Math.abs(bar.high - close), Math.abs(bar.low - close));
  });
}

/** Prices, or whatever a series entry takes. */
export const someInputs = fc.array(
  fc.integer({ min: 50_000, max: 150_000 }).map((x) => x / 1000),
  { minLength: 60, maxLength: 120 },
);

const someBar = fc
  .record({
    open: fc.integer({ min: 50_000, max: 150_000 }),
    up: fc.integer({ min: 0, max: 9_000 }),
    down: fc.integer({ min: 0, max: 9_000 }),
    body: fc.integer({ min: -8_000, max: 8_000 }),
    volume: fc.integer({ min: 0, max: 500_000 }),
    trades: fc.integer({ min: 0, max: 900 }),
    bought: fc.integer({ min: 0, max: 100 }),
  })
  .map(({ open, up, down, body, volume, trades, bought }) => {
    const close = open + body;
    return {
      open: open / 1000,
      high: (Math.max(open, close) + up) / 1000,
      low: (Math.min(open, close) - down) / 1000,
      close: close / 1000,
      volume: volume / 1000,
      trades,
      bought: (volume / 1000) * (bought / 100),
    };
  });

/** Bars of a minute whose open, high, low and close fit together, at least so many; some without volume. */
export const barsOf = (least: number): fc.Arbitrary<Bar[]> =>
  fc
    .array(someBar, { minLength: least, maxLength: least + 60 })
    .map((bars): Bar[] => bars.map((bar, i) => ({ start: 1_704_067_200_000 + i * 60_000, ...bar })));

export const someBars = barsOf(60);

/** Parameters of an entry, a third of the usual length, so that short inputs are enough. */
export function shortParams(entry: CatalogEntry): number[] {
  return entry.params.map((param) =>
    param.kind === 'number' ? param.default : Math.max(param.min, Math.ceil(param.default / 3)),
  );
}

/** The values after the last input. */
export function valuesAfter<Input>(kernel: Kernel<Input>, inputs: readonly Input[]): readonly number[] {
  for (const input of inputs) kernel.add(input);
  return [...kernel.values];
}

/** Holds a series entry against its definition, written out over all inputs; `undefined` is not compared. */
export function expectSeries(
  entry: CatalogEntry | undefined,
  params: readonly number[],
  definition: (xs: readonly number[], params: readonly number[]) => readonly (number | undefined)[],
): void {
  if (entry?.input !== 'series') throw new Error('not an entry that takes a series');
  fc.assert(
    fc.property(someInputs, (xs) => {
      compare(valuesAfter((entry as SeriesEntry).create(params), xs), definition(xs, params));
    }),
    { numRuns: 50 },
  );
}

/** Holds a bars entry against its definition, written out over all bars; `undefined` is not compared. */
export function expectBars(
  entry: CatalogEntry | undefined,
  params: readonly number[],
  definition: (bars: readonly Bar[], params: readonly number[]) => readonly (number | undefined)[],
): void {
  if (entry?.input !== 'bars') throw new Error('not an entry that takes bars');
  fc.assert(
    fc.property(someBars, (bars) => {
      compare(valuesAfter((entry as BarsEntry).create(params), bars), definition(bars, params));
    }),
    { numRuns: 50 },
  );
}

function compare(values: readonly number[], wanted: readonly (number | undefined)[]): void {
  expect(values).toHaveLength(wanted.length);
  for (const [field, value] of wanted.entries()) {
    if (value === undefined) continue;
    const tolerance = 1e-8 * Math.max(1, Math.abs(value));
    expect(
      Math.abs(values[field]! - value),
      `field ${field}: ${values[field]} instead of ${value}`,
    ).toBeLessThanOrEqual(tolerance);
  }
}
