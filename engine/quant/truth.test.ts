import { describe, expect, it } from 'vitest';
import { findChange } from './change-point.ts';
import { correlationDistances, cutAt, joinNearest } from './clustering.ts';
import { testCointegration } from './cointegration.ts';
import { correlation, correlations } from './correlation.ts';
import { fitGarch, garchForecast } from './garch.ts';
import { halfLife } from './half-life.ts';
import { hurstExponent } from './hurst.ts';
import { growForest } from './isolation-forest.ts';
import { kMeans } from './k-means.ts';
import { followLine } from './kalman.ts';
import { fitLine } from './least-squares.ts';
import { garchReturns, normals, reverting, walk } from './reference-inputs.ts';
import { mean } from './sample.ts';
import { testUnitRoot } from './unit-root.ts';
import { realisedVolatility, weightedDeviation } from './volatility.ts';

const times = <T>(count: number, make: (i: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, i) => make(i));
const share = (truths: readonly boolean[]): number => truths.filter(Boolean).length / truths.length;

/** A pair that belongs together: `y` is 3 + 2 x and noise. */
function pair(seed: number, count: number) {
  const x = walk(seed, count);
  const off = normals(seed + 50_000, count);
  return { x, y: x.map((value, i) => 3 + 2 * value + off[i]) };
}

