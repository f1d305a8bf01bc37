import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BarsEvent, BookEvent, FeedEvent, Trade } from '../engine/market/events.ts';
import { type KrakenDouble, startKrakenDouble } from '../test/doubles/kraken.ts';
import { FRAMES } from '../test/doubles/kraken-frames.ts';
import { createManualClock, type ManualClock } from '../test/doubles/manual-clock.ts';
import { mutate } from '../test/doubles/mutate-frame.ts';
import { createRandom } from '../test/doubles/random.ts';
import { createSilentLog } from '../test/doubles/silent-log.ts';
import { type Wire, watchWire } from '../test/doubles/wire.ts';
import type { Feed } from './feed.ts';
import { kraken } from './kraken.ts';
import { createVenueFeed } from './venue-feed.ts';

/** A full minute. */
const START = 1_700_000_040_000;
const MINUTE = 60_000;

let time: ManualClock;
let wire: Wire;
let venue: KrakenDouble;
let feed: Feed;
let log: ReturnType<typeof createSilentLog>;
let events: FeedEvent[];

beforeEach(async () => {
  time = createManualClock(START);
  wire = watchWire();
  venue = await startKrakenDouble(time.clock);
  log = createSilentLog();
  events = [];
  const { wsUrl, restUrl } = venue;
  feed = createVenueFeed(kraken, { wsUrl, restUrl, clock: time.clock, random: () => 0, log });
});

afterEach(async () => {
  await feed.stop();
  await venue.stop();
  wire.close();
});

/** Lets the sockets say all that they have to say, then the clock run by `step`, and so on until `check` holds. */
async function until(check: () => boolean, step = 50): Promise<void> {
  for (let turn = 0; turn < 3000; turn++) {
    await wire.quiet();
    if (check()) return;
    await time.advance(step);
  }
  throw new Error(`never came: ${JSON.stringify(feed.status())} ${JSON.stringify(events.slice(-5))}`);
}

async function live(...symbols: string[]): Promise<void> {
  feed.start((event) => events.push(event));
  feed.watch(symbols);
  await until(() => feed.status().state === 'live' && venue.subscriptions().length >= symbols.length);
}

const trades = (symbol = 'btcusd') =>
  events.filter((event): event is Trade => event.type === 'trade' && event.instrument === `kraken:${symbol}`);
const ids = (symbol = 'btcusd') => trades(symbol).map((trade) => Number(trade.id));
const books = () => events.filter((event): event is BookEvent => event.type === 'book');
const gaps = () => events.flatMap((event) => (event.type === 'gap' ? [event.open] : []));
const bars = () => events.filter((event): event is BarsEvent => event.type === 'bars');
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const asked = (what: string) => venue.requests.filter((request) => request.what === what);
const logged = (text: string) => log.lines.some((line) => JSON.stringify(line).includes(text));
const messages = (): { method: string; params: Record<string, unknown> }[] =>
  venue.inbound.map(({ text }) => JSON.parse(text));

/** The bars that an independent loop makes of what the engine was given: trades, and bars where those were too many. */
function barsOfEvents(symbol: string, until: number): unknown[] {
  const made = new Map<number, number[]>();
  for (const event of events) {
    if (event.type === 'bars')
      for (const b of event.bars) made.set(b.start, [b.open, b.high, b.low, b.close, b.volume]);
    if (event.type !== 'trade' || event.instrument !== `kraken:${symbol}`) continue;
    const start = event.ts - (event.ts % MINUTE);
    const { price, size } = event;
    const [open, high, low, , volume] = made.get(start) ?? [price, price, price, price, 0];
    made.set(start, [open, Math.max(high, price), Math.min(low, price), price, volume + size]);
  }
  const starts = [...made.keys()].filter((start) => start + MINUTE <= until).sort((a, b) => a - b);
  return starts.map((start) => [start, ...(made.get(start) ?? []).map((value) => Number(value.toFixed(8)))]);
}

/** What the venue's own list of bars says of minutes with trades. */
async function klines(wire: string): Promise<unknown[]> {
  const body = await (await fetch(`${venue.restUrl}/0/public/OHLC?pair=${wire}&interval=1`)).json();
  const [rows] = Object.values((body as { result: Record<string, (string | number)[][]> }).result);
  return rows
    .filter((row) => Number(row[7]) > 0 && (Number(row[0]) + 60) * 1000 <= time.now())
    .map((row) => [Number(row[0]) * 1000, ...[1, 2, 3, 4, 6].map((i) => Number(row[i]))]);
}

