import { describe, expect, it } from 'vitest';
import type { FeedEvent, Trade } from '../engine/market/events.ts';
import { createManualClock } from '../test/doubles/manual-clock.ts';
import type { MarketOrder } from './feed.ts';
import { createSimFeed, type SimOptions } from './sim.ts';

const START = Date.UTC(2026, 2, 3, 15);
const SECOND = 1000;
const MINUTE = 60_000;

function run(options: Partial<SimOptions> = {}, symbols = ['btcusdt']) {
  const time = createManualClock(START);
  const events: FeedEvent[] = [];
  const feed = createSimFeed({ seed: 'test', tradesPerMinute: 120, ...options, clock: time.clock });
  feed.start((event) => events.push(event));
  feed.watch(symbols);
  const trades = (symbol = 'btcusdt') =>
    events.filter((event): event is Trade => event.type === 'trade' && event.instrument === `sim:${symbol}`);
  return { time, feed, events, trades, order: (order: MarketOrder) => feed.order?.(order) };
}

/** The trades of the same market when nothing befalls it. */
async function undisturbed(ms: number, symbol = 'btcusdt'): Promise<readonly Trade[]> {
  const { time, trades } = run({}, [symbol]);
  await time.advance(ms);
  return trades(symbol);
}

/** By how much each price is off what it would have been, by the trade's time since the start. */
async function offs(trades: readonly Trade[], ms: number, symbol?: string): Promise<(sinceMs: number) => number> {
  const plain = new Map((await undisturbed(ms, symbol)).map(({ id, price }) => [id, price]));
  return (sinceMs) => {
    const trade = trades.find(({ ts }) => ts >= START + sinceMs);
    if (!trade) throw new RangeError(`no trade after ${sinceMs} ms`);
    return trade.price / (plain.get(trade.id) ?? Number.NaN) - 1;
  };
}

describe('a crash', () => {
  it('takes its share off the price within 20 seconds, of which half is back two minutes later and all after half an hour', async () => {
    const { time, trades, order } = run();
    await time.advance(MINUTE);
    order({ what: 'crash', symbol: 'btcusdt', size: '5%' });
    await time.advance(40 * MINUTE);
    const off = await offs(trades(), 41 * MINUTE);
    expect(off(50 * SECOND)).toBe(0);
    expect(off(MINUTE + 20 * SECOND)).toBeCloseTo(-0.05, 2);
    expect(off(MINUTE + 140 * SECOND)).toBeCloseTo(-0.0253, 2);
    expect(off(35 * MINUTE)).toBe(0);
  });

  it('has everybody sell, more than usual, and leaves other coins alone', async () => {
    const { time, trades, order } = run({}, ['btcusdt', 'ethusdt']);
    order({ what: 'crash', symbol: 'btcusdt', size: '5%' });
    await time.advance(20 * SECOND);
    const plain = await undisturbed(20 * SECOND);
    expect(new Set(trades().map(({ side }) => side))).toEqual(new Set(['sell']));
    const total = (list: readonly Trade[]) => list.reduce((sum, { size }) => sum + size, 0);
    expect(total(trades())).toBe(6 * total(plain));
    expect(trades('ethusdt')).toEqual(await undisturbed(20 * SECOND, 'ethusdt'));
  });

  it('takes the perpetual along', async () => {
    const { time, trades, order } = run({}, ['btcusdt.p']);
    order({ what: 'crash', symbol: 'btcusdt', size: '10%' });
    await time.advance(MINUTE);
    const off = await offs(trades('btcusdt.p'), MINUTE, 'btcusdt.p');
    expect(off(20 * SECOND)).toBeCloseTo(-0.1, 2);
  });

  it('shows in the history as it did in the trades', async () => {
    const { time, feed, trades, order } = run();
    order({ what: 'crash', symbol: undefined, size: '5%' });
    await time.advance(6 * MINUTE);
    const bars = await feed.history('btcusdt', MINUTE, START, START + 6 * MINUTE);
    for (const [i, bar] of bars.entries()) {
      const mine = trades().filter(({ ts }) => Math.floor((ts - START) / MINUTE) === i);
      const prices = mine.map(({ price }) => price);
      expect(bar).toEqual({
        start: START + i * MINUTE,
        open: prices[0],
        close: prices.at(-1),
        high: Math.max(...prices),
        low: Math.min(...prices),
        volume: mine.reduce((sum, { size }) => sum + size, 0),
        trades: mine.length,
        bought: mine.reduce((sum, { side, size }) => sum + (side === 'buy' ? size : 0), 0),
      });
    }
    const [whole] = await feed.history('btcusdt', 5 * MINUTE, START, START + 5 * MINUTE);
    expect(whole.low).toBe(Math.min(...bars.slice(0, 5).map(({ low }) => low)));
  });
});

