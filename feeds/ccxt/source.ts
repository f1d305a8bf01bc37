import type { Clock } from '../../engine/clock.ts';
import { TransportError } from '../../engine/errors.ts';
import type { Bar, Trade } from '../../engine/market/events.ts';
import { barStart, DAY, HOUR, MINUTE } from '../../engine/market/interval.ts';
import { withoutHoles } from '../bars.ts';
import { historyFrom } from '../pages.ts';
import type { RecentTrades } from '../recent-trades.ts';
import type { Market, Markets } from '../venue.ts';
import type { Keeper } from './keeper.ts';
import type { BarRow, TradeRow } from './messages.ts';

export interface SourceOptions {
  readonly venue: string;
  readonly keeper: Pick<Keeper, 'ask' | 'abilities'>;
  readonly markets: Markets;
  readonly clock: Clock;
  /** Called for each row that cannot be mapped. */
  readonly malformed: (reason: string) => void;
  /** Trades of a symbol that were streamed of late. */
  readonly streamed: (symbol: string) => readonly Trade[];
}

/** The past of a ccxt venue. All throw TransportError. */
export interface Source extends RecentTrades {
  /** Asks for little, to see that the exchange answers. */
  probe(symbol: string): Promise<void>;
  history(symbol: string, interval: number, from: number, to: number): Promise<readonly Bar[]>;
}

type Native = readonly [length: number, frame: string];

/** Lengths of bars that begin at whole multiples of them, by ccxt's names, longest first. */
const FRAMES: readonly Native[] = [
  [DAY, '1d'],
  [12 * HOUR, '12h'],
  [8 * HOUR, '8h'],
  [6 * HOUR, '6h'],
  [4 * HOUR, '4h'],
  [2 * HOUR, '2h'],
  [HOUR, '1h'],
  [30 * MINUTE, '30m'],
  [15 * MINUTE, '15m'],
  [5 * MINUTE, '5m'],
  [3 * MINUTE, '3m'],
  [MINUTE, '1m'],
];
/** So much earlier than asked: a trade from before shows that none is missing. */
const LOOK_BACK_MS = 60_000;
const MOST_PAGES = 20;
const MOST_TRADES = 10_000;
/** A bar that ended so long ago and is not there will not come any more: nothing was traded. */
const SETTLED_MS = 60_000;

/** The exchange begins bars of this length at other times than we do. */
class OtherStarts extends Error {}

export function createSource(options: SourceOptions): Source {
  const { venue, keeper, markets, clock, malformed } = options;
  const otherwise = new Set<string>();

  function marketOf(symbol: string): Market {
    const market = markets.get(symbol);
    if (market) return market;
    throw new TransportError(`${venue} does not list ${symbol}`, { retryable: false, reason: 'refused' });
  }

  function count(bad: number, what: string): void {
    for (let i = 0; i < bad; i++) malformed(`a bad ${what} in an answer`);
  }

  async function recent(symbol: string, since: number): Promise<readonly Trade[] | undefined> {
    const { wire, instrument } = marketOf(symbol);
    const rows = new Map<string, TradeRow>();
    let from = since - LOOK_BACK_MS;
    for (let page = 0; ; page++) {
      const answer = await keeper.ask({ what: 'trades', symbol: wire, since: from });
      if (answer === undefined || page === MOST_PAGES || rows.size > MOST_TRADES) return undefined;
      count(answer.bad, 'trade');
      const before = rows.size;
      for (const row of answer.rows) rows.set(row[4], row);
      // Some exchanges begin at the time that one asks for, some have but the newest: then a page repeats the last one.
      if (rows.size - before <= answer.rows.length / 2) break;
      from = answer.rows.at(-1)?.[0] ?? from;
    }
    const trades = [...rows.values()].map((row) => toTrade(row, instrument)).sort((a, b) => a.ts - b.ts);
    return trades.length === 0 || !isSameSeries(trades, options.streamed(symbol)) ? undefined : trades;
  }

  /** Rows with `from <= start < to`, oldest first, flat ones where nothing was traded. */
  async function candles(wire: string, [length, frame]: Native, from: number, to: number): Promise<Bar[]> {
    const bars: Bar[] = [];
    let next = from;
    while (next < to) {
      const answer = await keeper.ask({ what: 'bars', symbol: wire, frame, since: next });
      count(answer.bad, 'bar');
      if (answer.rows.some(([start]) => start % length !== 0)) throw new OtherStarts(frame);
      const ours = answer.rows.filter(([start]) => start >= next && start < to);
      bars.push(...ours.map(toBar));
      const [first] = answer.rows;
      if (ours.length === 0 && first !== undefined && first[0] >= to) break;
      next = (ours.at(-1)?.[0] ?? next + (answer.limit - 1) * length) + length;
    }
    return withoutHoles(bars, length);
  }

  async function history(symbol: string, interval: number, from: number, to: number): Promise<readonly Bar[]> {
    const { wire } = marketOf(symbol);
    const { frames } = await keeper.abilities();
    for (;;) {
      const natives = FRAMES.filter(([, frame]) => frames.includes(frame) && !otherwise.has(frame));
      try {
        return await historyFrom(natives, { interval, from, to, now: clock.now() }, async (native, start, end) => {
          const bars = await candles(wire, native, start, end);
          return untilEnd(bars, native[0], Math.min(end, barStart(clock.now() - SETTLED_MS, native[0])));
        });
      } catch (error) {
        if (!(error instanceof OtherStarts)) throw error;
        otherwise.add(error.message);
      }
    }
  }

  async function probe(symbol: string): Promise<void> {
    const { wire } = marketOf(symbol);
    const { list, frames } = await keeper.abilities();
    const since = clock.now() - LOOK_BACK_MS;
    const native = FRAMES.findLast(([, frame]) => frames.includes(frame));
    if (list) await keeper.ask({ what: 'trades', symbol: wire, since });
    else if (native) await keeper.ask({ what: 'bars', symbol: wire, frame: native[1], since: since - native[0] });
    else await keeper.ask({ what: 'markets' });
  }

  return {
    recent,
    probe,
    async minuteBars(symbol, from) {
      const bars = await candles(marketOf(symbol).wire, [MINUTE, '1m'], from, clock.now() + MINUTE);
      return untilEnd(bars, MINUTE, barStart(clock.now() - SETTLED_MS, MINUTE));
    },
    history,
  };
}

/** Some exchanges number trades otherwise in their list than in their stream: then nothing tells which of them are the same. */
function isSameSeries(listed: readonly Trade[], streamed: readonly Trade[]): boolean {
  const [first, last] = [listed[0].ts, listed[listed.length - 1].ts];
  const inside = streamed.filter(({ ts }) => ts > first && ts < last);
  if (inside.length === 0) return true;
  const ids = new Set(listed.map(({ id }) => id));
  return inside.some(({ id }) => ids.has(id));
}

/** With flat bars after the last one, up to `end` (ms, exclusive). */
function untilEnd(bars: Bar[], length: number, end: number): Bar[] {
  const last = bars.at(-1);
  if (!last) return bars;
  const { close } = last;
  for (let start = last.start + length; start < end; start += length) {
    bars.push({ start, open: close, high: close, low: close, close, volume: 0, trades: 0 });
  }
  return bars;
}

/** Trades are not counted: a bar with volume has one at least. */
function toBar([start, open, high, low, close, volume]: BarRow): Bar {
  return { start, open, high, low, close, volume, trades: volume > 0 ? 1 : 0 };
}

export function toTrade([ts, price, size, side, id]: TradeRow, instrument: string): Trade {
  return { type: 'trade', instrument, ts, price, size, side, id };
}
