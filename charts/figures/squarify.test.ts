import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Rectangle, squarify } from './squarify.ts';

const areaOf = ({ width, height }: Rectangle) => width * height;

/** Of what two rectangles share. */
function shared(a: Rectangle, b: Rectangle): number {
  const across = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const down = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return Math.max(0, across) * Math.max(0, down);
}

describe('a squarified treemap', () => {
  it('is that of the paper for its example: 6, 6, 4, 3, 2, 2, 1 in 6 by 4', () => {
    const parts = squarify([6, 6, 4, 3, 2, 2, 1], { x: 0, y: 0, width: 6, height: 4 });
    const wanted = [
      [0, 0, 3, 2],
      [0, 2, 3, 2],
      [3, 0, 12 / 7, 7 / 3],
      [3 + 12 / 7, 0, 9 / 7, 7 / 3],
      [3, 7 / 3, 6 / 5, 5 / 3],
      [4.2, 7 / 3, 6 / 5, 5 / 3],
      [5.4, 7 / 3, 3 / 5, 5 / 3],
    ];
    for (const [i, { x, y, width, height }] of parts.entries()) {
      for (const [j, value] of [x, y, width, height].entries()) expect(value).toBeCloseTo(wanted[i][j], 9);
    }
  });

  it('has areas in proportion, within the whole, none over another', () => {
    const sizes = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 1e-3, max: 1e6, noNaN: true })), {
      minLength: 1,
      maxLength: 30,
    });
    const side = fc.integer({ min: 10, max: 900 });
    fc.assert(
      fc.property(sizes, side, side, fc.boolean(), (given, width, height, isSorted) => {
        const sorted = isSorted ? given.toSorted((a, b) => b - a) : given;
        const total = sorted.reduce((sum, size) => sum + size, 0);
        const parts = squarify(sorted, { x: 5, y: 7, width, height });
        expect(parts).toHaveLength(sorted.length);
        const slack = 1e-6 * width * height;
        for (const [i, part] of parts.entries()) {
          const wanted = total > 0 ? (sorted[i] / total) * width * height : 0;
          expect(Math.abs(areaOf(part) - wanted)).toBeLessThan(slack);
          expect(part.x).toBeGreaterThanOrEqual(5 - 1e-6);
          expect(part.y).toBeGreaterThanOrEqual(7 - 1e-6);
          expect(part.x + part.width).toBeLessThan(5 + width + 1e-6);
          expect(part.y + part.height).toBeLessThan(7 + height + 1e-6);
          for (const other of parts.slice(0, i)) expect(shared(part, other)).toBeLessThan(slack);
        }
      }),
    );
  });

  it('is nearer to squares than slices are', () => {
    const parts = squarify(new Array(16).fill(1), { x: 0, y: 0, width: 160, height: 90 });
    for (const { width, height } of parts) expect(Math.max(width / height, height / width)).toBeLessThan(2);
  });

  it('has nothing of nothing', () => {
    expect(squarify([], { x: 0, y: 0, width: 6, height: 4 })).toEqual([]);
    expect(squarify([0, 0], { x: 0, y: 0, width: 6, height: 4 }).map(areaOf)).toEqual([0, 0]);
  });
});
