import type { Bar } from '../../market/events.ts';
import type { Kernel } from '../catalog-entry.ts';
import { composed } from './composed.ts';
import { HighestKernel, LagKernel, LowestKernel } from './extremes.ts';
import { LineFitKernel } from './line-fit.ts';
import { DeviationKernel } from './moments.ts';
import { PlainMeanKernel } from './ordered-window.ts';
import { WilderKernel } from './smoothing.ts';

/** Middle between the highest high and the lowest low of a window. */
function middleOfRange(bars: number): Kernel<Bar> {
  const [top, bottom] = [new HighestKernel(bars), new LowestKernel(bars)];
  return composed(1, (bar: Bar, feed, values) => {
    values[0] = (feed(top, bar.high) + feed(bottom, bar.low)) / 2;
  });
}

/** Conversion, base, span A and span B of `shift` bars ago, and the close of `shift` bars ago. */
export function ichimoku(conversion: number, base: number, spanb: number, shift: number): Kernel<Bar> {
  const [quick, slow, slowest] = [middleOfRange(conversion), middleOfRange(base), middleOfRange(spanb)];
  const [a, b, close] = [new LagKernel(shift), new LagKernel(shift), new LagKernel(shift)];
  return composed(5, (bar: Bar, feed, values) => {
    const [turning, standard] = [feed(quick, bar), feed(slow, bar)];
    const spanA = feed(a, (turning + standard) / 2);
    const spanB = feed(b, feed(slowest, bar));
    const lagging = feed(close, bar.close);
    if (Number.isNaN(spanA + spanB)) return;
    values[0] = turning;
    values[1] = standard;
    values[2] = spanA;
    values[3] = spanB;
    values[4] = lagging;
  });
}

/** Jaw, teeth and lips. The parameters: three lengths, then three shifts, in bars. */
export function alligator(params: readonly number[]): Kernel<Bar> {
  const smooth = [0, 1, 2].map((line) => new WilderKernel(params[line]));
  const before = [3, 4, 5].map((line) => new LagKernel(params[line]));
  return composed(3, (bar: Bar, feed, values) => {
    const middle = (bar.high + bar.low) / 2;
    const jaw = feed(before[0], feed(smooth[0], middle));
    const teeth = feed(before[1], feed(smooth[1], middle));
    const lips = feed(before[2], feed(smooth[2], middle));
    if (Number.isNaN(jaw + teeth + lips)) return;
    values[0] = jaw;
    values[1] = teeth;
    values[2] = lips;
  });
}

/** The squeeze's momentum, and 1 while the bands of `bb` deviations lie within those of `kc` mean true ranges. */
export function squeeze(bars: number, bb: number, kc: number): Kernel<Bar> {
  const [mean, deviation, ranges] = [new PlainMeanKernel(bars), new DeviationKernel(bars), new PlainMeanKernel(bars)];
  const [middle, before, line] = [middleOfRange(bars), new LagKernel(1), new LineFitKernel(bars)];
  return composed(2, (bar: Bar, feed, values) => {
    const close = feed(before, bar.close);
    const from = Number.isNaN(close) ? bar.close : close;
    const range = feed(ranges, Math.max(bar.high, from) - Math.min(bar.low, from));
    const spread = feed(deviation, bar.close);
    const anchor = (feed(middle, bar) + feed(mean, bar.close)) / 2;
    const momentum = feed(line, bar.close - anchor);
    if (Number.isNaN(momentum)) return;
    values[0] = momentum;
    values[1] = bb * spread < kc * range ? 1 : 0;
  });
}
