import { describe, expect, it } from 'vitest';
import { toColumns } from '../market/bar-history.ts';
import type { Bar, Side } from '../market/events.ts';
import { MINUTE } from '../market/interval.ts';
import { flowReport } from './flow-report.ts';
import { normals } from './reference-inputs.ts';
import { joinColumns, tradeColumns } from './trade-columns.ts';
import { LARGE, tradeSizes } from './trade-sizes.ts';
import { profileOfBars, profileOfTrades, valueArea } from './volume-profile.ts';

type Given = readonly [price: number, size: number, side?: Side, ts?: number];

const tradesOf = (given: readonly Given[]) =>
  tradeColumns(
    given.map(([price, size, side, ts = 0], i) => {
      return { type: 'trade', instrument: 'sim:x', ts, price, size, side, id: String(i) };
    }),
  );

const bar = (i: number, close: number, volume: number, bought?: number): Bar => ({
  ...{ start: i * MINUTE, open: close, high: close, low: close, close, volume, trades: 1, bought },
});

describe('columns of trades', () => {
  it('tell what takers bought, leave out what has no size, and stand behind each other', () => {
    const first = tradesOf([
      [10, 1, 'buy', 5],
      [11, 0, 'buy', 6],
    ]);
    const whole = joinColumns([
      first,
      tradesOf([
        [12, 2, 'sell', 7],
        [13, 3, undefined, 8],
      ]),
    ]);
    expect(whole).toEqual({
      ts: Float64Array.of(5, 7, 8),
      price: Float64Array.of(10, 12, 13),
      size: Float64Array.of(1, 2, 3),
      bought: Float64Array.of(1, 0, Number.NaN),
    });
  });
});

describe('the value area', () => {
  // 20 of 100 at the control; 14 + 18 below are more than 12 + 9 above: 52; then 21 above are more than 3 + 5 below: 73.
  it('takes two rows above or two below, whichever have more, until it has 70 % of all', () => {
    const volumes = Float64Array.of(3, 5, 14, 18, 20, 12, 9, 7, 6, 6);
    expect(valueArea(volumes, 4)).toEqual({ low: 2, high: 6, share: 0.73 });
  });

  it('goes up where both sides have as much, and takes what is left at an end', () => {
    expect(valueArea(Float64Array.of(10, 10, 50, 10, 10), 2)).toEqual({ low: 2, high: 4, share: 70 / 90 });
    expect(valueArea(Float64Array.of(50, 10, 10, 10, 10), 0)).toEqual({ low: 0, high: 2, share: 70 / 90 });
    // Nothing lies between the control and the rest.
    expect(valueArea(Float64Array.of(40, 0, 0, 0, 60), 4)).toEqual({ low: 0, high: 4, share: 1 });
  });
});