describe('subscriptions', () => {
  it('asks once for all symbols of a channel, by the names of version 2, and hears an answer for each', async () => {
    await live('btcusd', 'ethusd', 'dogeusd');
    feed.watchBook?.(['btcusd']);
    await until(() => venue.subscriptions().length === 4);
    const subscribe = (params: object) => ({ method: 'subscribe', params, req_id: expect.any(Number) });
    expect(messages()).toEqual([
      subscribe({ channel: 'trade', symbol: ['BTC/USD', 'ETH/USD', 'DOGE/USD'], snapshot: true }),
      subscribe({ channel: 'book', symbol: ['BTC/USD'], depth: 100, snapshot: true }),
    ]);
    feed.unwatch(['ethusd']);
    feed.unwatchBook?.(['btcusd']);
    await until(() => venue.subscriptions().length === 2);
    expect(venue.subscriptions()).toEqual(['trade:BTC/USD', 'trade:DOGE/USD']);
  });

  it('does not ask for what is not listed, and says so', async () => {
    feed.start((event) => events.push(event));
    feed.watch(['btcusd', 'nope', 'xbtusd']);
    await until(() => feed.status().state === 'live');
    expect(venue.subscriptions()).toEqual(['trade:BTC/USD']);
    expect(feed.status().detail).toBe(
      'nope refused: the venue does not list it; xbtusd refused: the venue does not list it',
    );
  });

  it('isolates a pair that is refused although it is listed', async () => {
    let isListed = false;
    void feed.instruments().then(() => {
      isListed = true;
    });
    await until(() => isListed);
    // Gone between the listing and the subscription.
    venue.pairs.splice(2, 1);
    feed.start((event) => events.push(event));
    feed.watch(['btcusd', 'ethusd', 'dogeusd']);
    await until(() => feed.status().state === 'live' && venue.subscriptions().length === 2);
    expect(venue.subscriptions()).toEqual(['trade:BTC/USD', 'trade:DOGE/USD']);
    expect(feed.status().detail).toBe('ethusd refused: Currency pair not supported ETH/USD');
  });

  it('replaces a socket on which a subscription is not answered', async () => {
    venue.mute(true);
    feed.start((event) => events.push(event));
    feed.watch(['btcusd']);
    await until(() => logged('was not answered'), 200);
    venue.mute(false);
    await until(() => feed.status().state === 'live', 200);
  });
});

