import { describe, expect, it } from 'vitest';
import { lookup } from '../catalog.ts';
import type { SeriesEntry } from '../catalog-entry.ts';
import { expectSeries, valuesAfter } from '../catalog-harness.ts';

const sum = (xs: readonly number[]): number => xs.reduce((total, x) => total + x, 0);

/** Ehlers' cycle measurement, its formulas written out over all inputs from the 13th on: `[period, i1, q1]` of each. */
function cycles(xs: readonly number[]): [number, number, number][] {
  const [smooth, detrended, q1, i2, q2, re, im, period]: number[][] = Array.from({ length: 8 }, () => []);
  const at = (of: readonly number[], i: number) => (i < 12 ? 0 : of[i]);
  const hilbert = (of: readonly number[], i: number) =>
    (0.0962 * (at(of, i) - at(of, i - 6)) + 0.5769 * (at(of, i - 2) - at(of, i - 4))) *
    (0.075 * at(period, i - 1) + 0.54);
  const out: [number, number, number][] = [];
  for (let i = 12; i < xs.length; i++) {
    smooth[i] = (4 * xs[i] + 3 * xs[i - 1] + 2 * xs[i - 2] + xs[i - 3]) / 10;
    detrended[i] = hilbert(smooth, i);
    q1[i] = hilbert(detrended, i);
    const i1 = at(detrended, i - 3);
    const ahead =
      (0.0962 * (i1 - at(detrended, i - 9)) + 0.5769 * (at(detrended, i - 5) - at(detrended, i - 7))) *
      (0.075 * at(period, i - 1) + 0.54);
    i2[i] = 0.2 * (i1 - hilbert(q1, i)) + 0.8 * at(i2, i - 1);
    q2[i] = 0.2 * (q1[i] + ahead) + 0.8 * at(q2, i - 1);
    re[i] = 0.2 * (i2[i] * at(i2, i - 1) + q2[i] * at(q2, i - 1)) + 0.8 * at(re, i - 1);
    im[i] = 0.2 * (i2[i] * at(q2, i - 1) - q2[i] * at(i2, i - 1)) + 0.8 * at(im, i - 1);
    const before = at(period, i - 1);
    let found = im[i] !== 0 && re[i] !== 0 ? 360 / ((Math.atan(im[i] / re[i]) * 180) / Math.PI) : before;
    if (found > 1.5 * before) found = 1.5 * before;
    if (found < 0.67 * before) found = 0.67 * before;
    if (found < 6) found = 6;
    if (found > 50) found = 50;
    period[i] = 0.2 * found + 0.8 * before;
    out[i] = [period[i], i1, q1[i]];
  }
  return out;
}

describe('averages of the dominant cycle have the values of their definitions', () => {
  it('mama', () =>
    expectSeries(lookup('mama'), [0.5, 0.05], (xs, [fast, slow]) => {
      const found = cycles(xs);
      let [mama, fama, phase] = [xs[12], xs[12], 0];
      for (let i = 12; i < xs.length; i++) {
        const [, i1, q1] = found[i];
        const now = i1 === 0 ? 0 : (Math.atan(q1 / i1) * 180) / Math.PI;
        const turned = Math.max(1, phase - now);
        phase = now;
        const alpha = Math.max(slow, fast / turned);
        mama = alpha * xs[i] + (1 - alpha) * mama;
        fama = 0.5 * alpha * mama + (1 - 0.5 * alpha) * fama;
      }
      return [mama, fama];
    }));

  it('httrendline', () =>
    expectSeries(lookup('httrendline'), [], (xs) => {
      const found = cycles(xs);
      const means = [...xs];
      let smooth = 0;
      for (let i = 12; i < xs.length; i++) {
        smooth = 0.33 * found[i][0] + 0.67 * smooth;
        const bars = Math.max(1, Math.floor(smooth + 0.5));
        means[i] = sum(Array.from({ length: bars }, (_, lag) => xs[i - lag] ?? 0)) / bars;
      }
      const [a, b, c, d] = means.slice(-4).reverse();
      return [(4 * a + 3 * b + 2 * c + d) / 10];
    }));
});

describe('averages of the dominant cycle in figures', () => {
  it('the trendline knows a cycle: over 20 bars its mean is the middle of the wave', () => {
    const wave = Array.from({ length: 1000 }, (_, i) => 100 + 5 * Math.sin((2 * Math.PI * i) / 20));
    expect(Math.abs(valuesAfter((lookup('httrendline') as SeriesEntry).create([]), wave)[0] - 100)).toBeLessThan(0.5);
  });
});
