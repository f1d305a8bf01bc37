import { describe, expect, it } from 'vitest';
import { testCointegration } from '../../quant/cointegration.ts';
import { normals, walk } from '../../quant/reference-inputs.ts';
import { lookup } from '../catalog.ts';
import type { Kernel, Pair, PairEntry } from '../catalog-entry.ts';

const LENGTH = 60;
const kernel = (): Kernel<Pair> => (lookup('coint') as PairEntry).create([LENGTH]);
const x = walk(3, 200);
const off = normals(4, 200);
/** Bound to `x` at first, adrift in the second half. */
const drift = walk(5, 200);
const y = x.map((price, i) => 10 + 1.2 * price + off[i] + (i < 100 ? 0 : drift[i] - drift[100]));

describe('coint', () => {
  it('is the test of the pairs before the newest, at every bar, however that one changes', () => {
    const made = kernel();
    for (let i = 0; i < y.length; i++) {
      made.add({ y: y[i] * 1.1, x: x[i] });
      const begun = [...made.values];
      made.replace({ y: y[i] * 0.7, x: x[i] });
      made.replace({ y: y[i], x: x[i] });
      expect([...made.values]).toEqual(begun);
      if (i < LENGTH) expect(begun.every(Number.isNaN)).toBe(true);
      else {
        const { pValue, statistic } = testCointegration(y.slice(i - LENGTH, i), x.slice(i - LENGTH, i));
        expect(begun).toEqual([pValue, statistic]);
      }
    }
  });

  it('is small while the two hang together, and no more when one drifts away', () => {
    const made = kernel();
    const ps = Array.from(y, (value, i) => {
      made.add({ y: value, x: x[i] });
      return made.values[0];
    });
    expect(ps[99]).toBeLessThan(0.01);
    expect(ps[180]).toBeGreaterThan(0.1);
  });

  it('is 1 where there is nothing to test: prices that stand still, and a series against itself', () => {
    for (const pairOf of [() => ({ y: 5, x: 7 }), (i: number) => ({ y: x[i], x: x[i] })]) {
      const made = kernel();
      for (let i = 0; i <= LENGTH; i++) made.add(pairOf(i));
      expect([...made.values]).toEqual([1, 0]);
    }
  });
});
