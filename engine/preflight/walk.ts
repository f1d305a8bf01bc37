import type { Bar, BarsEvent, MarketEvent, Trade } from '../market/events.ts';
import { pathOf } from '../market/instrument-state.ts';
import { MINUTE } from '../market/interval.ts';

/** Where in a bar its four prices are assumed to have been: at its beginning, after a third, after two, at its end. */
const STEPS = 4;

/**
 * A bar as events that an engine takes for the trades in it: its open, the extreme nearer to it, the other one, its close.
 * A minute is a missed minute; of a longer bar four of its minutes stand still at one of the prices each, and share its volume;
 * a shorter one is four trades.
 *
 * @param walked length of the bar in ms: a minute, at least five, or less than one
 * @param prices its four prices in another order, where one is to be assumed
 */
export function eventsOf(
  instrument: string,
  walked: number,
  bar: Bar,
  prices: readonly number[] = pathOf(bar, undefined),
): readonly MarketEvent[] {
  if (walked === MINUTE) return [minuteEvent(instrument, bar)];
  if (walked < MINUTE) return prices.map((price, step) => tradeOf(instrument, walked, bar, price, step));
  const shares = stillShares(bar);
  return prices.map((price, step) => {
    const start = bar.start + Math.floor((step * (walked / MINUTE - 1)) / (STEPS - 1)) * MINUTE;
    const event = minuteEvent(instrument, stillMinute(shares, start, price, step));
    return step === 0 ? event : { ...event, isOnWay: true };
  });
}

/** When what an event of `eventsOf` tells is over, in ms: a minute, or a trade. */
export function endOf(event: MarketEvent): number {
  return event.type === 'bars' ? event.bars[event.bars.length - 1].start + MINUTE : 'ts' in event ? event.ts : 0;
}

const minuteEvent = (instrument: string, bar: Bar): BarsEvent => ({
  type: 'bars',
  instrument,
  interval: MINUTE,
  bars: [bar],
});

/** What of a longer bar falls to each of the minutes that it is told in. */
export interface StillShares {
  readonly volume: number;
  readonly bought: { readonly bought?: number };
  readonly trades: readonly number[];
}

/** A quarter of the bar's volume for each. No minute is without trades: one that is would not be counted to its bar. */
export function stillShares({ volume, trades, bought }: Bar): StillShares {
  const quarter = Math.max(1, Math.floor(trades / STEPS));
  return {
    volume: volume / STEPS,
    bought: bought === undefined ? {} : { bought: bought / STEPS },
    trades: [quarter, quarter, quarter, Math.max(1, trades - (STEPS - 1) * quarter)],
  };
}

function stillMinute({ volume, bought, trades }: StillShares, start: number, price: number, step: number): Bar {
  return { start, open: price, high: price, low: price, close: price, volume, trades: trades[step], ...bought };
}

function tradeOf(instrument: string, walked: number, bar: Bar, price: number, step: number): Trade {
  const ts = bar.start + Math.floor((step * (walked - 1)) / (STEPS - 1));
  const size = bar.volume / STEPS;
  return { type: 'trade', instrument, ts, price, size, side: undefined, id: `${bar.start}.${step}` };
}