describe('trades', () => {
  it('pass as they come, with the side of the taker; old ones of the snapshot do not', async () => {
    for (let i = 0; i < 60; i++) venue.trade('BTC/USD', 60_000, 1, { ts: START - 60_000 + i });
    await live('btcusd');
    venue.trade('BTC/USD', 64_000.1, 0.5, { ts: START + 5.25, side: 'sell' });
    await until(() => trades().length === 1);
    expect(events).toEqual([
      {
        type: 'trade',
        instrument: 'kraken:btcusd',
        ts: START + 5,
        price: 64_000.1,
        size: 0.5,
        side: 'sell',
        id: '5061',
      },
    ]);
  });

  it('are put back in order, once each, without asking; what the stream left out is fetched', async () => {
    await live('btcusd');
    const frame = (n: number) => {
      venue.trade('BTC/USD', 100 + n, 1, { send: false });
      return venue.frame('BTC/USD', venue.tradesOf('BTC/USD').slice(-1));
    };
    const [a, b, c] = [frame(1), frame(2), frame(3)];
    for (const text of [a, a, c, b, b]) venue.push(text);
    await until(() => trades().length === 3);
    expect(ids()).toEqual([5001, 5002, 5003]);
    expect(feed.status().counters.duplicates).toBe(2);
    expect(asked('Trades')).toEqual([]);
    venue.trade('BTC/USD', 9, 1, { send: false });
    venue.trade('BTC/USD', 10, 1);
    await until(() => trades().length === 5);
    expect(trades().map(({ price }) => price)).toEqual([101, 102, 103, 9, 10]);
    expect(asked('Trades')).toHaveLength(1);
  });

  it('that were missed with the socket are all there, though a page ends between trades of the same time', async () => {
    await live('btcusd');
    venue.trade('BTC/USD', 100, 1);
    await until(() => trades().length === 1);
    venue.cutAll();
    // Seven of each time: the pages of a thousand end within one.
    for (let i = 0; i < 3500; i++)
      venue.trade('BTC/USD', 101 + (i % 5), 0.1, { ts: time.now() + Math.floor(i / 7) * 0.25 });
    await until(() => feed.status().state === 'live' && ids().length === 3501);
    expect(ids()).toEqual(range(5001, 8501));
    expect(gaps()).toEqual([true, false]);
    const times = asked('Trades').map(({ at }) => at);
    expect(times.length).toBeGreaterThanOrEqual(4);
    for (const [i, at] of times.entries()) if (i > 0) expect(at - times[i - 1]).toBeGreaterThanOrEqual(1000);
  });

  it('of the snapshot close a small hole while nothing can be fetched', async () => {
    await live('btcusd');
    venue.trade('BTC/USD', 100, 1);
    await until(() => trades().length === 1);
    venue.failRest(1000, { status: 503 });
    venue.cutAll();
    for (let i = 0; i < 20; i++) venue.trade('BTC/USD', 101 + i, 1);
    await until(() => feed.status().state === 'live' && trades().length === 21);
    expect(ids()).toEqual(range(5001, 5021));
    expect(gaps()).toEqual([true, false]);
  });

  it('more than a millisecond holds a page of do not stop the filling of a hole', async () => {
    await live('btcusd');
    venue.trade('BTC/USD', 100, 1);
    await until(() => trades().length === 1);
    venue.cutAll();
    const at = time.now() + 1;
    for (let i = 0; i < 2300; i++) venue.trade('BTC/USD', 101, 1, { ts: at + Math.floor(i / 600) * 0.125 });
    await until(() => feed.status().state === 'live' && ids().length === 2301);
    expect(ids()).toEqual(range(5001, 7301));
  });

  it('make the bars that the venue has, after all kinds of damage to the stream', async () => {
    await live('btcusd');
    venue.trade('BTC/USD', 500, 1);
    await until(() => trades().length === 1);
    const random = createRandom(3);
    for (let step = 0; step < 400; step++) {
      venue.trade('BTC/USD', 500 + Math.floor(random() * 40) / 10, 0.25, {
        send: random() > 0.1,
        side: random() > 0.5 ? 'buy' : 'sell',
      });
      const last = venue.frame('BTC/USD', venue.tradesOf('BTC/USD').slice(-1));
      const what = Math.floor(random() * 60);
      if (what === 0) venue.cutAll();
      if (what === 1)
        venue.failRest(2, [{ status: 429 }, { status: 403 }, { error: 'EAPI:Rate limit exceeded' }][step % 3]);
      if (what === 2) venue.push(last);
      if (what === 3) venue.cutAll(1012);
      if (what === 4) venue.lag(step % 2 === 0 ? 700 : 0);
      if (what === 5) venue.push(venue.frame('BTC/USD', venue.tradesOf('BTC/USD').slice(-10).reverse()));
      await time.advance([100, 300, 2000][step % 3]);
      await wire.quiet();
    }
    venue.lag(0);
    venue.failRest(0, {});
    await until(() => feed.status().state === 'live', 500);
    const newest = venue.trade('BTC/USD', 501, 1);
    await until(() => ids().at(-1) === newest, 200);
    expect(ids()).toEqual(range(5001, newest));
    expect(gaps().length).toBeGreaterThan(4);
    expect(gaps()).toEqual(gaps().map((_, i) => i % 2 === 0));
    const made = barsOfEvents('btcusd', time.now());
    expect(made.length).toBeGreaterThan(4);
    expect(made).toEqual(await klines('XBTUSD'));
  });

  it('of a long time without a connection come as bars, and go on with the running minute', async () => {
    await live('btcusd');
    venue.trade('BTC/USD', 100, 1);
    await until(() => trades().length === 1);
    venue.refuseConnections(true);
    venue.cutAll();
    await until(() => feed.status().tries > 0);
    for (let i = 0; i < 21_000; i++) venue.trade('BTC/USD', 200 + (i % 7), 0.5, { ts: START + 1000 + i * 20 });
    await time.advance(START + 430_000 - time.now());
    venue.refuseConnections(false);
    await until(() => feed.status().state === 'live' && bars().length > 0, 200);
    venue.trade('BTC/USD', 999, 1);
    await until(() => trades().at(-1)?.price === 999);
    await time.advance(START + 8 * MINUTE - time.now());
    expect(bars().flatMap((event) => event.bars.map(({ start }) => start))).toEqual(
      range(0, 6).map((i) => START + i * MINUTE),
    );
    expect(barsOfEvents('btcusd', START + 7 * MINUTE)).toEqual((await klines('XBTUSD')).slice(0, 7));
    expect(new Set(ids()).size).toBe(ids().length);
  });
});

