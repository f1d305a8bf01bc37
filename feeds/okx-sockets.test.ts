import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BookEvent, FeedEvent, Trade } from '../engine/market/events.ts';
import { createManualClock, type ManualClock } from '../test/doubles/manual-clock.ts';
import { mutate } from '../test/doubles/mutate-frame.ts';
import { type OkxDouble, startOkxDouble } from '../test/doubles/okx.ts';
import { createRandom } from '../test/doubles/random.ts';
import { createSilentLog } from '../test/doubles/silent-log.ts';
import { type Wire, watchWire } from '../test/doubles/wire.ts';
import type { Feed } from './feed.ts';
import { okx } from './okx.ts';
import { createVenueFeed } from './venue-feed.ts';

/** A full minute. */
const START = 1_700_000_040_000;
const MINUTE = 60_000;

let time: ManualClock;
let wire: Wire;
let venue: OkxDouble;
let feed: Feed;
let log: ReturnType<typeof createSilentLog>;
let events: FeedEvent[];

beforeEach(async () => {
  time = createManualClock(START);
  wire = watchWire();
  venue = await startOkxDouble({ now: time.now });
  log = createSilentLog();
  events = [];
  const { wsUrl, restUrl } = venue;
  feed = createVenueFeed(okx, { wsUrl, restUrl, clock: time.clock, random: () => 0, log });
});

afterEach(async () => {
  await feed.stop();
  await venue.stop();
  wire.close();
});

