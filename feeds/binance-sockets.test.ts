import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OrderBook } from '../engine/market/book.ts';
import type { BookEvent, FeedEvent } from '../engine/market/events.ts';
import { type BinanceDouble, startBinanceDouble } from '../test/doubles/binance.ts';
import { createManualClock, type ManualClock } from '../test/doubles/manual-clock.ts';
import { createSilentLog } from '../test/doubles/silent-log.ts';
import { type Wire, watchWire } from '../test/doubles/wire.ts';
import { binance } from './binance.ts';
import { parseDepthSnapshot, parseFrame } from './binance-parse.ts';
import type { Feed } from './feed.ts';
import { createVenueFeed } from './venue-feed.ts';

const START = 1_700_000_040_000;

let time: ManualClock;
let wire: Wire;
let venue: BinanceDouble;
let feed: Feed;
let log: ReturnType<typeof createSilentLog>;
let events: FeedEvent[];

beforeEach(async () => {
  time = createManualClock(START);
  wire = watchWire();
  venue = await startBinanceDouble({ now: time.now });
  log = createSilentLog();
  events = [];
  const { wsUrl, restUrl } = venue;
  feed = createVenueFeed(binance, { wsUrl, restUrl, clock: time.clock, random: () => 0, log });
});

afterEach(async () => {
  await feed.stop();
  await venue.stop();
  wire.close();
});

async function until(check: () => boolean, step = 10): Promise<void> {
  for (let turn = 0; turn < 5000; turn++) {
    await wire.quiet();
    if (check()) return;
    await time.advance(step);
  }
  throw new Error(`never came: ${JSON.stringify(feed.status())} ${JSON.stringify(events.slice(-5))}`);
}

async function live(): Promise<void> {
  feed.start((event) => events.push(event));
  feed.watch(['btcusdt']);
  await until(() => feed.status().state === 'live' && venue.subscriptions().length === 1);
}

const ids = () => events.flatMap((event) => (event.type === 'trade' ? [Number(event.id)] : []));
const gaps = () => events.filter(({ type }) => type === 'gap');
const books = () => events.filter((event): event is BookEvent => event.type === 'book');
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const levels = ({ prices, sizes }: BookEvent['bids']) => [...prices].map((price, i) => [price, sizes[i]]);

describe('a planned change of socket', () => {
  const SHUTDOWN = '{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1}}';

  async function changed(): Promise<void> {
    let most = 0;
    await until(() => {
      venue.trade('BTCUSDT', 100, 1);
      most = Math.max(most, venue.clients());
      return most === 2 && venue.clients() === 1;
    }, 100);
    await until(() => feed.status().state === 'live');
  }

  it('loses and repeats nothing when the venue says that it restarts', async () => {
    await live();
    await time.advance(60_000);
    venue.trade('BTCUSDT', 100, 1);
    venue.push(SHUTDOWN);
    await changed();
    const newest = venue.trade('BTCUSDT', 100, 1);
    await until(() => ids().at(-1) === newest);
    expect(ids()).toEqual(range(1001, newest));
    expect(gaps()).toEqual([]);
    expect(venue.requests).toEqual([]);
    expect(feed.status().counters.reconnects).toBe(1);
    // While both ran each trade came twice.
    expect(feed.status().counters.duplicates).toBeGreaterThan(5);
  });

  it('comes before a day is over', async () => {
    await live();
    await until(() => time.now() - START > 23 * 3_600_000, 30_000);
    expect(feed.status().counters.reconnects).toBe(0);
    await until(() => venue.clients() === 2, 1000);
    expect(time.now() - START).toBeGreaterThan(23 * 3_600_000);
    expect(time.now() - START).toBeLessThan(24 * 3_600_000);
    await changed();
    expect(gaps()).toEqual([]);
  });

  it('is not made for a socket that has only just come', async () => {
    await live();
    venue.push(SHUTDOWN);
    await time.advance(20_000);
    await wire.quiet();
    expect(venue.clients()).toBe(1);
    expect(feed.status().counters.reconnects).toBe(0);
  });

  it('keeps the old socket while no new one can be had, and takes the hole of one that is cut meanwhile', async () => {
    await live();
    await time.advance(60_000);
    venue.refuseConnections(true);
    venue.push(SHUTDOWN);
    await time.advance(20_000);
    venue.trade('BTCUSDT', 100, 1);
    await until(() => ids().length === 1);
    venue.cutAll();
    venue.trade('BTCUSDT', 101, 1);
    await time.advance(1000);
    expect(feed.status().state).toBe('down');
    venue.refuseConnections(false);
    await until(() => feed.status().state === 'live', 100);
    await until(() => ids().length === 2, 100);
    expect(ids()).toEqual([1001, 1002]);
    expect(gaps()).toHaveLength(2);
  });

  it('carries books over without a word of the old socket after one of the new', async () => {
    venue.setBook('BTCUSDT', [[99, 1]], [[101, 1]]);
    await live();
    feed.watchBook?.(['btcusdt']);
    await until(() => books().length === 1);
    await time.advance(60_000);
    venue.push(SHUTDOWN);
    let size = 1;
    let most = 0;
    await until(() => {
      venue.changeBook('BTCUSDT', [[99, ++size]], []);
      most = Math.max(most, venue.clients());
      return most === 2 && venue.clients() === 1;
    }, 100);
    venue.changeBook('BTCUSDT', [[99, 0.5]], []);
    await until(() => books().at(-1)?.bids.sizes[0] === 0.5);
    const sizes = books().map(({ bids }) => bids.sizes[0]);
    expect(sizes.slice(0, -1)).toEqual([...sizes.slice(0, -1)].sort((a, b) => a - b));
    expect(log.lines.filter(({ message }) => message === 'a book begins anew')).toEqual([]);
  });
});

