import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { Engine } from '../engine/engine.ts';
import type { Bar, BookEvent, FeedEvent, Trade } from '../engine/market/events.ts';
import { createManualClock, type ManualClock } from '../test/doubles/manual-clock.ts';
import { createIngestFeed, type IngestFeed } from './ingest.ts';
import type { ToldBars } from './ingest-minutes.ts';

const MINUTE = 60_000;
/** Ten seconds into a minute. */
const T0 = 1_700_000_050_000;
const START = 1_700_000_040_000;

let time: ManualClock;
let feed: IngestFeed;
let events: FeedEvent[];
let stored: (ToldBars & { instrument: string })[];
beforeEach(() => {
  time = createManualClock(T0);
  feed = createIngestFeed({ clock: time.clock });
  events = [];
  stored = [];
  feed.onBars((instrument, told) => stored.push({ instrument, ...told }));
  feed.onListed(({ symbol }) => feed.watch([symbol]));
  feed.start((event) => events.push(event));
});

const post = (value: unknown) => feed.post(value, { now: time.now(), aheadMs: 60_000 });
const state = (open: number, high: number, low: number, close: number, volume: number, at = time.now()) => ({
  ...{ stock_symbol: 'AAPL', opening_price: open, high, low, closing_price: close, volume, timestamp: at / 1000 },
});
const trades = () => events.filter((event): event is Trade => event.type === 'trade');
const prices = () => trades().map(({ price, size }) => [price, size]);

/** The open bar of a minute as the engine makes it of what was told. */
function openBar(): Bar | undefined {
  const engine = new Engine();
  for (const event of events) engine.apply(event);
  return engine.barsOf('ingest:aapl', MINUTE, 1).open;
}

describe('the state of a running minute', () => {
  it('comes as its open, the nearer extreme, the other one and its close, which has the volume', () => {
    expect(post(state(100, 104, 99, 101, 500))).toBeUndefined();
    expect(prices()).toEqual([
      [100, 0],
      [99, 0],
      [104, 0],
      [101, 500],
    ]);
    expect(trades()[0]).toMatchObject({ instrument: 'ingest:aapl', ts: T0, side: undefined });
  });

  it('adds only what is new: extremes beyond the known ones, the close, and the volume since', async () => {
    post(state(100, 104, 99, 101, 500));
    events.length = 0;
    await time.advance(5_000);
    post(state(100, 105, 99, 103, 700));
    expect(prices()).toEqual([
      [105, 0],
      [103, 200],
    ]);
    expect(trades()[0].ts).toBe(T0 + 5_000);
  });

  it('has the time at which it came, within the minute that it names', async () => {
    await time.advance(7_500);
    post(state(100, 100, 100, 100, 1, START));
    await time.advance(START + MINUTE + 500 - time.now());
    post(state(100, 101, 100, 101, 2, START));
    expect(trades().map(({ ts }) => ts)).toEqual([T0 + 7_500, START + MINUTE - 1]);
  });

  it('tells nothing where it comes again, and takes nothing back where it tells less', () => {
    post(state(100, 104, 99, 101, 500));
    const told = events.length;
    expect(post(state(100, 104, 99, 101, 500))).toBeUndefined();
    expect(post(state(100, 102, 100, 101, 400))).toBeUndefined();
    expect(events).toHaveLength(told);
    expect(feed.status().counters).toMatchObject({ duplicates: 2, malformed: 0 });
  });

  it('begins anew with the next minute, whose volume counts from nothing', async () => {
    post(state(100, 104, 99, 101, 500));
    events.length = 0;
    await time.advance(MINUTE);
    post(state(101, 101, 101, 101, 30));
    expect(prices()).toEqual([[101, 30]]);
  });

  it('is late once its minute is closed, a second after its end', async () => {
    post(state(100, 104, 99, 101, 500));
    await time.advance(START + MINUTE + 999 - T0);
    expect(post(state(100, 104, 99, 102, 510, T0 + 30_000))).toBeUndefined();
    await time.advance(1);
    expect(post(state(100, 104, 99, 103, 520, T0 + 40_000))).toMatch(/^late: its minute is closed/);
  });

  it('makes the bar that its states describe, in whatever order they come', () => {
    const number = fc.integer({ min: 1, max: 50 });
    const step = fc.record({
      prices: fc.array(number, { minLength: 4, maxLength: 4 }),
      volume: number,
      second: number,
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
        const own = createIngestFeed({ clock: time.clock });
        const engine = new Engine();
        own.onListed(({ symbol }) => own.watch([symbol]));
        own.start((event) => engine.apply(event));
        const told = steps.map(({ prices: some, volume, second }) => {
          const [open, close] = some;
          return state(open, Math.max(...some), Math.min(...some), close, volume, START + second * 1000);
        });
        for (const each of told) expect(own.post(each, { now: START + MINUTE, aheadMs: 0 })).toBeUndefined();
        const newest = Math.max(...told.map((each) => each.timestamp));
        expect(engine.barsOf('ingest:aapl', MINUTE, 1).open).toMatchObject({
          open: told[0].opening_price,
          high: Math.max(...told.map((each) => each.high)),
          low: Math.min(...told.map((each) => each.low)),
          close: told.filter((each) => each.timestamp === newest).at(-1)?.closing_price,
          volume: Math.max(...told.map((each) => each.volume)),
        });
      }),
    );
  });
});

