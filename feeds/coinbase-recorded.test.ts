import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { OrderBook } from '../engine/market/book.ts';
import type { Trade } from '../engine/market/events.ts';
import { createManualClock } from '../test/doubles/manual-clock.ts';
import { coinbaseReader } from './coinbase-parse.ts';
import { coinbaseRest } from './coinbase-rest.ts';
import { createMarketList } from './markets.ts';
import type { Frame, Level, Market, Markets } from './venue.ts';

const folder = new URL('../../shared/venues/coinbase-advanced/', import.meta.url);
const isThere = existsSync(folder);

const file = (name: string): string => {
  const bytes = readFileSync(new URL(name, folder));
  return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
};

/** All frames of the session in the order in which they came. */
function session(): string[] {
  const files = new Map<string, string[]>();
  return file('_session.tsv')
    .split('\n')
    .map((line) => line.split('\t'))
    .filter(([, , direction]) => direction === 'recv')
    .map(([, , , name, line]) => {
      if (!files.has(name)) files.set(name, file(name).split('\n'));
      return files.get(name)?.[Number(line) - 1] ?? '';
    });
}

/** The venue's REST functions on recorded bodies. */
function restOf(body: (path: string) => string, markets: Markets, bad: string[]) {
  const rest = { get: (path: string) => Promise.resolve(JSON.parse(body(path)) as unknown), abort: () => {} };
  // After the newest trade of the bodies.
  const { clock } = createManualClock(Date.parse('2026-04-07T00:29:00Z'));
  return coinbaseRest({ rest, clock, markets, malformed: (reason) => bad.push(reason) });
}

interface Raw {
  channel: string;
  sequence_num: number;
  events: {
    type: string;
    product_id: string;
    trades?: Record<string, string>[];
    updates?: Record<string, string>[];
  }[];
}

