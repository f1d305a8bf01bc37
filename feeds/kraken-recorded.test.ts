import { existsSync, readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { OrderBook } from '../engine/market/book.ts';
import { FRAMES, markets } from '../test/doubles/kraken-frames.ts';
import { createManualClock } from '../test/doubles/manual-clock.ts';
import { isRightBook } from './kraken-checksum.ts';
import { krakenReader } from './kraken-parse.ts';
import { krakenRest } from './kraken-rest.ts';
import type { BookMessage, Frame, RestTools } from './venue.ts';

const recordings = new URL('../../shared/venues/kraken-v2/', import.meta.url);
const isThere = existsSync(recordings);
if (!isThere) console.log('skipped: no recordings of kraken beside the checkout');

const lines = (file: string): string[] =>
  readFileSync(new URL(file, recordings), 'utf8')
    .split('\n')
    .filter((line) => line !== '');
const read = (text: string): Frame => krakenReader(markets()).read(text, 'main');

/** The recorded session in the order in which it came. */
function session(): string[] {
  const files = new Map<string, string[]>();
  return lines('_session.tsv')
    .slice(1)
    .map((row) => row.split('\t'))
    .filter(([, , direction]) => direction === 'recv')
    .map(([, , , file, line]) => {
      const all = files.get(file) ?? lines(file);
      files.set(file, all);
      return all[Number(line) - 1];
    });
}

/** A book kept as text, straight from the raw frames: price to size as they were written. */
function plainBook(): { take(text: string): void; best(side: 'bids' | 'asks'): [string, string][] } {
  const sides = { bids: new Map<string, string>(), asks: new Map<string, string>() };
  const best = (side: 'bids' | 'asks') =>
    [...sides[side]].sort((a, b) => (Number(a[0]) - Number(b[0])) * (side === 'asks' ? 1 : -1)).slice(0, 10);
  return {
    best,
    take(text) {
      for (const side of ['bids', 'asks'] as const) {
        if (text.includes('"snapshot","data"')) sides[side].clear();
        const own = text.split(`"${side}":[`)[1].split(']')[0];
        for (const [, price, size] of own.matchAll(/"price":([\d.]+),"qty":([\d.]+)/g)) {
          if (Number(size) === 0) sides[side].delete(price);
          else sides[side].set(price, size);
        }
        sides[side] = new Map(best(side));
      }
    },
  };
}

const strip = (text: string): string => text.replace('.', '').replace(/^0+/, '');

function apply(book: OrderBook, { snapshot, bids, asks }: BookMessage): void {
  if (snapshot) book.load(bids, asks);
  for (const [price, size] of bids) book.set('bid', price, size);
  for (const [price, size] of asks) book.set('ask', price, size);
  book.truncate(10);
}

describe.skipIf(!isThere)('the recorded session', () => {
  it('has 54 books, each right by its checksum, and the top that a plain loop finds', () => {
    const market = markets().get('btcusd');
    const reader = krakenReader(markets());
    const book = new OrderBook();
    const plain = plainBook();
    const counts = { book: 0, alive: 0, acks: 0 };
    for (const text of session()) {
      const frame = reader.read(text, 'main');
      if (frame.kind !== 'book' && frame.kind !== 'alive' && frame.kind !== 'acks') throw new Error(text);
      counts[frame.kind]++;
      // A blank in front has it read by JSON.parse.
      expect(reader.read(` ${text}`, 'main')).toEqual(frame);
      if (frame.kind !== 'book') continue;
      apply(book, frame.book);
      plain.take(text);
      const told = Number(/"checksum":(\d+)/.exec(text)?.[1]);
      expect(frame.book).toMatchObject({
        checksum: told,
        ts: Date.parse(/"timestamp":"([^"]+)"/.exec(text)?.[1] ?? ''),
      });
      expect(crc32([...plain.best('asks'), ...plain.best('bids')].flat().map(strip).join(''))).toBe(told);
      expect(isRightBook(book, frame.book, market)).toBe(true);
      expect(isRightBook(book, { ...frame.book, checksum: told ^ 1 }, market)).toBe(false);
    }
    // The status comes first, then an ack, six heartbeats.
    expect(counts).toEqual({ book: 54, alive: 7, acks: 1 });
    for (const [side, name] of [
      ['bid', 'bids'],
      ['ask', 'asks'],
    ] as const) {
      const { prices, sizes } = book.best(side, 10);
      expect([...prices].map((price, i) => [price, sizes[i]])).toEqual(
        plain.best(name).map((level) => level.map(Number)),
      );
    }
  });

  it('is wrong by its checksums once a change is left out or the book is not cut to its depth', () => {
    const market = markets().get('btcusd');
    const [one, whole] = [new OrderBook(), new OrderBook()];
    let [wrongWithout, wrongUncut] = [0, 0];
    for (const [i, text] of lines('book.BTC-USD.depth10.jsonl').entries()) {
      const frame = read(text);
      if (frame.kind !== 'book') throw new Error(text);
      if (i !== 5) apply(one, frame.book);
      if (!isRightBook(one, frame.book, market)) wrongWithout++;
      const { snapshot, bids, asks } = frame.book;
      if (snapshot) whole.load(bids, asks);
      for (const [price, size] of bids) whole.set('bid', price, size);
      for (const [price, size] of asks) whole.set('ask', price, size);
      if (!isRightBook(whole, frame.book, market)) wrongUncut++;
    }
    expect(wrongWithout).toBeGreaterThan(0);
    expect(wrongUncut).toBeGreaterThan(0);
  });

  it('has examples of other kinds, which are read as what they are', () => {
    const kinds = lines('fixtures.jsonl').map((line) => {
      const { channel, method, data } = JSON.parse(line);
      const isOurs = data?.[0]?.symbol === 'BTC/USD';
      const wanted = { trade: 'trades', book: isOurs ? 'book' : 'unknown' }[channel as string] ?? 'unknown';
      // The ack is for a ticker.
      return [read(line).kind, method === 'pong' ? 'alive' : wanted];
    });
    expect(kinds.map(([found]) => found)).toEqual(kinds.map(([, wanted]) => wanted));
    const last = read(lines('fixtures.jsonl').at(-1)!);
    expect(last.kind === 'trades' && last.trades).toHaveLength(2);
  });
});