describe('trades that are handed in', () => {
  const trade = (price: number, more: object = {}) => ({ symbol: 'AAPL', ts: time.now(), price, size: 2, ...more });

  it('pass on as they are, one that is sent again once', () => {
    post(trade(10, { id: 'a', side: 'buy' }));
    post(trade(10, { id: 'a', side: 'buy' }));
    post(trade(11));
    expect(trades()).toMatchObject([
      { instrument: 'ingest:aapl', ts: T0, price: 10, size: 2, side: 'buy', id: 'a' },
      { price: 11, side: undefined },
    ]);
    expect(openBar()).toMatchObject({ start: START, open: 10, close: 11, volume: 4, trades: 2 });
  });

  it('count once beside a state that counts them too', () => {
    post(trade(10));
    post(state(10, 10, 10, 10, 3));
    expect(openBar()).toMatchObject({ volume: 3 });
  });
});

describe('minutes that are over', () => {
  it('are stored as bars of all that was told of them, and shown to the engine where they are not old', async () => {
    const at = START - 10 * MINUTE;
    post(state(100, 104, 99, 101, 500, at + 5_000));
    post(state(100, 106, 99, 105, 900, at + 50_000));
    post(state(50, 50, 50, 50, 1, START - 1000 * MINUTE));
    await time.advance(499);
    expect(stored).toEqual([]);
    await time.advance(1);
    expect(trades()).toEqual([]);
    const bar = { start: at, open: 100, high: 106, low: 99, close: 105, volume: 900 };
    expect(stored).toMatchObject([{ instrument: 'ingest:aapl', interval: MINUTE, bars: [{ volume: 1 }, bar] }]);
    expect(events).toMatchObject([{ type: 'bars', instrument: 'ingest:aapl', interval: MINUTE, bars: [bar] }]);
  });

  it('are corrected by a whole bar, also after they were told live', async () => {
    post(state(100, 104, 99, 101, 500));
    await time.advance(2 * MINUTE);
    expect(post({ ...state(100, 110, 90, 95, 800, START), interval: '1m' })).toBeUndefined();
    await time.advance(500);
    expect(stored).toMatchObject([{ interval: MINUTE, bars: [{ start: START, high: 110, close: 95, volume: 800 }] }]);
  });

  it('come as days too, however old', async () => {
    const day = Date.UTC(1999, 4, 3);
    post({ ...state(1, 3, 1, 2, 9, day), interval: '1d' });
    await time.advance(500);
    expect(stored).toMatchObject([
      { interval: 86_400_000, bars: [{ start: day, open: 1, high: 3, low: 1, close: 2 }] },
    ]);
  });
});

