import { afterEach, describe, expect, it } from 'vitest';
import type { BookEvent, FeedEvent, Trade } from '../engine/market/events.ts';
import { splitInstrument } from '../engine/market/instrument.ts';
import { watchChildren } from '../test/doubles/ccxt-child.ts';
import { type CcxtExchange, startCcxtExchange } from '../test/doubles/ccxt-exchange.ts';
import { createManualClock } from '../test/doubles/manual-clock.ts';
import { MINUTE, START, stageOptions } from '../test/stages/stage.ts';
import { installedCcxt } from './ccxt/package.ts';
import { ccxtVenues } from './ccxt/venues.ts';
import type { Feed } from './feed.ts';
import { createFeed, createFeeds } from './registry.ts';

const NOW = START + 5 * MINUTE;

let running: { readonly feed?: Feed; readonly exchange: CcxtExchange } | undefined;

afterEach(async () => {
  await running?.feed?.stop();
  await running?.exchange.stop();
  running = undefined;
});

async function setUp(id = 'double') {
  const time = createManualClock(NOW);
  const exchange = await startCcxtExchange({ now: time.now });
  const children = watchChildren(exchange);
  const { module } = exchange;
  const feed = createFeed(`ccxt:${id}`, stageOptions(time, { ccxt: { module, fork: children.fork } }));
  const events: FeedEvent[] = [];
  running = { feed, exchange };
  feed.start((event) => events.push(event));
  const trades = () => events.filter((event): event is Trade => event.type === 'trade');
  return { exchange, time, feed, events, trades, quiet: children.quiet };
}

describe('what ccxt gives', { timeout: 60_000 }, () => {
  it('is listed by symbols in lower case, perpetual swaps with .p, inverse ones and options not at all', async () => {
    const { feed, exchange } = await setUp();
    exchange.addMarket('X', { symbol: 'X/', base: undefined, quote: 'USDT', type: 'spot' });
    exchange.addMarket('OLD/USDT', { symbol: 'OLD/USDT', base: 'OLD', quote: 'USDT', type: 'spot', active: false });
    const infos = await feed.instruments();
    expect(infos.map(({ instrument, kind, tick, lot, active }) => [instrument, kind, tick, lot, active])).toEqual([
      ['ccxt:double:btcusdt', 'spot', 0.01, 0.0001, true],
      ['ccxt:double:ethusdt', 'spot', 0.01, 0.0001, true],
      ['ccxt:double:btcusdt.p', 'perpetual', 0.1, 0.001, true],
      ['ccxt:double:oldusdt', 'spot', undefined, undefined, false],
    ]);
    expect(feed.status().counters.malformed).toBe(1);
    expect(splitInstrument(infos[2].instrument)).toEqual(['ccxt:double', 'btcusdt.p']);
  });

  it('has trades without price, size or time counted, repeats and what was traded before left out', async () => {
    const { feed, exchange, quiet, trades } = await setUp();
    feed.watch(['btcusdt']);
    await quiet();
    const good = { id: '7', timestamp: NOW, price: 100, amount: 2, side: 'sell' };
    exchange.stream('trades BTC/USDT', [
      { ...good, id: '1', timestamp: NOW - MINUTE },
      good,
      { ...good, id: '8', price: undefined },
      { ...good, id: '9', amount: Number.NaN },
      { ...good, id: '10', timestamp: undefined },
      { ...good, id: '11', amount: 0 },
      undefined,
      { ...good, id: '12', timestamp: NOW + 2, side: undefined },
      { ...good, id: '13', timestamp: NOW + 1 },
      good,
    ]);
    await quiet();
    expect(trades().map(({ id, ts, side }) => [id, ts - NOW, side])).toEqual([
      ['7', 0, 'sell'],
      ['13', 1, 'sell'],
      ['12', 2, undefined],
    ]);
    expect(feed.status().counters).toMatchObject({ malformed: 5, duplicates: 1, trades: 3 });
  });

  it('keeps equal trades without ids apart, and meets them again after a loss', async () => {
    const { feed, exchange, quiet, trades, time } = await setUp();
    feed.watch(['btcusdt']);
    await quiet();
    for (let i = 0; i < 3; i++) exchange.trade('BTC/USDT', 100, 1, { id: undefined });
    await quiet();
    expect(trades()).toHaveLength(3);
    exchange.cut();
    exchange.trade('BTC/USDT', 101, 1, { id: undefined });
    for (let i = 0; i < 80; i++) {
      await quiet();
      await time.advance(250);
    }
    expect(trades().map(({ price }) => price)).toEqual([100, 100, 100, 101]);
  });

  it.each([
    ['coinbase', 'sell'],
    ['double', 'buy'],
  ])('has the side of the taker on %s', async (id, side) => {
    const { feed, exchange, quiet, trades } = await setUp(id);
    feed.watch(['btcusdt']);
    await quiet();
    exchange.trade('BTC/USDT', 100, 1, { side: 'buy' });
    await quiet();
    expect(trades().map((trade) => trade.side)).toEqual([side]);
  });

  it('counts contracts of 0.001 BTC as what they are in trades, bars and books', async () => {
    const { feed, exchange, quiet, trades, events, time } = await setUp();
    feed.watch(['btcusdt.p']);
    feed.watchBook?.(['btcusdt.p']);
    await quiet();
    exchange.trade('BTC/USDT:USDT', 60_000, 1500);
    exchange.stream('book BTC/USDT:USDT', [{ bids: [[59_999, 2000]], asks: [[60_001, 500]] }]);
    await quiet();
    expect(trades().map(({ size }) => size)).toEqual([1.5]);
    const books = events.filter((event): event is BookEvent => event.type === 'book');
    expect(books.map(({ ts, bids, asks }) => [ts, ...bids.sizes, ...asks.sizes])).toEqual([[NOW, 2, 0.5]]);
    await time.advance(MINUTE);
    const bars = await feed.history('btcusdt.p', MINUTE, NOW, NOW + MINUTE);
    expect(bars.map(({ volume }) => volume)).toEqual([1.5]);
  });

  it('has bars of several pages, with flat ones where nothing was traded', async () => {
    const { feed, exchange } = await setUp();
    for (let i = -250; i < 0; i++) {
      if (i % 10 !== 0) exchange.trade('BTC/USDT', 1000 + i, 1, { timestamp: NOW + i * MINUTE, quiet: true });
    }
    const bars = await feed.history('btcusdt', MINUTE, NOW - 249 * MINUTE, NOW + 10 * MINUTE);
    expect(bars).toHaveLength(249);
    for (const [i, bar] of bars.entries()) {
      const at = i - 249;
      const price = at % 10 === 0 ? 1000 + at - 1 : 1000 + at;
      const flat = { open: price, high: price, low: price, close: price, volume: at % 10 === 0 ? 0 : 1 };
      expect(bar).toMatchObject({ start: NOW + at * MINUTE, ...flat });
    }
    expect(exchange.requests.filter((path) => path.startsWith('/ohlcv'))).toHaveLength(3);
  });

  it('has books that cross, or whose levels are no numbers, counted and not told', async () => {
    const { feed, exchange, quiet, events } = await setUp();
    feed.watchBook?.(['btcusdt']);
    await quiet();
    exchange.stream('book BTC/USDT', [{ bids: [[101, 1]], asks: [[100, 1]] }]);
    await quiet();
    expect(feed.status().counters.malformed).toBe(1);
    expect(events).toEqual([]);
  });

  it('says which symbols the venue does not list, and goes on with the others', async () => {
    const { feed, exchange, quiet, trades } = await setUp();
    feed.watch(['nousdt', 'btcusdt']);
    await quiet();
    exchange.trade('BTC/USDT', 100, 1);
    await quiet();
    expect(trades()).toHaveLength(1);
    expect(feed.status()).toMatchObject({ state: 'live', detail: 'nousdt refused: the venue does not list it' });
    exchange.fail('trades BTC/USDT', 'BadSymbol', 'delisted');
    await quiet();
    expect(feed.status().detail).toContain('btcusdt refused: delisted');
  });

  it('is asked again when a request fails', async () => {
    const { feed, exchange } = await setUp();
    exchange.refuse('/markets', { kind: 'RateLimitExceeded', text: 'too fast' });
    await expect(feed.instruments()).rejects.toMatchObject({ reason: 'rate-limited', retryable: true });
    exchange.refuse('/markets');
    expect(await feed.instruments()).toHaveLength(3);
  });
});

