import type { Bar, Trade } from '../engine/market/events.ts';
import { pathOf } from '../engine/market/instrument-state.ts';
import { barStart, MINUTE } from '../engine/market/interval.ts';
import type { BarItem, StateItem, TradeItem } from './ingest-item.ts';

/** A minute is open until so long after its end, in ms: as long as the engine waits before it closes a bar. */
const GRACE_MS = 1_000;
/** Minutes that are over of which one symbol's are remembered, to merge what else is told of them. */
const MOST_PAST = 120;
/** Ids of trades that are remembered of one symbol, so that one that is sent again counts once. */
const MOST_IDS = 2_000;

type Draft = { -readonly [K in keyof Bar]: Bar[K] };
/** A minute as it was told so far. `closeTs` is the time of its close, in ms; `isWhole`: a state has told all of it. */
type Minute = Draft & { closeTs: number; isWhole: boolean };

/** Bars of one interval that are to be passed on. */
export interface ToldBars {
  readonly interval: number;
  readonly bars: readonly Bar[];
}

/** `late`: its minute is closed. `seen`: it told nothing new. `collected`: it is among the bars. Else the trades to pass on. */
export type Taken = 'late' | 'seen' | 'collected' | readonly Trade[];

/**
 * What was told of one symbol's prices. States of the running minute become the trades that lead from what was known to what
 * is told; what belongs to minutes that were over before anything live came is collected as bars.
 */
export interface IngestMinutes {
  take(item: StateItem | TradeItem, now: number): Taken;
  /** A trade that an earlier run was told. @returns whether it is news: it did not come again, nor all of its minute since */
  recall(trade: Trade): boolean;
  /** A whole bar: it stands in the place of what was told of that time before. */
  put(item: BarItem): Taken;
  /** What was collected since it was asked last, oldest first. */
  collected(): readonly ToldBars[];
}

