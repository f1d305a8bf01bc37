import { describe, expect, it } from 'vitest';
import { DAY } from '../market/interval.ts';
import { deflatedSharpe, expectedBestSharpe } from './deflated-sharpe.ts';
import { equityStats } from './equity-stats.ts';
import { resampleTrades } from './resampling.ts';

describe('the deflated Sharpe ratio', () => {
  // Bailey and Lopez de Prado 2014, the numerical example: 2.5 a year over 1250 days (250 a year), 100 trials whose ratios vary by 1/2 a
  // year, skewness -3, kurtosis 10. They print 0.1132 for the best by chance, and 0.9004.
  const daily = { sharpe: 2.5 / Math.sqrt(250), returns: 1250, skew: -3, kurtosis: 10 };
  const trials = { count: 100, variance: 1 / (2 * 250) };

  it('has the published value', () => {
    expect(expectedBestSharpe(trials)).toBeCloseTo(0.1132, 4);
    expect(deflatedSharpe(daily, trials)).toBeCloseTo(0.9004, 4);
  });

  it('of one trial is the probabilistic ratio against 0, and has no answer for one return', () => {
    // sharpe * sqrt(n - 1) / sqrt(1 + sharpe^2 / 2) of a normal distribution: 0.1 * 10 / 1.0024969 = 0.9975093; below it lies 0.8407413.
    expect(deflatedSharpe({ sharpe: 0.1, returns: 101, skew: 0, kurtosis: 3 })).toBeCloseTo(0.8407413, 6);
    expect(deflatedSharpe({ sharpe: 0.1, returns: 1, skew: 0, kurtosis: 3 })).toBeUndefined();
    expect(deflatedSharpe({ sharpe: 0.5, returns: 99, skew: 5, kurtosis: 3 })).toBeUndefined();
  });
});

describe('what a line of equity says', () => {
  const days = (...equity: readonly number[]) => {
    const times = Float64Array.from(equity, (_each, i) => (i + 1) * DAY);
    return equityStats(Float64Array.from(equity), times, DAY);
  };

  it('by hand', () => {
    // Returns 10%, -10%, 20%: mean 0.2/3, deviations 1/30, -1/6, 2/15 -> sample variance (1/900 + 1/36 + 4/225) / 2 = 0.0233333.
    const stats = days(1.1, 0.99, 1.188);
    const perYear = Math.sqrt(365.25);
    expect(stats.total).toBeCloseTo(0.188, 12);
    expect(stats.sharpe).toBeCloseTo((0.2 / 3 / Math.sqrt(0.07 / 3)) * perYear, 9);
    // Downside: the root of 0.01 / 3.
    expect(stats.sortino).toBeCloseTo((0.2 / 3 / Math.sqrt(0.01 / 3)) * perYear, 9);
    expect(stats.maxDrawdown).toBeCloseTo(0.1, 12);
    expect(stats.underwater).toBe(DAY);
    expect([stats.cagr, stats.calmar]).toEqual([undefined, undefined]);
    expect(stats.perPeriod?.kurtosis).toBeCloseTo(1.5, 9);
  });

  it('grows by the year where it is long enough, and falls from the beginning count', () => {
    const year = days(...Array.from({ length: 731 }, (_each, i) => 0.9 * 1.001 ** (i + 1)));
    // 731 days are 2.00137 years: (0.9 * 1.001^731) ^ (1 / 2.00137).
    expect(year.cagr).toBeCloseTo((0.9 * 1.001 ** 731) ** (365.25 / 731) - 1, 12);
    expect(year.maxDrawdown).toBeCloseTo(1 - 0.9009, 12);
    expect(year.calmar).toBeCloseTo(year.cagr! / (1 - 0.9009), 9);
  });

  it('says nothing of what does not move', () => {
    expect(days(1, 1, 1)).toMatchObject({
      total: 0,
      sharpe: undefined,
      sortino: undefined,
      maxDrawdown: 0,
      perPeriod: undefined,
    });
    expect(days(1)).toMatchObject({ total: 0, sharpe: undefined });
  });
});

describe('a band of resampled trades', () => {
  it('is the same for the same seed, and has nothing to vary where all trades are equal', () => {
    const shares = Array.from({ length: 40 }, (_each, i) => (i % 3 === 0 ? -0.02 : 0.015));
    expect(resampleTrades(shares, 500, 7)).toEqual(resampleTrades(shares, 500, 7));
    expect(resampleTrades(shares, 500, 7)).not.toEqual(resampleTrades(shares, 500, 8));
    const [end] = [1.01 ** 20 - 1];
    const band = resampleTrades(new Array<number>(20).fill(0.01))!;
    for (const each of [band.low, band.middle, band.high]) expect(each).toBeCloseTo(end!, 12);
    expect([band.drawdown, band.losing]).toEqual([0, 0]);
    expect(resampleTrades([0.1, 0.2])).toBeUndefined();
  });

  it('lies around what is to be expected: the median of 100 even bets of 10%', () => {
    // 50 wins of 100: 1.1^50 * 0.9^50 = 0.605; 42 wins, the 5% quantile of the binomial (41.3 to 42): 1.1^42 * 0.9^58 = 0.1215.
    const band = resampleTrades([...new Array<number>(50).fill(0.1), ...new Array<number>(50).fill(-0.1)], 4000, 3)!;
    expect(band.middle).toBeCloseTo(1.1 ** 50 * 0.9 ** 50 - 1, 6);
    expect(band.low).toBeGreaterThanOrEqual(1.1 ** 41 * 0.9 ** 59 - 1 - 1e-9);
    expect(band.low).toBeLessThanOrEqual(1.1 ** 43 * 0.9 ** 57 - 1 + 1e-9);
    expect(band.high).toBeGreaterThan(1);
  });
});
