import { existsSync, readFileSync } from 'node:fs';
import { crc32, gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { OrderBook } from '../engine/market/book.ts';
import { createManualClock } from '../test/doubles/manual-clock.ts';
import { createMarketList, type MarketList } from './markets.ts';
import { okx } from './okx.ts';
import { hasSymbol, toMarket } from './okx-markets.ts';
import { createOkxReader } from './okx-parse.ts';
import { okxRest } from './okx-rest.ts';
import type { Frame, VenueRest } from './venue.ts';

const FOLDER = new URL('../../shared/venues/okx/', import.meta.url);
const isThere = existsSync(FOLDER);
type Row = Readonly<Record<string, string>>;

function text(path: string): string {
  const raw = readFileSync(new URL(path, FOLDER));
  return (path.endsWith('.gz') ? gunzipSync(raw) : raw).toString();
}
const lines = (file: string): string[] => text(file).split('\n').filter(Boolean);
const rowsOf = (path: string): Row[] => JSON.parse(text(`rest/${path}`)).data;
const SPOT = 'api_v5_public_instruments_instType_SPOT.json.gz';
const SWAP = 'api_v5_public_instruments_instType_SWAP.json';

async function recordedMarkets(): Promise<MarketList> {
  const rows = [...rowsOf(SPOT), ...rowsOf(SWAP)];
  const list = createMarketList(createManualClock().clock, async () => rows.map((row) => toMarket(row)!));
  await list.load();
  return list;
}

/** The venue's REST functions, whose requests are answered with a recorded body. */
function restOn(markets: MarketList, bodies: Readonly<Record<string, string>>, now: number): VenueRest {
  const asked = new Set<string>();
  return okxRest({
    rest: {
      async get(path, query) {
        const key = query.instType === undefined ? path : `${path} ${query.instType}`;
        // Each body once: what is older is not recorded.
        const isNew = !asked.has(key);
        asked.add(key);
        return isNew && bodies[key] ? JSON.parse(text(`rest/${bodies[key]}`)) : { code: '0', msg: '', data: [] };
      },
      abort: () => undefined,
    },
    clock: createManualClock(now).clock,
    markets,
    malformed: (reason) => expect.fail(reason),
  });
}

describe.skipIf(!isThere)('recordings of okx (skipped where ../shared/venues is absent)', () => {
  it('give the trades that are in them, in the base, those of the listed markets', async () => {
    const reader = createOkxReader(await recordedMarkets());
    const worth: Record<string, (px: number, sz: number) => number> = {
      'BTC-USDT': (_px, sz) => sz,
      // 10 USD a contract.
      'UNI-USD-SWAP': (px, sz) => (sz * 10) / px,
    };
    let [count, total, strangers] = [0, 0, 0];
    for (const line of lines('trades.jsonl')) {
      const { arg, data } = JSON.parse(line) as { arg: Row; data: Row[] };
      const frame = reader.read(line, 'public');
      if (!worth[arg.instId]) {
        strangers++;
        expect(frame).toEqual({ kind: 'unknown' });
        continue;
      }
      const expected = data.map(({ instId, tradeId, px, sz, side, ts }) => ({
        type: 'trade',
        instrument: instId === 'BTC-USDT' ? 'okx:btcusdt' : 'okx:uniusd.p',
        ts: Number(ts),
        price: Number(px),
        size: worth[instId](Number(px), Number(sz)),
        side,
        id: tradeId,
      }));
      expect(frame).toEqual({ kind: 'trades', trades: expected });
      expect(reader.readTrade?.(line, 'public')).toEqual(expected[0]);
      count += data.length;
      total += Number(data[0].sz);
    }
    expect([count, strangers]).toEqual([70, 4]);
    expect(total).toBeGreaterThan(1);
  });

  it('keep the books that the venue had, by its checksums of that time', async () => {
    const reader = createOkxReader(await recordedMarkets());
    const raw = new Map<string, { bids: Map<string, string>; asks: Map<string, string> }>();
    const ours = new Map<string, OrderBook>();
    let compared = 0;
    for (const line of lines('books.jsonl')) {
      const { arg, action, data } = JSON.parse(line);
      const frame = reader.read(line, 'public');
      if (arg.instId === 'BTC-USD-220527') {
        expect(frame).toEqual({ kind: 'unknown' });
        continue;
      }
      const plain = action === 'snapshot' ? { bids: new Map(), asks: new Map() } : raw.get(arg.instId)!;
      raw.set(arg.instId, plain);
      for (const side of ['bids', 'asks'] as const) {
        for (const [px, sz] of data[0][side]) {
          if (sz === '0') plain[side].delete(px);
          else plain[side].set(px, sz);
        }
      }
      const bids = [...plain.bids].sort((a, b) => Number(b[0]) - Number(a[0]));
      const asks = [...plain.asks].sort((a, b) => Number(a[0]) - Number(b[0]));
      const words = Array.from({ length: 25 }, (_, i) => [...(bids[i] ?? []), ...(asks[i] ?? [])]).flat();
      // Signed, as the venue wrote it: the plain book is the true one.
      expect(crc32(words.join(':')) | 0).toBe(data[0].checksum);

      if (frame.kind !== 'book') throw new Error(`${frame.kind} for a book`);
      const book = action === 'snapshot' ? new OrderBook() : ours.get(arg.instId)!;
      ours.set(arg.instId, book);
      if (frame.book.snapshot) book.load(frame.book.bids, frame.book.asks);
      else expect(okx.book?.follows(Number.NaN, frame.book, false)).toBe('next');
      for (const [price, size] of frame.book.snapshot ? [] : frame.book.bids) book.set('bid', price, size);
      for (const [price, size] of frame.book.snapshot ? [] : frame.book.asks) book.set('ask', price, size);
      book.truncate(okx.book?.depth ?? Number.POSITIVE_INFINITY);
      const inBase = ([px, sz]: [string, string]) =>
        arg.instId === 'BTC-USDT' ? Number(sz) : (Number(sz) * 10) / Number(px);
      expect([...book.best('bid', 400).prices]).toEqual(bids.map(([px]) => Number(px)));
      expect([...book.best('bid', 400).sizes]).toEqual(bids.map(inBase));
      expect([...book.best('ask', 400).prices]).toEqual(asks.map(([px]) => Number(px)));
      expect([...book.best('ask', 400).sizes]).toEqual(asks.map(inBase));
      expect(book.isCrossed()).toBe(false);
      compared++;
    }
    expect(compared).toBe(191);
  });

  it('confirm what was asked for, and hold other channels', async () => {
    const reader = createOkxReader(await recordedMarkets());
    for (const line of lines('_control.jsonl')) {
      const { arg } = JSON.parse(line) as { arg: Row };
      const acks = [{ names: [`${arg.channel}:${arg.instId}`] }];
      expect(reader.read(line, 'public')).toEqual({ kind: 'acks', acks });
    }
    for (const line of lines('tickers.jsonl')) expect(reader.read(line, 'public')).toEqual({ kind: 'unknown' });
  });

  it('read each single example for what it is', async () => {
    const markets = await recordedMarkets();
    const reader = createOkxReader(markets);
    const seen: Record<string, number> = {};
    const kindsOf = (frame: Frame): string[] => (frame.kind === 'many' ? frame.frames.flatMap(kindsOf) : [frame.kind]);
    for (const line of lines('fixtures.jsonl')) {
      const value = JSON.parse(line);
      const { channel, instId } = value.arg ?? {};
      const row = value.data?.[0] ?? {};
      const isOurs = markets.named(instId) !== undefined;
      let expected = 'unknown';
      if (value.event === 'error' || value.event === 'subscribe') expected = 'acks';
      else if (channel === 'trades' && isOurs) expected = 'trades';
      else if (channel === 'books' && isOurs) expected = 'book';
      else if (channel === 'funding-rate') {
        // Examples of 2021 tell neither the time nor always the rate.
        expected = isOurs && (row.ts === undefined || row.fundingRate === undefined) ? 'malformed' : 'facts';
      } else if (['mark-price', 'index-tickers', 'open-interest', 'liquidation-orders'].includes(channel)) {
        expected = 'facts';
      }
      for (const kind of kindsOf(reader.read(line, 'public'))) expect([kind, line]).toEqual([expected, line]);
      seen[expected] = (seen[expected] ?? 0) + 1;
    }
    expect(Object.keys(seen)).toEqual(expect.arrayContaining(['trades', 'facts', 'acks', 'malformed', 'unknown']));
    const funding = lines('fixtures.jsonl').find(
      (line) => line.includes('"BTC-USDT-SWAP"') && line.includes('settState'),
    );
    const facts = reader.read(funding ?? '', 'public');
    const [told] = JSON.parse(funding ?? '').data as Row[];
    expect(facts.kind === 'facts' && facts.facts.map(({ name, value }) => [name, value])).toEqual([
      ['funding', Number(told.fundingRate)],
      ['next_funding', Number(told.fundingTime)],
    ]);
  });

  it('list every spot market and every swap that there was', async () => {
    const markets = await recordedMarkets();
    const bodies = { '/api/v5/public/instruments SPOT': SPOT, '/api/v5/public/instruments SWAP': SWAP };
    const listed = await restOn(markets, bodies, 1).listed();
    const [spot, swaps] = [rowsOf(SPOT), rowsOf(SWAP)];
    expect(swaps.every(hasSymbol)).toBe(true);
    const expected = [
      ...spot.map((row) => [row.instId, `${row.baseCcy}${row.quoteCcy}`.toLowerCase(), 'spot', Number(row.tickSz)]),
      ...swaps.map((row) => [
        row.instId,
        `${row.uly.replace('-', '').toLowerCase()}.p`,
        'perpetual',
        Number(row.tickSz),
      ]),
    ];
    expect(listed.map(({ wire, symbol, kind, tick }) => [wire, symbol, kind, tick])).toEqual(expected);
    expect(new Set(listed.map(({ symbol }) => symbol)).size).toBe(679);
    expect(listed.find(({ symbol }) => symbol === 'btcusdt')).toMatchObject({ base: 'btc', quote: 'usdt', lot: 1e-8 });
    // 0.01 BTC a contract, and 100 USD.
    expect(listed.find(({ symbol }) => symbol === 'btcusdt.p')).toMatchObject({ base: 'btc', unit: 0.01, lot: 0.01 });
    expect(listed.find(({ symbol }) => symbol === 'btcusd.p')).toMatchObject({
      unit: 100,
      inverse: true,
      lot: undefined,
    });
  });

  it('list the examples of newer answers', () => {
    for (const [file, kind] of [
      ['spot', 'spot'],
      ['swap', 'perpetual'],
    ] as const) {
      const rows = rowsOf(`fixture.http_get_instruments_${file}.json`).filter(hasSymbol);
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) expect(toMarket(row)).toMatchObject({ wire: row.instId, kind, active: true });
    }
  });

  it('give the bars and trades of REST oldest first, in the base', async () => {
    const markets = await recordedMarkets();
    const path = 'fixture.http_get_candlesticks_full.json';
    const rows = JSON.parse(text(`rest/${path}`)).data as string[][];
    const now = Number(rows[0][0]) + 90_000;
    const rest = restOn(markets, { '/api/v5/market/candles': path }, now);
    const bars = await rest.history('btcusdt.p', 60_000, Number(rows[1][0]), now);
    expect(bars).toEqual(
      [...rows].reverse().map(([start, open, high, low, close, , volCcy]) => ({
        start: Number(start),
        open: Number(open),
        high: Number(high),
        low: Number(low),
        close: Number(close),
        volume: Number(volCcy),
        trades: 1,
      })),
    );
    const told = rowsOf('fixture.http_get_trades.json');
    const { trades } = restOn(markets, { '/api/v5/market/trades': 'fixture.http_get_trades.json' }, now);
    if (trades.kind !== 'recent') throw new Error('not numbered');
    const recent = await trades.source.recent('btcusdt', 0);
    expect(recent?.map(({ id, price, size, side }) => [id, price, size, side])).toEqual(
      [...told].reverse().map(({ tradeId, px, sz, side }) => [tradeId, Number(px), Number(sz), side]),
    );
  });
});