describe('the volume profile', () => {
  it('sums trades in rows at round prices, by the taker’s side', () => {
    // From 100 to 140: a fortieth is 1, so rows are at whole prices. 100.4 belongs to 100, 100.6 to 101.
    const profile = profileOfTrades(
      tradesOf([
        [100, 1, 'buy'],
        [100.4, 2, 'sell'],
        [100.6, 4, 'buy'],
        [140, 8, undefined],
      ]),
      0.1,
    )!;
    expect(profile).toMatchObject({ first: 100, step: 1, control: 40 });
    expect(profile.bought).toHaveLength(41);
    expect([...profile.bought.subarray(0, 2), ...profile.sold.subarray(0, 2)]).toEqual([1, 4, 2, 0]);
    expect(profile.unknown[40]).toBe(8);
  });

  it.each([
    // A fortieth of 40 is 1 tick's worth; of 30 it is 0.75, of which 1 is the next round one; 0.3 is no multiple of 0.25.
    [40, 0.1, 1],
    [30, 0.1, 1],
    [12, 0.25, 0.5],
    // No round step fits a tick of 3: the next whole number of them.
    [400, 3, 12],
    // The tick is the least.
    [0.02, 0.01, 0.01],
  ])('over %d with a tick of %d has rows of %d', (range, tick, step) => {
    const profile = profileOfTrades(
      tradesOf([
        [300, 1],
        [300 + range, 1],
      ]),
      tick,
    )!;
    expect(profile.step).toBeCloseTo(step, 12);
    expect(profile.first).toBeCloseTo(Math.round(300 / step) * step, 9);
  });

  it('of one price is one row at that price, and of no trades is none', () => {
    const profile = profileOfTrades(tradesOf([[60_000.03, 2, 'sell']]))!;
    expect(profile).toMatchObject({ first: 60_000.03, control: 0, low: 0, high: 0, share: 1 });
    expect(profileOfTrades(tradesOf([]))).toBeUndefined();
  });

  it('is controlled by the row nearer the middle where two are as full', () => {
    const profile = profileOfTrades(
      tradesOf([
        [100, 5],
        [115, 5],
        [140, 1],
      ]),
      1,
    )!;
    expect(profile.control).toBe(15);
  });

  it('spreads the volume of bars evenly over their ranges', () => {
    const bars = toColumns([
      { ...bar(0, 100, 0), low: 100, high: 140 },
      // From 110.5 to 112.5: rows 111 and 112 whole.
      { ...bar(1, 111, 8, 6), low: 110.5, high: 112.5 },
      { ...bar(2, 120, 3), low: 120, high: 120 },
    ]);
    const profile = profileOfBars(bars, 0.5)!;
    expect(profile).toMatchObject({ first: 100, step: 1 });
    expect([11, 12].map((row) => [profile.bought[row], profile.sold[row]])).toEqual([
      [3, 1],
      [3, 1],
    ]);
    expect(profile.unknown[20]).toBe(3);
    expect(profile.unknown.reduce((a, b) => a + b)).toBe(3);
    expect(profileOfBars(toColumns([bar(0, 1, 0)]))).toBeUndefined();
  });
});

describe('the sizes of trades', () => {
  it('are parted at the quantiles of R’s type 7, large ones being above that of 99 %', () => {
    // Sizes 1 to 200: the quantiles are 100.5, 180.1 and 198.01.
    const sizes = tradeSizes(
      tradesOf(Array.from({ length: 200 }, (_, i) => [i + 1, 200 - i, i < 2 ? 'buy' : 'sell', i])),
    )!;
    expect(sizes.classes.map(({ count }) => count)).toEqual([100, 80, 18, 2]);
    expect(sizes.classes.map(({ volume }) => volume)).toEqual([5050, 11_240, 3411, 399]);
    sizes.classes.forEach(({ above }, i) => {
      expect(above).toBeCloseTo([0, 100.5, 180.1, 198.01][i], 9);
    });
    expect(sizes.classes[3]).toMatchObject({ bought: 399, sold: 0 });
    expect(sizes).toMatchObject({ count: 200, volume: 20_100, mean: 100.5, leanPValue: undefined });
    expect(sizes.largest).toEqual({ ts: 0, price: 1, size: 200, bought: 200 });
    expect(LARGE).toBe(0.99);
  });

  it('has no large one where all are alike, and says nothing of fewer than 100', () => {
    const alike = (count: number) => tradesOf(Array.from({ length: count }, () => [1, 2, 'buy']));
    expect(tradeSizes(alike(100))!.classes.map(({ count }) => count)).toEqual([100, 0, 0, 0]);
    expect(tradeSizes(alike(99))).toBeUndefined();
  });

  it('weighs the sides of the large ones: 16 of 25 are 1.4 deviations', () => {
    const given = Array.from({ length: 2500 }, (_, i): Given => [1, i < 25 ? 9 + i : 1, i < 16 ? 'buy' : 'sell']);
    // Two-sided: P(|z| > 7 / 5) = 0.16151.
    expect(tradeSizes(tradesOf(given))!.leanPValue).toBeCloseTo(0.16151, 5);
  });
});