describe('an order book that is handed in', () => {
  const level = (order_type: string, price: number, quantity: number) => ({
    ...{ data_type: 'order_book', timestamp: time.now() / 1000, stock_symbol: 'AAPL', order_type, price, quantity },
  });
  const books = () => events.filter((event): event is BookEvent => event.type === 'book');
  const sides = ({ bids, asks }: BookEvent) => [[...bids.prices], [...bids.sizes], [...asks.prices], [...asks.sizes]];

  it('has a level for each price, best first, without those of size 0', async () => {
    for (const [price, size] of [
      [99, 5],
      [98, 7],
      [99, 6],
      [97, 1],
      [97, 0],
    ])
      post(level('buy', price, size));
    post(level('sell', 101, 2));
    await time.advance(100);
    const [last] = books().slice(-1);
    expect(last).toMatchObject({ instrument: 'ingest:aapl', ts: T0 });
    expect(sides(last)).toEqual([[99, 98], [6, 7], [101], [2]]);
  });

  it('loses the levels that a new one crosses', async () => {
    for (const price of [101, 102, 103]) post(level('sell', price, 1));
    post(level('buy', 102, 4));
    await time.advance(100);
    expect(sides(books().at(-1)!)).toEqual([[102], [4], [103], [1]]);
  });

  it('is told ten times a second at most, with what came last', async () => {
    for (let i = 1; i <= 50; i++) {
      post(level('buy', 90, i));
      await time.advance(10);
    }
    await time.advance(100);
    expect(books().length).toBeLessThanOrEqual(6);
    expect(books().at(-1)?.bids.sizes[0]).toBe(50);
  });
});

describe('what is told besides', () => {
  it('comes as facts, of the symbol or of none', () => {
    post({
      data_type: 'news_sentiment',
      timestamp: T0 / 1000,
      stock_symbol: 'AAPL',
      sentiment_score: 0.4,
      sentiment_magnitude: 1,
    });
    post({ data_type: 'economic_indicator', timestamp: T0 / 1000, indicator_name: 'GDP Growth Rate', value: 2.1 });
    expect(events).toEqual([
      { type: 'fact', name: 'sentiment', instrument: 'ingest:aapl', ts: T0, value: 0.4 },
      { type: 'fact', name: 'sentiment_magnitude', instrument: 'ingest:aapl', ts: T0, value: 1 },
      { type: 'fact', name: 'gdp_growth_rate', instrument: undefined, ts: T0, value: 2.1 },
    ]);
  });
});

