import type { Bar } from '../../market/events.ts';
import type { BarsEntry } from '../catalog-entry.ts';
import { composed } from '../kernels/composed.ts';
import { directionalMovement } from '../kernels/directional.ts';
import { LagKernel } from '../kernels/extremes.ts';
import { WilderKernel } from '../kernels/smoothing.ts';
import { length } from './params.ts';
import { wilderSettles } from './parts.ts';

const dx: BarsEntry = {
  name: 'dx',
  aliases: [],
  params: [length(14)],
  fields: [],
  levels: [25],
  scale: 'percent',
  summary: 'directional index: how one-sided the movement is, 0 to 100',
  source: "Wilder 1978; TA-Lib DX; Wilder's smoothing from the second bar on; 0 where nothing moves",
  example: 'dx(14) > 40',
  input: 'bars',
  // A quotient of averages that may be small: it takes a little longer than they do.
  warmup: ([bars]) => ({ first: bars + 1, settled: wilderSettles(bars) + 6 * bars }),
  create: ([bars]) => {
    const movement = directionalMovement(bars);
    return composed(1, (bar: Bar, feed, values) => {
      values[0] = feed(movement, bar);
    });
  },
};

const adx: BarsEntry = {
  name: 'adx',
  aliases: ['dmi'],
  params: [length(14)],
  fields: ['adx', 'plusdi', 'minusdi', 'dx'],
  drawn: ['adx', 'plusdi', 'minusdi'],
  levels: [25],
  scale: 'percent',
  summary: 'average directional index: strength of a trend, 0 to 100; plusdi above minusdi where it is up',
  source: "Wilder 1978; TA-Lib ADX, PLUS_DI, MINUS_DI, DX; Wilder's smoothing seeded with means; 0 where nothing moves",
  example: 'adx(14) > 25 and adx.plusdi > adx.minusdi',
  input: 'bars',
  warmup: ([bars]) => ({ first: 2 * bars, settled: 2 * wilderSettles(bars) }),
  create: ([bars]) => {
    const [movement, smooth] = [directionalMovement(bars), new WilderKernel(bars)];
    return composed(4, (bar: Bar, feed, values) => {
      const strength = feed(smooth, feed(movement, bar));
      if (Number.isNaN(strength)) return;
      const [now, plus, minus] = movement.values;
      values[0] = strength;
      values[1] = plus;
      values[2] = minus;
      values[3] = now;
    });
  },
};

const adxr: BarsEntry = {
  name: 'adxr',
  aliases: [],
  params: [length(14)],
  fields: [],
  levels: [25],
  scale: 'percent',
  summary: 'average directional index rating: mean of adx and the adx of length-1 bars ago',
  source: 'Wilder 1978; TA-Lib ADXR',
  example: 'adxr(14) > 25',
  input: 'bars',
  warmup: ([bars]) => ({ first: 3 * bars - 1, settled: 2 * wilderSettles(bars) + bars }),
  create: ([bars]) => {
    const [movement, smooth, earlier] = [directionalMovement(bars), new WilderKernel(bars), new LagKernel(bars - 1)];
    return composed(1, (bar: Bar, feed, values) => {
      const strength = feed(smooth, feed(movement, bar));
      values[0] = (strength + feed(earlier, strength)) / 2;
    });
  },
};

/** Wilder's directional movement. */
export const DIRECTIONAL: readonly BarsEntry[] = [adx, adxr, dx];