describe('a pump', () => {
  it('lifts the price by its share within a minute', async () => {
    const { time, trades, order } = run();
    order({ what: 'pump', symbol: 'btcusdt', size: '8%' });
    await time.advance(2 * MINUTE);
    expect((await offs(trades(), 2 * MINUTE))(60 * SECOND)).toBeCloseTo(0.08, 2);
  });
});

describe('silence', () => {
  it('has no trade for its time, in the history either, and says nothing of a gap', async () => {
    const { time, feed, events, trades, order } = run();
    await time.advance(MINUTE);
    order({ what: 'silence', symbol: 'btcusdt', size: '2m' });
    await time.advance(4 * MINUTE);
    const plain = await undisturbed(5 * MINUTE);
    const [from, to] = [START + MINUTE + 1, START + 3 * MINUTE + 1];
    expect(trades()).toEqual(plain.filter(({ ts }) => ts < from || ts >= to));
    expect(events.some(({ type }) => type === 'gap')).toBe(false);
    const bars = await feed.history('btcusdt', MINUTE, START, START + 5 * MINUTE);
    const close = bars[1].close;
    expect(bars[2]).toEqual({
      ...{ start: START + 2 * MINUTE, open: close, high: close, low: close, close },
      ...{ volume: 0, trades: 0, bought: 0 },
    });
  });
});

describe('a gap', () => {
  it('passes nothing on for its time, then everything that was missed, between the two ends of a gap', async () => {
    const { time, feed, events, trades, order } = run({}, ['btcusdt', 'aapl']);
    await time.advance(10 * SECOND);
    const before = events.length;
    order({ what: 'gap', symbol: undefined, size: undefined });
    await time.advance(29 * SECOND);
    expect(feed.status().state).toBe('resyncing');
    const during = events.slice(before);
    expect(during.map((event) => event.type === 'gap' && event.open)).toEqual([true, true]);
    await time.advance(31 * SECOND);
    expect(feed.status().state).toBe('live');
    expect(trades()).toEqual(await undisturbed(70 * SECOND));
    const ends = events.filter((event) => event.type === 'gap' && event.instrument === 'sim:btcusdt');
    expect(ends.map((event) => event.type === 'gap' && [event.open, event.from])).toEqual([
      [true, START + 10 * SECOND + 1],
      [false, START + 10 * SECOND + 1],
    ]);
  });
});

describe('calm', () => {
  it('ends what runs: prices go back, a silence and a gap are over', async () => {
    const { time, feed, trades, order } = run();
    order({ what: 'crash', symbol: 'btcusdt', size: '5%' });
    order({ what: 'silence', symbol: 'btcusdt', size: '60m' });
    order({ what: 'gap', symbol: undefined, size: '60m' });
    await time.advance(20 * SECOND);
    order({ what: 'calm', symbol: undefined, size: undefined });
    await time.advance(2 * MINUTE);
    expect(feed.status().state).toBe('live');
    const off = await offs(trades(), 3 * MINUTE);
    expect(trades()[0].ts).toBeLessThan(START + 25 * SECOND);
    expect(off(25 * SECOND)).toBeGreaterThan(-0.026);
    expect(off(105 * SECOND)).toBe(0);
  });
});

describe('a scenario', () => {
  it('befalls the market as ordered, at a time or so long after the start', async () => {
    const { time, trades } = run({
      scenario: [
        { at: { afterMs: MINUTE }, what: 'crash', symbol: 'btcusdt', size: 0.05 },
        { at: START + 3 * MINUTE, what: 'calm', symbol: undefined, size: 0 },
      ],
    });
    await time.advance(5 * MINUTE);
    const off = await offs(trades(), 5 * MINUTE);
    expect(off(MINUTE + 20 * SECOND)).toBeCloseTo(-0.05, 2);
    expect(off(4.5 * MINUTE)).toBe(0);
  });

  it('is the same whoever asks first for its history or its trades', async () => {
    const scenario = [{ at: START + MINUTE, what: 'crash', symbol: undefined, size: 0.2 }] as const;
    const live = run({ scenario });
    await live.time.advance(10 * MINUTE);
    const later = run({ scenario }, []);
    await later.time.advance(10 * MINUTE);
    const bars = await later.feed.history('btcusdt', MINUTE, START, START + 10 * MINUTE);
    expect(bars).toEqual(await live.feed.history('btcusdt', MINUTE, START, START + 10 * MINUTE));
    expect(bars[1].low).toBe(
      Math.min(
        ...live
          .trades()
          .filter(({ ts }) => Math.floor((ts - START) / MINUTE) === 1)
          .map(({ price }) => price),
      ),
    );
  });
});