describe('an order book', () => {
  beforeEach(() =>
    venue.setBook(
      'BTCUSDT',
      [
        [99, 1],
        [98, 2],
      ],
      [[101, 3]],
    ),
  );

  it('is fetched while changes wait, then follows them', async () => {
    await live();
    venue.failRest(1, 500, undefined, 'depth');
    feed.watchBook?.(['btcusdt']);
    await until(() => venue.requests.length === 1);
    expect(feed.status()).toMatchObject({ state: 'resyncing', streams: { live: 1, resyncing: 1 } });
    expect(feed.status().streams?.worst[0]).toMatchObject({ name: 'book btcusdt', state: 'resyncing' });
    venue.changeBook(
      'BTCUSDT',
      [
        [99, 0],
        [97, 5],
      ],
      [],
    );
    await until(() => books().length > 0);
    venue.changeBook('BTCUSDT', [], [[100.5, 1]]);
    await until(() => books().at(-1)?.asks.prices[0] === 100.5);
    expect(levels(books().at(-1)!.bids)).toEqual([
      [98, 2],
      [97, 5],
    ]);
    expect(levels(books().at(-1)!.asks)).toEqual([
      [100.5, 1],
      [101, 3],
    ]);
    expect(feed.status()).toMatchObject({ state: 'live', streams: { live: 2, resyncing: 0, worst: [] } });
  });

  it('is fetched anew, within five seconds, where a change is missing', async () => {
    await live();
    feed.watchBook?.(['btcusdt']);
    await until(() => books().length === 1);
    venue.changeBook('BTCUSDT', [[99, 7]], [], false);
    const lostAt = time.now();
    venue.changeBook('BTCUSDT', [[98, 8]], []);
    await until(() => books().length === 2);
    expect(time.now() - lostAt).toBeLessThan(5000);
    expect(levels(books()[1].bids)).toEqual([
      [99, 7],
      [98, 8],
    ]);
    expect(venue.requests.filter(({ path }) => path.endsWith('depth'))).toHaveLength(2);
  });

  it('begins anew on a new socket, and is not told any more once nobody wants it', async () => {
    await live();
    feed.watchBook?.(['btcusdt', 'btcusdt']);
    await until(() => books().length === 1);
    venue.cutAll();
    venue.changeBook('BTCUSDT', [[99, 9]], []);
    await until(() => books().length === 2);
    expect(books()[1].bids.sizes[0]).toBe(9);
    feed.unwatchBook?.(['btcusdt']);
    await until(() => venue.subscriptions().length === 1);
    venue.changeBook('BTCUSDT', [[99, 4]], []);
    await time.advance(1000);
    expect(books()).toHaveLength(2);
  });

  const recording = new URL('../../shared/venues/binance-spot/', import.meta.url);
  it.skipIf(!existsSync(recording))('follows the recorded changes on the recorded snapshot to the end', () => {
    const symbol = 'nknusdt';
    const body = readFileSync(new URL('rest/api_v3_depth_symbol_NKNUSDT_limit_1000.json', recording), 'utf8');
    const snapshot = parseDepthSnapshot(JSON.parse(body), symbol, 1);
    const frames = readFileSync(new URL('depth.jsonl', recording), 'utf8').trim().split('\n').map(parseFrame);
    const changes = frames.flatMap((frame) =>
      frame.kind === 'book' && frame.book.instrument === 'binance:nknusdt' ? [frame.book] : [],
    );
    const book = new OrderBook();
    book.load(snapshot?.bids ?? [], snapshot?.asks ?? []);
    let last = snapshot?.last ?? Number.NaN;
    let applied = 0;
    for (const change of changes) {
      const what = binance.book?.follows(last, change, applied === 0);
      if (what === 'old') continue;
      expect(what).toBe('next');
      for (const [price, size] of change.bids) book.set('bid', price, size);
      for (const [price, size] of change.asks) book.set('ask', price, size);
      expect(book.isCrossed()).toBe(false);
      last = change.last ?? Number.NaN;
      applied++;
    }
    expect(applied).toBeGreaterThan(20);
  });
});