/** @param idOf an id for a trade that came without one */
export function createIngestMinutes(instrument: string, idOf: () => string): IngestMinutes {
  const ids = new Set<string>();
  const past = new Map<number, Minute>();
  const dirty = new Map<number, Map<number, Bar>>();
  let live: Minute | undefined;
  let firstLive = Number.POSITIVE_INFINITY;

  function collect(interval: number, bar: Bar): void {
    const bars = dirty.get(interval) ?? new Map<number, Bar>();
    dirty.set(interval, bars.set(bar.start, bar));
  }

  function remember(minute: Minute): void {
    past.set(minute.start, minute);
    if (past.size > MOST_PAST) past.delete(past.keys().next().value as number);
    collect(MINUTE, minute);
  }

  function takePast(item: StateItem | TradeItem, start: number): Taken {
    if (start >= firstLive) return 'late';
    const known = past.get(start);
    if (known === undefined) remember(minuteOf(item, start));
    else {
      merge(known, item);
      collect(MINUTE, known);
    }
    return 'collected';
  }

  function takeLive(item: StateItem | TradeItem, start: number, now: number): Taken {
    const known = live?.start === start ? live : undefined;
    const trades = item.kind === 'trade' ? [tradeOf(item)] : steps(item, known, timeOf(item, known, now));
    firstLive = Math.min(firstLive, start);
    if (known === undefined) live = minuteOf(item, start);
    else merge(known, item);
    return trades.length === 0 ? 'seen' : trades;
  }

  function isKnown(id: string): boolean {
    if (ids.has(id)) return true;
    ids.add(id);
    if (ids.size > MOST_IDS) ids.delete(ids.values().next().value as string);
    return false;
  }

  const tradeOf = ({ ts, price, size, side, id }: TradeItem): Trade => ({
    ...{ type: 'trade', instrument, ts, price, size, side },
    id: id ?? idOf(),
  });

  /** The prices that a state adds to its minute, in their likely order; the volume that it adds comes with the last. */
  function steps(item: StateItem, known: Minute | undefined, ts: number): readonly Trade[] {
    const { open, high, low, close } = item;
    const told: Bar = { start: 0, open, high, low, close, volume: 0, trades: 1 };
    const path = pathOf(told, known).filter((price, i, all) => i === 0 || price !== all[i - 1]);
    const added = Math.max(0, item.volume - (known?.volume ?? 0));
    if (known !== undefined && added === 0 && !path.some((price) => isNews(price, item.ts, known))) return [];
    return path.map((price, i) => ({
      ...{ type: 'trade', instrument, ts, price, side: undefined, id: idOf() },
      size: i === path.length - 1 ? added : 0,
    }));
  }

  return {
    take(item, now) {
      if (item.kind === 'trade' && item.id !== undefined && isKnown(item.id)) return 'seen';
      const start = barStart(item.ts, MINUTE);
      const isOpen = now < start + MINUTE + GRACE_MS && !(live !== undefined && start < live.start);
      return isOpen ? takeLive(item, start, now) : takePast(item, start);
    },
    recall({ ts, price, size, side, id }) {
      const start = barStart(ts, MINUTE);
      const known = live?.start === start ? live : undefined;
      if (known?.isWhole === true || isKnown(id)) return false;
      const item: TradeItem = { kind: 'trade', symbol: '', ts, price, size, side, id };
      firstLive = Math.min(firstLive, start);
      if (known !== undefined) merge(known, item);
      else if (live === undefined || start > live.start) live = minuteOf(item, start);
      return true;
    },
    put({ interval, start, open, high, low, close, volume }) {
      const bar = { start, open, high, low, close, volume, trades: 1 };
      if (interval === MINUTE) remember({ ...bar, closeTs: start + MINUTE, isWhole: true });
      else collect(interval, bar);
      return 'collected';
    },
    collected() {
      const told = [...dirty].map(([interval, bars]): ToldBars => {
        const sorted = [...bars.values()].sort((a, b) => a.start - b.start);
        return {
          interval,
          bars: sorted.map(({ start, open, high, low, close, volume, trades }) => ({
            start,
            open,
            high,
            low,
            close,
            volume,
            trades,
          })),
        };
      });
      dirty.clear();
      return told;
    },
  };
}

/**
 * When a state became known, in ms: it stands for the moment at which it came, though it may give the second before, or where its minute begins. One
 * that is older than what is known keeps its time, so that its close does not count.
 */
function timeOf({ ts }: StateItem, known: Minute | undefined, now: number): number {
  if (known !== undefined && ts < known.closeTs) return ts;
  return Math.min(Math.max(ts, now), barStart(ts, MINUTE) + MINUTE - 1);
}

/** Whether a price at `ts` changes what is known of its minute. */
function isNews(price: number, ts: number, { high, low, close, closeTs }: Minute): boolean {
  return price > high || price < low || (price !== close && ts >= closeTs);
}

function minuteOf(item: StateItem | TradeItem, start: number): Minute {
  const { ts: closeTs } = item;
  if (item.kind === 'trade') {
    const { price, size } = item;
    const at = { open: price, high: price, low: price, close: price };
    return { start, ...at, volume: size, trades: 1, closeTs, isWhole: false };
  }
  const { open, high, low, close, volume } = item;
  return { start, open, high, low, close, volume, trades: 1, closeTs, isWhole: true };
}

/** A state's volume is that of its whole period so far, a trade's size comes on top. */
function merge(minute: Minute, item: StateItem | TradeItem): void {
  const { high, low, close } = item.kind === 'trade' ? { high: item.price, low: item.price, close: item.price } : item;
  minute.high = Math.max(minute.high, high);
  minute.low = Math.min(minute.low, low);
  minute.volume = item.kind === 'trade' ? minute.volume + item.size : Math.max(minute.volume, item.volume);
  minute.trades++;
  if (item.kind !== 'trade') minute.isWhole = true;
  if (item.ts < minute.closeTs) return;
  minute.close = close;
  minute.closeTs = item.ts;
}