// Where the recordings are not beside the checkout this is skipped.
describe.skipIf(!isThere)('recorded frames', () => {
  let frames: { readonly raw: Raw; readonly frame: Frame }[];
  let list: readonly Market[];
  const bad: string[] = [];

  beforeAll(async () => {
    const body = () => file('rest/api_v3_brokerage_market_products.json.gz');
    const markets = createMarketList(createManualClock(0).clock, () => restOf(body, markets, bad).listed());
    list = await markets.load();
    const reader = coinbaseReader(markets);
    frames = session().map((text) => ({ raw: JSON.parse(text) as Raw, frame: reader.read(text, 'main') }));
  });

  it('are all read, and numbered without a hole', () => {
    expect(frames.length).toBe(1030);
    expect(frames.map(({ frame }) => frame.serial)).toEqual(frames.map((_, i) => i));
    const kinds: Record<string, number> = {};
    for (const { raw, frame } of frames)
      kinds[`${raw.channel} ${frame.kind}`] = (kinds[`${raw.channel} ${frame.kind}`] ?? 0) + 1;
    expect(kinds).toEqual({
      'subscriptions acks': 5,
      'candles unknown': 6,
      'heartbeats alive': 25,
      'l2_data many': 775,
      'market_trades trades': 59,
      'ticker unknown': 160,
    });
  });

  it('give the trades that a plain loop takes out of them, in order, without a hole in their ids', () => {
    for (const product of ['BTC-USD', 'ETH-USD']) {
      const raw = frames
        .flatMap(({ raw: { events } }) => events.flatMap((event) => event.trades ?? []))
        .filter((trade) => trade.product_id === product)
        .sort((a, b) => Number(a.trade_id) - Number(b.trade_id));
      const instrument = `coinbase:${product.replace('-', '').toLowerCase()}`;
      const read = frames
        .flatMap(({ frame }) => (frame.kind === 'trades' ? frame.trades : []))
        .filter((trade) => trade.instrument === instrument);
      expect(read.length).toBeGreaterThan(70);
      expect(read).toEqual(
        raw.map(
          (trade): Trade => ({
            type: 'trade',
            instrument,
            ts: Date.parse(`${trade.time.slice(0, 23).replace('Z', '')}Z`),
            price: Number(trade.price),
            size: Number(trade.size),
            side: trade.side === 'SELL' ? 'buy' : 'sell',
            id: trade.trade_id,
          }),
        ),
      );
      for (const [i, { id }] of read.entries()) if (i > 0) expect(Number(id)).toBe(Number(read[i - 1].id) + 1);
    }
  });

  it('give the books that a plain loop builds, and they never cross', { timeout: 60_000 }, () => {
    const plain = new Map<string, Map<string, string>>();
    const books = new Map<string, OrderBook>();
    for (const { raw, frame } of frames) {
      if (raw.channel !== 'l2_data') continue;
      for (const { type, product_id, updates = [] } of raw.events) {
        const levels =
          type === 'snapshot' ? new Map<string, string>() : (plain.get(product_id) ?? new Map<string, string>());
        plain.set(product_id, levels);
        for (const { side, price_level, new_quantity } of updates) levels.set(`${side} ${price_level}`, new_quantity);
      }
      for (const one of frame.kind === 'many' ? frame.frames : []) {
        if (one.kind !== 'book' || one.book.instrument.endsWith('c')) continue;
        const { instrument, snapshot, bids, asks } = one.book;
        const book = books.get(instrument) ?? new OrderBook();
        books.set(instrument, book);
        if (snapshot) book.load(bids, asks);
        else {
          for (const [price, size] of bids) book.set('bid', price, size);
          for (const [price, size] of asks) book.set('ask', price, size);
        }
        expect(book.isCrossed()).toBe(false);
      }
    }
    for (const [product, levels] of plain) {
      const book = books.get(`coinbase:${product.replace('-', '').toLowerCase()}`);
      for (const [side, name, sign] of [
        ['bid', 'bid', -1],
        ['ask', 'offer', 1],
      ] as const) {
        const left = [...levels].filter(([key, size]) => key.startsWith(`${name} `) && Number(size) !== 0);
        const sorted = left
          .map(([key, size]): Level => [Number(key.split(' ')[1]), Number(size)])
          .sort((a, b) => (a[0] - b[0]) * sign);
        const best = book?.best(side, sorted.length + 1);
        expect([...(best?.prices ?? [])]).toEqual(sorted.map(([price]) => price));
        expect([...(best?.sizes ?? [])]).toEqual(sorted.map(([, size]) => size));
        expect(sorted.length).toBeGreaterThan(5000);
      }
    }
  });

  it('gives the listed markets, other names of a market under that which is streamed', () => {
    const raw = (
      JSON.parse(file('rest/api_v3_brokerage_market_products.json.gz')) as { products: Record<string, string>[] }
    ).products;
    expect(bad).toEqual([]);
    expect(
      list.map(({ symbol, base, quote, wire, tick, lot, active }) => [symbol, base, quote, wire, tick, lot, active]),
    ).toEqual(
      raw.map((product) => [
        product.product_id.split('-').join('').toLowerCase(),
        product.base_currency_id.toLowerCase(),
        product.quote_currency_id.toLowerCase(),
        product.alias === '' ? product.product_id : product.alias,
        Number(product.price_increment),
        Number(product.base_increment),
        product.status === 'online',
      ]),
    );
    expect(list.filter(({ wire }) => wire === 'BTC-USD').map(({ symbol }) => symbol)).toEqual(['btcusd', 'btcusdc']);
  });

  it('reads the recorded candles and trades of REST', async () => {
    const btc = { symbol: 'btcusd', wire: 'BTC-USD', instrument: 'coinbase:btcusd' } as Market;
    const markets: Markets = { get: () => btc, named: () => btc };
    const unread: string[] = [];
    const rest = restOf(
      (path) => file(`rest/fixture.http_${path.endsWith('candles') ? 'candles' : 'ticker'}.json`),
      markets,
      unread,
    );
    const HOUR = 3_600_000;
    expect(await rest.history('btcusd', HOUR, 1_712_188_800_000, 1_712_196_000_000)).toMatchObject([
      {
        start: 1_712_188_800_000,
        open: 65984.18,
        high: 66387.77,
        low: 65857.35,
        close: 66314.59,
        volume: 358.74851052,
      },
      { start: 1_712_192_400_000, open: 66312.4, high: 66331.99, low: 66055.14, close: 66181.6, volume: 355.82896243 },
    ]);
    if (rest.trades.kind !== 'numbered') throw new Error('not numbered');
    const page = await rest.trades.source.tradesFrom('btcusd', 995_098_662, Date.parse('2026-04-07T00:28:58Z'));
    expect(page).toMatchObject({ nextId: 995_098_664, full: false });
    expect(page.trades.map(({ id, side, price }) => [id, side, price])).toEqual([
      ['995098662', 'buy', 68923.67],
      ['995098663', 'buy', 68923.67],
    ]);
    expect(await rest.trades.source.newestId('btcusd')).toBe(995_098_663);
    expect(unread).toEqual([]);
  });

  it('skips futures', async () => {
    const markets: Markets = { get: () => undefined, named: () => undefined };
    const rest = restOf(() => file('rest/fixture.http_products_future.json'), markets, bad);
    expect(await rest.listed()).toEqual([]);
  });
});
