import { describe, expect, it } from 'vitest';
import { findChange } from './change-point.ts';
import { findLevelShift } from './level-shift.ts';
import { normals } from './reference-inputs.ts';

/** Values of which so much is left in the next, with a deviation of 1, and a step of the mean at a place. */
function hanging(seed: number, left: number, count: number, step = 0, at = count): Float64Array {
  let x = 0;
  const shocks = normals(seed, count + 100);
  const values = shocks.map((shock) => {
    x = left * x + shock * Math.sqrt(1 - left ** 2);
    return x;
  });
  return values.slice(100).map((value, i) => value + (i >= at ? step : 0));
}

const share = (count: number, isSo: (seed: number) => boolean): number =>
  Array.from({ length: count }, (_, i) => isSo(1_000 + 7 * i)).filter(Boolean).length / count;

describe('a change of level', () => {
  it('is seldom seen where there is none, though the values hang together', () => {
    for (const left of [0, 0.3, 0.6]) {
      const seen = share(400, (seed) => (findLevelShift(hanging(seed, left, 400))?.pValue ?? 1) < 0.01);
      // 1 % and three deviations of 400 draws.
      expect(seen, `${left}`).toBeLessThan(0.01 + 0.015);
    }
    // What it is there for: the plain test sees changes everywhere.
    expect(share(100, (seed) => findChange(hanging(seed, 0.6, 400)).pValue < 0.01)).toBeGreaterThan(0.25);
  });

  it('is found where it is, with both levels', () => {
    let near = 0;
    for (let seed = 0; seed < 50; seed++) {
      const found = findLevelShift(hanging(seed, 0.3, 400, 2, 260))!;
      expect(found.pValue).toBeLessThan(0.001);
      expect(Math.abs(found.after - found.before - 2)).toBeLessThan(0.8);
      if (Math.abs(found.at - 260) <= 5) near++;
    }
    expect(near).toBeGreaterThan(40);
  });

  it('of values that do not hang together is nearly what the plain test says', () => {
    const xs = hanging(5, 0, 400, 0.6, 200);
    const [plain, found] = [findChange(xs), findLevelShift(xs)!];
    expect(found.at).toBe(plain.at);
    // The plain one counts the change itself as variance, so it is the smaller.
    expect(found.statistic / plain.statistic).toBeGreaterThan(0.95);
    expect(found.statistic / plain.statistic).toBeLessThan(1.25);
  });

  it('is none where the last few values alone are far off', () => {
    expect(findLevelShift(hanging(3, 0, 400, 30, 395))).toBeUndefined();
  });

  it('refuses too little, and what never moves', () => {
    expect(() => findLevelShift(new Float64Array(29))).toThrow('at least 30');
    expect(() => findLevelShift(new Float64Array(40).fill(2))).toThrow('nothing moves');
  });
});
