import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Trade } from '../engine/market/events.ts';
import { FRAMES, markets } from '../test/doubles/kraken-frames.ts';
import { mutate } from '../test/doubles/mutate-frame.ts';
import { createRandom } from '../test/doubles/random.ts';
import { krakenReader } from './kraken-parse.ts';
import type { Frame } from './venue.ts';

const reader = krakenReader(markets());
const read = (text: string): Frame => reader.read(text, 'main');
const readTrade = (text: string): Trade | undefined => reader.readTrade?.(text, 'main');
/** The same JSON, which a blank before it keeps from being read by hand. */
const spaced = (text: string): string => ` ${text}`;

const TRADE: Trade = {
  type: 'trade',
  instrument: 'kraken:btcusd',
  // From `date -u -d '2026-03-01T12:00:59.999Z' +%s%3N`.
  ts: 1_772_366_459_999,
  price: 64250.1,
  size: 0.0015,
  side: 'sell',
  id: '7000123',
};

const decimal = fc
  .tuple(fc.bigInt({ min: 1n, max: 10n ** 17n }), fc.integer({ min: 0, max: 12 }))
  .map(([mantissa, decimals]) => {
    const digits = String(mantissa).padStart(decimals + 1, '0');
    return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
  });
const time = fc
  .tuple(
    fc.date({ min: new Date(60_000), max: new Date('2099-01-01'), noInvalidDate: true }),
    fc.integer({ min: 0, max: 999 }),
  )
  .map(([date, us]) => `${date.toISOString().slice(0, -1)}${String(us).padStart(3, '0')}Z`);
const symbol = fc.constantFrom('BTC/USD', 'ETH/USD');
const trade = fc.record({
  symbol,
  side: fc.constantFrom('buy', 'sell'),
  price: decimal,
  qty: decimal,
  id: fc.nat(),
  time,
});
const levels = fc.array(fc.record({ price: decimal, qty: fc.oneof(decimal, fc.constant('0.00000000')) }), {
  maxLength: 5,
});

type Of<A> = A extends fc.Arbitrary<infer T> ? T : never;

const tradeText = (one: Of<typeof trade>): string =>
  `{"symbol":"${one.symbol}","side":"${one.side}","price":${one.price},"qty":${one.qty},"ord_type":"limit","trade_id":${one.id},"timestamp":"${one.time}"}`;
const tradesText = (list: readonly Of<typeof trade>[]): string =>
  `{"channel":"trade","type":"update","data":[${list.map(tradeText).join(',')}]}`;
const levelsText = (list: Of<typeof levels>): string =>
  list.map(({ price, qty }) => `{"price":${price},"qty":${qty}}`).join(',');

function tradeOf(one: Of<typeof trade>): Trade {
  return {
    type: 'trade',
    instrument: `kraken:${one.symbol.replace('/', '').toLowerCase()}`,
    ts: Date.parse(one.time),
    price: Number(one.price),
    size: Number(one.qty),
    side: one.side as 'buy' | 'sell',
    id: String(one.id),
  };
}

