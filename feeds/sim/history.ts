import { boughtBy } from '../../engine/market/bought.ts';
import type { Bar } from '../../engine/market/events.ts';
import { barStart, DAY, MINUTE } from '../../engine/market/interval.ts';
import { joinBars } from '../bars.ts';
import { MINUTES_OF_DAY } from './factors.ts';
import type { Market } from './market.ts';

/** Minutes of market that are made before others get their turn: some 2 ms. */
const SLICE_MINUTES = MINUTES_OF_DAY;
/** The same for bars that need each trade. */
const SLICE_TRADES = 5000;

/** Bars of whole days, which are many minutes each: kept once they were made. */
export type DayBars = Map<number, Bar>;

/** Closed bars with `from <= start` and `start + interval <= to`, made in slices; stops early where `alive` says so. */
export async function makeBars(
  market: Market,
  interval: number,
  from: number,
  to: number,
  kept: DayBars,
  alive: () => boolean = () => true,
): Promise<Bar[]> {
  const first = Math.ceil(Math.max(0, from) / interval) * interval;
  const end = barStart(to, interval);
  if (interval % MINUTE !== 0) return makeFineBars(market, interval, first, end, alive);
  const bars: Bar[] = [];
  let work = 0;
  for (let start = first; start < end; start += interval) {
    bars.push(interval % DAY === 0 ? sumDays(market, start, interval, kept) : sumMinutes(market, start, interval));
    work += interval / MINUTE;
    if (work < SLICE_MINUTES) continue;
    work = 0;
    await breathe();
    if (!alive()) break;
  }
  return bars;
}

function sumMinutes(market: Market, start: number, interval: number): Bar {
  const first = start / MINUTE;
  let bar = market.bar(first);
  for (let minute = first + 1; minute < first + interval / MINUTE; minute++) bar = joinBars(bar, market.bar(minute));
  return bar;
}

function sumDays(market: Market, start: number, interval: number, kept: DayBars): Bar {
  let sum: Bar | undefined;
  for (let day = start; day < start + interval; day += DAY) {
    const bar = kept.get(day) ?? sumMinutes(market, day, DAY);
    kept.set(day, bar);
    sum = sum ? joinBars(sum, bar) : bar;
  }
  return sum!;
}

/** Bars that do not consist of whole minutes; an interval without a trade is flat. */
async function makeFineBars(
  market: Market,
  interval: number,
  first: number,
  end: number,
  alive: () => boolean,
): Promise<Bar[]> {
  const bars: Bar[] = [];
  const firstMinute = Math.floor(first / MINUTE);
  let close = market.bar(Math.max(0, firstMinute - 1)).close;
  let start = first;
  let open: Bar | undefined;
  let work = 0;
  const finish = (upTo: number) => {
    for (; start < upTo && start < end; start += interval) {
      bars.push(open ?? { start, open: close, high: close, low: close, close, volume: 0, trades: 0, bought: 0 });
      close = bars[bars.length - 1].close;
      open = undefined;
    }
  };
  for (let minute = firstMinute; minute * MINUTE < end; minute++) {
    const next = market.trades(minute);
    for (let trade = next(); trade !== undefined; trade = next()) {
      if (++work % SLICE_TRADES === 0) await breathe();
      if (trade.ts < first) {
        close = trade.price;
        continue;
      }
      const { price, size } = trade;
      const bought = boughtBy(trade);
      const at = barStart(trade.ts, interval);
      finish(at);
      const one = { start: at, open: price, high: price, low: price, close: price, volume: size, trades: 1, bought };
      open = open ? joinBars(open, one) : one;
    }
    if (!alive()) return bars;
  }
  finish(end);
  return bars;
}

function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
