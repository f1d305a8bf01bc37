import { describe, expect, it } from 'vitest';
import { createRandom } from '../../test/doubles/random.ts';
import { bootstrapMean } from '../quant/bootstrap.ts';
import { wilsonInterval } from '../quant/proportion.ts';
import { createDraw } from '../quant/random.ts';
import { confidenceOf, type PastSignal } from './confidence.ts';
import { resultAfterCosts } from './costs.ts';
import { type Entry, priceAt, type RecordInput, trackRecord } from './outcomes.ts';

const MINUTE = 60_000;
const NONE = { feeBps: 0, slippageBps: 0 };
const path = (closes: readonly number[]) => ({
  ends: Float64Array.from(closes, (_, i) => (i + 1) * MINUTE),
  closes: Float64Array.from(closes),
});
const base = { costs: NONE, horizons: [2 * MINUTE], seed: 1, rounds: 400 };
const entry = (minute: number, price: number, over: Partial<Entry> = {}): Entry => ({
  ...{ path: 0, side: 'long', price, ts: minute * MINUTE, exit: undefined, ...over },
});

describe('the result of a trade', () => {
  it('is what is left after the slippage and the fee of both fills', () => {
    const costs = { feeBps: 10, slippageBps: 20 };
    // Bought at 100 * 1.002 = 100.2, sold at 110 * 0.998 = 109.78; fees 0.1 % of 209.98 = 0.20998: (9.58 - 0.20998) / 100.2.
    expect(resultAfterCosts('long', 100, 110, costs)).toBeCloseTo(9.37002 / 100.2, 12);
    // Sold at 99.8, bought back at 90.18; fees 0.1 % of 189.98 = 0.18998: (9.62 - 0.18998) / 99.8.
    expect(resultAfterCosts('short', 100, 90, costs)).toBeCloseTo(9.43002 / 99.8, 12);
  });
});

describe('a price', () => {
  it('is the last close that was known, and none before the first or behind the last', () => {
    const prices = path([10, 11, 12]);
    expect([0, 1, 1.9, 2, 3, 3.1].map((minute) => priceAt(prices, minute * MINUTE))).toEqual([
      ...[Number.NaN, 10, 10, 11, 12, Number.NaN],
    ]);
  });
});

describe('a record', () => {
  const prices = path([100, 110, 121, 100, 100, 100, 100, 100]);

  it('has the results at each horizon and at the exit, without those that are not over', () => {
    const entries = [
      // From 100 to 121, and from 121 to 100 (short).
      entry(1, 100, { exit: { ts: 2 * MINUTE, result: 0.1 } }),
      entry(3, 121, { side: 'short', exit: { ts: 4 * MINUTE, result: -0.02 } }),
      // Two minutes behind it there is no price.
      entry(7, 100),
    ];
    const rows = trackRecord({ ...base, entries, paths: [prices] });
    const [held, exit] = rows;
    expect(rows.map(({ horizon, count, hits }) => [horizon, count, hits])).toEqual([
      [2 * MINUTE, 2, 2],
      [undefined, 2, 1],
    ]);
    expect(held.mean).toBeCloseTo((0.21 + 21 / 121) / 2, 12);
    expect(exit.mean).toBeCloseTo(0.04, 12);
    expect(exit.hitInterval).toEqual(wilsonInterval(1, 2));
  });

  it('leaves out a horizon that nothing has reached', () => {
    expect(trackRecord({ ...base, entries: [entry(7, 100)], paths: [prices] })).toEqual([]);
    expect(trackRecord({ ...base, entries: [], paths: [] })).toEqual([]);
  });

  it('has for its base the mean of what all entries of that length and side would have brought', () => {
    // Ten minutes of growth by 1 % each: every random entry over two minutes brings 2.01 %.
    const growing = path(Array.from({ length: 10 }, (_, i) => 100 * 1.01 ** i));
    const [long] = trackRecord({ ...base, entries: [entry(1, 100)], paths: [growing] });
    expect([long.base, long.baseHitRate, long.pValue]).toEqual([expect.closeTo(0.0201, 10), 1, expect.any(Number)]);
    const [short] = trackRecord({ ...base, entries: [entry(1, 100, { side: 'short' })], paths: [growing] });
    expect([short.base, short.baseHitRate]).toEqual([expect.closeTo(-0.0201, 10), 0]);
  });

  it('has for its base the share of the time in which a single step would have been caught', () => {
    // Of 9 minutes in which an entry over one minute fits, one catches the step from 100 to 110.
    const step = path([100, 100, 100, 100, 110, 110, 110, 110, 110, 110]);
    const input = { ...base, horizons: [MINUTE], rounds: 4_000, entries: [entry(4, 100)], paths: [step] };
    const [row] = trackRecord(input);
    // A draw falls into it in 1/8 of the time: the last moment is no place to enter at. Four deviations of 4,000 draws are 0.021.
    expect(Math.abs(row.baseHitRate - 1 / 8)).toBeLessThan(0.021);
    expect(row.base).toBeCloseTo(0.1 * row.baseHitRate, 10);
    expect(row.pValue).toBeCloseTo((4_000 * row.baseHitRate + 1) / 4_001, 10);
  });

  it('is the same for the same seed', () => {
    const input = { ...base, entries: [entry(1, 100), entry(2, 110)], paths: [prices] };
    expect(trackRecord(input)).toEqual(trackRecord(input));
  });
});