describe('trades', () => {
  it('reads the documented frame, on both ways; the side is that of the taker', () => {
    expect(readTrade(FRAMES.trade)).toEqual(TRADE);
    expect(read(FRAMES.trade)).toEqual({ kind: 'trades', trades: [TRADE] });
    expect(read(spaced(FRAMES.trade))).toEqual({ kind: 'trades', trades: [TRADE] });
    expect(readTrade(FRAMES.trade.replace('"sell"', '"buy"'))?.side).toBe('buy');
  });

  it('reads several trades in one frame', () => {
    const found = read(FRAMES.trades);
    expect(readTrade(FRAMES.trades)).toBeUndefined();
    expect(found.kind === 'trades' && found.trades.map(({ id, size, ts }) => [id, size, ts])).toEqual([
      ['7000124', 1, 1_772_366_460_000],
      ['7000125', 0.5, 1_772_366_460_000],
    ]);
  });

  it('takes a snapshot for what may be old, and puts it in the order of its ids', () => {
    const found = read(FRAMES.tradeSnapshot);
    expect(found).toMatchObject({ kind: 'trades', snapshot: true });
    expect(found.kind === 'trades' && found.trades.map(({ id, price }) => [id, price])).toEqual([
      ['7000121', 63999.9],
      ['7000122', 64000],
    ]);
  });

  it('reads every well-formed frame by hand, to the numbers of JSON, Number and Date', () => {
    fc.assert(
      fc.property(fc.array(trade, { minLength: 1, maxLength: 4 }), (list) => {
        const text = tradesText(list);
        const frame = read(text);
        const byId = (a: Trade, b: Trade) => Number(a.id) - Number(b.id);
        expect(frame).toEqual({ kind: 'trades', trades: list.map(tradeOf).sort(byId) });
        expect(read(spaced(text))).toEqual(frame);
        if (list.length === 1) expect(readTrade(text)).toEqual(tradeOf(list[0]));
      }),
      { numRuns: 2000 },
    );
  });

  it('reads other orders of keys and numbers with exponents', () => {
    const text =
      '{"type":"update","channel":"trade","data":[{"timestamp":"2026-03-01T12:00:59.999Z","trade_id":7,"qty":1e-08,"price":2.5E3,"side":"buy","symbol":"ETH/USD"}]}';
    const expected = { ...TRADE, instrument: 'kraken:ethusd', price: 2500, size: 1e-8, side: 'buy', id: '7' };
    expect(read(text)).toEqual({ kind: 'trades', trades: [expected] });
  });

  it.each([
    ['a price of zero', '"price":64250.10', '"price":0.0'],
    ['a negative price', '"price":64250.10', '"price":-1'],
    ['a price in quotes', '"price":64250.10', '"price":"64250.10"'],
    ['an endless price', '"price":64250.10', '"price":1e999'],
    ['a price beyond a double', '64250.10', '9'.repeat(400)],
    ['a size beyond a double', '0.00150000', `${'9'.repeat(400)}.5`],
    ['no price', '"price":64250.10,', ''],
    ['a size of zero', '"qty":0.00150000', '"qty":0.00000000'],
    ['no side', '"side":"sell",', ''],
    ['another side', '"sell"', '"short"'],
    ['an id with a fraction', '7000123', '7000123.5'],
    ['an id beyond whole doubles', '7000123', '9007199254740993'],
    ['a negative id', '7000123', '-1'],
    ['no time', ',"timestamp":"2026-03-01T12:00:59.999999Z"', ''],
    ['a time without a zone', '59.999999Z', '59.999999'],
    ['a second too many', '59.999999Z', '60.999999Z'],
    ['a day that is none', '2026-03-01', '2026-02-30'],
    ['a symbol that is no text', '"BTC/USD"', '5'],
  ])('calls a trade with %s malformed', (_what, good, bad) => {
    expect(FRAMES.trade).toContain(good);
    const text = FRAMES.trade.replace(good, bad);
    expect(readTrade(text)).toBeUndefined();
    expect(read(text).kind).toBe('malformed');
  });

  it('gives the good trades of a frame, and counts the bad one', () => {
    const found = read(FRAMES.trades.replace('"qty":0.50000000', '"qty":null'));
    expect(found).toEqual({
      kind: 'many',
      frames: [
        { kind: 'trades', trades: [expect.objectContaining({ id: '7000124' })] },
        { kind: 'malformed', reason: 'trade without a good qty' },
      ],
    });
  });

  it('does not know symbols that are not listed', () => {
    expect(read(FRAMES.trade.replace('BTC/USD', 'XBT/USD'))).toEqual({ kind: 'unknown' });
  });
});

describe('books', () => {
  const snapshot = {
    instrument: 'kraken:btcusd',
    ts: 1_772_366_400_500,
    snapshot: true,
    bids: [
      [99.9, 1.5],
      [99.5, 2],
    ],
    asks: [[100.1, 0.25]],
    checksum: 2439117997,
  };
  const update = {
    ...snapshot,
    ts: 1_772_366_400_600,
    snapshot: false,
    bids: [[99.9, 0]],
    asks: [],
    checksum: 2114181697,
  };

  it.each([
    [FRAMES.bookSnapshot, snapshot],
    [FRAMES.bookUpdate, update],
  ])('reads %s, on both ways', (text, book) => {
    expect(read(text)).toEqual({ kind: 'book', book });
    expect(read(spaced(text))).toEqual({ kind: 'book', book });
  });

  it('reads every well-formed frame by hand, to the numbers of JSON', () => {
    fc.assert(
      fc.property(levels, levels, fc.integer({ min: 0, max: 2 ** 32 - 1 }), time, (bids, asks, checksum, at) => {
        const text = `{"channel":"book","type":"update","data":[{"symbol":"ETH/USD","bids":[${levelsText(bids)}],"asks":[${levelsText(asks)}],"checksum":${checksum},"timestamp":"${at}"}]}`;
        const numbers = (list: Of<typeof levels>) => list.map(({ price, qty }) => [Number(price), Number(qty)]);
        const book = {
          instrument: 'kraken:ethusd',
          ts: Date.parse(at),
          snapshot: false,
          bids: numbers(bids),
          asks: numbers(asks),
          checksum,
        };
        expect(read(text)).toEqual({ kind: 'book', book });
        expect(read(spaced(text))).toEqual({ kind: 'book', book });
      }),
      { numRuns: 2000 },
    );
  });

  it('takes a message without a checksum', () => {
    const { checksum: _, ...rest } = update;
    expect(read(FRAMES.bookUpdate.replace(',"checksum":2114181697', ''))).toEqual({ kind: 'book', book: rest });
  });

  it.each([
    ['a price of zero', '"price":99.9', '"price":0'],
    ['a price beyond a double', '99.9', '9'.repeat(400)],
    ['a negative size', '"qty":0.00000000', '"qty":-1'],
    ['no size', ',"qty":0.00000000', ''],
    ['a checksum beyond 32 bits', '2114181697', '4294967296'],
    ['no time', ',"timestamp":"2026-03-01T12:00:00.600000Z"', ''],
    ['no asks', '"asks":[],', ''],
    ['another type', '"update"', '"delta"'],
  ])('calls a book with %s malformed', (_what, good, bad) => {
    expect(FRAMES.bookUpdate).toContain(good);
    expect(read(FRAMES.bookUpdate.replace(good, bad)).kind).toBe('malformed');
  });
});

