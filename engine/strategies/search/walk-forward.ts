import { barStart } from '../../market/interval.ts';
import { momentsOf } from '../../quant/moments.ts';
import type { Backtest } from '../backtest.ts';
import { returnsOf } from '../equity-stats.ts';

/** Bars that parameters are chosen on, and those after them that the choice is tried on. Times in ms. */
export interface SearchWindow {
  readonly from: number;
  /** Ends the choosing and begins the trying. */
  readonly split: number;
  readonly to: number;
}

/** So often is chosen and tried. */
const WINDOWS = 5;
/** The choosing takes so many times as long as the trying. */
const CHOOSING = 3;
/** Bars that a choice is tried on, at least. */
const LEAST_TRIED = 30;
/** Bars without which there is nothing to split. */
export const LEAST_FOR_SPLITS = (WINDOWS + CHOOSING) * LEAST_TRIED;

/**
 * Windows that roll on by what they are tried on, so that what is tried is the last five eighths of the period without a hole.
 *
 * @param interval length of a bar, in ms
 * @param longest length of the longest bar that is read, in ms: windows begin with one
 * @returns none where there are too few bars
 * @see R. Pardo, The Evaluation and Optimization of Trading Strategies, 2008 (walk-forward analysis)
 */
export function splitPeriod(from: number, to: number, interval: number, longest: number): readonly SearchWindow[] {
  const end = barStart(to, longest);
  const tried = barStart((end - from) / (WINDOWS + CHOOSING), longest);
  if (tried < LEAST_TRIED * interval) return [];
  return Array.from({ length: WINDOWS }, (_each, i) => {
    const split = end - (WINDOWS - i) * tried;
    return { from: split - CHOOSING * tried, split, to: split + tried };
  });
}

/** What a strategy made in a part of a backtest. */
export interface PartResult {
  /** What the equity grew by, as a fraction. */
  readonly growth: number;
  /** Of the returns from bar to bar, not annualised; undefined where nothing moved. */
  readonly sharpe: number | undefined;
  /** Positions that were taken in it. */
  readonly trades: number;
}

/** A backtest between two times (ms); a position that stands across an end counts with what it was worth there. */
export function partOf({ times, equity, trades }: Backtest, from: number, to: number): PartResult {
  const [first, end] = [firstAfter(times, from), firstAfter(times, to)];
  const count = trades.filter(({ entered }) => entered >= from && entered < to).length;
  const before = first === 0 ? 1 : equity[first - 1]!;
  if (end <= first || !(before > 0)) return { growth: 0, sharpe: undefined, trades: count };
  const part = equity.slice(first, end).map((value) => value / before);
  const moments = part.length < 2 ? undefined : momentsOf(returnsOf(part));
  const isMoving = moments !== undefined && moments.deviation > 0;
  return {
    growth: part[part.length - 1]! - 1,
    sharpe: isMoving ? moments.mean / moments.deviation : undefined,
    trades: count,
  };
}

/** The first of ascending times that is later. */
function firstAfter(times: Float64Array, ts: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! > ts) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** One backtest after the other, each with what the one before it left. Where nothing was chosen, nothing is made. */
export function stitched(parts: readonly Backtest[]): Pick<Backtest, 'times' | 'equity' | 'held'> {
  const times: number[] = [];
  const equity: number[] = [];
  const held: number[] = [];
  let [owned, kept] = [1, 1];
  for (const part of parts) {
    for (let i = 0; i < part.times.length; i++) {
      times.push(part.times[i]!);
      equity.push(owned * part.equity[i]!);
      held.push(kept * part.held[i]!);
    }
    owned = equity[equity.length - 1] ?? owned;
    kept = held[held.length - 1] ?? kept;
  }
  return { times: Float64Array.from(times), equity: Float64Array.from(equity), held: Float64Array.from(held) };
}