describe('the venue', () => {
  it('tells of each new symbol once, and lists those of before', async () => {
    const own = createIngestFeed({ clock: time.clock });
    const listed: string[] = [];
    own.onListed(({ instrument }) => listed.push(instrument));
    own.remember(['msft']);
    for (const symbol of ['AAPL', 'msft', 'aapl'])
      own.post({ symbol, ts: T0, price: 1, size: 1 }, { now: T0, aheadMs: 0 });
    expect(listed).toEqual(['ingest:aapl']);
    expect(await own.instruments()).toMatchObject([
      { symbol: 'msft', kind: 'stock', quote: 'usd', active: true },
      { symbol: 'aapl' },
    ]);
  });

  it('keeps what comes of a symbol until it is watched, behind the end of its gap', () => {
    const own = createIngestFeed({ clock: time.clock });
    const told: FeedEvent[] = [];
    own.start((event) => told.push(event));
    own.post({ symbol: 'x', ts: T0, price: 1, size: 1 }, { now: T0, aheadMs: 0 });
    own.post({ symbol: 'x', ts: T0, price: 2, size: 1 }, { now: T0, aheadMs: 0 });
    expect(told).toEqual([]);
    own.resume('x', T0 - 5, undefined);
    own.watch(['x']);
    expect(told).toMatchObject([
      { type: 'gap', instrument: 'ingest:x', open: false, from: T0 - 5, ts: T0 },
      { type: 'trade', price: 1 },
      { type: 'trade', price: 2 },
    ]);
  });

  describe('after a kill', () => {
    const traded = (ts: number, price: number, size: number, id: string): Trade => ({
      ...{ type: 'trade', instrument: 'ingest:aapl', ts, price, size, side: undefined, id },
    });

    /** A feed that takes up what an earlier run stored, and is watched when `open` is called. */
    function restarted(stored: readonly Trade[]) {
      const own = createIngestFeed({ clock: time.clock });
      events = [];
      own.remember(['aapl'], async function* missed() {
        for (const trade of stored) yield [trade];
      });
      own.start((event) => events.push(event));
      const send = (value: unknown) => own.post(value, { now: time.now(), aheadMs: 60_000 });
      async function open(): Promise<void> {
        own.resume('aapl', START - MINUTE, undefined);
        own.watch(['aapl']);
        await time.advance(0);
      }
      return { send, open };
    }

    it('passes on the trades that no bar holds before the end of the gap, and what came meanwhile behind it', async () => {
      const { send, open } = restarted([traded(START - 5_000, 9, 1, 'a'), traded(START, 10, 2, 'b')]);
      send({ symbol: 'aapl', ts: T0, price: 11, size: 4, id: 'c' });
      const opened = open();
      send({ symbol: 'aapl', ts: T0, price: 12, size: 8, id: 'd' });
      await opened;
      expect(events.map((event) => (event.type === 'trade' ? event.id : event.type))).toEqual([
        'a',
        'b',
        'gap',
        'c',
        'd',
      ]);
      expect(openBar()).toMatchObject({ start: START, open: 10, close: 12, volume: 14, trades: 3 });
    });

    it('takes none of them twice that is sent again, before or after', async () => {
      const { send, open } = restarted([traded(START, 10, 2, 'a'), traded(START, 10, 2, 'b')]);
      send({ symbol: 'aapl', ts: START, price: 10, size: 2, id: 'a' });
      await open();
      send({ symbol: 'aapl', ts: START, price: 10, size: 2, id: 'b' });
      expect(openBar()).toMatchObject({ volume: 4, trades: 2 });
    });

    it('adds to a minute whose state is told only what is new in it, before or after', async () => {
      const stored = [traded(START, 100, 0, '1-1'), traded(START, 101, 500, '1-2')];
      const after = restarted(stored);
      await after.open();
      after.send(state(100, 103, 100, 102, 700));
      expect(openBar()).toMatchObject({ open: 100, high: 103, close: 102, volume: 700 });
      const before = restarted(stored);
      before.send(state(100, 103, 100, 102, 700));
      await before.open();
      expect(openBar()).toMatchObject({ open: 100, high: 103, close: 102, volume: 700 });
    });
  });

  it('refuses a symbol’s items while too many of it wait, and symbols that are too many', () => {
    const own = createIngestFeed({ clock: time.clock });
    const send = (symbol: string) => own.post({ symbol, ts: T0, price: 1, size: 1 }, { now: T0, aheadMs: 0 });
    const reasons = new Set(Array.from({ length: 10_001 }, () => send('x')));
    expect([...reasons]).toEqual([undefined, 'x is still being loaded: send it again later']);
    for (let i = 1; i < 2_000; i++) expect(send(`y${i}`)).toBeUndefined();
    expect(send('z')).toBe('there are 2000 symbols already, and that is the most');
  });

  it('is idle, and no news, until somebody hands something in or FEEDS names it', () => {
    const own = createIngestFeed({ clock: time.clock });
    expect(own.isIdle?.()).toBe(true);
    expect(createIngestFeed({ clock: time.clock, named: true }).isIdle?.()).toBe(false);
    own.post({ symbol: 'x', ts: T0, price: 1, size: 1 }, { now: T0, aheadMs: 0 });
    expect(own.isIdle?.()).toBe(false);
    expect(own.status().state).toBe('down');
    own.start(() => undefined);
    expect(own.status()).toMatchObject({ venue: 'ingest', state: 'live', lastMessageAt: T0 });
  });
});
