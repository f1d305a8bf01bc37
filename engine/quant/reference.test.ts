import { describe, expect, it } from 'vitest';
import { autocorrelations } from './autocorrelation.ts';
import { correlationDistances, joinNearest } from './clustering.ts';
import { testCointegration } from './cointegration.ts';
import { correlations } from './correlation.ts';
import { fitGarch } from './garch.ts';
import { adjustedRand, silhouette } from './group-measures.ts';
import { halfLife } from './half-life.ts';
import { fitHuber } from './huber.ts';
import { followLine } from './kalman.ts';
import { fitColumns, fitLine } from './least-squares.ts';
import { momentsOf, testNormality } from './moments.ts';
import { adjustForMany } from './multiple-tests.ts';
import { normalBelow, normalQuantile } from './normal.ts';
import { garchReturns, normals, reverting, walk } from './reference-inputs.ts';
import { REFERENCE } from './reference-values.ts';
import { testUnitRoot } from './unit-root.ts';

const x = walk(1, 400);
const noise = reverting(2, 400, 0.2);
const y = x.map((value, i) => 20 + 1.5 * value + noise[i]);
const odd = y.map((value, i) => (i % 25 === 0 ? value + 30 : value));
const ones = new Float64Array(400).fill(1);

/** Holds numbers against those of another program, to so many digits. */
function expectNear(given: Iterable<number>, wanted: readonly number[], digits: number): void {
  const values = [...given];
  expect(values).toHaveLength(wanted.length);
  for (const [i, value] of values.entries()) {
    const scale = Math.max(Math.abs(wanted[i]), 1e-12);
    expect(Math.abs(value - wanted[i]) / scale, `${i}: ${value} for ${wanted[i]}`).toBeLessThan(10 ** -digits);
  }
}

describe('statistics agree with statsmodels, scipy and numpy', () => {
  it('moments and the test for a normal distribution', () => {
    const { mean, deviation, skew, kurtosis } = momentsOf(noise);
    expectNear([mean, deviation, skew, kurtosis], REFERENCE.moments, 9);
    const { statistic, pValue } = testNormality(noise);
    expectNear([statistic, pValue], REFERENCE.jarqueBera, 9);
  });

  it('the normal distribution and its quantiles', () => {
    for (const [at, below] of REFERENCE.normal) expectNear([normalBelow(at)], [below], 13);
    for (const [below, at] of REFERENCE.quantile) expect(normalQuantile(below)).toBeCloseTo(at, 11);
  });

  it('least squares with one column and with several', () => {
    const line = fitLine(y, x);
    const { slope, intercept, slopeError, interceptError, r2 } = line;
    expectNear([slope, intercept, slopeError, interceptError, r2], REFERENCE.line, 10);
    const { coefficients, errors, squares } = fitColumns(odd, [ones, x, noise, walk(7, 400)]);
    expectNear([...coefficients, ...errors, squares], REFERENCE.columns, 10);
  });

  it('Huber’s regression, which twenty odd values out of four hundred do not bend', () => {
    const { slope, intercept, doubted } = fitHuber(odd, x);
    expectNear([slope, intercept], REFERENCE.huber, 8);
    expect(doubted).toBeGreaterThan(16);
  });

  it.each([
    ['walk', x],
    ['noise', noise],
    ['short', noise.slice(0, 30)],
  ] as const)('the ADF test of a %s', (name, series) => {
    const { statistic, pValue, lags, used } = testUnitRoot(series);
    expectNear([statistic, pValue, lags, used], REFERENCE[`adf ${name}`], 8);
  });

  it('the ADF test with few lags', () => {
    const { statistic, pValue, lags, used } = testUnitRoot(noise, { maxLags: 3 });
    expectNear([statistic, pValue, lags, used], REFERENCE['adf three'], 8);
  });

  it('Engle and Granger’s test of a pair that belongs together, and of one that does not', () => {
    const together = testCointegration(y, x);
    expectNear([together.statistic, together.pValue], REFERENCE['coint pair'], 8);
    const apart = testCointegration(walk(7, 400), x);
    expectNear([apart.statistic, apart.pValue], REFERENCE['coint apart'], 8);
  });

  it('the half-life and the autocorrelations', () => {
    expectNear([halfLife(noise)], [REFERENCE.halfLife], 10);
    expectNear(autocorrelations(noise, 5), REFERENCE.acf, 10);
  });

  it('Kalman’s filter, written out with matrices', () => {
    const { slope, intercept, surprise, expected } = followLine(y, x);
    const last = y.length - 1;
    expectNear([slope[last], intercept[last], surprise[last], expected[last]], REFERENCE.kalman, 7);
  });

  it('correlations and the tree that joins the nearest', () => {
    const rows = [walk(20, 200), walk(21, 200)];
    const more = [rows[0], rows[1]].map((row, i) => {
      const off = normals(22 + i, 200);
      return row.map((value, k) => value + off[k]);
    });
    const matrix = correlations([...rows, ...more, walk(24, 200)]);
    expectNear(matrix.values, REFERENCE.correlations, 10);
    const { joins } = joinNearest(correlationDistances(matrix));
    expectNear(
      joins.flatMap(({ left, right, height, count }) => [left, right, height, count]),
      REFERENCE.linkage.flat(),
      9,
    );
    const distances = correlationDistances(matrix);
    const groups = [
      [0, 1, 0, 1, 1],
      [0, 1, 0, 1, 2],
      [0, 0, 1, 1, 2],
    ];
    expectNear(
      groups.map((group) => silhouette(distances, group)),
      REFERENCE.silhouette,
      9,
    );
  });

  it('how two partitions agree', () => {
    const pairs = [
      [
        [0, 0, 1, 1, 2, 2],
        [1, 1, 1, 0, 2, 2],
      ],
      [
        [0, 1, 0, 1, 1],
        [0, 0, 1, 1, 1],
      ],
      [
        [0, 0, 1, 1],
        [1, 1, 0, 0],
      ],
    ];
    expectNear(
      pairs.map(([a, b]) => adjustedRand(a, b)),
      REFERENCE.rand,
      12,
    );
  });

  it('p-values of many tests', () => {
    expectNear(adjustForMany([0.01, 0.04, 0.03, 0.005, 0.5, 0.2, 0.9, 0.041]), REFERENCE.benjamini, 12);
  });

  it('GARCH by maximum likelihood', () => {
    const { omega, alpha, beta, logLikelihood, converged } = fitGarch(garchReturns(5, 2000, 0.05, 0.1, 0.85));
    expect(converged).toBe(true);
    expectNear([omega, alpha, beta], REFERENCE.garch.slice(0, 3), 4);
    expectNear([logLikelihood], [REFERENCE.garch[3]], 9);
  });
});
