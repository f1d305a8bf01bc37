import type { FeedSink } from '../feed.ts';
import type { FactSeries } from './facts.ts';
import { factEvent } from './facts.ts';
import type { Stream } from './streams.ts';

/** An instrument that is watched. */
export interface Watched {
  /** Absent while bars are made for what was missed. */
  trades: Stream | undefined;
  facts: Stream | undefined;
  /** Since when something is missing that has not been passed on yet. */
  gapFrom: number | undefined;
}

/** The stream whose next event is the earliest; the trades of one moment come before all else. */
export function earliestOf(
  watched: ReadonlyMap<string, Watched>,
  others: Iterable<Stream | undefined>,
): Stream | undefined {
  let best: Stream | undefined;
  for (const { trades } of watched.values()) if (trades && (!best || trades.at < best.at)) best = trades;
  for (const { facts } of watched.values()) if (facts && (!best || facts.at < best.at)) best = facts;
  for (const other of others) if (other && (!best || other.at < best.at)) best = other;
  return best;
}

/** What was told last of each fact, as a venue says it to who connects. */
export function tellNewest(series: readonly FactSeries[], now: number, sink: FeedSink | undefined): void {
  for (const one of series) sink?.(factEvent(one, one.last(now)));
}
