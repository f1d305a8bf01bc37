import type { Bar, FeedEvent, Trade } from '../engine/market/events.ts';
import { barStart, DAY, MINUTE } from '../engine/market/interval.ts';
import { backoffMs } from './backoff.ts';
import { shortStop } from './short-stop.ts';
import type { TradeSource } from './trade-source.ts';

/** A symbol whose trades have a hole: where it stands, and how to put in what was fetched. */
export interface Hole {
  /** False once the hole is somebody else's business: the socket was lost again, or the feed stops. */
  alive(): boolean;
  /** The first id that is missing; -1 where only a time is known. */
  next(): number;
  skipTo(id: number): void;
  /** Time of the newest trade that was passed on, in ms. */
  since(): number;
  accept(trade: Trade): void;
  /** Bars up to `openStart` (ms) were passed on; go on with the trade `first`. */
  restart(openStart: number, first: number | undefined): void;
  /** The lowest id among the live trades that wait. */
  firstPending(): number | undefined;
  emit(event: FeedEvent): void;
  sleep(ms: number): Promise<void>;
}

export interface HoleContext {
  readonly symbol: string;
  readonly instrument: string;
  readonly source: TradeSource;
  readonly clock: { now(): number };
  readonly random: () => number;
  readonly log: { warn(fields: object, message: string): void };
}

/** A hole of more trades is filled with 1m bars up to the running minute. */
const MAX_TRADES_BY_ID = 20_000;
/** What is missing for longer is not fetched. */
export const MAX_BACKFILL_MS = 7 * DAY;
/** So often the venue may answer that it has no such trade, although later ones were streamed. */
const MAX_STUCK = 5;

/** Fetches what is missing up to the first live trade that waits, or up to now. @throws TransportError */
export async function fillHole(hole: Hole, context: HoleContext): Promise<void> {
  let mayUseBars = true;
  let stuck = 0;
  if (hole.next() < 0) {
    await fillFromTime(hole, context);
    mayUseBars = false;
  }
  while (hole.alive() && hole.next() >= 0) {
    const waiting = hole.firstPending();
    if (waiting !== undefined && waiting <= hole.next()) return;
    if (mayUseBars && waiting !== undefined && waiting - hole.next() > MAX_TRADES_BY_ID) {
      mayUseBars = false;
      await fillWithBars(hole, context);
      continue;
    }
    const page = await context.source.tradesFrom(context.symbol, hole.next(), hole.since());
    if (!hole.alive()) return;
    if (mayUseBars && page.full && waiting === undefined) {
      mayUseBars = false;
      const newest = await context.source.newestId(context.symbol);
      if (!hole.alive()) return;
      if (newest !== undefined && newest - hole.next() > MAX_TRADES_BY_ID) {
        await fillWithBars(hole, context);
        continue;
      }
    }
    for (const trade of page.trades) hole.accept(trade);
    hole.skipTo(page.nextId);
    if (page.full) continue;
    const first = hole.firstPending();
    if (first === undefined || first <= hole.next()) return;
    if (page.gone || ++stuck > MAX_STUCK) {
      context.log.warn(
        { instrument: context.instrument, from: hole.next(), to: first },
        'the venue has no such trades',
      );
      hole.skipTo(first);
      return;
    }
    await hole.sleep(backoffMs(stuck, context.random));
  }
}

/** Where no id is known: by trades from a whole minute on where they are few, else with bars. */
async function fillFromTime(hole: Hole, context: HoleContext): Promise<void> {
  const { symbol, source } = context;
  const now = context.clock.now();
  const from = minuteOf(hole, now);
  const bars = await source.minuteBars(symbol, from);
  const stop = await shortStop(source, { symbol, from, now, bars });
  if (!hole.alive()) return;
  if (stop === undefined) await passBars(hole, context, from, bars);
  else hole.restart(from, stop.first);
}

const minuteOf = (hole: Hole, now: number): number => barStart(Math.max(hole.since(), now - MAX_BACKFILL_MS), MINUTE);

async function fillWithBars(hole: Hole, context: HoleContext): Promise<void> {
  const from = minuteOf(hole, context.clock.now());
  const bars = await context.source.minuteBars(context.symbol, from);
  if (hole.alive()) await passBars(hole, context, from, bars);
}

/** The complete minutes as one event; then it goes on with the first trade of the running one. */
async function passBars(
  hole: Hole,
  { symbol, instrument, source }: HoleContext,
  from: number,
  bars: readonly Bar[],
): Promise<void> {
  // The newest row may be unfinished by the venue's clock, so its trades are fetched instead.
  const openStart = bars.at(-1)?.start ?? from;
  const first = await source.firstIdSince(symbol, openStart);
  if (!hole.alive()) return;
  const closed = bars.slice(0, -1);
  if (closed.length > 0) hole.emit({ type: 'bars', instrument, interval: MINUTE, bars: closed });
  hole.restart(openStart, first);
}
