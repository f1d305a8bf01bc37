import type { BarColumn, BarColumns } from '../../market/bar-history.ts';
import { barStart } from '../../market/interval.ts';
import type { HistoryColumns, ToldFact } from '../../preflight/replay.ts';
import type { ReplayPlan } from '../../preflight/replay-plan.ts';
import type { FundingPayments } from '../funding.ts';

/** What is tried is tried on: plain data, the columns shared among threads. Times in ms. */
export interface SearchMaterial {
  readonly from: number;
  readonly to: number;
  readonly history: readonly HistoryColumns[];
  readonly told: readonly ToldFact[];
  readonly funding?: readonly FundingPayments[];
}

/** The bars that a plan asks for and no others, as if they alone had been fetched: views, nothing is copied. */
export function cutTo({ needs }: ReplayPlan, history: readonly HistoryColumns[]): readonly HistoryColumns[] {
  return needs.flatMap(({ instrument, interval, from, to }): readonly HistoryColumns[] => {
    const whole = history.find((part) => part.instrument === instrument && part.interval === interval);
    if (whole === undefined) return [];
    const { start } = whole.columns;
    let [first, end] = [0, whole.columns.length];
    while (first < end && start[first]! < from) first++;
    while (end > first && start[end - 1]! >= to) end--;
    return [{ instrument, interval, columns: view(whole.columns, first, end) }];
  });
}

function view(columns: BarColumns, first: number, end: number): BarColumns {
  const part = { length: end - first } as Record<BarColumn, Float64Array> & { length: number };
  for (const name of Object.keys(columns) as (keyof BarColumns)[]) {
    if (name !== 'length') part[name] = columns[name].subarray(first, end);
  }
  return part;
}

/** The same columns in memory that threads share: a task that is handed to one copies none of it. */
export function sharedHistory(history: readonly HistoryColumns[]): readonly HistoryColumns[] {
  return history.map(({ columns, ...rest }) => {
    const shared = { length: columns.length } as Record<BarColumn, Float64Array> & { length: number };
    for (const name of Object.keys(columns) as (keyof BarColumns)[]) {
      if (name === 'length') continue;
      const memory = new SharedArrayBuffer(columns.length * Float64Array.BYTES_PER_ELEMENT);
      shared[name] = new Float64Array(memory);
      shared[name].set(columns[name].subarray(0, columns.length));
    }
    return { ...rest, columns: shared };
  });
}

/** Since when all series of a plan can have values, in ms: where its history reaches back less far than it asks for, later. */
export function warmFrom({ from, longest, needs }: ReplayPlan, history: readonly HistoryColumns[]): number | undefined {
  let warm = from;
  for (const { instrument, interval, warmUp } of needs) {
    const columns = history.find((part) => part.instrument === instrument && part.interval === interval)?.columns;
    if (columns === undefined || columns.length === 0) return undefined;
    warm = Math.max(warm, columns.start[0]! + (warmUp + 1) * interval);
  }
  return barStart(warm + longest - 1, longest);
}
