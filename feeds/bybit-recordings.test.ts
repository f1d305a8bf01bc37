import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { OrderBook } from '../engine/market/book.ts';
import { createManualClock } from '../test/doubles/manual-clock.ts';
import { bybit } from './bybit.ts';
import { bybitReader } from './bybit-parse.ts';
import { bybitRest } from './bybit-rest.ts';
import { scanTrades } from './bybit-trades.ts';
import { createMarketList, type MarketList } from './markets.ts';
import type { Rest } from './rest.ts';
import type { BookMessage, Frame, Market } from './venue.ts';

const folder = new URL('../../shared/venues/bybit-v5/', import.meta.url);
const isThere = existsSync(folder);
if (!isThere) console.log('skipped: the recordings of Bybit are not beside this checkout');

const linesOf = (name: string): string[] =>
  readFileSync(new URL(name, folder), 'utf8')
    .split('\n')
    .filter((line) => line !== '');
/** Raw JSON, as the plain loops here look at it. */
// biome-ignore lint/suspicious/noExplicitAny: recorded messages of many shapes
type Raw = any;
const bodyOf = (file: string): Raw => {
  const bytes = readFileSync(new URL(`rest/${file}`, folder));
  return JSON.parse((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString());
};
const LISTS: Readonly<Record<string, string>> = {
  linear: 'v5_market_instruments-info_category_linear_status_Trading_li.json.gz',
  spot: 'v5_market_instruments-info_category_spot_status_Trading_limi.json.gz',
};

/** REST functions that are answered with recorded bodies, and the list of markets that they know. */
function recorded(bodies: (path: string, query: Readonly<Record<string, string | number>>) => Raw, now = 0) {
  const bad: string[] = [];
  const { clock } = createManualClock(now);
  const malformed = (reason: string) => bad.push(reason);
  const rest: Rest = { get: async (path, query) => bodies(path, query), abort: () => undefined };
  const markets: MarketList = createMarketList(clock, () => venue.listed());
  const venue = bybitRest({ rest, clock, markets, malformed });
  return { venue, markets, bad };
}
const listedOnly = (body?: Raw) =>
  recorded((path, query) => (path.endsWith('instruments-info') ? bodyOf(LISTS[query.category]) : body), 1709891740000);

/** Every frame of a recording as it is read, with the raw one. */
async function replay(route: 'spot' | 'linear', channel: string): Promise<{ raw: Raw; frame: Frame }[]> {
  const { markets } = listedOnly();
  await markets.load();
  const reader = bybitReader(markets);
  return linesOf(`${route}.${channel}.jsonl`).map((text) => ({
    raw: JSON.parse(text),
    frame: reader.read(text, route),
  }));
}

const symbolOf = (route: string, wire: string) => `bybit:${wire.toLowerCase()}${route === 'linear' ? '.p' : ''}`;

describe.skipIf(!isThere).each(['spot', 'linear'] as const)('the recorded %s frames', (route) => {
  it('hold each of the trades', async () => {
    const expected: object[] = [];
    const found: object[] = [];
    for (const { raw, frame } of await replay(route, 'publicTrade')) {
      for (const one of raw.data) {
        if (one.BT) continue;
        expected.push({
          type: 'trade',
          instrument: symbolOf(route, one.s),
          ts: one.T,
          price: Number.parseFloat(one.p),
          size: Number.parseFloat(one.v),
          side: one.S.toLowerCase(),
          id: one.i,
        });
      }
      if (frame.kind === 'trades') found.push(...frame.trades);
    }
    expect(expected.length).toBe(route === 'linear' ? 327 : 20);
    expect(found).toEqual(expected);
    const isFast = (text: string) => scanTrades(text, () => 'bybit:any') !== undefined;
    expect(linesOf(`${route}.publicTrade.jsonl`).every(isFast)).toBe(true);
    expect(found.at(-1)).toEqual(expected.at(-1));
  });

  it('keep the books that a plain map keeps, without a gap', async () => {
    const plain = new Map<string, { b: Map<number, number>; a: Map<number, number>; u: number }>();
    const books = new Map<string, { book: OrderBook; last: number; isFresh: boolean }>();
    let [snapshots, changes] = [0, 0];
    for (const { raw, frame } of await replay(route, 'orderbook')) {
      const { data, type } = raw;
      if (type === 'snapshot') plain.set(data.s, { b: new Map(), a: new Map(), u: data.u });
      const own = plain.get(data.s)!;
      for (const side of ['b', 'a'] as const) {
        for (const [price, size] of data[side]) {
          if (Number(size) === 0) own[side].delete(Number(price));
          else own[side].set(Number(price), Number(size));
        }
      }
      if (frame.kind !== 'book') throw new Error(`a book is taken for ${frame.kind}`);
      const message: BookMessage = frame.book;
      expect(message.instrument).toBe(symbolOf(route, data.s));
      expect([message.ts, message.last, message.snapshot]).toEqual([raw.cts, data.u, type === 'snapshot']);
      const kept = books.get(message.instrument) ?? { book: new OrderBook(), last: Number.NaN, isFresh: false };
      books.set(message.instrument, kept);
      if (message.snapshot) {
        snapshots++;
        kept.book.load(message.bids, message.asks);
      } else {
        changes++;
        expect(bybit.book?.follows(kept.last, message, kept.isFresh)).toBe('next');
        for (const [price, size] of message.bids) kept.book.set('bid', price, size);
        for (const [price, size] of message.asks) kept.book.set('ask', price, size);
      }
      kept.isFresh = message.snapshot;
      kept.last = message.last!;
      kept.book.truncate(bybit.book!.depth!);
      expect(kept.book.isCrossed()).toBe(false);
    }
    expect([snapshots, changes]).toEqual(route === 'linear' ? [4, 1594] : [2, 548]);
    for (const [wire, own] of plain) {
      const { book } = books.get(symbolOf(route, wire))!;
      for (const [side, levels, sign] of [['bid', own.b, -1] as const, ['ask', own.a, 1] as const]) {
        const sorted = [...levels].sort((x, y) => (x[0] - y[0]) * sign);
        const { prices, sizes } = book.best(side, 1000);
        expect([[...prices], [...sizes]]).toEqual([sorted.map(([p]) => p), sorted.map(([, s]) => s)]);
      }
    }
  });

  it('hold what the tickers say', async () => {
    const names = {
      markPrice: 'mark',
      indexPrice: 'index',
      fundingRate: 'funding',
      nextFundingTime: 'next_funding',
      openInterest: 'oi',
    };
    const frames = await replay(route, 'tickers');
    expect(frames.length).toBeGreaterThan(80);
    for (const { raw, frame } of frames) {
      if (route === 'spot') {
        expect(frame.kind).toBe('unknown');
        continue;
      }
      const expected = Object.entries(names).flatMap(([field, name]) =>
        raw.data[field] === undefined ? [] : [[name, raw.ts, Number(raw.data[field])]],
      );
      expect(frame.kind === 'facts' && frame.facts.map(({ name, ts, value }) => [name, ts, value])).toEqual(expected);
    }
  });

  it('are answers or strange where they are neither', async () => {
    for (const { frame } of await replay(route, '_control')) expect(frame).toEqual({ kind: 'acks', acks: [{}] });
    for (const { frame } of await replay(route, 'kline')) expect(frame.kind).toBe('unknown');
  });
});

describe.skipIf(!isThere)('recorded single messages', () => {
  it('are never malformed, and liquidations are facts', async () => {
    const { markets } = listedOnly();
    await markets.load();
    const reader = bybitReader(markets);
    const known = { ...markets, named: (wire: string) => ({ instrument: `bybit:${wire}` }) as Market };
    const lenient = bybitReader(known);
    let liquidated = 0;
    for (const text of linesOf('fixtures.jsonl')) {
      const frame = reader.read(text, 'linear');
      expect([text, frame.kind]).not.toEqual([text, 'malformed']);
      if (!text.includes('"topic":"allLiquidation')) continue;
      const one = JSON.parse(text).data[0];
      const fact = {
        type: 'fact',
        name: 'liquidations',
        instrument: `bybit:${one.s}`,
        ts: one.T,
        value: Number(one.v),
      };
      expect(lenient.read(text, 'linear')).toEqual({ kind: 'facts', facts: [fact] });
      liquidated++;
    }
    expect(liquidated).toBeGreaterThan(2);
  });
});

describe.skipIf(!isThere)('recorded REST bodies', () => {
  it('list the markets, each under a symbol of its own, dated futures left out', async () => {
    const { venue, bad } = listedOnly();
    const markets = await venue.listed();
    const expected: object[] = [];
    for (const route of ['spot', 'linear']) {
      for (const row of bodyOf(LISTS[route]).result.list) {
        if (route === 'linear' && row.contractType !== 'LinearPerpetual') continue;
        const pair = `${row.baseCoin}${row.quoteCoin}`.toLowerCase();
        const symbol = route === 'linear' ? `${pair}.p` : pair;
        expected.push({
          instrument: `bybit:${symbol}`,
          wire: row.symbol,
          route,
          venue: 'bybit',
          symbol,
          base: row.baseCoin.toLowerCase(),
          quote: row.quoteCoin.toLowerCase(),
          kind: route === 'linear' ? 'perpetual' : 'spot',
          tick: Number(row.priceFilter.tickSize),
          lot: Number(route === 'linear' ? row.lotSizeFilter.qtyStep : row.lotSizeFilter.basePrecision),
          active: true,
        });
      }
    }
    expect(markets).toEqual(expected);
    expect(markets).toHaveLength(557 + 760);
    expect(new Set(markets.map(({ symbol }) => symbol)).size).toBe(markets.length);
    expect(bad).toEqual([]);
  });

  it('hold klines and trades', async () => {
    const { result: klines } = bodyOf('fixture.http_get_klines_linear.json');
    const [start, open, high, low, close, volume] = klines.list[0].map(Number);
    const asked = listedOnly({ result: klines });
    await asked.markets.load();
    const { trades } = asked.venue;
    if (trades.kind !== 'recent') throw new Error('numbered');
    const bars = await trades.source.minuteBars('btcusdt.p', start - 1000);
    expect(bars).toEqual([{ start, open, high, low, close, volume, trades: 1 }]);
    const body = bodyOf('fixture.http_get_trades_recent.json');
    const [one] = body.result.list;
    const then = listedOnly(body);
    await then.markets.load();
    if (then.venue.trades.kind !== 'recent') throw new Error('numbered');
    expect(await then.venue.trades.source.recent('btcusdt.p', 0)).toEqual([
      {
        type: 'trade',
        instrument: 'bybit:btcusdt.p',
        ts: Number(one.time),
        price: Number(one.price),
        size: Number(one.size),
        side: one.side.toLowerCase(),
        id: one.execId,
      },
    ]);
    expect([...asked.bad, ...then.bad]).toEqual([]);
  });
});