type Row = (string | number)[];
const body = (name: string): { error: string[]; result: { XBTUSDT: Row[]; last: string | number } } =>
  JSON.parse(readFileSync(new URL(`rest/fixture.http_${name}.json`, recordings), 'utf8'));

/** The venue's REST functions over bodies; `now` in ms. */
async function over(bodies: Readonly<Record<string, unknown>>, now: number) {
  const asked: string[] = [];
  const problems: string[] = [];
  const pair = { altname: 'XBTUSDT', wsname: 'XBT/USDT', pair_decimals: 1, lot_decimals: 8, status: 'online' };
  const get: RestTools['rest']['get'] = async (path, query) => {
    const what = path.split('/').at(-1) ?? '';
    asked.push(`${what} ${query.since ?? ''}`.trim());
    if (what === 'AssetPairs') return { error: [], result: { XBTUSDT: pair } };
    // The recording holds one page; what comes after it is empty.
    const isLater = Number(query.since ?? 0) > 1_762_800_000e9;
    return isLater ? { error: [], result: { XBTUSDT: [], last: String(query.since) } } : bodies[what];
  };
  const rest = krakenRest({
    rest: { get, abort: () => undefined },
    clock: createManualClock(now).clock,
    markets: markets('BTC/USDT'),
    malformed: (reason) => problems.push(reason),
  });
  await rest.listed();
  return { rest, asked, problems };
}

