import { UserError } from '../errors.ts';
import { type BarColumns, barAt } from '../market/bar-history.ts';
import {
  ANOMALY_FEATURES,
  ANOMALY_LENGTH,
  ANOMALY_LEVEL,
  type AnomalyFeature,
  AnomalyMeter,
  anomalyWarmup,
  LEAST_ACTIVE,
} from './anomaly-meter.ts';
import { findLevelShift } from './level-shift.ts';
import { SlidingSample } from './sliding-sample.ts';

/** Chance at which a change of level is told. */
const SIGNIFICANT = 0.001;
const LEAST_FOR_CHANGE = 60;

/** A bar as the series `anomaly` has it. */
export interface JudgedBar {
  /** In ms. */
  readonly start: number;
  /** From 0 to 1. */
  readonly score: number;
  /** Robust z of each feature. */
  readonly z: Readonly<Record<AnomalyFeature, number>>;
  /** The isolation forest's word: 0 usual, 1 as odd as it can say. */
  readonly forest: number;
}

/** Since when a feature has another level. Of the return that is its size, whatever its sign. */
export interface LevelChange {
  readonly what: AnomalyFeature;
  /** Start of the first bar after the change, in ms. */
  readonly since: number;
  /** The usual after it over the usual before. */
  readonly ratio: number;
  readonly pValue: number;
}

export interface AnomalyReport {
  /** Bars that were judged. */
  readonly bars: number;
  /** Bars that each was held against. */
  readonly length: number;
  /** Of those that the newest is held against, the ones in which something happened. */
  readonly active: number;
  /** One for each bar that was given, NaN where too few lie before it. */
  readonly scores: Float64Array;
  readonly newest: JudgedBar;
  readonly worst: JudgedBar;
  /** Those above ANOMALY_LEVEL, the worst first. */
  readonly unusual: readonly JudgedBar[];
  /** Start of the first of the bars in a row above it that end with the newest, in ms; undefined where that is not. */
  readonly since: number | undefined;
  /** The surest first; undefined where too few bars were traded to say. */
  readonly changes: readonly LevelChange[] | undefined;
  /** Undefined where too little is known of the order book. */
  readonly spread: SpreadFound | undefined;
}

/** The spread of the order book at the end of the newest bar, beside what it was at the ends of those before. */
export interface SpreadFound {
  readonly basisPoints: number;
  /** Robust z. */
  readonly z: number;
  /** Bars before in which it is known. */
  readonly known: number;
}

/**
 * What is unusual among the newest bars: the score of each, and changes of level.
 *
 * @param bars closed, oldest first; the first of them are what is usual
 * @param interval in ms
 * @param most how many of the newest are judged at most
 * @param spreads of the order book at the end of each bar, in basis points; NaN where it is not known
 * @throws UserError where there are too few bars to judge one
 */
export function anomalyReport(
  bars: BarColumns,
  interval: number,
  most: number,
  spreads: Float64Array = new Float64Array(0),
): AnomalyReport {
  const least = anomalyWarmup(ANOMALY_LENGTH);
  if (bars.length < least)
    throw new UserError(
      'too-little-data',
      `What is unusual can be told from ${least} closed bars on, there are ${bars.length}.`,
      { hint: 'Try again later, or a shorter interval.' },
    );
  const from = Math.max(least - 1, bars.length - most);
  const all = judge(bars, interval);
  const judged = all.slice(from);
  const byScore = [...judged].sort((a, b) => b.score - a.score || b.start - a.start);
  const newest = judged[judged.length - 1];
  let inRow = 0;
  while (inRow < judged.length && judged[judged.length - 1 - inRow].score > ANOMALY_LEVEL) inRow++;
  return {
    bars: judged.length,
    length: ANOMALY_LENGTH,
    active: activeBars(bars),
    scores: Float64Array.from(all, ({ score }) => score),
    newest,
    worst: byScore[0],
    unusual: byScore.filter(({ score }) => score > ANOMALY_LEVEL),
    since: inRow === 0 ? undefined : judged[judged.length - inRow].start,
    changes: changesOf(bars, from),
    spread: spreadOf(spreads),
  };
}

function spreadOf(spreads: Float64Array): SpreadFound | undefined {
  const before = spreads.slice(0, -1).filter(Number.isFinite);
  const basisPoints = spreads[spreads.length - 1];
  if (before.length < LEAST_ACTIVE || !Number.isFinite(basisPoints)) return undefined;
  const sample = new SlidingSample(before.length);
  for (const spread of before) sample.add(spread);
  const deviation = sample.robustDeviation();
  return { basisPoints, z: deviation > 0 ? (basisPoints - sample.median()) / deviation : 0, known: before.length };
}

function activeBars({ length, volume, high, low }: BarColumns): number {
  let count = 0;
  for (let i = length - 1 - ANOMALY_LENGTH; i < length - 1; i++) if (volume[i] > 0 || high[i] > low[i]) count++;
  return count;
}

function judge(bars: BarColumns, interval: number): readonly JudgedBar[] {
  const meter = new AnomalyMeter(ANOMALY_LENGTH, interval);
  return Array.from({ length: bars.length }, (_, i) => {
    meter.add(barAt(bars, i));
    const [score, move, volume, range, forest] = meter.values;
    return { start: bars.start[i], score, z: { return: move, volume, range }, forest };
  });
}

/** Changes of level among the bars that were judged and in which something happened. */
function changesOf(
  { start, open, high, low, close, volume }: BarColumns,
  from: number,
): readonly LevelChange[] | undefined {
  const places: number[] = [];
  for (let i = from; i < close.length; i++) if (volume[i] > 0 && high[i] > low[i]) places.push(i);
  if (places.length < LEAST_FOR_CHANGE) return undefined;
  // A logarithm's mean is the usual of what is skewed; of returns many are nought.
  const columns: Readonly<Record<AnomalyFeature, { read: (i: number) => number; isLog: boolean }>> = {
    return: { read: (i) => Math.abs(Math.log(close[i] / (close[i - 1] ?? open[i]))), isLog: false },
    volume: { read: (i) => Math.log(volume[i]), isLog: true },
    range: { read: (i) => Math.log(Math.log(high[i] / low[i])), isLog: true },
  };
  return ANOMALY_FEATURES.flatMap((what) => {
    const { read, isLog } = columns[what];
    const xs = Float64Array.from(places, read);
    if (xs.some((x) => !Number.isFinite(x)) || xs.every((x) => x === xs[0])) return [];
    const shift = findLevelShift(xs);
    if (shift === undefined || shift.pValue >= SIGNIFICANT) return [];
    const ratio = isLog ? Math.exp(shift.after - shift.before) : shift.after / shift.before;
    if (!(ratio > 0) || !Number.isFinite(ratio)) return [];
    return [{ what, since: start[places[shift.at]], ratio, pValue: shift.pValue, statistic: shift.statistic }];
  })
    .sort((a, b) => b.statistic - a.statistic)
    .map(({ statistic: _, ...change }) => change);
}