describe('an interval', () => {
  // Newcombe, Statistics in Medicine 17 (1998), table I, method 3: 81/263, 15/148, 0/20, 1/29.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %i hits in %i is that of Wilson', (hits, count, low, high) => {
    const interval = wilsonInterval(hits, count);
    expect(interval.map((each) => Number(each.toFixed(4)))).toEqual([low, high]);
  });

  it('of a mean holds it in about 95 of 100 cases', () => {
    const draw = createDraw(7);
    const random = createRandom(3);
    let held = 0;
    for (let i = 0; i < 400; i++) {
      const [low, high] = bootstrapMean(Float64Array.from({ length: 40 }, random), draw, 200);
      if (low <= 0.5 && 0.5 <= high) held++;
    }
    // Expected 0.94 for 40 values; three deviations of 400 cases are 0.036.
    expect(held / 400).toBeGreaterThan(0.9);
    expect(held / 400).toBeLessThan(0.98);
  });
});

describe('confidence', () => {
  const past = (count: number, hits: number, over: Partial<PastSignal> = {}): readonly PastSignal[] =>
    Array.from({ length: count }, (_, i) => ({
      ...{ instrument: 'sim:btcusdt', side: 'long' as const, result: i < hits ? 0.01 : -0.01, ...over },
    }));
  const like = { instrument: 'sim:btcusdt', side: 'long' } as const;

  it('is absent where too little is known', () => {
    expect(confidenceOf(past(19, 19), like)).toBeUndefined();
    expect(confidenceOf(past(20, 20), like)).toBeDefined();
  });

  it('is the hit rate of like signals, drawn towards that of all and towards one half', () => {
    // All: (40 + 10) / (60 + 20) = 0.625. Like: (30 + 20 * 0.625) / (40 + 20).
    const all = [...past(40, 30), ...past(20, 10, { side: 'short' })];
    expect(confidenceOf(all, like)).toBeCloseTo(42.5 / 60, 12);
    // Of an instrument that it never was on: that of all.
    expect(confidenceOf(all, { instrument: 'sim:ethusdt', side: 'long' })).toBeCloseTo(0.625, 12);
  });

  it('is calibrated: of signals with like confidence, as many hit', () => {
    const random = createRandom(11);
    const sums = { told: 0, hit: 0, count: 0 };
    for (let strategy = 0; strategy < 60; strategy++) {
      const chance = 0.35 + 0.3 * random();
      const known: PastSignal[] = [];
      for (let i = 0; i < 80; i++) {
        const hit = random() < chance;
        const told = confidenceOf(known, like);
        if (told !== undefined) {
          sums.told += told;
          sums.hit += hit ? 1 : 0;
          sums.count++;
        }
        known.push({ ...like, result: hit ? 1 : -1 });
      }
    }
    // 3,600 signals: three deviations of their hit rate are 0.025.
    expect(Math.abs(sums.told - sums.hit) / sums.count).toBeLessThan(0.025);
  });
});

/** A strategy of no merit on a random walk: enters after a move of three bars, with or against it, and leaves at a stop, a target or in time. */
function onRandomWalk(seed: number, against: boolean): Omit<RecordInput, 'horizons' | 'rounds' | 'seed'> {
  const random = createRandom(seed);
  const costs = { feeBps: 2, slippageBps: 1 };
  const closes = [100];
  for (let i = 1; i < 500; i++) closes.push(closes[i - 1] * (1 + 0.004 * (random() + random() + random() - 1.5)));
  const entries: Entry[] = [];
  for (let i = 3; i < 480; i++) {
    const move = closes[i] / closes[i - 3] - 1;
    if (Math.abs(move) < 0.005) continue;
    const side = move > 0 === against ? 'short' : 'long';
    const gain = (k: number) => (closes[k] / closes[i] - 1) * (side === 'long' ? 1 : -1);
    let end = i + 1;
    while (end < i + 15 && gain(end) > -0.012 && gain(end) < 0.004) end++;
    const result = resultAfterCosts(side, closes[i], closes[end], costs);
    entries.push(entry(i + 1, closes[i], { side, exit: { ts: (end + 1) * MINUTE, result } }));
    i = end;
  }
  return { entries, paths: [path(closes)], costs };
}

describe.each([
  ['with the move', false],
  ['against it', true],
])('on 200 random walks, entries %s', (_how, against) => {
  const rows = Array.from({ length: 200 }, (_, seed) =>
    trackRecord({ ...onRandomWalk(1_000 + seed, against), seed, horizons: [10 * MINUTE], rounds: 99 }),
  );

  it.each([
    ['after ten minutes', 0],
    ['at their exit', 1],
  ])('are no better than random ones %s', (_when, row) => {
    const all = rows.map((each) => each[row]);
    const found = all.filter(({ pValue }) => pValue <= 0.05).length;
    // By chance 10 of 200; more than 19 come once in 400 times.
    expect(found).toBeLessThanOrEqual(19);
    const excess = Float64Array.from(all, (each) => each.mean - each.base);
    const mean = excess.reduce((sum, each) => sum + each, 0) / excess.length;
    const variance = excess.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (excess.length - 1);
    expect(Math.abs(mean / Math.sqrt(variance / excess.length))).toBeLessThan(3);
  });
});
