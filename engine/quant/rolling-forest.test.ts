import { describe, expect, it } from 'vitest';
import { correlation } from './correlation.ts';
import { growForest } from './isolation-forest.ts';
import { createDraw } from './random.ts';
import { normals } from './reference-inputs.ts';
import { ODDEST, RollingForest } from './rolling-forest.ts';

const COUNT = 300;
const [x, y] = [normals(1, COUNT), normals(2, COUNT)];
const values = Float64Array.from({ length: 2 * COUNT }, (_, i) => (i % 2 === 0 ? x : y)[i >> 1]);
const rows = { values, width: 2 };
const everything = () => Int32Array.from({ length: COUNT }, (_, i) => i);
const keep = () => undefined;

function grown(trees: number, from = 0) {
  const forest = new RollingForest(100, 2);
  for (let tree = 0; tree < trees; tree++) forest.grow(rows, everything(), createDraw(from + tree), keep);
  return forest;
}

describe('a forest that moves on', () => {
  it('finds odd what a forest grown at once finds odd', () => {
    const forest = grown(100);
    const atOnce = growForest(Array.from(x, (value, i) => Float64Array.of(value, y[i])));
    const scores = (oddness: (point: Float64Array) => number) =>
      Float64Array.from(x, (value, i) => oddness(Float64Array.of(value, y[i])));
    const mine = scores((point) => forest.oddness(point));
    expect(correlation(mine, scores(atOnce))).toBeGreaterThan(0.9);
    expect(forest.oddness(Float64Array.of(0, 0))).toBeLessThan(0.5);
    expect(forest.oddness(Float64Array.of(6, -6))).toBeGreaterThan(0.65);
    expect(mine.every((score) => score > 0 && score < ODDEST)).toBe(true);
  });

  it('is the same to the bit when its trees are, however many came before them', () => {
    const point = Float64Array.of(1.5, -2);
    expect(grown(137).oddness(point)).toBe(grown(100, 37).oddness(point));
    expect(grown(137).oddness(point)).not.toBe(grown(100).oddness(point));
  });

  it('finds nothing odd where it was grown from next to nothing', () => {
    const forest = new RollingForest(3, 2);
    for (let tree = 0; tree < 3; tree++) forest.grow(rows, Int32Array.of(0, 1, 2), createDraw(1), keep);
    expect(forest.oddness(Float64Array.of(9, 9))).toBe(0.5);
  });
});
