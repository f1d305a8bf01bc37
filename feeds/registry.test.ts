import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ConfigError } from '../engine/errors.ts';
import type { BookEvent, FeedEvent, Trade } from '../engine/market/events.ts';
import { createManualClock } from '../test/doubles/manual-clock.ts';
import { MINUTE, START, type Stage, stageOptions } from '../test/stages/stage.ts';
import { createFeed, createFeeds, KNOWN_FEEDS } from './registry.ts';

/** The stages of the feeds, in `test/stages/<venue>.ts`. */
async function startStage(name: string): Promise<Stage> {
  const venue = name.split(':')[0];
  const { start } = (await import(`../test/stages/${venue}.ts`)) as { start(): Promise<Stage> };
  return start();
}

let stage: Stage | undefined;

afterEach(async () => {
  await stage?.feed.stop();
  await stage?.close();
  stage = undefined;
});

/** Lets the venue trade and the clock run, but only while nothing is under way, until `check` holds. */
async function until(check: () => boolean, turns = 3000): Promise<void> {
  await stage?.quiet();
  for (let turn = 0; turn < turns && !check(); turn++) {
    stage?.trade?.();
    await stage?.time.advance(100);
    await stage?.quiet();
  }
  expect(check()).toBe(true);
}

/** What comes of a promise, while the clock runs: a venue that paces its requests waits by it. */
async function settled<T>(promise: Promise<T>): Promise<T> {
  let isDone = false;
  const done = () => {
    isDone = true;
  };
  promise.then(done, done);
  for (let turn = 0; turn < 1000 && !isDone; turn++) {
    await stage?.quiet();
    if (!isDone) await stage?.time.advance(100);
  }
  return promise;
}

describe('the names of feeds', () => {
  it.each(['nowhere', 'tape', 'sim:x', 'constructor', ''])('refuses %s and says what there is', (name) => {
    const make = () => createFeed(name, stageOptions(createManualClock()));
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(`FEEDS: there is no feed ${name}; there are: ${KNOWN_FEEDS.join(', ')}`);
  });

  it.each([
    ['binanec', 'binance'],
    ['binance-usd', 'binance-usdm'],
    ['Kraken', 'kraken'],
    ['coinbse', 'coinbase'],
    ['injest', 'ingest'],
  ])('says of %s what may be meant', (name, meant) => {
    expect(() => createFeed(name, stageOptions(createManualClock()))).toThrow(
      `FEEDS: there is no feed ${name}; did you mean ${meant}? There are: sim, `,
    );
  });

  it('refuses an address that is none', () => {
    const endpoints = { binance: { wsUrl: 'nonsense' } };
    expect(() => createFeed('binance', stageOptions(createManualClock(), { endpoints }))).toThrow(/BINANCE_WS_URL/);
  });

  it.each([
    [['sim', 'binance', 'sim'], 'sim'],
    [['tape:a.ndjson', 'tape:b.ndjson'], 'tape'],
  ])('refuses %j, which has a venue twice', (names, venue) => {
    const make = () => createFeeds(names, () => stageOptions(createManualClock()));
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(`FEEDS names ${venue} twice: each venue can be there once`);
  });

  it('makes them in the order in which they are named, each with what its venue is told', () => {
    const told: string[] = [];
    const feeds = createFeeds(['binance', 'sim'], (venue) => {
      told.push(venue);
      return stageOptions(createManualClock());
    });
    expect(feeds.map((feed) => feed.venue)).toEqual(['binance', 'sim']);
    expect(told).toEqual(['binance', 'sim']);
  });

  it('refuses a tape that is not there, or a folder without any', () => {
    const make = (file: string) => () => createFeed(`tape:${file}`, stageOptions(createManualClock()));
    expect(make('/nowhere/x.ndjson')).toThrow('FEEDS: the tape /nowhere/x.ndjson cannot be read');
    const folder = mkdtempSync(join(tmpdir(), 'no-tape-'));
    expect(make(folder)).toThrow(`FEEDS: the folder ${folder} holds no tape`);
    rmSync(folder, { recursive: true });
  });

  it('has a stage for each', () => {
    const files = readdirSync(new URL('../test/stages/', import.meta.url)).filter((file) => file !== 'stage.ts');
    expect(files.sort()).toEqual(KNOWN_FEEDS.map((name) => `${name.split(':')[0]}.ts`).sort());
  });
});

