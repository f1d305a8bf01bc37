import { describe, expect, it } from 'vitest';
import { DAY } from '../market/interval.ts';
import { comparisonReport } from './comparison-report.ts';
import { walk } from './reference-inputs.ts';
import { sharpeOf, testSameSharpe } from './sharpe.ts';

const closes = [1, 2, 3].map((seed) => walk(seed, 60));
const starts = Float64Array.from({ length: 60 }, (_, i) => i * DAY);
const returns = closes.map((row) => Float64Array.from({ length: 59 }, (_, i) => row[i + 1] / row[i] - 1));

describe('Sharpe ratios agree with Python', () => {
  // By the module statistics of Python 3.12; the error by Lo's formula.
  it('and so does their error', () => {
    const wanted = [
      [0.20912247440545084, 0.13160457623352456],
      [0.22305698013773698, 0.13179833132055493],
      [-0.10200964245872803, 0.13052715696244838],
    ];
    for (const [i, [ratio, error]] of wanted.entries()) {
      expect(sharpeOf(returns[i])!.ratio).toBeCloseTo(ratio, 11);
      expect(sharpeOf(returns[i])!.error).toBeCloseTo(error, 11);
    }
  });

  // Independent of Memmel's formula: the delta method with numerical derivatives over means and variances of normal returns.
  it('and so does the chance that two differ so', () => {
    const wanted = [
      [0, 1, -0.07516040144862653, 0.94008709026624],
      [0, 2, 1.7576080888908172, 0.0788142160724054],
      [1, 2, 1.5923460719374523, 0.11130696626954348],
    ];
    for (const [a, b, statistic, pValue] of wanted) {
      const test = testSameSharpe(returns[a], returns[b])!;
      expect(test.statistic).toBeCloseTo(statistic, 7);
      expect(test.pValue).toBeCloseTo(pValue, 7);
    }
  });

  it('and where nothing moves there is none', () => {
    const flat = new Float64Array(59);
    expect(sharpeOf(flat)).toBeUndefined();
    expect(testSameSharpe(returns[0], flat)).toBeUndefined();
    expect(
      testSameSharpe(
        returns[0],
        returns[0].map((value) => 2 * value),
      ),
    ).toBeUndefined();
  });
});

describe('a comparison', () => {
  const report = comparisonReport(closes, starts);

  // By Python's module statistics; the deepest fall over all pairs of days.
  it('agrees with Python, the one that rose the most first', () => {
    const wanted = [
      [1, 0.06909029675421463, 0.09794938882247754, 4.261497621925991, -0.016410819607304172],
      [0, 0.0635477923886989, 0.09651840866461595, 3.9952792637101515, -0.02122505180484069],
      [2, -0.03051807277119789, 0.09603997379846269, -1.9488914827187012, -0.05313856924014215],
    ];
    expect(report.performances).toHaveLength(3);
    for (const [i, [series, change, volatility, sharpe, fall]] of wanted.entries()) {
      const performance = report.performances[i];
      expect(performance.series).toBe(series);
      expect(performance.change).toBeCloseTo(change, 12);
      expect(performance.volatility).toBeCloseTo(volatility, 11);
      expect(performance.sharpe).toBeCloseTo(sharpe, 10);
      expect(performance.maxDrawdown).toBeCloseTo(fall, 12);
    }
    expect(report.growth[1][59]).toBeCloseTo(0.06909029675421463, 12);
    expect(report.growth[1][0]).toBe(0);
  });

  it('tells the best Sharpe ratio from the worst as one pair of three', () => {
    expect(report.apart).toMatchObject({ best: 1, worst: 2 });
    expect(report.apart!.pValue).toBeCloseTo(3 * 0.11130696626954348, 7);
  });

  it('counts the bars of a year as they came: two days of three are 243 of them', () => {
    const gappy = Float64Array.from({ length: 60 }, (_, i) => (Math.floor(i / 2) * 3 + (i % 2)) * DAY);
    expect(comparisonReport(closes, gappy).perYear).toBeCloseTo((59 * 365) / 88, 9);
  });

  it('has no Sharpe ratio of what never moves', () => {
    const flat = comparisonReport([new Float64Array(60).fill(5), closes[0]], starts);
    expect(flat.performances[1]).toEqual({
      ...{ series: 0, change: 0, volatility: 0, sharpe: undefined, sharpeError: undefined, maxDrawdown: 0 },
    });
    expect(flat.apart).toBeUndefined();
  });

  it('refuses one series, and fewer than ten bars', () => {
    expect(() => comparisonReport(closes.slice(0, 1), starts)).toThrow('two series at least');
    expect(() =>
      comparisonReport(
        closes.map((row) => row.slice(0, 9)),
        starts.slice(0, 9),
      ),
    ).toThrow('at least 10');
  });
});
