import type { Bar } from '../../market/events.ts';
import type { BarsEntry, CatalogEntry } from '../catalog-entry.ts';
import { composed, quotient } from '../kernels/composed.ts';
import { LagKernel } from '../kernels/extremes.ts';
import { SumKernel } from '../kernels/ordered-window.ts';
import { symmetricallyWeighted } from '../kernels/weighted-window.ts';
import { length } from './params.ts';
import { exactly, trueRange } from './parts.ts';

const ultosc: BarsEntry = {
  name: 'ultosc',
  aliases: ['uo', 'ultimateoscillator'],
  params: [length(7, 1, 'fast'), length(14, 1, 'medium'), length(28, 1, 'slow')],
  fields: [],
  levels: [30, 70],
  scale: 'percent',
  summary: 'ultimate oscillator: buying pressure over three lengths, the shortest counting most, 0 to 100',
  source:
    'Williams 1985; TA-Lib ULTOSC (which has 0 for a length without a range, here its half); lengths in any order',
  example: 'ultosc < 30',
  input: 'bars',
  warmup: (lengths) => exactly(Math.max(...lengths) + 1),
  create: (lengths) => {
    const closes = new LagKernel(1);
    const terms = [...lengths]
      .sort((a, b) => a - b)
      .map((bars, i) => ({ bought: new SumKernel(bars), ranges: new SumKernel(bars), weight: [4, 2, 1][i] }));
    return composed(1, (bar: Bar, feed, values) => {
      const before = feed(closes, bar.close);
      const pressure = bar.close - Math.min(bar.low, before);
      const range = Number.isNaN(before) ? Number.NaN : trueRange(bar, before);
      let sum = 0;
      for (const { bought, ranges, weight } of terms) {
        sum += weight * quotient(feed(bought, pressure), feed(ranges, range), 0.5);
      }
      values[0] = (100 * sum) / 7;
    });
  },
};

const dem: BarsEntry = {
  name: 'dem',
  aliases: ['demarker'],
  params: [length(14)],
  fields: [],
  levels: [0.3, 0.7],
  scale: 'fraction',
  summary: 'DeMarker: share of rising highs in rising highs and falling lows, as a fraction',
  source: 'DeMark 1994, simple sums; 0.5 where neither moves',
  example: 'dem(14) < 30%',
  input: 'bars',
  warmup: ([bars]) => exactly(bars + 1),
  create: ([bars]) => {
    const [highs, lows] = [new LagKernel(1), new LagKernel(1)];
    const [rises, falls] = [new SumKernel(bars), new SumKernel(bars)];
    return composed(1, (bar: Bar, feed, values) => {
      const up = feed(rises, Math.max(0, bar.high - feed(highs, bar.high)));
      const down = feed(falls, Math.max(0, feed(lows, bar.low) - bar.low));
      values[0] = quotient(up, up + down, 0.5);
    });
  },
};

const rei: BarsEntry = {
  name: 'rei',
  aliases: ['rangeexpansion'],
  params: [length(5)],
  fields: [],
  levels: [-45, 45],
  scale: 'centred',
  summary: "DeMark's range expansion index: moves of high and low over two bars, runaway ones left out, -100 to 100",
  source: 'DeMark 1994, 1999 (TD REI); 0 where neither high nor low moves',
  example: 'rei crosses below 45',
  input: 'bars',
  warmup: ([bars]) => exactly(bars + 8),
  create: ([bars]) => {
    const lags = (...ago: number[]) => ago.map((n) => new LagKernel(n));
    const [highs, lows, closes] = [lags(2, 5, 6), lags(2, 5, 6), lags(7, 8)];
    const [counted, all] = [new SumKernel(bars), new SumKernel(bars)];
    return composed(1, (bar: Bar, feed, values) => {
      const [high2, high5, high6] = highs.map((lag) => feed(lag, bar.high));
      const [low2, low5, low6] = lows.map((lag) => feed(lag, bar.low));
      const [close7, close8] = closes.map((lag) => feed(lag, bar.close));
      if (Number.isNaN(close8)) return;
      const [up, down] = [bar.high - high2, bar.low - low2];
      const isInReachAbove = high2 >= Math.min(close7, close8) || bar.high >= Math.min(low5, low6);
      const isInReachBelow = low2 <= Math.max(close7, close8) || bar.low <= Math.max(high5, high6);
      const over = feed(counted, isInReachAbove && isInReachBelow ? up + down : 0);
      values[0] = 100 * quotient(over, feed(all, Math.abs(up) + Math.abs(down)), 0);
    });
  },
};

const rvgi: BarsEntry = {
  name: 'rvgi',
  aliases: ['relativevigor'],
  params: [length(10)],
  fields: ['rvgi', 'signal'],
  levels: [0],
  scale: 'centred',
  summary: 'relative vigor index: body against range, smoothed over four bars, -1 to 1, and its signal line',
  source: 'Ehlers 2002; 0 where there is no range',
  example: 'rvgi.rvgi crosses above rvgi.signal',
  input: 'bars',
  warmup: ([bars]) => exactly(bars + 6),
  create: ([bars]) => {
    const [body, range, signal] = [symmetricallyWeighted(), symmetricallyWeighted(), symmetricallyWeighted()];
    const [bodies, ranges] = [new SumKernel(bars), new SumKernel(bars)];
    return composed(2, (bar: Bar, feed, values) => {
      const over = feed(bodies, feed(body, bar.close - bar.open));
      const vigor = quotient(over, feed(ranges, feed(range, bar.high - bar.low)), 0);
      const line = feed(signal, vigor);
      if (Number.isNaN(line)) return;
      values[0] = vigor;
      values[1] = line;
    });
  },
};

/** Who pushes: how much of the movement goes up. */
export const PRESSURE: readonly CatalogEntry[] = [ultosc, dem, rei, rvgi];