describe('other frames', () => {
  const acks = (ack: object) => ({ kind: 'acks', acks: [ack] });
  const refusal = 'Currency pair not supported ABC/XYZ';
  const both = ['trade:ABC/XYZ', 'book:ABC/XYZ'];

  it.each([
    [FRAMES.heartbeat, { kind: 'alive' }],
    [FRAMES.status, { kind: 'alive' }],
    [FRAMES.status.replace('online', 'post_only'), { kind: 'alive' }],
    [FRAMES.status.replace('online', 'maintenance'), { kind: 'leave', reason: 'the venue goes into maintenance' }],
    [FRAMES.pong, { kind: 'alive' }],
    [FRAMES.ack, acks({ id: 3, names: ['trade:BTC/USD'] })],
    [FRAMES.ack.replace(',"req_id":3', ''), acks({ names: ['trade:BTC/USD'] })],
    [FRAMES.ack.replace('"subscribe"', '"unsubscribe"'), acks({ id: 3, names: ['trade:BTC/USD'] })],
    [FRAMES.ack.replace('"trade"', '"ticker"'), { kind: 'unknown' }],
    [FRAMES.refusal, acks({ id: 4, names: both, refusal })],
    [FRAMES.refusal.replace(',"req_id":4', ''), acks({ names: both, refusal })],
    [
      FRAMES.refusal.replace(' ABC/XYZ"', '","symbol":"ABC/XYZ"'),
      acks({ id: 4, names: both, refusal: refusal.slice(0, -8) }),
    ],
    [FRAMES.refusal.replace(refusal, 'Already subscribed'), acks({ id: 4 })],
    ['{"error":"Malformed request","success":false}', acks({ id: -1, refusal: 'Malformed request' })],
    [FRAMES.ticker, { kind: 'unknown' }],
    ['[1,2]', { kind: 'unknown' }],
    ['null', { kind: 'unknown' }],
    ['{"channel":"tr', { kind: 'malformed', reason: 'not JSON' }],
    ['', { kind: 'malformed', reason: 'not JSON' }],
  ])('knows %s', (text, frame) => {
    expect(read(text)).toEqual(frame);
  });
});

describe('whatever comes', () => {
  const RUNS = process.env.MODE === 'long' ? 1_000_000 : 20_000;
  const all = Object.values(FRAMES);

  /** Everything of a frame that would go on. */
  function check(frame: Frame): number {
    if (frame.kind === 'many') return frame.frames.reduce((sum, one) => sum + check(one), 0);
    if (frame.kind === 'book') {
      const { ts, bids, asks } = frame.book;
      if (!(ts > 0 && Number.isFinite(ts))) throw new Error('a bad time');
      for (const [price, size] of [...bids, ...asks]) {
        if (!(price > 0 && size >= 0 && Number.isFinite(price) && Number.isFinite(size)))
          throw new Error('a bad level');
      }
      return 1;
    }
    if (frame.kind !== 'trades') return 0;
    for (const { ts, price, size, side, id, instrument } of frame.trades) {
      const isGood = [ts, price, size].every((number) => number > 0 && Number.isFinite(number));
      if (!isGood || !/^\d+$/.test(id) || !/^kraken:(btc|eth)usd$/.test(instrument) || side === undefined) {
        throw new Error(`a bad trade: ${JSON.stringify(frame.trades)}`);
      }
    }
    return 1;
  }

  it(`reads ${RUNS} mutated frames without a throw or a bad number, alike on both ways, and good ones after them`, {
    timeout: 600_000,
  }, () => {
    const random = createRandom(7);
    let good = 0;
    for (let i = 0; i < RUNS; i++) {
      const text = mutate(all[i % all.length], random);
      const frame = read(text);
      good += check(frame);
      const fast = readTrade(text);
      if (fast !== undefined && JSON.stringify(frame) !== JSON.stringify({ kind: 'trades', trades: [fast] })) {
        throw new Error(`not alike: ${text}`);
      }
      const slow = JSON.stringify(read(spaced(text)));
      if (slow !== JSON.stringify(frame)) throw new Error(`by hand otherwise than by JSON.parse: ${text}`);
    }
    expect(readTrade(FRAMES.trade)).toEqual(TRADE);
    // Frames that are damaged beyond reading alone would prove nothing.
    expect(good).toBeGreaterThan(RUNS / 100);
    expect(good).toBeLessThan(RUNS);
  });
});