// The bounds lie three standard deviations of a binomial distribution from what is expected.
describe('what was simulated is found again', () => {
  it('the hedge ratio lies within two standard errors in some 95 % of 200 pairs', () => {
    const within = times(200, (i) => {
      const { x, y } = pair(100 + i, 300);
      const { slope, slopeError } = fitLine(y, x);
      return Math.abs(slope - 2) < 1.968 * slopeError;
    });
    expect(share(within)).toBeGreaterThan(0.95 - 0.0463);
    expect(share(within)).toBeLessThan(0.9963);
  });

  it('the ADF test at 5 % rejects some 5 % of 500 random walks, and nearly all of what is drawn back', () => {
    const walks = times(500, (i) => testUnitRoot(walk(1_000 + i, 250)).pValue < 0.05);
    expect(Math.abs(share(walks) - 0.05)).toBeLessThan(0.0293);
    const drawn = times(100, (i) => testUnitRoot(reverting(3_000 + i, 250, 0.3)).pValue < 0.05);
    expect(share(drawn)).toBeGreaterThan(0.9);
  });

  it('Engle and Granger at 5 % take some 5 % of 300 pairs of random walks for one, and nearly all that are one', () => {
    const apart = times(300, (i) => testCointegration(walk(5_000 + i, 250), walk(9_000 + i, 250)).pValue < 0.05);
    expect(Math.abs(share(apart) - 0.05)).toBeLessThan(0.0377);
    const together = times(100, (i) => {
      const { x, y } = pair(7_000 + i, 250);
      return testCointegration(y, x).pValue < 0.05;
    });
    expect(share(together)).toBeGreaterThan(0.95);
  });

  it('GARCH recovers its parameters over many samples', () => {
    const fits = times(30, (i) => fitGarch(garchReturns(200 + i, 2_000, 0.05, 0.1, 0.85)));
    const average = (pick: (fit: (typeof fits)[number]) => number) => mean(Float64Array.from(fits, pick));
    expect(share(fits.map(({ converged }) => converged))).toBeGreaterThan(0.9);
    // Standard errors of some 0.02 and 0.03 for one sample, so a fifth of that for the mean of thirty.
    expect(average(({ alpha }) => alpha)).toBeCloseTo(0.1, 1);
    expect(Math.abs(average(({ alpha }) => alpha) - 0.1)).toBeLessThan(0.012);
    expect(Math.abs(average(({ beta }) => beta) - 0.85)).toBeLessThan(0.03);
    expect(Math.abs(average(({ longRun }) => longRun) - 1)).toBeLessThan(0.05);
  });

  it('GARCH’s forecast grows with the root of time once the variance is where it returns to', () => {
    const fit = fitGarch(garchReturns(5, 2_000, 0.05, 0.1, 0.85));
    const calm = { ...fit, deviations: Float64Array.of(fit.longRun) };
    for (const steps of [1, 5, 10]) expect(garchForecast(calm, steps)).toBeCloseTo(fit.longRun * Math.sqrt(steps), 9);
    // Two steps by hand: the variance of the second is omega + (alpha + beta) times that of the first.
    const first = fit.deviations[2_000] ** 2;
    const second = fit.omega + (fit.alpha + fit.beta) * first;
    expect(garchForecast(fit, 2)).toBeCloseTo(Math.sqrt(first + second), 12);
  });

  it('the half-life of what loses a fifth of its distance a bar', () => {
    // A change of -0.2 a bar: ln 2 / 0.2 bars, as the estimator has it.
    const lives = times(30, (i) => halfLife(reverting(400 + i, 1_000, 0.2)));
    expect(Math.abs(mean(Float64Array.from(lives)) - Math.LN2 / 0.2)).toBeLessThan(0.15);
    expect(halfLife(Float64Array.from({ length: 30 }, (_, i) => 1.1 ** i))).toBe(Number.POSITIVE_INFINITY);
  });

  it('a hedge ratio that moves is followed', () => {
    const x = walk(11, 1_000);
    const off = normals(12, 1_000);
    const truth = (i: number) => 2 + i / 1_000;
    const y = x.map((value, i) => truth(i) * value + off[i] * 0.1);
    const { slope } = followLine(y, x, { delta: 1e-5, noise: 0.01 });
    for (const i of [400, 700, 999]) expect(Math.abs(slope[i] - truth(i))).toBeLessThan(0.1);
  });

  it('Hurst’s exponent of a random walk, of what goes on and of what turns back', () => {
    const average = (make: (i: number) => Float64Array) =>
      mean(Float64Array.from(times(40, (i) => hurstExponent(make(i)))));
    expect(Math.abs(average((i) => walk(600 + i, 1_000)) - 0.5)).toBeLessThan(0.03);
    expect(average((i) => reverting(600 + i, 1_000, 0.5))).toBeLessThan(0.25);
    expect(hurstExponent(Float64Array.from({ length: 100 }, (_, i) => i))).toBeCloseTo(1, 9);
  });

  it('volatility, by each estimator, of a price whose path is known', () => {
    // Bars of 600 steps of a random walk with a deviation of 1 % a bar.
    const steps = 600;
    const path = normals(77, 400 * steps);
    const bars = {
      open: new Float64Array(400),
      high: new Float64Array(400),
      low: new Float64Array(400),
      close: new Float64Array(400),
    };
    let at = Math.log(100);
    for (let bar = 0; bar < 400; bar++) {
      let [low, high] = [at, at];
      bars.open[bar] = Math.exp(at);
      for (let i = 0; i < steps; i++) {
        at += (path[bar * steps + i] * 0.01) / Math.sqrt(steps);
        low = Math.min(low, at);
        high = Math.max(high, at);
      }
      bars.high[bar] = Math.exp(high);
      bars.low[bar] = Math.exp(low);
      bars.close[bar] = Math.exp(at);
    }
    const { closeToClose, parkinson, garmanKlass, yangZhang } = realisedVolatility(bars);
    expect(Math.abs(closeToClose / 0.01 - 1)).toBeLessThan(0.11);
    // A path of 600 steps does not reach quite as far as a continuous one: some 2 % less.
    for (const value of [parkinson, garmanKlass, yangZhang]) expect(Math.abs(value / 0.01 - 0.97)).toBeLessThan(0.06);
    expect(weightedDeviation(Float64Array.of(0.02, 0.01), 0.9)).toBeCloseTo(Math.sqrt(0.9 * 0.0004 + 0.1 * 0.0001), 15);
  });

  it('where the mean of the values changed, and that it did not', () => {
    const calm = normals(31, 400);
    const shifted = calm.map((value, i) => (i < 250 ? value : value + 1.5));
    const found = findChange(shifted);
    expect(Math.abs(found.at - 250)).toBeLessThan(8);
    expect(found.pValue).toBeLessThan(1e-6);
    expect(found.after - found.before).toBeCloseTo(1.5, 0);
    const false5 = times(300, (i) => findChange(normals(8_000 + i, 200)).pValue < 0.05);
    expect(share(false5)).toBeLessThan(0.05 + 0.0377);
    expect(share(false5)).toBeGreaterThan(0.01);
  });

  it('what lies apart from a cloud, and what does not', () => {
    const [a, b] = [normals(41, 500), normals(42, 500)];
    const points = times(500, (i) => Float64Array.of(a[i], b[i]));
    const oddness = growForest(points, 3);
    expect(oddness(Float64Array.of(8, -8))).toBeGreaterThan(0.75);
    expect(oddness(Float64Array.of(0, 0))).toBeLessThan(0.45);
    expect(growForest(points, 3)(points[7])).toBe(oddness(points[7]));
    const ranked = [...points.keys()].sort((i, k) => oddness(points[k]) - oddness(points[i]));
    const radius = (i: number) => Math.hypot(a[i], b[i]);
    expect(mean(Float64Array.from(ranked.slice(0, 20), radius))).toBeGreaterThan(2.3);
  });

  it('groups of series that move together, by the tree and by their means', () => {
    const [first, second] = [normals(51, 300), normals(52, 300)];
    const rows = times(8, (i) => {
      const own = normals(60 + i, 300);
      return own.map((value, k) => 0.5 * value + (i % 2 === 0 ? first[k] : second[k]));
    });
    const matrix = correlations(rows);
    const tree = joinNearest(correlationDistances(matrix));
    const cut = cutAt(tree, 0.5);
    expect(new Set(cut).size).toBe(2);
    for (let i = 0; i < 8; i++) expect(cut[i]).toBe(cut[i % 2]);
    // Neighbours in the order of the leaves belong together: one change of group.
    expect(tree.order.filter((leaf, i) => i > 0 && cut[leaf] !== cut[tree.order[i - 1]])).toHaveLength(1);
    const { group } = kMeans(
      rows.map((row) => row.slice(0, 40)),
      2,
    );
    for (let i = 0; i < 8; i++) expect(group[i]).toBe(group[i % 2]);
    expect(group[0]).not.toBe(group[1]);
  });
});