describe('the life of the socket', () => {
  it('takes heartbeats for life while nothing is traded', async () => {
    await live('btcusd');
    await until(() => time.now() > START + 120_000, 500);
    expect(feed.status()).toMatchObject({ state: 'live', counters: { reconnects: 0, unknown: 0, malformed: 0 } });
  });

  it('takes a socket without heartbeats for dead after five seconds', async () => {
    await live('btcusd');
    const since = time.now();
    venue.mute(true);
    await until(() => logged('no frame for'), 100);
    expect(time.now() - since).toBeGreaterThanOrEqual(5000);
    expect(time.now() - since).toBeLessThanOrEqual(9000);
    venue.trade('BTC/USD', 100, 1);
    venue.mute(false);
    await until(() => feed.status().state === 'live', 100);
  });

  it('changes the socket without a gap when maintenance is announced', async () => {
    await live('btcusd');
    await until(() => time.now() > START + 70_000, 1000);
    venue.trade('BTC/USD', 100, 1);
    await until(() => trades().length === 1);
    venue.status('maintenance');
    await until(() => venue.clients() === 2);
    venue.trade('BTC/USD', 101, 1);
    await until(() => venue.clients() === 1, 250);
    venue.trade('BTC/USD', 102, 1);
    await until(() => trades().length === 3);
    expect(ids()).toEqual([5001, 5002, 5003]);
    expect(gaps()).toEqual([]);
  });

  it('goes on after frames that nobody can read', async () => {
    await live('btcusd', 'ethusd');
    feed.watchBook?.(['ethusd']);
    venue.setBook('ETH/USD', [[10, 1]], [[11, 1]]);
    const random = createRandom(11);
    const all = Object.values(FRAMES);
    for (let i = 0; i < 3000; i++) {
      venue.push(mutate(all[i % all.length], random));
      if (i % 100 === 0) await time.advance(50);
    }
    venue.trade('ETH/USD', 2000, 1);
    venue.changeBook('ETH/USD', [[10, 3]], []);
    await until(() => trades('ethusd').length > 0 && books().at(-1)?.bids.sizes[0] === 3);
    expect(trades('ethusd').at(-1)).toMatchObject({ price: 2000, id: '5001' });
    for (const { price, size } of [...trades(), ...trades('ethusd')]) expect(price > 0 && size > 0).toBe(true);
    await until(() => feed.status().state === 'live', 500);
    expect(feed.status().counters.malformed).toBeGreaterThan(1000);
  });
});

describe('books', () => {
  const deep = (from: number, step: number) => range(0, 149).map((i) => [from + i * step, 1 + i] as const);

  async function liveBook(): Promise<void> {
    venue.setBook('BTC/USD', deep(60_000, -0.5), deep(60_000.5, 0.5));
    feed.start((event) => events.push(event));
    feed.watchBook?.(['btcusd']);
    await until(() => books().length === 1);
  }

  const top = () => {
    const { bids, asks } = books().at(-1)!;
    return { bid: [bids.prices[0], bids.sizes[0]], ask: [asks.prices[0], asks.sizes[0]], levels: asks.prices.length };
  };

  it('are kept to the depth that was asked for, right by every checksum while levels fall out and come back', async () => {
    await liveBook();
    expect(top()).toEqual({ bid: [60_000, 1], ask: [60_000.5, 1], levels: 50 });
    const random = createRandom(5);
    for (let i = 0; i < 600; i++) {
      const price = 60_000.5 + Math.floor(random() * 130) * 0.5;
      const size = random() < 0.5 ? 0 : Math.ceil(random() * 1e6) / 1e8;
      venue.changeBook('BTC/USD', [[60_000 - (price - 60_000.5), size]], [[price, size]]);
      if (i % 20 === 0) await time.advance(100);
    }
    venue.changeBook('BTC/USD', [[60_000, 7]], [[60_000.5, 0.00000001]]);
    await until(() => books().at(-1)?.bids.sizes[0] === 7);
    expect(top()).toMatchObject({ bid: [60_000, 7], ask: [60_000.5, 0.00000001] });
    expect(logged('a book begins anew')).toBe(false);
  });

  it.each([
    ['a checksum is wrong', (text: string) => text.replace(/"checksum":\d+/, '"checksum":1')],
    ['a change is missing', () => undefined],
    ['a size has another digit', (text: string) => text.replace(/"qty":\d/, '"qty":8')],
  ])('begin anew where %s, on the same socket', async (_what, spoil) => {
    await liveBook();
    venue.changeBook('BTC/USD', [[60_000, 5]], [], spoil);
    venue.changeBook('BTC/USD', [[59_999.5, 6]], []);
    await until(() => books().at(-1)?.bids.sizes[1] === 6, 100);
    expect(top().bid).toEqual([60_000, 5]);
    expect(logged('the checksum differs')).toBe(true);
    expect(messages().map(({ method }) => method)).toEqual(['subscribe', 'unsubscribe', 'subscribe']);
    expect(feed.status().counters.reconnects).toBe(0);
  });

  it('are dropped with the socket, and come back whole', async () => {
    await liveBook();
    venue.cutAll();
    venue.changeBook('BTC/USD', [[60_000, 9]], []);
    await until(() => books().at(-1)?.bids.sizes[0] === 9, 100);
    expect(logged('a book begins anew')).toBe(false);
  });
});
