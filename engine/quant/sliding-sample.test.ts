import { describe, expect, it } from 'vitest';
import { normals } from './reference-inputs.ts';
import { median, robustDeviation } from './sample.ts';
import { SlidingSample } from './sliding-sample.ts';

describe('a sample that slides', () => {
  it.each([1, 2, 7, 8, 50])('has the median and the robust deviation of its %i values, sorted anew', (length) => {
    const xs = normals(4, 200).map((z) => Math.round(z * 10) / 10);
    const sample = new SlidingSample(length);
    for (let i = 0; i < xs.length; i++) {
      if (i >= length) sample.remove(xs[i - length]);
      sample.add(xs[i]);
      const window = xs.slice(Math.max(0, i + 1 - length), i + 1);
      expect(sample.size).toBe(window.length);
      expect(sample.median()).toBeCloseTo(median(window), 12);
      const usual = robustDeviation(window);
      if (usual > 0) expect(sample.robustDeviation()).toBeCloseTo(usual, 12);
    }
  });

  it('takes the others where most are equal: of 5 5 5 5 8 9 12 the middle of the distances 3 4 7', () => {
    const sample = new SlidingSample(7);
    for (const x of [5, 9, 5, 12, 5, 5, 8]) sample.add(x);
    expect(sample.robustDeviation()).toBeCloseTo(1.482602218505602 * 4, 12);
  });

  it('has a deviation of 0 where all are equal, and of none', () => {
    const sample = new SlidingSample(3);
    expect([sample.median(), sample.robustDeviation()]).toEqual([0, 0]);
    for (let i = 0; i < 3; i++) sample.add(0.1);
    expect([sample.median(), sample.robustDeviation()]).toEqual([0.1, 0]);
  });
});
