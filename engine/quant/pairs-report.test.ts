import { describe, expect, it } from 'vitest';
import { pairReport } from './pair-report.ts';
import { pairsReport } from './pairs-report.ts';
import { normals, walk } from './reference-inputs.ts';

const base = walk(1, 300);
const withNoise = (seed: number, slope: number) => {
  const off = normals(seed, 300);
  return base.map((price, i) => 20 + slope * price + off[i]);
};

describe('all pairs of many series', () => {
  it('each is the pair’s own report, the way round that says less', () => {
    const rows = [base, withNoise(2, 1.5), walk(3, 300), walk(4, 300)];
    const { pairs, bars, untested } = pairsReport(rows);
    expect([bars, untested, pairs.length]).toEqual([300, 0, 6]);
    for (const { y, x, pValue, hedgeRatio, halfLife, z } of pairs) {
      const [there, back] = [pairReport(rows[y], rows[x]), pairReport(rows[x], rows[y])];
      expect(pValue).toBe(there.engleGranger.pValue);
      expect(pValue).toBeGreaterThanOrEqual(back.engleGranger.pValue);
      expect([hedgeRatio, halfLife]).toEqual([there.hedgeRatio, there.halfLife]);
      expect(z).toBeCloseTo(there.z, 9);
    }
    expect([pairs[0].y, pairs[0].x].toSorted()).toEqual([0, 1]);
  });

  it('q is p times the tests over its rank, and never less than that of a worse pair', () => {
    const { pairs } = pairsReport([walk(11, 200), walk(12, 200), walk(13, 200), walk(14, 200), walk(15, 200)]);
    const wanted = pairs.map((_, i) =>
      Math.min(1, ...pairs.slice(i).map(({ pValue }, k) => (pValue * pairs.length) / (i + k + 1))),
    );
    for (const [i, { qValue }] of pairs.entries()) expect(qValue).toBeCloseTo(wanted[i], 12);
  });

  it('finds nothing in one hundred and ninety pairs of random walks, and a true pair among them', () => {
    const apart = Array.from({ length: 20 }, (_, i) => walk(100 + i, 300));
    const alone = pairsReport(apart).pairs;
    expect(alone.filter(({ pValue }) => pValue < 0.05).length).toBeGreaterThan(0);
    expect(alone.filter(({ qValue }) => qValue < 0.05)).toEqual([]);
    const found = pairsReport([...apart, base, withNoise(9, 4)]).pairs.filter(({ qValue }) => qValue < 0.05);
    expect(found.map(({ y, x }) => [y, x].toSorted())).toEqual([[20, 21]]);
  });

  it('leaves out what is another but for a factor', () => {
    const { pairs, untested } = pairsReport([base, base.map((price) => 3 * price), walk(3, 300)]);
    expect(untested).toBe(1);
    expect(pairs.map(({ y, x }) => [y, x].toSorted()).toSorted()).toEqual([
      [0, 2],
      [1, 2],
    ]);
  });

  it('refuses what never moves, fewer than two, and too few bars', () => {
    expect(() => pairsReport([base, new Float64Array(300).fill(7)])).toThrow('nothing moves');
    expect(() => pairsReport([base])).toThrow('of two series, there are 1');
    expect(() => pairsReport([base.slice(0, 9), walk(2, 9)])).toThrow('at least 12 bars of all, there are 9');
  });
});