describe('what cannot be computed is refused with the reason', () => {
  const flat = new Float64Array(200).fill(5);
  const holed = Float64Array.of(1, Number.NaN, 3, 4);

  it.each([
    [
      'too few values for the ADF test',
      () => testUnitRoot(walk(1, 8)),
      'The ADF test needs at least 12 values, there are 8.',
    ],
    [
      'a price that never moves',
      () => testUnitRoot(flat),
      'The ADF test is not defined where nothing moves: all 200 values are 5.',
    ],
    ['a gap in the values', () => correlation(holed, holed), 'A correlation needs numbers, one value is none.'],
    [
      'two lengths',
      () => fitLine(walk(1, 5), walk(1, 6)),
      'A regression needs as many values of each, there are 5 and 6.',
    ],
    [
      'a series held against itself',
      () => testCointegration(walk(1, 99), walk(1, 99)),
      'The two series are the same but for a factor: there is no spread to test.',
    ],
    ['too few returns for GARCH', () => fitGarch(normals(1, 60)), 'GARCH needs at least 100 values, there are 60.'],
    [
      'fewer things than groups',
      () => kMeans([Float64Array.of(1)], 2),
      '2 groups need at least 2 series, there are 1.',
    ],
  ])('%s', (_name, compute, message) => {
    expect(compute).toThrow(message);
  });

  it('a series that does not move has no correlation in a matrix, and the others have theirs', () => {
    const { values } = correlations([walk(1, 200), flat, walk(2, 200)]);
    expect([...values].map(Number.isNaN)).toEqual([false, true, false, true, true, true, false, true, false]);
  });
});
