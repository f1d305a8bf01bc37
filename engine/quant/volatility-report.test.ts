import { describe, expect, it } from 'vitest';
import { toColumns } from '../market/bar-history.ts';
import { DAY, HOUR } from '../market/interval.ts';
import { garchReturns, normals } from './reference-inputs.ts';
import { REFERENCE } from './reference-values.ts';
import { volatilityReport } from './volatility-report.ts';

const START = Date.UTC(2026, 0, 5);

/** Bars of an hour whose log returns are given; `starts` are whole hours after the first. */
function barsOf(returns: Float64Array, starts = (i: number) => i) {
  let close = 100;
  const closes = [100, ...Array.from(returns, (step) => (close *= Math.exp(step)))];
  return toColumns(
    closes.map((price, i) => {
      const open = closes[Math.max(0, i - 1)];
      const [high, low] = [Math.max(open, price), Math.min(open, price)];
      return { start: START + starts(i) * HOUR, open, high, low, close: price, volume: 1, trades: 1 };
    }),
  );
}

const small = (returns: Float64Array) => returns.map((each) => each / 100);

describe('the report of volatility', () => {
  it('foresees what statsmodels’ parameters foresee', () => {
    const returns = garchReturns(5, 2000, 0.05, 0.1, 0.85);
    const report = volatilityReport(barsOf(small(returns)), HOUR);
    const [omega, alpha, beta] = REFERENCE.garch;
    const mean = returns.reduce((sum, each) => sum + each, 0) / 2000;
    let variance = returns.reduce((sum, each) => sum + (each - mean) ** 2, 0) / 2000;
    for (const each of returns) variance = omega + alpha * (each - mean) ** 2 + beta * variance;
    const foreseen = (steps: number) => {
      let [sum, next] = [0, variance];
      for (let i = 0; i < steps; i++, next = omega + (alpha + beta) * next) sum += next;
      return Math.sqrt(sum) / 100;
    };
    for (const { steps, garch } of report.ahead) expect(garch! / foreseen(steps)).toBeCloseTo(1, 3);
    expect(report.by).toBe('garch');
    expect(report.day).toHaveLength(24);
    expect(report.day[23] / foreseen(24)).toBeCloseTo(1, 3);
    expect(report.garch).toMatchObject({ verdict: 'converged' });
    expect(report.garch!.pValue).toBeLessThan(1e-6);
    // Normal innovations: 68.3 % of 2,000 within one deviation, by three standard errors.
    expect(Math.abs(report.garch!.within - 0.683)).toBeLessThan(0.0312);
    expect(report.garch!.halfLife).toBeCloseTo(Math.log(0.5) / Math.log(alpha + beta), 1);
  });

  it('has RiskMetrics’ variance, the same for every bar to come, where there are too few returns for GARCH', () => {
    const returns = small(normals(4, 60));
    const report = volatilityReport(barsOf(returns), HOUR);
    let variance = returns[0] ** 2;
    for (const each of returns.slice(1)) variance = 0.94 * variance + 0.06 * each ** 2;
    expect(report.garch).toBeUndefined();
    expect(report.by).toBe('weighted');
    for (const { steps, garch, weighted } of report.ahead) {
      expect(garch).toBeUndefined();
      expect(weighted).toBeCloseTo(Math.sqrt(variance * steps), 12);
    }
    expect(report.day[23]).toBeCloseTo(Math.sqrt(24 * variance), 12);
  });

  it('says that plain noise does not cluster', () => {
    const { garch } = volatilityReport(barsOf(small(normals(12, 500))), HOUR);
    expect(garch!.pValue).toBeGreaterThan(0.05);
  });

  it('does not believe a variance that grows for ever', () => {
    const growing = normals(3, 400).map((z, i) => z * Math.exp(i / 60) * 1e-4);
    const report = volatilityReport(barsOf(growing), HOUR);
    expect(report.garch!.verdict).not.toBe('converged');
    expect(report.by).toBe('weighted');
  });

  it('counts the bars of a market that closes: seven a day, on five days a week', () => {
    const starts = (i: number) => Math.floor(i / 35) * 168 + Math.floor((i % 35) / 7) * 24 + (i % 7) + 14;
    const report = volatilityReport(barsOf(small(normals(5, 349)), starts), HOUR);
    expect(report.day).toHaveLength(7);
    // Ten weeks but for what follows the last bar.
    expect(report.perYear).toBeCloseTo((349 * 365 * DAY) / (report.to - HOUR - report.from), 9);
    expect(Math.abs(report.perYear - 35 * 52)).toBeLessThan(100);
  });

  it('refuses too few bars, and prices that never change', () => {
    expect(() => volatilityReport(barsOf(small(normals(1, 20))), HOUR)).toThrow('at least 30');
    expect(() => volatilityReport(barsOf(new Float64Array(200)), HOUR)).toThrow('nothing moves');
  });
});
