import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../market/interval.ts';
import { testCointegration } from '../../quant/cointegration.ts';
import { normals, walk } from '../../quant/reference-inputs.ts';
import { refitEvery } from '../anchor.ts';
import { lookup } from '../catalog.ts';
import type { Kernel, Pair, PairEntry } from '../catalog-entry.ts';

const LENGTH = 60;
const EVERY = refitEvery(LENGTH);
const FIRST = LENGTH + EVERY;
const x = walk(3, 300);
const off = normals(4, 300);
/** Bound to `x` at first, adrift later. */
const drift = walk(5, 300);
const y = x.map((price, i) => 10 + 1.2 * price + off[i] + (i < 150 ? 0 : drift[i] - drift[150]));

const kernel = (seed = 0): Kernel<Pair> => (lookup('coint') as PairEntry).create([LENGTH], MINUTE, seed);
/** Of their minutes, without those that `isMissing` says. */
const pairsOf = (isMissing: (i: number) => boolean = () => false): Required<Pair>[] =>
  Array.from(y, (value, i) => ({ y: value, x: x[i], start: 1_700_000_040_000 + i * MINUTE })).filter(
    (_pair, i) => !isMissing(i),
  );

/** The values at the last pair as they are defined, with nothing kept from one to the next. */
function byDefinition(pairs: readonly Required<Pair>[], seed: number): readonly number[] {
  const stretch = (i: number) => Math.floor((pairs[i].start / MINUTE + (seed % EVERY)) / EVERY);
  // The test that was due last has the pair with which a stretch begins for its newest.
  let at = pairs.length - 2;
  while (stretch(at) === stretch(at - 1)) at--;
  const window = pairs.slice(at + 1 - LENGTH, at + 1);
  const column = (name: 'y' | 'x') => Float64Array.from(window, (pair) => pair[name]);
  const { pValue, statistic } = testCointegration(column('y'), column('x'));
  return [pValue, statistic];
}

describe('coint', () => {
  it('has the values of its definition, whatever its phase, where bars are missing, wherever it begins, however the newest changes', () => {
    for (const seed of [0, 1, EVERY - 1, 12_345]) {
      const pairs = pairsOf((i) => off[i] > 0.9);
      const made = kernel(seed);
      pairs.forEach(({ start, ...pair }, i) => {
        made.add({ y: pair.y * 1.1, x: pair.x });
        const begun = [...made.values];
        made.replace({ y: pair.y * 0.7, x: pair.x });
        made.replace({ ...pair, start });
        expect([...made.values]).toEqual(begun);
        if (i + 1 < FIRST) expect(begun.every(Number.isNaN)).toBe(true);
        else {
          expect(begun).toEqual(byDefinition(pairs.slice(0, i + 1), seed));
          const late = kernel(seed);
          for (const input of pairs.slice(i + 1 - FIRST, i + 1)) late.add(input);
          expect([...late.values]).toEqual(begun);
        }
      });
    }
  });

  it('tests at other bars for each name, and each once in a tenth of the window', () => {
    const pairs = pairsOf();
    const changes = new Array<number>(EVERY).fill(0);
    for (let seed = 0; seed < EVERY; seed++) {
      const made = kernel(seed);
      let before = Number.NaN;
      pairs.forEach((pair, i) => {
        made.add(pair);
        const [value] = made.values;
        if (i >= FIRST && value !== before) changes[i % EVERY]++;
        before = value;
      });
    }
    const stretches = (pairs.length - FIRST) / EVERY;
    for (const count of changes) expect(Math.abs(count - stretches)).toBeLessThanOrEqual(1);
  });

  it('is small while the two hang together, and no more when one drifts away', () => {
    const made = kernel();
    const ps = pairsOf().map((pair) => {
      made.add(pair);
      return made.values[0];
    });
    expect(ps[149]).toBeLessThan(0.01);
    expect(ps[280]).toBeGreaterThan(0.1);
  });

  it('is 1 where there is nothing to test: prices that stand still, and a series against itself', () => {
    for (const pairOf of [() => ({ y: 5, x: 7 }), (i: number) => ({ y: x[i], x: x[i] })]) {
      const made = kernel();
      for (let i = 0; i < FIRST; i++) made.add({ ...pairOf(i), start: i * MINUTE });
      expect([...made.values]).toEqual([1, 0]);
    }
  });
});
