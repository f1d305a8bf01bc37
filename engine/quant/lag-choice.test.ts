import { describe, expect, it } from 'vitest';
import { squaresByLags } from './lag-choice.ts';
import { fitColumns } from './least-squares.ts';
import { normals, reverting, walk } from './reference-inputs.ts';

/** Each regression by itself, on its own columns. */
function naive(xs: Float64Array, most: number, constant: boolean): readonly number[] {
  const changes = xs.slice(1).map((x, i) => x - xs[i]);
  const rows = changes.length - most;
  return Array.from({ length: most + 1 }, (_, lags) => {
    const columns = [xs.slice(most, most + rows)];
    if (constant) columns.unshift(new Float64Array(rows).fill(1));
    for (let lag = 1; lag <= lags; lag++) columns.push(changes.slice(most - lag, most - lag + rows));
    return fitColumns(changes.slice(most), columns).squares;
  });
}

describe('what ever more lags leave unexplained', () => {
  const wave = normals(3, 300).map((z, i) => Math.sin(i / 3) * 4 + z);
  it.each([
    ['a walk far from nought', walk(1, 300).map((x) => x + 60_000), true],
    ['a walk', walk(2, 120), true],
    ['residuals', reverting(4, 500, 0.2), false],
    ['a wave', wave, true],
    ['a wave about nought', wave, false],
    ['few values', walk(5, 14), true],
  ] as const)('is what each regression by itself leaves: %s', (_name, xs, constant) => {
    for (const most of [0, 1, 5]) {
      const wanted = naive(xs, most, constant);
      const given = [...squaresByLags(xs, most, constant)!];
      expect(given).toHaveLength(wanted.length);
      for (const [lags, squares] of given.entries())
        expect(Math.abs(squares / wanted[lags] - 1), `${most} ${lags}`).toBeLessThan(1e-9);
    }
  });

  it('is not told where lags explain all of it, or each other', () => {
    const sine = Float64Array.from({ length: 200 }, (_, i) => Math.sin(i / 5));
    expect(squaresByLags(sine, 6, true)).toBeUndefined();
    const steps = Float64Array.from({ length: 200 }, (_, i) => i % 2);
    expect(squaresByLags(steps, 3, true)).toBeUndefined();
  });
});
