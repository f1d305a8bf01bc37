import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { OrderBook } from '../engine/market/book.ts';
import type { Trade } from '../engine/market/events.ts';
import { createManualClock } from '../test/doubles/manual-clock.ts';
import { binanceUsdm } from './binance-usdm.ts';
import { parseDepthSnapshot } from './binance-usdm-parse.ts';
import { names } from './binance-usdm-trades.ts';
import type { BookMessage, Markets, VenueRest } from './venue.ts';

/** Present where the recordings lie beside the checkout. */
const FOLDER = new URL('../../shared/venues/binance-usdm/', import.meta.url);
const isThere = existsSync(FOLDER);
const NO_MARKETS: Markets = { get: () => undefined, named: () => undefined };
const reader = binanceUsdm.reader(NO_MARKETS);

const textOf = (file: string): string => readFileSync(new URL(file, FOLDER), 'utf8');
const linesOf = (file: string): string[] => textOf(file).trim().split('\n');
// biome-ignore lint/suspicious/noExplicitAny: what stands in the recordings is looked at as it is
const json = (text: string): any => JSON.parse(text);
const instrument = (wire: string): string => `binance-usdm:${wire.toLowerCase()}`;

/** The venue's REST functions on an answer that was recorded; `asked` gets what they ask for. */
function restOn(body: unknown, asked: string[] = [], bad: string[] = []): VenueRest {
  return binanceUsdm.rest({
    rest: {
      get: async (path, query) => {
        const text = Object.entries(query).map(([key, value]) => `${key}=${value}`);
        asked.push(`${path}?${text.join('&')}`);
        return body;
      },
      abort() {},
    },
    clock: createManualClock(1_700_000_000_000).clock,
    markets: NO_MARKETS,
    malformed: (reason) => bad.push(reason),
  });
}

describe.skipIf(!isThere)('recorded frames (skipped where ../shared/venues is absent)', () => {
  it('give each trade with the numbers that stand in it, by the fast way, and none is missing', () => {
    const lines = linesOf('aggTrade.jsonl');
    const read: Trade[] = [];
    for (const line of lines) {
      names.of(json(line).data.s.toLowerCase());
      const trade = reader.readTrade?.(line, 'market');
      expect(reader.read(line, 'market')).toEqual({ kind: 'trades', trades: [trade] });
      if (trade) read.push(trade);
    }
    const newest = new Map<string, number>();
    for (const [i, line] of lines.entries()) {
      const { s, a, p, q, T, m } = json(line).data;
      const expected = { price: Number(p), size: Number(q), ts: T, side: m ? 'sell' : 'buy', id: `${a}` };
      expect(read[i]).toEqual({ type: 'trade', instrument: instrument(s), ...expected });
      expect(a).toBe((newest.get(s) ?? a - 1) + 1);
      newest.set(s, a);
    }
    expect(read).toHaveLength(91);
    expect(read.at(-1)?.id).toBe(String(json(lines[90]).data.a));
  });

  it.each(['AKROUSDT', 'CTKUSDT', 'KEEPUSDT', 'SUSHIUSDT'])(
    'keep the book of %s in step with its changes from the recorded snapshot to the end',
    (wire) => {
      const body = json(textOf(`rest/fapi_v1_depth_symbol_${wire}_limit_1000.json`));
      const changes = linesOf('depth.jsonl')
        .filter((line) => json(line).data.s === wire)
        .map((line) => reader.read(line, 'public'));
      const book = new OrderBook();
      const snapshot = parseDepthSnapshot(body, wire.toLowerCase(), 1);
      book.load(snapshot?.bids ?? [], snapshot?.asks ?? []);
      let last = snapshot?.last ?? Number.NaN;
      let applied = 0;
      for (const frame of changes) {
        if (frame.kind !== 'book') throw new Error(`${frame.kind} in the recording`);
        const what = binanceUsdm.book?.follows(last, frame.book, applied === 0);
        if (what === 'old') continue;
        expect(what).toBe('next');
        for (const [price, size] of frame.book.bids) book.set('bid', price, size);
        for (const [price, size] of frame.book.asks) book.set('ask', price, size);
        last = frame.book.last ?? Number.NaN;
        applied++;
      }
      // The same by a plain loop over the raw texts.
      const raw = { b: new Map<string, string>(body.bids), a: new Map<string, string>(body.asks) };
      let count = 0;
      for (const line of linesOf('depth.jsonl')) {
        const { s, u, b, a } = json(line).data;
        if (s !== wire || u < body.lastUpdateId) continue;
        count++;
        for (const [price, size] of b) raw.b.set(price, size);
        for (const [price, size] of a) raw.a.set(price, size);
      }
      const side = (levels: Map<string, string>, sign: number) =>
        [...levels]
          .map(([price, size]) => [Number(price), Number(size)])
          .filter(([, size]) => size > 0)
          .sort((x, y) => (x[0] - y[0]) * sign);
      const [bids, asks] = [book.best('bid', 5000), book.best('ask', 5000)];
      expect([...bids.prices].map((price, i) => [price, bids.sizes[i]])).toEqual(side(raw.b, -1));
      expect([...asks.prices].map((price, i) => [price, asks.sizes[i]])).toEqual(side(raw.a, 1));
      expect(applied).toBe(count);
      expect(applied).toBeGreaterThan(20);
      expect(book.isCrossed()).toBe(false);
    },
  );

  it('are all of the kind that their event says', () => {
    const kinds: Record<string, string> = { aggTrade: 'trades', markPriceUpdate: 'facts', forceOrder: 'facts' };
    for (const file of ['bookTicker', 'kline_1m', 'depth', 'fixtures']) {
      for (const line of linesOf(`${file}.jsonl`)) {
        const { stream, data } = json(line);
        if (typeof stream !== 'string' || Array.isArray(data)) continue;
        const isBook = data.e === 'depthUpdate' && stream.endsWith('@depth@100ms');
        // Frames of 2019 had no ids of their own.
        const isOld = data.e === 'aggTrade' && data.a === undefined;
        const expected = isBook ? 'book' : isOld ? 'malformed' : (kinds[data.e] ?? 'unknown');
        expect(reader.read(line, 'market').kind, line).toBe(expected);
      }
    }
  });
});

