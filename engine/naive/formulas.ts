import type { Bar } from '../market/events.ts';

/** Indicators as their definitions are written, each over all of its inputs. NaN where there are too few. */
export type Formula = (xs: readonly number[]) => number;

const lastOf = (xs: readonly number[]): number => xs[xs.length - 1];
const sum = (xs: readonly number[]): number => xs.reduce((all, x) => all + x, 0);

/** Of the last `n`. */
const windowed =
  (n: number, of: Formula): Formula =>
  (xs) =>
    xs.length < n ? Number.NaN : of(xs.slice(-n));

/** Around the first, so that what does not move has itself as its mean. */
const mean = (xs: readonly number[]): number => xs[0] + sum(xs.map((x) => x - xs[0])) / xs.length;
const deviation = (xs: readonly number[]): number => Math.sqrt(mean(xs.map((x) => (x - mean(xs)) ** 2)));
const zScore = (xs: readonly number[]): number => (deviation(xs) > 0 ? (lastOf(xs) - mean(xs)) / deviation(xs) : 0);

function band(field: string, k: number): Formula {
  return (xs) => {
    const [middle, reach] = [mean(xs), k * deviation(xs)];
    if (field === 'upper') return middle + reach;
    if (field === 'lower') return middle - reach;
    if (field === 'width') return (2 * reach) / middle;
    if (field === 'percent') return reach > 0 ? (lastOf(xs) - middle + reach) / (2 * reach) : 0.5;
    return middle;
  };
}

/** Begins with the first input; the average as of each. */
function exponentials(xs: readonly number[], n: number): number[] {
  const all = [xs[0]];
  for (const x of xs.slice(1)) all.push(lastOf(all) + (2 / (n + 1)) * (x - lastOf(all)));
  return all;
}

/** Wilder's smoothing, begun with the mean of the first `n`. */
function wilder(xs: readonly number[], n: number): number {
  let at = sum(xs.slice(0, n)) / n;
  for (const x of xs.slice(n)) at = (at * (n - 1) + x) / n;
  return at;
}

function relativeStrength(xs: readonly number[], n: number): number {
  if (xs.length <= n) return Number.NaN;
  const steps = xs.slice(1).map((x, i) => x - xs[i]);
  const gain = wilder(
    steps.map((step) => Math.max(0, step)),
    n,
  );
  const loss = wilder(
    steps.map((step) => Math.max(0, -step)),
    n,
  );
  return gain + loss === 0 ? 50 : (100 * gain) / (gain + loss);
}

function convergence(xs: readonly number[], fast: number, slow: number, signal: number, field: string): number {
  if (xs.length < slow) return Number.NaN;
  const slows = exponentials(xs, slow);
  const line = exponentials(xs, fast).map((x, i) => x - slows[i]);
  if (field === 'macd') return lastOf(line);
  const average = lastOf(exponentials(line.slice(slow - 1), signal));
  return field === 'signal' ? average : lastOf(line) - average;
}

/** The formula of a series of numbers. @throws RangeError for one that is not known here */
export function formulaOf(name: string, params: readonly number[], field: string): Formula {
  const [n, second, third] = params;
  switch (name) {
    case 'sma':
    case 'mean':
      return windowed(n, mean);
    case 'std':
      return windowed(n, deviation);
    case 'z':
      return windowed(n, zScore);
    case 'bb':
      return windowed(n, band(field, second));
    case 'highest':
      return windowed(n, (xs) => Math.max(...xs));
    case 'lowest':
      return windowed(n, (xs) => Math.min(...xs));
    case 'change':
      return windowed(n + 1, (xs) => lastOf(xs) / xs[0] - 1);
    case 'ema':
      return (xs) => (xs.length < n ? Number.NaN : lastOf(exponentials(xs, n)));
    case 'rsi':
      return (xs) => relativeStrength(xs, n);
    case 'macd':
      return (xs) => convergence(xs, n, second, third, field);
    default:
      throw new RangeError(`no formula of ${name}`);
  }
}

/** Average true range. */
export function averageRange(bars: readonly Bar[], n: number): number {
  if (bars.length < n) return Number.NaN;
  const ranges = bars.map(({ high, low }, i) => {
    const before = i === 0 ? high : bars[i - 1].close;
    return Math.max(high - low, Math.abs(high - before), Math.abs(low - before));
  });
  ranges[0] = bars[0].high - bars[0].low;
  return wilder(ranges, n);
}
