import { describe, expect, it } from 'vitest';
import type { Bar } from '../../market/events.ts';
import type { CatalogEntry, Kernel } from '../catalog-entry.ts';
import { shortParams } from '../catalog-harness.ts';
import { BANDS } from './bands.ts';
import { CANDLE_GROUPS } from './candle-groups.ts';
import { CANDLES } from './candles.ts';
import { DISTANCES } from './distances.ts';
import { MOMENTUM_MORE } from './momentum-more.ts';
import { OSCILLATORS } from './oscillators.ts';
import { PATHS } from './paths.ts';
import { PRESSURE } from './pressure.ts';
import { RANGE_OSCILLATORS } from './range-oscillators.ts';
import { RELATIVE_STRENGTH } from './relative-strength.ts';
import { STATISTICS_MORE } from './statistics-more.ts';
import { STOCHASTICS } from './stochastics.ts';
import { VOLATILITY_MORE } from './volatility-more.ts';
import { VOLATILITY_REALISED } from './volatility-realised.ts';
import { VOLUME } from './volume.ts';
import { VOLUME_FLOW } from './volume-flow.ts';
import { WAVES } from './waves.ts';

/** Bars of a minute, of a walk with a fixed seed. */
function walk(count: number): Bar[] {
  let seed = 12_345;
  const uniform = (): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed / 2_147_483_648;
  };
  let close = 64_402.1;
  return Array.from({ length: count }, (_x, i) => {
    const open = close;
    close = Math.max(1, open + (uniform() - 0.5) * 300);
    const [up, down] = [uniform() * 90, uniform() * 90];
    const [high, low] = [Math.max(open, close) + up, Math.min(open, close) - down];
    return { start: i * 60_000, open, high, low, close, volume: uniform() * 9, trades: 1 };
  });
}

const BARS = walk(2_000);

function valuesOver(entry: CatalogEntry, bars: readonly Bar[]): number[] {
  if (entry.input === 'column' || entry.input === 'fact') throw new Error('this has no kernel');
  const kernel = entry.create(shortParams(entry)) as Kernel<Bar> & Kernel<number>;
  for (const bar of bars) entry.input === 'bars' ? kernel.add(bar) : kernel.add(bar.close);
  return [...kernel.values];
}

const all = [
  ...[...BANDS, ...VOLATILITY_MORE, ...VOLATILITY_REALISED, ...VOLUME, ...VOLUME_FLOW],
  ...[...STATISTICS_MORE, ...PATHS],
  ...[...RELATIVE_STRENGTH, ...STOCHASTICS, ...RANGE_OSCILLATORS, ...OSCILLATORS, ...PRESSURE],
  ...[...MOMENTUM_MORE, ...WAVES, ...DISTANCES, ...CANDLES, ...CANDLE_GROUPS],
].flatMap((entry) =>
  entry.input === 'column' || entry.input === 'fact' ? [] : [{ entry, ...entry.warmup(shortParams(entry)) }],
);
const named = (list: typeof all) => list.map((one) => [one.entry.name, one] as const);

describe('a value does not depend on where the history begins', () => {
  it.each(named(all.filter(({ first, settled }) => first === settled)))(
    '%s, to the bit',
    (_name, { entry, settled }) => {
      for (let end = BARS.length - 7; end <= BARS.length; end++) {
        expect(valuesOver(entry, BARS.slice(end - settled, end))).toEqual(valuesOver(entry, BARS.slice(0, end)));
      }
    },
  );

  it.each(named(all.filter(({ first, settled }) => first !== settled)))(
    '%s, once its seed has decayed',
    (_name, { entry, settled }) => {
      const [short, long] = [valuesOver(entry, BARS.slice(-settled)), valuesOver(entry, BARS)];
      // The seed is of the size of the values; those of an oscillator pass through 0, so each is measured against all fields.
      const size = Math.max(...long.map(Math.abs));
      for (const [field, value] of short.entries()) expect(Math.abs(value - long[field]) / size).toBeLessThan(1e-9);
    },
  );
});
