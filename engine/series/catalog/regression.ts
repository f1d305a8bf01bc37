import type { SeriesEntry } from '../catalog-entry.ts';
import { composed } from '../kernels/composed.ts';
import { LineFitKernel } from '../kernels/line-fit.ts';
import { length, windowWarmup } from './params.ts';

/** The straight line through a window. */
export const REGRESSION: readonly SeriesEntry[] = [
  {
    name: 'linreg',
    aliases: ['linearreg', 'lsma'],
    params: [length(14, 2)],
    fields: ['value', 'slope', 'intercept', 'angle', 'forecast', 'r2'],
    drawn: ['value'],
    scale: 'price',
    summary:
      'straight line through the window: its value now, slope a bar, value at the oldest bar, angle in degrees, value a bar ahead, fit',
    source:
      'least squares; TA-Lib LINEARREG, LINEARREG_SLOPE, LINEARREG_INTERCEPT, LINEARREG_ANGLE, TSF; r2 is 0 where nothing moves',
    example: 'close > linreg(14).value and linreg(14).slope > 0',
    input: 'series',
    warmup: windowWarmup,
    create: ([bars]) => new LineFitKernel(bars),
  },
  {
    name: 'tsf',
    aliases: [],
    params: [length(14, 2)],
    fields: [],
    scale: 'price',
    summary: 'time series forecast: the straight line through the window, one bar ahead',
    source: 'TA-Lib TSF',
    example: 'close crosses above tsf(14)[1]',
    input: 'series',
    warmup: windowWarmup,
    create: ([bars]) => {
      const line = new LineFitKernel(bars);
      return composed(1, (x: number, feed, values) => {
        feed(line, x);
        values[0] = line.values[4];
      });
    },
  },
];