/** Lets the sockets say all that they have to say, then the clock run by `step`, and so on until `check` holds. */
async function until(check: () => boolean, step = 10): Promise<void> {
  for (let turn = 0; turn < 5000; turn++) {
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

const of = <T extends FeedEvent['type']>(type: T) =>
  events.filter((event): event is Extract<FeedEvent, { type: T }> => event.type === type);
const trades = (): Trade[] => of('trade');
const ids = () => trades().map(({ id }) => Number(id));
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const said = (text: string) => venue.inbound.filter((one) => one.text.includes(text));

describe('an order book', () => {
  const books = () => of('book') as BookEvent[];
  const levels = ({ prices, sizes }: BookEvent['bids']) => [...prices].map((price, i) => [price, sizes[i]]);

  beforeEach(async () => {
    venue.book('BTC-USDT').set(
      [
        [99, 1],
        [98, 2],
      ],
      [[101, 3]],
    );
    await live('btcusdt');
    feed.watchBook?.(['btcusdt']);
    await until(() => books().length === 1 && feed.status().state === 'live');
  });

  it('follows its changes, where nothing changed too, and where the numbers begin anew', async () => {
    venue.changeBook('BTC-USDT', [[99, 0]], []);
    venue.tell('books:BTC-USDT', venue.book('BTC-USDT').keepAlive(time.now()));
    venue.tell('books:BTC-USDT', venue.book('BTC-USDT').reset([[97, 4]], [], time.now()));
    venue.changeBook('BTC-USDT', [], [[100, 5]]);
    await until(() => books().at(-1)?.asks.prices[0] === 100);
    expect(levels(books().at(-1)!.bids)).toEqual([
      [98, 2],
      [97, 4],
    ]);
    expect(levels(books().at(-1)!.asks)).toEqual([
      [100, 5],
      [101, 3],
    ]);
    expect(said('"books"')).toHaveLength(1);
  });

  it('is subscribed anew where a change is missing, not where one comes twice', async () => {
    const twice = venue.changeBook('BTC-USDT', [[99, 5]], []);
    venue.push(twice);
    await until(() => books().at(-1)?.bids.sizes[0] === 5);
    expect(said('"books"')).toHaveLength(1);
    venue.book('BTC-USDT').change([[99, 7]], [], time.now());
    venue.changeBook('BTC-USDT', [[98, 8]], []);
    await until(() => books().at(-1)?.bids.sizes[1] === 8);
    expect(levels(books().at(-1)!.bids)).toEqual([
      [99, 7],
      [98, 8],
    ]);
    expect(said('"books"').map(({ text }) => JSON.parse(text).op)).toEqual(['subscribe', 'unsubscribe', 'subscribe']);
    expect(feed.status().counters.reconnects).toBe(0);
  });

  it('is whole again after a change that cannot be read, and after two that were swapped', async () => {
    const broken = venue.book('BTC-USDT').change([[99, 5]], [], time.now());
    venue.tell('books:BTC-USDT', broken.replace('"99"', '"NaN"'));
    venue.changeBook('BTC-USDT', [[98, 6]], []);
    await until(() => books().at(-1)?.bids.sizes[1] === 6);
    expect(levels(books().at(-1)!.bids)).toEqual([
      [99, 5],
      [98, 6],
    ]);
    const [one, two] = [7, 8].map((size) => venue.book('BTC-USDT').change([[98, size]], [], time.now()));
    for (const text of [two, one]) venue.tell('books:BTC-USDT', text);
    await until(() => books().at(-1)?.bids.sizes[1] === 8 && feed.status().state === 'live');
  });
});

describe('a socket', () => {
  it('is kept open by a ping at least every 25 s, and replaced where nothing comes any more', async () => {
    await live('btcusdt');
    await until(() => time.now() > START + 10 * MINUTE, 5_000);
    const pings = venue.inbound.filter(({ text }) => text === 'ping').map(({ at }) => at);
    expect(pings.length).toBeGreaterThan(20);
    for (const [i, at] of pings.entries()) expect(at - (pings[i - 1] ?? START)).toBeLessThanOrEqual(25_000);
    expect(feed.status().counters).toMatchObject({ reconnects: 0, unknown: 0, malformed: 0 });
    venue.trade('BTC-USDT', 100, 1);
    await until(() => trades().length === 1);
    venue.manners.hold = true;
    venue.trade('BTC-USDT', 101, 1);
    await until(() => feed.status().state === 'stale', 1_000);
    venue.release();
    await until(() => feed.status().state === 'live');
    expect(feed.status().counters.reconnects).toBe(0);
    expect(ids()).toEqual([7001, 7002]);
    venue.manners.mute = true;
    venue.trade('BTC-USDT', 102, 1);
    const mutedAt = time.now();
    await until(() => log.lines.some(({ message }) => message === 'connection lost'), 500);
    expect(time.now() - mutedAt).toBeLessThanOrEqual(70_000);
    venue.manners.mute = false;
    await until(() => trades().length === 3, 500);
    expect(ids()).toEqual([7001, 7002, 7003]);
    expect(log.lines.find(({ message }) => message === 'connection lost')?.fields).toMatchObject({
      reason: expect.stringContaining('no frame for'),
    });
  });

  it('is changed for another before the venue cuts it for an upgrade, without a hole', async () => {
    await live('btcusdt');
    await time.advance(MINUTE + 1000);
    await wire.quiet();
    venue.push('{"event":"notice","code":"64008","msg":"The connection will soon be closed.","connId":"a4d3ae55"}');
    let most = 0;
    await until(() => {
      venue.trade('BTC-USDT', 100, 1, { fills: 2 });
      most = Math.max(most, venue.clients());
      return most === 2 && venue.clients() === 1;
    }, 100);
    const last = venue.tradesOf('BTC-USDT').length;
    venue.trade('BTC-USDT', 101, 1);
    await until(() => trades().at(-1)?.price === 101);
    expect(ids().slice(0, -1)).toEqual(range(1, last / 2).map((n) => 7000 + 2 * n));
    expect(of('gap')).toEqual([]);
    expect(venue.requests.filter(({ path }) => path.includes('trades'))).toEqual([]);
  });
});

describe('damaged frames', () => {
  it('do not stop what comes after them', async () => {
    venue.book('BTC-USDT').set([[99, 1]], [[101, 3]]);
    await live('btcusdt', 'btcusdt.p');
    feed.watchBook?.(['btcusdt']);
    await until(() => feed.status().state === 'live' && of('book').length === 1);
    const random = createRandom(7);
    const frames = [
      venue.trade('BTC-USDT-SWAP', 100, 1, { send: false }),
      '{"event":"subscribe","arg":{"channel":"trades","instId":"BTC-USDT"},"connId":"a4d3ae55"}',
      '{"event":"error","code":"60018","msg":"x","connId":"a4d3ae55"}',
      'pong',
    ];
    for (let i = 0; i < 500; i++) {
      venue.push(mutate(frames[i % frames.length], random));
      if (i % 5 === 0) venue.tell('books:BTC-USDT', mutate(venue.changeBook('BTC-USDT', [[98, i + 1]], []), random));
      if (i % 100 === 0) await time.advance(1000);
    }
    venue.trade('BTC-USDT', 100, 1);
    venue.trade('BTC-USDT-SWAP', 77, 1);
    venue.changeBook('BTC-USDT', [[97, 5]], []);
    await until(() => {
      const prices = trades().map(({ price }) => price);
      return prices.includes(77) && prices.includes(100) && feed.status().state === 'live';
    }, 100);
    venue.changeBook('BTC-USDT', [[96, 6]], []);
    await until(() => (of('book') as BookEvent[]).at(-1)?.bids.prices.includes(96) === true, 100);
    const { bids } = (of('book') as BookEvent[]).at(-1)!;
    expect([[...bids.prices], [...bids.sizes]]).toEqual([
      [99, 98, 97, 96],
      [1, 496, 5, 6],
    ]);
  });
});
