import { describe, expect, it } from 'vitest';
import { Engine } from './engine.ts';
import type { Bar, Trade } from './market/events.ts';
import { HOUR, MINUTE } from './market/interval.ts';

const BTC = 'sim:btcusdt';
/** A whole hour. */
const T0 = 1_700_002_800_000;
const INTERVALS = [MINUTE, 3 * MINUTE, 5 * MINUTE, HOUR];

/** One every 7 s, from a quarter to the hour on. */
const trades = Array.from({ length: 400 }, (_, i): Trade => {
  const price = 100 + ((i * 37) % 41) - i / 20;
  const side = i % 3 === 0 ? 'sell' : 'buy';
  return {
    type: 'trade',
    instrument: BTC,
    ts: T0 - 15 * MINUTE + i * 7_000,
    price,
    size: 1 + (i % 5),
    side,
    id: `${i}`,
  };
});

/** The bar of an interval that `ts` falls in, by a loop over all trades up to it. */
function barAt(interval: number, ts: number): Bar {
  const start = Math.floor(ts / interval) * interval;
  let bar: Bar | undefined;
  for (const trade of trades) {
    if (trade.ts < start || trade.ts > ts || trade.ts >= start + interval) continue;
    const bought = trade.side === 'buy' ? trade.size : 0;
    const { price, size } = trade;
    if (bar === undefined) {
      bar = { start, open: price, high: price, low: price, close: price, volume: size, trades: 1, bought };
    } else {
      bar = {
        ...{ start, open: bar.open, high: Math.max(bar.high, price), low: Math.min(bar.low, price), close: price },
        ...{ volume: bar.volume + size, trades: bar.trades + 1, bought: (bar.bought ?? 0) + bought },
      };
    }
  }
  if (bar === undefined) throw new Error('nothing was traded');
  return bar;
}

/** Closed bars of an interval from the first whole one on, as they are stored when the minute of `ts` runs. */
function stored(interval: number, ts: number): Bar[] {
  const bars: Bar[] = [];
  const minute = Math.floor(ts / MINUTE) * MINUTE;
  for (let start = Math.ceil((T0 - 15 * MINUTE) / interval) * interval; start + interval <= minute; start += interval)
    bars.push(barAt(interval, start + interval - 1));
  return bars;
}

describe('bars that were open when the program stopped', () => {
  it.each([
    ['with their own history', true],
    ['with nothing but minutes', false],
  ])('are those of all their trades after the running minute was replayed, %s', (_, hasHistory) => {
    for (const cut of [150, 171, 222, 301, 399]) {
      const { ts } = trades[cut];
      const engine = new Engine();
      for (const interval of INTERVALS) {
        if (interval !== MINUTE) engine.watch(BTC, interval, 10);
        if (interval !== MINUTE && !hasHistory) continue;
        engine.apply({ type: 'bars', instrument: BTC, interval, bars: stored(interval, ts) });
      }
      const minute = Math.floor(ts / MINUTE) * MINUTE;
      for (const trade of trades) if (trade.ts >= minute && trade.ts <= ts) engine.apply(trade);
      for (const interval of INTERVALS) {
        expect(engine.barsOf(BTC, interval, 1).open).toEqual(barAt(interval, ts));
      }
    }
  });

  it.each([
    ['with their own history', true],
    ['with nothing but minutes', false],
  ])('close as those of all their trades, whenever the next one comes, %s', (_, hasHistory) => {
    for (const cut of [150, 171, 222]) {
      const { ts } = trades[cut];
      const minute = Math.floor(ts / MINUTE) * MINUTE;
      const engine = new Engine();
      for (const interval of INTERVALS) {
        if (interval !== MINUTE) engine.watch(BTC, interval, 10);
        if (interval !== MINUTE && !hasHistory) continue;
        engine.apply({ type: 'bars', instrument: BTC, interval, bars: stored(interval, ts) });
      }
      const closed = engine.apply({ type: 'clock', ts: minute + HOUR });
      for (const interval of INTERVALS.slice(1)) {
        const bar = closed.find((event) => event.type === 'bar-closed' && event.interval === interval);
        const start = Math.floor(minute / interval) * interval;
        if (start === minute) continue;
        expect(bar).toMatchObject({ bar: barAt(interval, minute - 1) });
      }
    }
  });
});
