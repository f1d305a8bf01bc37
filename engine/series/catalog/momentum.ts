import { EMA, MACD } from 'trading-signals';
import type { SeriesEntry } from '../catalog-entry.ts';
import { ChangeKernel } from '../kernels/extremes.ts';
import { LibraryFieldsKernel } from '../kernels/library-kernel.ts';
import { RsiKernel } from '../kernels/rsi.ts';
import { length, MAX_BARS } from './params.ts';
import { emaSettles, wilderSettles } from './parts.ts';

const rsi: SeriesEntry = {
  name: 'rsi',
  aliases: [],
  params: [length(14, 2)],
  fields: [],
  levels: [30, 70],
  scale: 'percent',
  summary: 'relative strength index, 0 to 100',
  source: "Wilder 1978; Wilder's smoothing, seeded with a mean, as TA-Lib; 50 where nothing moved, where TA-Lib has 0",
  example: 'rsi(14) < 30',
  input: 'series',
  warmup: ([bars]) => ({ first: bars + 1, settled: 1 + wilderSettles(bars) }),
  create: ([bars]) => new RsiKernel(bars),
};

const macd: SeriesEntry = {
  name: 'macd',
  aliases: [],
  params: [length(12, 1, 'fast'), length(26, 2, 'slow'), length(9, 1, 'signal')],
  fields: ['macd', 'signal', 'histogram'],
  levels: [0],
  scale: 'centred',
  summary: 'difference of a fast and a slow ema, its signal line and their distance',
  source: 'Appel 1979; trading-signals MACD: EMAs seeded with the first input',
  example: 'macd.histogram crosses above 0',
  input: 'series',
  warmup: ([fast, slow, signal]) => ({
    first: slow,
    settled: emaSettles(Math.max(fast, slow)) + emaSettles(signal),
  }),
  create: ([fast, slow, signal]) => {
    const [slope, ofSignal] = [2 / (fast + 1) - 2 / (slow + 1), 2 / (signal + 1)];
    return new LibraryFieldsKernel(
      new MACD(new EMA(fast), new EMA(slow), new EMA(signal)),
      3,
      (result, values) => {
        values[0] = result.macd;
        values[1] = result.signal;
        values[2] = result.histogram;
      },
      // The signal is seeded with its first input, and goes all the way with it.
      [slope, slope, slope * (1 - ofSignal)],
    );
  },
};

const change: SeriesEntry = {
  name: 'change',
  aliases: ['chg', 'roc'],
  params: [{ name: 'span', kind: 'span', default: 1, min: 1, max: MAX_BARS - 1 }],
  fields: [],
  scale: 'fraction',
  isChange: true,
  summary: 'growth over a number of bars or a length of time, as a fraction: 5% is 0.05',
  source: 'x / x[n] - 1; TA-Lib ROCP',
  example: 'change(1h) > 5%',
  input: 'series',
  warmup: ([bars]) => ({ first: bars + 1, settled: bars + 1 }),
  create: ([bars]) => new ChangeKernel(bars),
};

/** How fast and which way. */
export const MOMENTUM: readonly SeriesEntry[] = [rsi, macd, change];