describe('the report of the flow', () => {
  const bars = toColumns([bar(0, 100, 10, 6), bar(1, 101, 20, 5), bar(2, 102, 8), bar(3, 103, 4, 4)]);

  it('sums up what takers bought less what they sold, with a hole where sides are not known', () => {
    const { delta, change, profileOf, kept, sizes } = flowReport(bars, MINUTE, tradesOf([]));
    // 6 - 4, 5 - 15, not known, 4 - 0.
    expect(delta).toMatchObject({ bought: 15, sold: 19, knownBars: 3, since: 0, pValue: undefined });
    expect([...delta!.cumulative]).toEqual([2, -8, Number.NaN, -4]);
    expect(change).toBeCloseTo(0.03, 12);
    expect([profileOf, kept, sizes]).toEqual(['bars', undefined, undefined]);
  });

  it('knows no delta where sides are known of no bar that was traded', () => {
    expect(flowReport(toColumns([bar(0, 1, 2), bar(1, 1, 0)]), MINUTE, tradesOf([])).delta).toBeUndefined();
    expect(() => flowReport(toColumns([bar(0, 1, 2)]), MINUTE, tradesOf([]))).toThrow('at least 2');
  });

  it('tells since when trades are kept, and how much of the bars’ volume they have', () => {
    const late = flowReport(
      bars,
      MINUTE,
      tradesOf([
        [102, 1, 'buy', 90_000],
        [102, 6, 'buy', 130_000],
      ]),
    ).kept;
    // From the bar that began after the first on there are 8 + 4, of which 6 are kept.
    expect(late).toEqual({ count: 2, since: 90_000, isAll: false, share: 0.5, ofAll: 7 / 42 });
    const early = flowReport(
      bars,
      MINUTE,
      tradesOf([
        [100, 10, 'buy', 0],
        [101, 32, 'buy', 70_000],
      ]),
    ).kept;
    expect(early).toEqual({ count: 2, since: 0, isAll: true, share: 1, ofAll: 1 });
    const quiet = toColumns([bar(0, 100, 0), bar(1, 100, 7)]);
    expect(flowReport(quiet, MINUTE, tradesOf([[100, 7, 'buy', 61_000]])).kept).toEqual({
      ...{ count: 1, since: 61_000, isAll: true, share: undefined, ofAll: 1 },
    });
  });

  it('places the last close to the value area of the trades', () => {
    const around = (price: number): Given[] => [
      ...Array.from({ length: 18 }, (): Given => [price, 10]),
      [price - 20, 1],
      [price + 20, 1],
    ];
    const placeWith = (price: number) => flowReport(bars, MINUTE, tradesOf(around(price)), 1);
    expect(placeWith(103)).toMatchObject({ place: 'within', profileOf: 'trades' });
    expect([placeWith(101).place, placeWith(105).place]).toEqual(['above', 'below']);
  });

  it('holds the delta against chance, of values that hang together', () => {
    const bought = (lean: number) =>
      toColumns(Array.from(normals(5, 400), (z, i) => bar(i, 100, 10, 5 + z / 2 + lean)));
    const p = (lean: number) => flowReport(bought(lean), MINUTE, tradesOf([])).delta!.pValue!;
    // Independent here: the plain test of a mean, with a tenth of room for the lags.
    const zs = normals(5, 400);
    const center = zs.reduce((a, b) => a + b) / 400;
    const deviation = Math.sqrt(zs.reduce((sum, z) => sum + (z - center) ** 2, 0) / 400);
    const t = (lean: number) => Math.abs(center + 2 * lean) / (deviation / 20);
    expect(p(-center / 2)).toBeCloseTo(1, 6);
    // 1.96 deviations are 5 %.
    const lean = ((1.96 * deviation) / 20 - center) / 2;
    expect(t(lean)).toBeCloseTo(1.96, 9);
    expect(Math.abs(p(lean) - 0.05)).toBeLessThan(0.025);
    expect(p(0.5)).toBeLessThan(1e-6);
    expect(
      flowReport(toColumns(Array.from({ length: 40 }, (_, i) => bar(i, 1, 2, 2))), MINUTE, tradesOf([])).delta!.pValue,
    ).toBeUndefined();
  });
});
