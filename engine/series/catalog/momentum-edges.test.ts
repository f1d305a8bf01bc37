import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bar } from '../../market/events.ts';
import type { BarsEntry, Kernel, SeriesEntry } from '../catalog-entry.ts';
import { CANDLE_GROUPS } from './candle-groups.ts';
import { CANDLES } from './candles.ts';
import { DISTANCES } from './distances.ts';
import { MOMENTUM_MORE } from './momentum-more.ts';
import { OSCILLATORS } from './oscillators.ts';
import { PRESSURE } from './pressure.ts';
import { RANGE_OSCILLATORS } from './range-oscillators.ts';
import { RELATIVE_STRENGTH } from './relative-strength.ts';
import { STOCHASTICS } from './stochastics.ts';
import { WAVES } from './waves.ts';

const entries = [
  ...[...RELATIVE_STRENGTH, ...STOCHASTICS, ...RANGE_OSCILLATORS, ...OSCILLATORS, ...PRESSURE],
  ...[...MOMENTUM_MORE, ...WAVES, ...DISTANCES, ...CANDLES, ...CANDLE_GROUPS],
].filter((entry): entry is SeriesEntry | BarsEntry => entry.input !== 'column');

/** Steps between few values, zero and below among them: equal inputs, divisions by zero, changes of sign. */
const level = fc.constantFrom(-2, -1, 0, 0, 0, 1, 2, 100.1);
const someBars = fc.array(fc.tuple(level, level, fc.constantFrom(0, 0, 0.7), fc.constantFrom(0, 0, 1.3)), {
  minLength: 130,
  maxLength: 130,
});

const toBars = (rows: readonly (readonly [number, number, number, number])[]): Bar[] =>
  rows.map(([open, close, up, down], i) => {
    const [high, low] = [Math.max(open, close) + up, Math.min(open, close) - down];
    return { start: i * 60_000, open, high, low, close, volume: 1, trades: 1 };
  });

/** Each parameter between its least value and a few more. */
const someParams = (entry: SeriesEntry | BarsEntry): fc.Arbitrary<number[]> =>
  fc.tuple(
    ...entry.params.map(({ kind, min, max }) =>
      kind === 'number' ? fc.double({ min, max, noNaN: true }) : fc.integer({ min, max: min + 8 }),
    ),
  );

function kernelOf(entry: SeriesEntry | BarsEntry, params: readonly number[]): Kernel<Bar> {
  if (entry.input === 'bars') return entry.create(params);
  const kernel = entry.create(params);
  return { values: kernel.values, add: (bar) => kernel.add(bar.close), replace: (bar) => kernel.replace(bar.close) };
}

describe.each(entries.map((entry) => [entry.name, entry] as const))('%s', (_name, entry) => {
  it('has finite values from its first on, with any short parameters, also around zero', () => {
    fc.assert(
      fc.property(someBars, someParams(entry), (rows, params) => {
        const kernel = kernelOf(entry, params);
        const { first, settled } = entry.warmup(params);
        expect(Number.isInteger(first) && Number.isInteger(settled)).toBe(true);
        for (const [i, bar] of toBars(rows).entries()) {
          kernel.add(bar);
          const values = [...kernel.values];
          expect(values.every(i + 1 < first ? Number.isNaN : Number.isFinite)).toBe(true);
        }
      }),
      { numRuns: 15 },
    );
  });
});
