import { describe, expect, it } from 'vitest';
import { toColumns } from '../market/bar-history.ts';
import { HOUR } from '../market/interval.ts';
import { garchReturns, normals } from './reference-inputs.ts';
import { seasonReport } from './season-report.ts';
import { studentBeyond, studentLimit } from './student.ts';

/** A Monday. */
const START = Date.UTC(2026, 0, 5);

/** Bars of an hour whose log returns are given, the first one's too. */
function barsOf(returns: ArrayLike<number>) {
  let close = 100;
  return toColumns(
    Array.from(returns, (step, i) => {
      const open = close;
      close *= Math.exp(step);
      return { start: START + i * HOUR, open, high: open, low: open, close, volume: 1, trades: 1 };
    }),
  );
}

function asked(returns: ArrayLike<number>) {
  const bars = barsOf(returns);
  return seasonReport(bars, bars.start, HOUR);
}

describe('Student’s distribution', () => {
  it('agrees with scipy 1.17.1', () => {
    // 2 * stats.t.sf(abs(t), df)
    for (const [t, freedom, p] of [
      [0.5, 1, 0.7048327646991335],
      [2, 3, 0.13932596855884305],
      [2.5, 10, 0.03144684423660882],
      [-1.3, 25, 0.20545972036762586],
      [4, 80, 0.000140439967847575],
      [12, 7, 6.358310378185098e-6],
      [1e-3, 5, 0.9992407867721976],
    ])
      expect(studentBeyond(t, freedom) / p).toBeCloseTo(1, 10);
    // stats.t.isf(p / 2, df)
    for (const [p, freedom, t] of [
      [0.05, 1, 12.706204736174705],
      [0.05, 10, 2.2281388519862753],
      [0.0016, 83, 3.2633019994941304],
      [0.5, 4, 0.7406970841126829],
    ])
      expect(studentLimit(p, freedom)).toBeCloseTo(t, 8);
  });
});

describe('the report of seasons', () => {
  it('has the mean of each hour and weekday, with an interval of two and a bit standard errors', () => {
    const returns = normals(3, 24 * 7 * 8).map((z) => z * 0.01);
    const { seasons, days, weeks } = asked(returns);
    expect([days, weeks, seasons.length]).toEqual([56, 8, 31]);
    const five = returns.filter((_, i) => i % 24 === 5);
    const mean = five.reduce((sum, x) => sum + x, 0) / 56;
    const error = Math.sqrt(five.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 55 / 56);
    const { move } = seasons[5];
    expect(seasons[5]).toMatchObject({ of: 'hour', slot: 5, periods: 56 });
    expect(move.mean).toBeCloseTo(mean, 12);
    // Of 55 degrees of freedom: 2.00404.
    expect((move.high - move.low) / 2 / error).toBeCloseTo(2.00404, 4);
    const wednesday = returns.filter((_, i) => Math.floor(i / 24) % 7 === 2);
    expect(seasons[26]).toMatchObject({ of: 'weekday', slot: 2, periods: 8 });
    expect(seasons[26].move.mean).toBeCloseTo(wednesday.reduce((sum, x) => sum + x, 0) / wednesday.length, 12);
  });

  it('finds an hour that rises and a weekday that is wild, and no others', () => {
    const returns = normals(9, 24 * 7 * 12).map((z, i) => {
      const isWild = Math.floor(i / 24) % 7 === 3;
      return z * (isWild ? 0.02 : 0.01) + (i % 24 === 14 ? 0.008 : 0);
    });
    const { seasons } = asked(returns);
    const rises = seasons.filter(({ move }) => move.pValue < 0.05);
    expect(rises.map(({ of, slot }) => [of, slot])).toEqual([['hour', 14]]);
    const wild = seasons.filter(({ size, of }) => size.pValue < 0.05 && of === 'weekday' && size.mean > 1);
    expect(wild.map(({ slot }) => slot)).toEqual([3]);
    // 2 / ((6 + 2) / 7) of the week's average.
    expect(Math.abs(wild[0].size.mean - 1.75)).toBeLessThan(0.12);
  });

  it('finds something in some 5 % of samples in which there is nothing, also where volatility clusters', () => {
    const noise = (seed: number) => normals(seed, 24 * 7 * 6).map((z) => z * 0.01);
    const clustered = (seed: number) => garchReturns(seed, 24 * 7 * 6, 0.02, 0.08, 0.9).map((x) => x * 0.01);
    for (const make of [noise, clustered]) {
      const reports = Array.from({ length: 40 }, (_, i) => asked(make(i + 1)));
      for (const pick of ['move', 'size'] as const) {
        const found = reports.filter(({ seasons }) => seasons.some((each) => each[pick].pValue < 0.05));
        // Three standard deviations of a binomial distribution of 40 above 2.
        expect(found.length).toBeLessThanOrEqual(6);
      }
    }
  });

  it('leaves out weekdays where there are too few weeks, and hours where a bar is a day', () => {
    expect(new Set(asked(normals(1, 24 * 20)).seasons.map(({ of }) => of))).toEqual(new Set(['hour']));
    const bars = barsOf(normals(1, 200));
    const start = bars.start.map((_, i) => START + i * 24 * HOUR);
    const { seasons } = seasonReport({ ...bars, start }, start, 24 * HOUR);
    expect(seasons.map(({ of, slot }) => `${of} ${slot}`)).toEqual(
      [0, 1, 2, 3, 4, 5, 6].map((slot) => `weekday ${slot}`),
    );
  });

  it('counts what happens while nothing trades to no hour', () => {
    // Seven hours a day, and a leap over each night.
    const bars = barsOf(normals(2, 7 * 60).map((z) => z * 0.001));
    const start = bars.start.map((_, i) => START + Math.floor(i / 7) * 24 * HOUR + (i % 7) * HOUR);
    const leap = (prices: Float64Array) => prices.map((price, i) => price * 1.05 ** Math.floor(i / 7));
    const leaping = { ...bars, start, open: leap(bars.open), close: leap(bars.close) };
    const { seasons } = seasonReport(leaping, start, HOUR);
    expect(seasons).toHaveLength(14);
    for (const { move } of seasons) expect(Math.abs(move.mean)).toBeLessThan(0.001);
  });

  it('refuses too few bars, and prices that never change', () => {
    expect(() => asked(normals(1, 50))).toThrow('at least 100');
    expect(() => asked(new Float64Array(500))).toThrow('nothing moves');
  });
});