describe.each(KNOWN_FEEDS)('%s', (name) => {
  it('starts, watches, unwatches and stops, each as often as one likes', async () => {
    stage = await startStage(name);
    const { feed } = stage;
    const events: FeedEvent[] = [];
    const sink = (event: FeedEvent) => events.push(event);
    const trades = () => events.filter((event): event is Trade => event.type === 'trade');
    await feed.stop();
    expect(feed.status()).toMatchObject({ venue: feed.venue, state: 'down', lastMessageAt: undefined, tries: 0 });
    feed.unwatch(['btcusdt']);
    feed.start(sink);
    feed.start(sink);
    feed.watch(['btcusdt']);
    feed.watch(['btcusdt', 'btcusdt']);
    await until(() => trades().length > 5 && feed.status().state === 'live');
    expect(feed.status().lastMessageAt).toBeLessThanOrEqual(stage.time.now());
    expect(feed.status().counters).toEqual({
      frames: expect.any(Number),
      trades: trades().length,
      duplicates: expect.any(Number),
      malformed: 0,
      unknown: 0,
      reconnects: 0,
      resyncs: 0,
    });
    feed.unwatch(['btcusdt']);
    feed.unwatch(['btcusdt']);
    const before = trades().length;
    for (let i = 0; i < 20; i++) {
      stage.trade?.();
      await stage.time.advance(200);
    }
    expect(trades()).toHaveLength(before);
    feed.watch(['btcusdt']);
    await until(() => trades().length > before);
    await feed.stop();
    await feed.stop();
    const after = events.length;
    await stage.time.advance(10_000);
    expect(events).toHaveLength(after);
    expect(feed.status().state).toBe('down');
    feed.start(sink);
    await until(() => events.length > after);
    const keys = trades().map((trade) => trade.id);
    if (name !== 'tape:<file>') expect(new Set(keys).size).toBe(keys.length);
  });

  it('gives valid trades of listed instruments, in the order of time', async () => {
    stage = await startStage(name);
    const { feed } = stage;
    const trades: Trade[] = [];
    feed.start((event) => {
      if (event.type === 'trade') trades.push(event);
    });
    feed.watch(['btcusdt']);
    await until(() => trades.length > 20);
    const infos = await settled(feed.instruments());
    const info = infos.find(({ symbol }) => symbol === 'btcusdt');
    expect(info).toMatchObject({ base: 'btc', quote: 'usdt', kind: stage.kind ?? 'spot', active: true });
    for (const [i, trade] of trades.entries()) {
      expect(trade.instrument).toBe(info?.instrument);
      expect(trade.price).toBeGreaterThan(0);
      expect(trade.size).toBeGreaterThan(0);
      expect([undefined, 'buy', 'sell']).toContain(trade.side);
      if (i > 0) expect(trade.ts).toBeGreaterThanOrEqual(trades[i - 1].ts);
    }
  });

  it('tells what was traded in a day, in the quote, where its venue says so', async () => {
    stage = await startStage(name);
    const { feed, volume } = stage;
    feed.start(() => undefined);
    const infos = await settled(feed.instruments());
    expect(infos.find(({ symbol }) => symbol === 'btcusdt')?.volume).toBe(volume);
  });

  it('gives history within the bounds, oldest first, without the open bar', async () => {
    stage = await startStage(name);
    const { feed, time } = stage;
    let count = 0;
    feed.start(() => {
      count++;
    });
    feed.watch(['btcusdt']);
    await until(() => count > 300 || (stage?.trade !== undefined && count > 5));
    const bars = await settled(feed.history('btcusdt', MINUTE, START + MINUTE, time.now() + MINUTE));
    expect(bars.length).toBeGreaterThan(0);
    for (const [i, bar] of bars.entries()) {
      expect(bar.start % MINUTE).toBe(0);
      expect(bar.start).toBeGreaterThanOrEqual(START + MINUTE);
      expect(bar.start + MINUTE).toBeLessThanOrEqual(time.now());
      expect(bar.low).toBeLessThanOrEqual(Math.min(bar.open, bar.close));
      expect(bar.high).toBeGreaterThanOrEqual(Math.max(bar.open, bar.close));
      if (i > 0) expect(bar.start).toBe(bars[i - 1].start + MINUTE);
    }
    expect(await settled(feed.history('btcusdt', MINUTE, START + MINUTE, START + 2 * MINUTE))).toHaveLength(1);
  });

  it('gives books, sorted and not crossed, while they are watched, at most ten a second', async () => {
    stage = await startStage(name);
    const { feed } = stage;
    if (!feed.watchBook) {
      expect(stage.book).toBeUndefined();
      return;
    }
    const books: { at: number; event: BookEvent }[] = [];
    feed.start((event) => {
      if (event.type === 'book') books.push({ at: stage?.time.now() ?? 0, event });
    });
    feed.watch(['btcusdt']);
    feed.watchBook(['btcusdt']);
    // A child process of ccxt paces its books by the machine's time: as many turns as take that long.
    await until(() => {
      for (let i = 0; i < 5; i++) stage?.book?.();
      return books.length > 30;
    }, 60_000);
    await stage.quiet();
    for (const [i, { at, event }] of books.entries()) {
      expect(event.instrument).toBe(`${feed.venue}:btcusdt`);
      const [bids, asks] = [[...event.bids.prices], [...event.asks.prices]];
      expect(bids).toEqual([...bids].sort((a, b) => b - a));
      expect(asks).toEqual([...asks].sort((a, b) => a - b));
      expect(bids[0]).toBeLessThan(asks[0]);
      expect(Math.min(...event.bids.sizes, ...event.asks.sizes)).toBeGreaterThan(0);
      expect(books.filter((other) => other.at >= at && other.at < at + 1000).length).toBeLessThanOrEqual(10);
      if (i > 0) expect(event.ts).toBeGreaterThanOrEqual(books[i - 1].event.ts);
    }
    expect(feed.status().counters).toMatchObject({ malformed: 0, unknown: 0 });
    feed.unwatchBook?.(['btcusdt']);
    const told = books.length;
    for (let i = 0; i < 20; i++) {
      stage.book?.();
      await stage.time.advance(100);
    }
    expect(books).toHaveLength(told);
  });
});
