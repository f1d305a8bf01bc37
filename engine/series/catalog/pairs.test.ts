import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lookup } from '../catalog.ts';
import type { Kernel, Pair, PairEntry } from '../catalog-entry.ts';
import { deviation, mean } from '../catalog-harness.ts';

const somePairs = fc.array(
  fc.record({
    y: fc.integer({ min: 50_000, max: 150_000 }).map((value) => value / 1000),
    x: fc.integer({ min: 50_000, max: 150_000 }).map((value) => value / 1000),
  }),
  { minLength: 30, maxLength: 60 },
);

const kernelOf = (name: string, length: number): Kernel<Pair> => (lookup(name) as PairEntry).create([length]);

/** The textbook line through a window: slope and intercept from the plain sums over it. */
function line(window: readonly Pair[]) {
  const n = window.length;
  const sum = (f: (pair: Pair) => number): number => window.reduce((total, pair) => total + f(pair), 0);
  const [sy, sx, sxx, sxy] = [sum((p) => p.y), sum((p) => p.x), sum((p) => p.x * p.x), sum((p) => p.x * p.y)];
  const hedge = (n * sxy - sx * sy) / (n * sxx - sx * sx);
  return { hedge, intercept: (sy - hedge * sx) / n };
}

function pearson(window: readonly Pair[]): number {
  const [ys, xs] = [window.map(({ y }) => y), window.map(({ x }) => x)];
  const joint = mean(window.map(({ y, x }) => (y - mean(ys)) * (x - mean(xs))));
  return joint / (deviation(ys) * deviation(xs));
}

/** Every value of every field, by name, from the window alone. */
const DEFINITIONS: Readonly<Record<string, (window: readonly Pair[]) => readonly number[]>> = {
  corr: (window) => [pearson(window)],
  beta: (window) => [line(window).hedge],
  spread: (window) => {
    const { hedge, intercept } = line(window);
    const { y, x } = window[window.length - 1];
    return [y - hedge * x - intercept];
  },
  ols: (window) => {
    const { hedge, intercept } = line(window);
    const residuals = window.map(({ y, x }) => y - hedge * x - intercept);
    const spread = residuals[residuals.length - 1];
    return [hedge, intercept, spread, spread / deviation(residuals), pearson(window) ** 2];
  },
};

describe.each(Object.keys(DEFINITIONS))('%s', (name) => {
  it('has the values of its definition at every bar', () => {
    fc.assert(
      fc.property(somePairs, fc.integer({ min: 3, max: 20 }), (pairs, length) => {
        const kernel = kernelOf(name, length);
        pairs.forEach((pair, i) => {
          kernel.add(pair);
          if (i + 1 < length) expect(kernel.values.every(Number.isNaN)).toBe(true);
          else {
            const window = pairs.slice(i + 1 - length, i + 1);
            // Where x hardly moves no formula is exact.
            if (deviation(window.map(({ x }) => x)) < 0.5 || pearson(window) ** 2 > 0.999999) return;
            const wanted = DEFINITIONS[name](window);
            for (const [field, value] of wanted.entries()) {
              const off = Math.abs(kernel.values[field] - value);
              expect(off, `field ${field}`).toBeLessThanOrEqual(1e-8 * Math.max(1, Math.abs(value)));
            }
          }
        });
      }),
      { numRuns: 50 },
    );
  });

  it('depends, to the bit, on its window alone', () => {
    fc.assert(
      fc.property(somePairs, (pairs) => {
        const [whole, late] = [kernelOf(name, 12), kernelOf(name, 12)];
        for (const pair of pairs) whole.add(pair);
        for (const pair of pairs.slice(-12)) late.add(pair);
        expect([...late.values]).toEqual([...whole.values]);
      }),
    );
  });

  it('is finite where one of the two does not move', () => {
    for (const still of [{ y: 0.1 }, { x: 0.1 }, { y: 0.1, x: 64_402.1 }]) {
      const kernel = kernelOf(name, 12);
      for (let i = 0; i < 40; i++) kernel.add({ y: i % 7, x: (i * 3) % 5, ...still });
      expect([...kernel.values].every(Number.isFinite)).toBe(true);
    }
  });
});

describe('a correlation', () => {
  it('is that of a table worked by hand', () => {
    // Sums: x 247, y 486, xy 20485, xx 11409, yy 40022. 6*20485 - 247*486 = 2868, over sqrt(7445 * 3936) it is 0.5298.
    const [xs, ys] = [
      [43, 21, 25, 42, 57, 59],
      [99, 65, 79, 75, 87, 81],
    ];
    const kernel = kernelOf('corr', 6);
    for (const [i, x] of xs.entries()) kernel.add({ y: ys[i], x });
    expect(kernel.values[0]).toBeCloseTo(2868 / Math.sqrt(7445 * 3936), 12);
    expect(kernel.values[0]).toBeCloseTo(0.5298, 4);
  });
});

describe('the line through two series', () => {
  it('is exact where one is a multiple of the other, and its z-score is 0 rather than rounding', () => {
    const kernel = kernelOf('ols', 10);
    for (let i = 0; i < 30; i++) kernel.add({ y: 100 + 2.5 * Math.sin(i), x: Math.sin(i) });
    const [hedge, intercept, spread, z, r2] = kernel.values;
    expect(hedge).toBeCloseTo(2.5, 10);
    expect(intercept).toBeCloseTo(100, 10);
    expect(spread).toBeCloseTo(0, 10);
    expect(z).toBe(0);
    expect(r2).toBeCloseTo(1, 10);
  });
});
