import { describe, expect, it } from 'vitest';
import { USDM_FRAMES } from '../test/doubles/binance-usdm-frames.ts';
import { BTC, MINUTE, onUsdm, PRICE, range, START } from '../test/doubles/binance-usdm-harness.ts';
import { binanceUsdm } from './binance-usdm.ts';

const on = onUsdm();
const { until, settled, live, trades, ids, gaps, books, facts, asked } = on;
const TOPICS = ['btcusdt@aggTrade', 'btcusdt@forceOrder', 'btcusdt@markPrice@1s'];

describe('the two sockets', () => {
  it('carry trades and facts on the one, books on the other, each connected while it is needed', async () => {
    on.venue.setBook('BTCUSDT', [[99, 1]], [[101, 1]]);
    await live('btcusdt');
    expect(on.venue.clients()).toBe(1);
    expect(on.venue.subscriptions('/market/stream')).toEqual(TOPICS);
    on.feed.watchBook?.(['btcusdt']);
    await until(() => books().length > 0);
    expect(on.venue.subscriptions('/market/stream')).toEqual(TOPICS);
    expect(on.venue.subscriptions('/public/stream')).toEqual(['btcusdt@depth@100ms']);
    on.venue.trade('BTCUSDT', '64250.1', '0.25', { ts: START + 5, buyerMaker: true, fills: 3 });
    await until(() => trades().length === 1);
    expect(trades()).toEqual([
      { type: 'trade', instrument: BTC, ts: START + 5, price: 64250.1, size: 0.25, side: 'sell', id: '1001' },
    ]);
    expect(on.feed.status().counters).toMatchObject({ malformed: 0, unknown: 0 });
  });

  it('fail one by one: a book goes on while the trades are lost', async () => {
    on.venue.setBook('BTCUSDT', [[99, 1]], [[101, 1]]);
    await live('btcusdt');
    on.feed.watchBook?.(['btcusdt']);
    await until(() => books().length > 0 && on.feed.status().state === 'live');
    on.venue.refuseConnections(true);
    on.venue.cutAll('/market/stream');
    await until(() => gaps().length === 1);
    on.venue.changeBook('BTCUSDT', [[99, 5]], []);
    await until(() => books().at(-1)?.bids.sizes[0] === 5);
    expect(on.feed.status().state).toBe('down');
    expect(on.feed.status().detail).toContain('market: ');
    on.venue.refuseConnections(false);
    await until(() => on.feed.status().state === 'live');
    expect(asked('depth')).toHaveLength(1);
  });

  it('are asked in few messages, at most ten in any second, pongs included', async () => {
    const many = Array.from({ length: 300 }, (_, i) => `X${i}USDT`);
    on.venue.listed.push(...many.map((symbol) => ({ ...on.venue.listed[0], symbol })));
    on.feed.start((event) => on.events().push(event));
    for (const symbol of many) on.feed.watch([symbol.toLowerCase()]);
    await until(() => {
      on.venue.ping();
      return on.venue.subscriptions().length === 900;
    }, 50);
    const subscribes = on.venue.inbound.filter(({ text }) => text.includes('SUBSCRIBE'));
    expect(subscribes.length).toBeLessThanOrEqual(10);
    expect(on.venue.inbound.some(({ text }) => text.startsWith('pong'))).toBe(true);
    for (const { at } of on.venue.inbound) {
      expect(on.venue.inbound.filter((one) => one.at >= at && one.at < at + 1000).length).toBeLessThanOrEqual(10);
    }
  });

  it('are changed without a loss when the venue says that it restarts', async () => {
    await live('btcusdt');
    await until(() => on.time.now() > START + 61_000, 1000);
    on.venue.push(USDM_FRAMES.shutdown);
    let most = 0;
    await until(() => {
      on.venue.trade('BTCUSDT', 100, 1);
      most = Math.max(most, on.venue.clients());
      return most === 2 && on.venue.clients() === 1;
    }, 100);
    const newest = on.venue.trade('BTCUSDT', 100, 1);
    await until(() => ids().at(-1) === newest);
    expect(ids()).toEqual(range(1001, newest));
    expect(gaps()).toEqual([]);
    expect(asked('aggTrades')).toEqual([]);
  });

  it.each(['btcusdt_261225', 'oldusdt', 'nowhere'])(
    'are not asked for %s: no perpetual that trades, though the venue would confirm it',
    async (symbol) => {
      await live('btcusdt');
      on.feed.watch([symbol]);
      await until(() => on.feed.status().detail !== undefined);
      expect(on.feed.status()).toMatchObject({ state: 'live', detail: expect.stringContaining(`${symbol} refused`) });
      expect(on.venue.subscriptions()).toEqual(TOPICS);
    },
  );

  it('are replaced when mark prices stop, even where pings are answered', async () => {
    await live('btcusdt');
    await on.time.advance(16_000);
    await on.wire.quiet();
    expect(on.feed.status().streams?.worst).toContainEqual(
      expect.objectContaining({ name: 'facts btcusdt', state: 'stale' }),
    );
    for (let i = 0; i < 60 && on.feed.status().counters.reconnects === 0; i++) {
      await on.time.advance(1000);
      await on.wire.quiet();
    }
    expect(on.time.now() - START).toBeLessThan(60_000);
    await until(() => on.feed.status().state === 'live' && facts('mark').length > 0);
    expect(on.feed.status().streams?.worst).toEqual([]);
  });
});