describe.skipIf(!isThere)('recorded answers (skipped where ../shared/venues is absent)', () => {
  it.each(['fapi_v1_exchangeInfo', 'fixture.http_futures_market_exchange_info'])(
    'list the perpetuals of %s',
    async (file) => {
      const body = json(textOf(`rest/${file}.json`));
      const expected = [];
      for (const row of body.symbols) {
        if (row.contractType !== 'PERPETUAL' || row.status !== 'TRADING') continue;
        const filterOf = (type: string) => row.filters.find((one: { filterType: string }) => one.filterType === type);
        const symbol = row.symbol.toLowerCase();
        expected.push({
          ...{ instrument: `binance-usdm:${symbol}`, wire: row.symbol, venue: 'binance-usdm', symbol },
          ...{
            base: row.baseAsset.toLowerCase(),
            quote: row.quoteAsset.toLowerCase(),
            kind: 'perpetual',
            active: true,
          },
          tick: Number(filterOf('PRICE_FILTER').tickSize),
          lot: Number(filterOf('LOT_SIZE').stepSize),
        });
      }
      const bad: string[] = [];
      expect(await restOn(body, [], bad).listed()).toEqual(expected);
      expect(bad).toEqual([]);
      expect(expected.length).toBeGreaterThan(0);
    },
  );

  it('give bars, trades, a book and the open interest as they stand there', async () => {
    const fixture = (name: string) => json(textOf(`rest/fixture.http_futures_market_${name}.json`));
    const [[start, open, high, low, close, volume, , , trades, bought]] = fixture('klines');
    const week = 7 * 86_400_000;
    const daily = restOn(fixture('klines')).history('btcusdt', 86_400_000, start, start + week);
    const numbers = [open, high, low, close, volume, bought].map(Number);
    const bar = { open: numbers[0], high: numbers[1], low: numbers[2], close: numbers[3], volume: numbers[4] };
    expect(await daily).toEqual([{ start, ...bar, trades, bought: numbers[5] }]);

    const asked: string[] = [];
    const rest = restOn(fixture('agg_trades'), asked);
    const [{ a, p, q, T, m }] = fixture('agg_trades');
    if (rest.trades.kind !== 'numbered') throw new Error('trades have numbers');
    expect(await rest.trades.source.tradesFrom('btcusdt', a, 0)).toEqual({
      trades: [
        {
          ...{ type: 'trade', instrument: 'binance-usdm:btcusdt', ts: T, price: Number(p), size: Number(q) },
          ...{ side: m ? 'sell' : 'buy', id: String(a) },
        },
      ],
      nextId: a + 1,
      full: false,
    });
    expect(await rest.trades.source.newestId('btcusdt')).toBe(a);
    expect(asked).toEqual([
      `/fapi/v1/aggTrades?symbol=BTCUSDT&fromId=${a}&limit=1000`,
      '/fapi/v1/aggTrades?symbol=BTCUSDT&limit=1',
    ]);

    const { lastUpdateId, T: ts, bids, asks } = fixture('depth');
    const levels = (rows: [string, string][]) => rows.map((row) => row.map(Number));
    const book: BookMessage | undefined = await restOn(fixture('depth')).book?.('btcusdt');
    expect(book).toMatchObject({ last: lastUpdateId, ts, bids: levels(bids), asks: levels(asks), snapshot: true });

    const { openInterest, time } = fixture('open_interest');
    expect(await restOn(fixture('open_interest')).poll?.facts('btcusdt')).toEqual([
      { type: 'fact', name: 'oi', instrument: 'binance-usdm:btcusdt', ts: time, value: Number(openInterest) },
    ]);
  });

  it('are all books of the recorded time read to the last level', () => {
    const files = readdirSync(new URL('rest/', FOLDER)).filter((file) => file.startsWith('fapi_v1_depth'));
    for (const file of files) {
      const body = json(textOf(`rest/${file}`));
      const book = parseDepthSnapshot(body, 'x', 1);
      expect(book?.bids).toEqual(body.bids.map((row: string[]) => row.map(Number)));
      expect(book?.asks).toEqual(body.asks.map((row: string[]) => row.map(Number)));
    }
    expect(files).toHaveLength(4);
  });
});
