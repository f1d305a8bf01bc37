import { describe, expect, it } from 'vitest';
import { isSoundBook } from '../engine/market/book.ts';
import type { BookEvent, FactEvent, FeedEvent, Trade } from '../engine/market/events.ts';
import { createManualClock } from '../test/doubles/manual-clock.ts';
import { isSession } from './sim/new-york.ts';
import { createNews } from './sim/news.ts';
import { createSimFeed, type SimOptions } from './sim.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A Tuesday. */
const START = Date.UTC(2026, 2, 3, 15);

function run(symbols: readonly string[], start = START, options: Partial<SimOptions> = {}) {
  const time = createManualClock(start);
  const events: FeedEvent[] = [];
  const feed = createSimFeed({ seed: 'test', tradesPerMinute: 2, ...options, clock: time.clock });
  feed.start((event) => events.push(event));
  feed.watch(symbols);
  const facts = (name: string) =>
    events.filter((event): event is FactEvent => event.type === 'fact' && event.name === name);
  return { time, feed, events, facts };
}

describe('facts of a perpetual', () => {
  it('come at their times: funding every eight hours, mark and index every ten seconds, open interest by the minute', async () => {
    const { time, facts } = run(['btcusdt.p']);
    await time.advance(2 * HOUR);
    expect(facts('funding').map(({ ts }) => ts)).toEqual([Date.UTC(2026, 2, 3, 8), Date.UTC(2026, 2, 3, 16)]);
    for (const { value } of facts('funding')) expect(Math.abs(value)).toBeLessThan(0.002);
    expect(facts('mark')).toHaveLength(1 + 2 * 360);
    expect(facts('oi')).toHaveLength(1 + 120);
    const index = facts('index');
    for (const [i, { value, ts }] of facts('mark').entries()) {
      expect(index[i].ts).toBe(ts);
      expect(Math.abs(value / index[i].value - 1)).toBeLessThan(0.003);
    }
    expect(new Set(facts('mark').map(({ instrument }) => instrument))).toEqual(new Set(['sim:btcusdt.p']));
  });

  it('are near what is traded', async () => {
    const { time, feed, facts } = run(['ethusdt.p']);
    await time.advance(HOUR);
    const bars = await feed.history('ethusdt.p', MINUTE, START, START + HOUR);
    for (const bar of bars) {
      const mark = facts('mark').find(({ ts }) => ts === bar.start + MINUTE);
      if (mark) expect(Math.abs(mark.value / bar.close - 1)).toBeLessThan(0.003);
    }
  });
});

describe('facts of stocks and of the economy', () => {
  it('tell market value and P/E by the hour, consistent with the price', async () => {
    const { time, feed, facts } = run(['aapl']);
    await time.advance(3 * HOUR);
    const caps = facts('market_cap');
    const ratios = facts('pe_ratio');
    expect(caps.map(({ ts }) => ts)).toEqual([0, 1, 2, 3].map((hour) => START + hour * HOUR));
    const bars = await feed.history('aapl', MINUTE, START, START + 3 * HOUR);
    const price = bars[59].close;
    // 14.9 billion shares, as Apple had in 2026.
    expect(caps[1].value / price / 14.9e9).toBeCloseTo(1, 1);
    expect(ratios[1].value / ratios[0].value).toBeCloseTo(caps[1].value / caps[0].value, 2);
  });

  it('tell of the economy on its days, without an instrument, once for all', async () => {
    const { time, facts } = run(['aapl', 'btcusdt'], Date.UTC(2026, 5, 30));
    await time.advance(30 * DAY);
    const told = (name: string) => facts(name).map(({ ts }) => new Date(ts).toISOString());
    // The first Friday, the 12th and the 28th at 8:30 in New York's summer, the third Wednesday of July's meeting.
    expect(told('unemployment_rate')).toEqual(['2026-06-05T12:30:00.000Z', '2026-07-03T12:30:00.000Z']);
    expect(told('inflation_rate')).toEqual(['2026-06-12T12:30:00.000Z', '2026-07-12T12:30:00.000Z']);
    expect(told('gdp_growth_rate')).toEqual(['2026-04-28T12:30:00.000Z', '2026-07-28T12:30:00.000Z']);
    expect(told('interest_rate')).toEqual(['2026-06-17T18:00:00.000Z', '2026-07-15T18:00:00.000Z']);
    expect(facts('interest_rate')[0].instrument).toBeUndefined();
    expect(facts('interest_rate').every(({ value }) => (value * 4) % 1 === 0)).toBe(true);
  }, 30_000);

  it('are the same whenever one looks, and others for another seed', async () => {
    const from = Date.UTC(2026, 6, 3, 12);
    const first = run(['solusdt', 'btcusdt.p'], from);
    await first.time.advance(6 * HOUR);
    const second = run(['btcusdt.p', 'solusdt'], from + 2 * HOUR, { tradesPerMinute: 60 });
    await second.time.advance(4 * HOUR);
    for (const name of ['mark', 'oi', 'sentiment', 'sentiment_magnitude', 'funding']) {
      const rest = (facts: readonly FactEvent[]) => facts.filter(({ ts }) => ts > from + 2 * HOUR);
      expect(rest(second.facts(name))).toEqual(rest(first.facts(name)));
    }
    const other = run(['btcusdt.p'], from, { seed: 'other' });
    expect(other.facts('oi')).not.toEqual(first.facts('oi').slice(0, 1));
  });
});