describe('exchanges of ccxt', { timeout: 60_000 }, () => {
  it('are feeds of their own, several of them too', async () => {
    const exchange = await startCcxtExchange({ now: () => NOW });
    running = { exchange };
    const { module } = exchange;
    const make = (names: readonly string[]) =>
      createFeeds(names, () => stageOptions(createManualClock(), { ccxt: { module } }));
    expect(make(['ccxt:double', 'ccxt:coinbase']).map(({ venue }) => venue)).toEqual(['ccxt:double', 'ccxt:coinbase']);
    expect(() => make(['ccxt:double', 'ccxt:double'])).toThrow('FEEDS names ccxt:double twice');
    expect(() => make(['ccxt:no/thing'])).toThrow('FEEDS: there is no feed ccxt:no/thing');
  });

  it.each([
    ['nowhere', 'ccxt knows no exchange nowhere'],
    ['slow', 'ccxt cannot stream the trades of slow'],
  ])('are down, and say why, where ccxt has none: %s', async (id, why) => {
    const { feed } = await setUp(id);
    await expect(feed.instruments()).rejects.toThrow(why);
    expect(feed.status()).toMatchObject({ state: 'down', detail: why });
  });

  it('are listed where their trades can be streamed', async () => {
    const exchange = await startCcxtExchange({ now: () => NOW });
    running = { exchange };
    expect(await ccxtVenues(exchange.module)).toEqual(['coinbase', 'double', 'plain']);
    await expect(ccxtVenues('file:///nowhere.mjs')).rejects.toThrow(/nowhere/);
  });
});

/** The real package: installed beside the others, or in a folder of NODE_PATH. */
describe('the real ccxt', { timeout: 60_000 }, () => {
  const module = installedCcxt();

  it.skipIf(module === undefined)(
    'has exchanges whose trades it can stream (skipped where it is not installed)',
    async () => {
      expect(await ccxtVenues(module)).toEqual(expect.arrayContaining(['binance', 'coinbase', 'gate', 'kraken']));
    },
  );

  it.skipIf(module !== undefined)('stops the start with a line that says how to install it, where it is not', () => {
    expect(() => createFeed('ccxt:gate', stageOptions(createManualClock()))).toThrow(
      'FEEDS: ccxt:gate needs the package ccxt, which is not installed: npm install ccxt',
    );
  });
});
