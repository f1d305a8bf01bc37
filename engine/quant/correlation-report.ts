import { UserError } from '../errors.ts';
import { correlationDistances, cutAt, joinNearest } from './clustering.ts';
import { correlations } from './correlation.ts';
import { adjustForMany } from './multiple-tests.ts';
import { normalBelow } from './normal.ts';
import { logReturns } from './sample.ts';

/** How far apart, as a correlation, what is joined into one cluster may be on average. */
const TOGETHER = 0.5;
/** Share of the changes that are called real which may be chance. */
const FALSE_SHARE = 0.05;

export interface CorrelationChange {
  /** Places in the order in which the series were given. */
  readonly first: number;
  readonly second: number;
  readonly before: number;
  readonly now: number;
}

export interface CorrelationReport {
  /** Returns that the newest window holds. */
  readonly bars: number;
  /** The series, so that what moves together stands together. */
  readonly order: readonly number[];
  /** Rows in the order in which the series were given. */
  readonly matrix: readonly (readonly number[])[];
  /** Groups of at least two, the largest first. */
  readonly clusters: readonly (readonly number[])[];
  /** Pairs whose correlation differs from that of the window before by more than chance, the most first. */
  readonly changes: readonly CorrelationChange[];
  /** Whether there was a window before to hold it against. */
  readonly hasBefore: boolean;
}

/**
 * Correlations of the log returns of many series, what belongs together, and what changed since the window before.
 *
 * @param closes one row for each of at least 2 series, for the same bars, oldest first
 * @param bars returns in a window; where there are twice as many, the older ones are the window before
 * @throws UserError for too few series or bars, or one that does not move
 * @see R. A. Fisher, Metron 1, 1921, for the difference of two correlations
 */
export function correlationReport(closes: readonly Float64Array[], bars: number): CorrelationReport {
  if (closes.length < 2)
    throw new UserError('too-few-symbols', `A correlation is of two series at least, there is ${closes.length}.`);
  const returns = closes.map(logReturns);
  const window = Math.min(bars, returns[0].length);
  const now = correlations(returns.map((row) => row.slice(-window)));
  const { size } = now;
  const tree = joinNearest(correlationDistances(now));
  const groups = cutAt(tree, Math.sqrt((1 - TOGETHER) / 2));
  const clusters = [...new Set(groups)]
    .map((group) => tree.order.filter((leaf) => groups[leaf] === group))
    .filter((cluster) => cluster.length > 1)
    .sort((a, b) => b.length - a.length);
  const hasBefore = returns[0].length >= 2 * window;
  const before = hasBefore ? correlations(returns.map((row) => row.slice(-2 * window, -window))).values : undefined;
  return {
    bars: window,
    order: tree.order,
    matrix: Array.from({ length: size }, (_, i) => Array.from(now.values.subarray(i * size, (i + 1) * size))),
    clusters,
    changes: before === undefined ? [] : changesOf(before, now.values, size, window),
    hasBefore,
  };
}

function changesOf(before: Float64Array, now: Float64Array, size: number, n: number): readonly CorrelationChange[] {
  const pairs: CorrelationChange[] = [];
  for (let first = 0; first < size; first++) {
    for (let second = first + 1; second < size; second++) {
      const at = first * size + second;
      if (Number.isFinite(before[at])) pairs.push({ first, second, before: before[at], now: now[at] });
    }
  }
  const fisher = (r: number) => Math.atanh(Math.max(-0.999999, Math.min(0.999999, r)));
  const scores = pairs.map((pair) => (fisher(pair.now) - fisher(pair.before)) / Math.sqrt(2 / Math.max(1, n - 3)));
  const adjusted = adjustForMany(scores.map((score) => 2 * normalBelow(-Math.abs(score))));
  return [...pairs.keys()]
    .filter((i) => adjusted[i] < FALSE_SHARE)
    .sort((a, b) => Math.abs(scores[b]) - Math.abs(scores[a]))
    .map((i) => pairs[i]);
}
