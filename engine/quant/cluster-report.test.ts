import { describe, expect, it } from 'vitest';
import { clusterReport, FEATURES } from './cluster-report.ts';
import { agreementByChance } from './group-measures.ts';
import { normals } from './reference-inputs.ts';

/** Prices whose log returns are given. */
function pathOf(returns: Float64Array): Float64Array {
  let at = Math.log(100);
  return Float64Array.of(
    100,
    ...Array.from(returns, (step) => {
      at += step;
      return Math.exp(at);
    }),
  );
}

/** Series 0, 2, 4 … move with one driver, the others with another; those of the second swing four times as far. */
function twoKinds(size: number): readonly Float64Array[] {
  const drivers = [normals(1, 300), normals(2, 300)];
  return Array.from({ length: size }, (_, i) => {
    const own = normals(10 + i, 300);
    const scale = i % 2 === 0 ? 0.01 : 0.04;
    return pathOf(own.map((z, k) => scale * (0.4 * z + drivers[i % 2][k])));
  });
}

describe('groups of series', () => {
  it('finds the two kinds that were put in, both ways, and that they agree', () => {
    const report = clusterReport(twoKinds(10));
    expect(report.bars).toBe(300);
    expect(report.within).toHaveLength(2);
    for (const [i, group] of report.group.entries()) expect(group).toBe(report.group[i % 2]);
    expect(report.group[0]).not.toBe(report.group[1]);
    // Correlation of two that share a driver: 1 / 1.16.
    for (const within of report.within) expect(Math.abs(within - 1 / 1.16)).toBeLessThan(0.04);
    expect(report.silhouette).toBeGreaterThan(0.4);
    expect(report.features.map(({ members }) => [...members].toSorted((a, b) => a - b))).toEqual([
      [0, 2, 4, 6, 8],
      [1, 3, 5, 7, 9],
    ]);
    const at = FEATURES.indexOf('volatility');
    expect(report.features[0].center[at]).toBeCloseTo(-1, 1);
    expect(report.features[1].center[at]).toBeCloseTo(1, 1);
    expect(report.agreement).toBe(1);
    // Ten things in two fives: 126 ways, one of which agrees.
    expect(Math.abs(report.agreementP - 1 / 126)).toBeLessThan(0.009);
  });

  it('features have a mean of nought over all series', () => {
    const { features } = clusterReport(twoKinds(9));
    for (const k of FEATURES.keys()) {
      const sum = features.reduce((total, { members, center }) => total + members.length * center[k], 0);
      expect(sum).toBeCloseTo(0, 9);
    }
  });

  it('of noise has hardly any structure, and an agreement that is chance', () => {
    const noise = Array.from({ length: 12 }, (_, i) => pathOf(normals(50 + i, 300).map((z) => z * 0.01)));
    const { silhouette, agreementP } = clusterReport(noise);
    expect(silhouette).toBeLessThan(0.1);
    expect(agreementP).toBeGreaterThan(0.05);
  });

  it('agreement by chance: four things in two pairs agree in one of three ways', () => {
    expect(Math.abs(agreementByChance([0, 0, 1, 1], [1, 1, 0, 0]) - 1 / 3)).toBeLessThan(0.05);
    expect(agreementByChance([0, 0, 1, 1], [0, 1, 0, 1])).toBe(1);
  });

  it('refuses too few series and bars, and one that never moves', () => {
    const rows = twoKinds(4);
    expect(() => clusterReport(rows.slice(0, 2))).toThrow('three series at least, there are 2');
    expect(() => clusterReport(rows.map((row) => row.slice(0, 20)))).toThrow('at least 31 bars of all, there are 20');
    expect(() => clusterReport([...rows, new Float64Array(301).fill(5)])).toThrow('does not move');
  });
});