describe.skipIf(!isThere)('the recorded answers', () => {
  it('of bars are read whole, the unfinished one left out', async () => {
    const { result } = body('ohlc');
    const now = (result.last as number) * 1000 + 90_000;
    const { rest, problems } = await over({ OHLC: body('ohlc') }, now);
    const from = Number(result.XBTUSDT[3][0]) * 1000;
    const found = await rest.history('btcusdt', 60_000, from, now);
    const plain = result.XBTUSDT.slice(3, -1).map((row) => [
      Number(row[0]) * 1000,
      ...[1, 2, 3, 4, 6, 7].map((i) => Number(row[i])),
    ]);
    expect(found.map((bar) => [bar.start, bar.open, bar.high, bar.low, bar.close, bar.volume, bar.trades])).toEqual(
      plain,
    );
    expect(found).toHaveLength(717);
    expect(problems).toEqual([]);
  });

  it('of trades are read whole, in the order of their ids', async () => {
    const rows = body('trades').result.XBTUSDT;
    const { rest, problems } = await over({ Trades: body('trades') }, 1_762_820_100_000);
    if (rest.trades.kind !== 'numbered') throw new Error('not numbered');
    const { source } = rest.trades;
    const page = await source.tradesFrom('btcusdt', 10_218_208, 1_762_795_433_971);
    expect(page.trades).toHaveLength(1000);
    expect(page).toMatchObject({ nextId: 10_219_208, full: true });
    expect(page.trades.map((trade) => [trade.price, trade.size, trade.side?.[0], trade.id])).toEqual(
      rows.map((row) => [Number(row[0]), Number(row[1]), row[3], String(row[6])]),
    );
    for (const [i, { ts }] of page.trades.entries())
      expect(Math.abs(ts - Number(rows[i][2]) * 1000 + 0.5)).toBeLessThanOrEqual(0.5001);
    expect(page.trades.at(-1)).toEqual({
      type: 'trade',
      instrument: 'kraken:btcusdt',
      ts: 1_762_820_035_982,
      price: 105_899.4,
      size: 0.00009443,
      side: 'sell',
      id: '10219207',
    });
    expect(await source.newestId('btcusdt')).toBe(10_219_207);
    expect(problems).toEqual([]);
  });

  it('of trades make the bars that were recorded, minute for minute', async () => {
    const rows = body('ohlc').result.XBTUSDT;
    // So much later that the venue has no bars of that time any more.
    const { rest, asked } = await over({ Trades: body('trades') }, 1_762_820_160_000 + 86_400_000);
    // The first minute of the recorded trades is not whole, nor is the last.
    const [from, to] = [1_762_795_440, 1_762_819_980];
    const found = await rest.history('btcusdt', 60_000, from * 1000, to * 1000);
    const wanted = rows.filter((row) => Number(row[0]) >= from && Number(row[0]) < to);
    expect(found).toHaveLength(409);
    expect(
      found.map((bar) => [bar.start / 1000, bar.open, bar.high, bar.low, bar.close, bar.volume.toFixed(8), bar.trades]),
    ).toEqual(wanted.map((row) => [row[0], ...row.slice(1, 5).map(Number), row[6], row[7]]));
    expect(asked.filter((one) => one.startsWith('OHLC'))).toEqual([]);
  });
});

describe('the checksum', () => {
  const book = (bids: [number, number][], asks: [number, number][]): OrderBook => {
    const made = new OrderBook();
    made.load(bids, asks);
    return made;
  };
  const frame = read(FRAMES.bookUpdate);
  const message = (checksum: number): BookMessage => ({ ...(frame.kind === 'book' ? frame.book : never()), checksum });
  const never = (): never => {
    throw new Error('no book');
  };
  const market = markets().get('btcusd');

  it('is over the digits of the best ten levels, asks first', () => {
    // By hand: asks 100.1 x 0.25000000, bids 99.9 x 1.50000000.
    const sum = crc32('1001' + '25000000' + '999' + '150000000');
    expect(isRightBook(book([[99.9, 1.5]], [[100.1, 0.25]]), message(sum), market)).toBe(true);
    expect(isRightBook(book([[99.9, 1.5]], [[100.1, 0.26]]), message(sum), market)).toBe(false);
  });

  it('is not asked where a double cannot hold the digits', () => {
    expect(isRightBook(book([[99.9, 123_456_789_012.125]], [[100.1, 0.25]]), message(1), market)).toBe(true);
    expect(
      isRightBook(book([[99.9, 1.5]], [[100.1, 0.25]]), { ...message(1), checksum: undefined } as never, market),
    ).toBe(true);
  });
});