describe('news', () => {
  it('move the price from five minutes after them on, and not before', async () => {
    const { feed } = run([]);
    const news = createNews('test', 'btc');
    const days = 250;
    const first = START / DAY - days;
    const bars = await feed.history('btcusdt', MINUTE, Math.floor(first) * DAY, START);
    const closeAt = new Map(bars.map(({ start, close }) => [start + MINUTE, Math.log(close)]));
    /** Slope of the return between two times after the news over sentiment times magnitude. */
    const slope = (from: number, to: number): number => {
      let [xy, xx] = [0, 0];
      for (let day = Math.floor(first) + 1; day < START / DAY - 1; day++) {
        for (const { ts, sentiment, magnitude } of news(day)) {
          const x = sentiment * magnitude;
          const move = closeAt.get(ts + to * MINUTE)! - closeAt.get(ts + from * MINUTE)!;
          xy += x * move;
          xx += x * x;
        }
      }
      return xy / xx;
    };
    // Priced in over 25 minutes; a quarter of a percent for sentiment 1 of magnitude 1.
    expect(slope(5, 30)).toBeGreaterThan(0.0015);
    expect(slope(5, 30)).toBeLessThan(0.0035);
    expect(Math.abs(slope(-20, 0))).toBeLessThan(0.0008);
    expect(Math.abs(slope(0, 4))).toBeLessThan(0.0008);
  }, 60_000);

  it('have a sentiment from -1 to 1 and a positive magnitude, told at the same moment', async () => {
    const { time, facts } = run(['ethusdt']);
    await time.advance(2 * DAY);
    expect(facts('sentiment').length).toBeGreaterThan(6);
    expect(facts('sentiment_magnitude').map(({ ts }) => ts)).toEqual(facts('sentiment').map(({ ts }) => ts));
    for (const { value } of facts('sentiment')) expect(Math.abs(value)).toBeLessThanOrEqual(1);
    for (const { value } of facts('sentiment_magnitude')) expect(value).toBeGreaterThan(0);
  }, 30_000);
});

describe('order books', () => {
  const books = (events: readonly FeedEvent[]) => events.filter((event): event is BookEvent => event.type === 'book');

  it('stand around the newest trade: who bought paid the best ask', async () => {
    const { time, feed, events } = run(['btcusdt'], START, { tradesPerMinute: 120 });
    feed.watchBook?.(['btcusdt']);
    await time.advance(5 * MINUTE);
    expect(books(events).length).toBeGreaterThan(500);
    let last: Trade | undefined;
    for (const event of events) {
      if (event.type === 'trade') last = event;
      if (event.type !== 'book') continue;
      expect(isSoundBook(event)).toBe(true);
      expect([event.bids.prices.length, event.asks.prices.length]).toEqual([50, 50]);
      if (last) expect(last.side === 'buy' ? event.asks.prices[0] : event.bids.prices[0]).toBe(last.price);
    }
  });

  it('are the same for whoever watches them, and come without trades where only they are asked for', async () => {
    const first = run(['btcusdt', 'ethusdt']);
    first.feed.watchBook?.(['ethusdt']);
    await first.time.advance(5 * MINUTE);
    const second = run([], START + 2 * MINUTE);
    second.feed.watchBook?.(['ethusdt']);
    await second.time.advance(3 * MINUTE);
    const late = books(second.events);
    expect(late.length).toBeGreaterThan(300);
    expect(second.events.every(({ type }) => type === 'book')).toBe(true);
    expect(books(first.events).filter(({ ts }) => ts >= late[0].ts)).toEqual(late);
  });
});

describe('sessions', () => {
  it.each([
    ['2026-03-06T20:59:00Z', true],
    ['2026-03-06T21:00:00Z', false],
    ['2026-03-07T16:00:00Z', false],
    // Summer time began on the 8th.
    ['2026-03-09T13:29:00Z', false],
    ['2026-03-09T13:30:00Z', true],
    ['2026-03-09T20:00:00Z', false],
    ['2026-11-02T14:29:00Z', false],
    ['2026-11-02T14:30:00Z', true],
  ])('at %s: %s', (text, isOpen) => {
    expect(isSession(Date.parse(text))).toBe(isOpen);
  });

  it('leave stocks flat outside of them where they are asked for, and coins as they are', async () => {
    const friday = Date.UTC(2026, 2, 6, 20, 55);
    const { time, feed, events } = run(['aapl', 'btcusdt'], friday, { sessions: true });
    feed.watchBook?.(['aapl']);
    await time.advance(20 * MINUTE);
    const of = (instrument: string, type: string) =>
      events.flatMap((event) =>
        event.type === type && event.instrument === instrument && 'ts' in event ? [event.ts] : [],
      );
    const close = Date.UTC(2026, 2, 6, 21);
    expect(Math.max(...of('sim:aapl', 'trade'))).toBeLessThan(close);
    expect(Math.max(...of('sim:aapl', 'book'))).toBeLessThan(close);
    expect(Math.max(...of('sim:btcusdt', 'trade'))).toBeGreaterThan(close);
    const monday = run(['aapl'], Date.UTC(2026, 2, 9, 13, 35), { sessions: true });
    const bars = await monday.feed.history('aapl', MINUTE, close - MINUTE, Date.UTC(2026, 2, 9, 13, 31));
    expect(bars[0].trades).toBeGreaterThan(0);
    expect(bars.at(-1)?.trades).toBeGreaterThan(0);
    for (const bar of bars.slice(1, -1)) expect(bar).toMatchObject({ close: bars[0].close, trades: 0, volume: 0 });
  });

  it('are not kept otherwise: stocks trade round the clock', async () => {
    const { time, events } = run(['aapl'], Date.UTC(2026, 2, 7, 3));
    await time.advance(10 * MINUTE);
    expect(events.filter(({ type }) => type === 'trade').length).toBeGreaterThan(5);
  });
});