describe('facts', () => {
  it('come of what is watched, the open interest once a minute by REST', async () => {
    on.venue.openInterest.set('BTCUSDT', '26286.181');
    await live('btcusdt');
    on.venue.tellMark('BTCUSDT', PRICE);
    on.venue.tellMark('ETHUSDT', PRICE);
    on.venue.liquidate('BTCUSDT', '0.3', { state: 'PARTIALLY_FILLED' });
    on.venue.liquidate('BTCUSDT', '0.514', { ts: START + 1 });
    const at = on.time.now();
    await until(() => facts('liquidations').length > 0 && facts('mark').length > 0);
    const fact = { type: 'fact', instrument: BTC, ts: at };
    const told = on.events().filter(({ type }) => type === 'fact');
    expect(told.slice(-5)).toEqual([
      { ...fact, name: 'mark', value: 64251.5 },
      { ...fact, name: 'index', value: 64248.25 },
      { ...fact, name: 'funding', value: -0.000125 },
      { ...fact, name: 'next_funding', value: PRICE.next },
      { ...fact, name: 'liquidations', value: 0.514, ts: START + 1 },
    ]);
    await until(() => on.time.now() > START + 150_000, 1000);
    expect(facts('oi').map(({ value }) => value)).toEqual([26286.181, 26286.181]);
    expect(on.events().every((event) => event.instrument === BTC)).toBe(true);
    on.feed.unwatch(['btcusdt']);
    await until(() => on.venue.subscriptions().length === 0);
    await until(() => on.time.now() > START + 300_000, 1000);
    expect(facts('oi')).toHaveLength(2);
  });

  it('that are fetched do not hide that the stream is silent', async () => {
    await live('btcusdt');
    await until(() => on.time.now() >= START + 50_000, 1000);
    // Another symbol keeps the socket busy, so that it is not replaced.
    on.feed.watch(['ethusdt']);
    for (let i = 0; i < 20; i++) {
      await on.time.advance(1000);
      on.venue.tellMark('ETHUSDT', PRICE);
      await on.wire.quiet();
    }
    expect(facts('oi').length).toBeGreaterThan(0);
    expect(on.feed.status().streams?.worst).toMatchObject([{ name: 'facts btcusdt', state: 'stale' }]);
  });
});

describe('by REST', () => {
  it('lists perpetuals that trade, with their steps', async () => {
    const infos = await on.feed.instruments();
    expect(infos.map(({ symbol }) => symbol)).toEqual(['btcusdt', 'ethusdt', '1000pepeusdt']);
    expect(infos[0]).toEqual({
      ...{ instrument: BTC, wire: 'BTCUSDT', venue: 'binance-usdm', symbol: 'btcusdt', base: 'btc', quote: 'usdt' },
      ...{ kind: 'perpetual', tick: 0.1, lot: 0.001, active: true, volume: 0 },
    });
  });

  it('pages history within the limits of a page and of a minute, in order, whole, without the open bar', async () => {
    const history = range(0, 5999).map((i) => {
      const start = START - (6000 - i) * MINUTE;
      return { start, open: 10 + i, high: 12 + i, low: 9 + i, close: 11 + i, volume: 2, trades: 3, bought: i % 2 };
    });
    on.venue.setHistory('BTCUSDT', history);
    on.venue.trade('BTCUSDT', 1, 1, { ts: START + 1 });
    await on.time.advance(30_000);
    expect(await settled(on.feed.history('btcusdt', MINUTE, START - 5900 * MINUTE, START + MINUTE))).toEqual(
      history.slice(100),
    );
    expect(asked('klines').map(({ query }) => query.limit)).toEqual(['1500', '1500', '1500', '1400']);
    expect(await settled(on.feed.history('btcusdt', 7 * MINUTE, START - 700 * MINUTE, START))).toHaveLength(99);
    expect(await settled(on.feed.history('btcusdt', MINUTE, START - 40 * MINUTE, START))).toEqual(history.slice(-40));
    expect(asked('klines').at(-1)?.query.limit).toBe('40');
  });

  it('stays within the weight of a minute, however much is asked', async () => {
    const results = await settled(
      Promise.allSettled(range(1, 250).map(() => on.feed.history('btcusdt', MINUTE, START - 3000 * MINUTE, START))),
    );
    expect(on.venue.mostWeight()).toBeGreaterThan(2000);
    expect(on.venue.mostWeight()).toBeLessThanOrEqual(2400);
    expect(on.venue.requests.every(({ status }) => status === 200)).toBe(true);
    // What does not fit into the minute is put off, and says for how long.
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ reason: 'rate-limited' });
      else expect(result.value).toEqual([]);
    }
  });

  it('looks for the first trade since a time in spans of less than an hour, up to now', async () => {
    const hour = 3_600_000;
    const spans: unknown[] = [];
    const get = async (_path: string, { startTime, endTime }: Readonly<Record<string, string | number>>) => {
      spans.push([Number(startTime) - START, Number(endTime) - START]);
      return spans.length === 3 ? [{ a: 7, p: '1', q: '1', T: 1, m: true }] : [];
    };
    const tools = { rest: { get, abort() {} }, markets: { get: () => undefined, named: () => undefined } };
    const { trades: kept } = binanceUsdm.rest({ ...tools, clock: on.time.clock, malformed: () => {} });
    if (kept.kind !== 'numbered') throw new Error('trades have numbers');
    expect(await kept.source.firstIdSince('btcusdt', START - 3 * hour)).toBe(7);
    expect(spans).toEqual([
      [-3 * hour, -2 * hour - 1],
      [-2 * hour, -hour - 1],
      [-hour, -1],
    ]);
    expect(await kept.source.firstIdSince('btcusdt', START - hour)).toBeUndefined();
    expect(spans).toHaveLength(5);
  });
});
