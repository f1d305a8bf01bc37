import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mutate } from '../test/doubles/mutate-frame.ts';
import { createRandom } from '../test/doubles/random.ts';
import { parseFast } from './coinbase-fast.ts';
import { coinbaseReader, follows, parseFrame } from './coinbase-parse.ts';
import { createTargets, timeOf } from './coinbase-values.ts';
import { JsonScan } from './json-scan.ts';
import type { Frame, Market, Markets } from './venue.ts';

const market = (symbol: string, wire: string) => [symbol, { symbol, wire } as Market] as const;
const listed = new Map([
  market('btcusd', 'BTC-USD'),
  market('btcusdc', 'BTC-USD'),
  market('ethusd', 'ETH-USD'),
  market('ethbtc', 'ETH-BTC'),
]);
const markets: Markets = { get: (symbol) => listed.get(symbol), named: () => undefined };
const targets = createTargets(markets);
const { read: readText } = coinbaseReader(markets);
const read = (text: string) => readText(text, 'main');
const scan = new JsonScan();
const fast = (text: string) => parseFast(text, scan, targets);

const row = (id: number, more: object = {}) => ({
  product_id: 'ETH-USD',
  trade_id: String(id),
  price: '1919.38',
  size: '0.02066532',
  time: '2026-08-09T21:06:12.197444Z',
  side: 'SELL',
  ...more,
});
const level = (side: string, price: string, size: string) => ({
  side,
  event_time: '2026-08-09T21:05:48.264069Z',
  price_level: price,
  new_quantity: size,
});
const frame = (channel: string, events: readonly object[], serial: unknown = 7) =>
  JSON.stringify({ channel, timestamp: '2026-08-09T21:06:12.278527332Z', sequence_num: serial, events });
const trades = (rows: readonly object[], type = 'update') => frame('market_trades', [{ type, trades: rows }]);
const book = (updates: readonly object[], type = 'update', product = 'ETH-USD') =>
  frame('l2_data', [{ type, product_id: product, updates }]);
// Computed by hand from the calendar: 2026-08-09T21:06:12Z.
const AT = 1_786_309_572_000;

describe('trades', () => {
  it('turns the side round: who made a price by selling was bought from', () => {
    const expected = {
      type: 'trade',
      instrument: 'coinbase:ethusd',
      ts: AT + 197,
      price: 1919.38,
      size: 0.02066532,
      side: 'buy',
      id: '9',
    };
    expect(read(trades([row(9)]))).toEqual({ kind: 'trades', serial: 7, trades: [expected] });
    expect(read(trades([row(9, { side: 'BUY' })]))).toMatchObject({ trades: [{ side: 'sell' }] });
  });

  it('puts the oldest first, whatever the order and the product, and marks a snapshot', () => {
    const ids = (text: string) => {
      const one = read(text);
      return one.kind === 'trades' ? one.trades.map(({ id }) => Number(id)) : [];
    };
    expect(ids(trades([row(12), row(11), row(10)]))).toEqual([10, 11, 12]);
    expect(ids(trades([row(10), row(12), row(9), row(11)]))).toEqual([9, 10, 11, 12]);
    expect(ids(trades([row(12), row(3, { product_id: 'ETH-BTC' }), row(11)]))).toEqual([3, 11, 12]);
    expect(read(trades([row(12)], 'snapshot'))).toMatchObject({ kind: 'trades', snapshot: true, serial: 7 });
    expect(
      read(
        frame('market_trades', [
          { type: 'snapshot', trades: [row(2)] },
          { type: 'update', trades: [row(3)] },
        ]),
      ),
    ).toMatchObject({
      kind: 'many',
      serial: 7,
      frames: [{ snapshot: true, trades: [{ id: '2' }] }, { trades: [{ id: '3' }] }],
    });
  });

  it('passes what is streamed as BTC-USD on for BTC-USDC too, which is another name of it', () => {
    const one = read(trades([row(5, { product_id: 'BTC-USD' }), row(4, { product_id: 'BTC-USD' })]));
    const both = ['coinbase:btcusd', 'coinbase:btcusdc'];
    expect(one.kind === 'trades' && one.trades.map(({ instrument, id }) => [id, instrument])).toEqual([
      ...both.map((name) => ['4', name]),
      ...both.map((name) => ['5', name]),
    ]);
    expect(read(book([level('bid', '1', '2')], 'update', 'BTC-USD'))).toMatchObject({
      kind: 'many',
      serial: 7,
      frames: both.map((instrument) => ({ book: { instrument, bids: [[1, 2]] } })),
    });
  });

  it('keeps the good trades of a frame beside a bad one, and does not know products that are not listed', () => {
    expect(read(trades([row(9), row(8, { price: '0' })]))).toMatchObject({
      kind: 'many',
      frames: [{ trades: [{ id: '9' }] }, { kind: 'malformed' }],
    });
    expect(read(trades([row(9, { product_id: 'DOGE-USD' })]))).toEqual({ kind: 'unknown', serial: 7 });
  });

  it.each([
    ['a price of zero', { price: '0.000' }],
    ['a negative price', { price: '-1' }],
    ['a price that is no number', { price: 'NaN' }],
    ['a price that is a bare number', { price: 1919.38 }],
    ['a hexadecimal price', { price: '0x10' }],
    ['an endless price', { price: '9'.repeat(400) }],
    ['an endless size', { size: '1e999' }],
    ['no size', { size: undefined }],
    ['a size of zero', { size: '0' }],
    ['a day that there is not', { time: '2026-02-30T21:06:12Z' }],
    ['a time of another zone', { time: '2026-02-20T21:06:12+01:00' }],
    ['no side', { side: 'UNKNOWN_ORDER_SIDE' }],
    ['an id that is none', { trade_id: '1.5' }],
    ['a product that is none', { product_id: 5 }],
  ])('calls a trade with %s malformed', (_what, damage) => {
    expect(read(trades([row(9, damage)]))).toMatchObject({ kind: 'malformed', serial: 7 });
  });
});

describe('books', () => {
  it('reads sides and sizes, the time of the frame being the time of the book', () => {
    const updates = [
      level('offer', '65106.54', '0.15361938'),
      level('bid', '65000', '0'),
      level('bid', '64999.5', '2'),
    ];
    expect(read(book(updates))).toEqual({
      kind: 'book',
      serial: 7,
      book: {
        instrument: 'coinbase:ethusd',
        ts: AT + 278,
        snapshot: false,
        bids: [
          [65000, 0],
          [64999.5, 2],
        ],
        asks: [[65106.54, 0.15361938]],
      },
    });
    expect(read(book([], 'snapshot'))).toMatchObject({ book: { snapshot: true, bids: [], asks: [] } });
  });

  it('has the book begin anew where a change of it cannot be read', () => {
    const one = read(book([level('bid', '65000', '-1')]));
    if (one.kind !== 'many') throw new Error('a change was taken');
    const [bad, change] = one.frames;
    expect([bad.kind, change.kind]).toEqual(['malformed', 'book']);
    if (change.kind === 'book') expect(follows(Number.NaN, change.book)).toBe('gap');
    const good = read(book([level('bid', '65000', '1')]));
    if (good.kind === 'book') expect(follows(Number.NaN, good.book)).toBe('next');
  });
});

describe('other frames', () => {
  it.each<[string, Frame]>([
    [frame('heartbeats', [{ heartbeat_counter: 42 }]), { kind: 'alive', serial: 7 }],
    [
      frame('subscriptions', [{ subscriptions: { heartbeats: ['heartbeats'], level2: ['BTC-USD', 'ETH-USD'] } }]),
      { kind: 'acks', serial: 7, acks: [{ all: ['heartbeats', 'level2:BTC-USD', 'level2:ETH-USD'] }] },
    ],
    [frame('subscriptions', [{ subscriptions: {} }]), { kind: 'acks', serial: 7, acks: [{ all: [] }] }],
    ['{"type":"error","message":"no such channel"}', { kind: 'acks', acks: [{ refusal: 'no such channel' }] }],
    [frame('ticker', [{ type: 'update' }]), { kind: 'unknown', serial: 7 }],
    [frame('ticker', [], 'x'), { kind: 'unknown' }],
    ['[1,2]', { kind: 'unknown' }],
    ['null', { kind: 'unknown' }],
    [
      frame('subscriptions', [{ subscriptions: { level2: [{ toString: 1 }] } }]),
      { kind: 'malformed', serial: 7, reason: 'subscriptions that cannot be read' },
    ],
    ['{"channel', { kind: 'malformed', reason: 'not JSON' }],
    [`${'['.repeat(200_000)}`, { kind: 'malformed', reason: 'not JSON' }],
  ])('knows %.60s', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });
});

describe('times', () => {
  it('reads what Date reads, with up to nine digits after the second, rounded down', () => {
    const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 0, maxLength: 9 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 7_258_118_399 }), digits, (second, after) => {
        const text = `${new Date(second * 1000).toISOString().slice(0, 19)}${after.length > 0 ? '.' : ''}${after.join('')}Z`;
        const ms = second * 1000 + Number(after.join('').padEnd(3, '0').slice(0, 3));
        expect(timeOf(text, 0, text.length)).toBe(ms);
        scan.text = `${text}"`;
        scan.at = 0;
        expect([scan.time(), scan.at]).toEqual([ms, text.length + 1]);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-01-01T00:00:00.Z',
  ])('refuses %s', (text) => {
    expect(timeOf(text, 0, text.length)).toBeNaN();
  });
});

const RUNS = process.env.MODE === 'long' ? 1_000_000 : 20_000;

describe('damaged frames', () => {
  const whole = [
    trades([row(9)]),
    trades([row(9), row(8), row(7)], 'snapshot'),
    trades([row(9, { product_id: 'BTC-USD' }), row(8, { product_id: 'BTC-USD' })]),
    book([level('bid', '65000', '0.5'), level('offer', '65001.25', '0')]),
    book([level('bid', '65000', '0.5'), level('offer', '65001.25', '3')], 'snapshot', 'BTC-USD'),
    trades([row(9)]).replace('"timestamp"', '"client_id":"","timestamp"'),
    frame('heartbeats', [{ heartbeat_counter: 42 }]),
    frame('subscriptions', [{ subscriptions: { level2: ['BTC-USD'] } }]),
    '{"type":"error","message":"no such channel"}',
  ];

  it('takes the fast way for what is written as the venue writes it', () => {
    for (const text of whole.slice(0, 6)) expect(fast(text)).toEqual(parseFrame(text, targets));
    expect(whole.slice(0, 6).map((text) => fast(text)?.kind)).toEqual([
      'trades',
      'trades',
      'trades',
      'book',
      'many',
      'trades',
    ]);
  });

  it('takes no minus sign for a time', () => {
    const text = book([level('bid', '65000', '0.5')]);
    const wrong = text.replace(/"2026-[^"]*","price_level":"65000"/, '"-5.5"');
    expect(wrong).toContain('"event_time":"-5.5","new_quantity":"0.5"');
    expect(fast(wrong)).toBeUndefined();
    expect(parseFrame(wrong, targets)).toMatchObject({
      kind: 'many',
      frames: [{ kind: 'malformed' }, { kind: 'book' }],
    });
    const fresh = new JsonScan();
    fresh.start('-026-08-09T21:06:12.1Z"');
    expect(fresh.time()).toBeNaN();
  });

  it(`reads ${RUNS} of them without a throw or a bad number, alike on both ways, and a good one right after`, {
    timeout: RUNS,
  }, () => {
    const random = createRandom(20_260_809);
    const kinds: Record<string, number> = {};
    let alike = 0;
    for (let i = 0; i < RUNS; i++) {
      const text = mutate(whole[i % whole.length], random);
      const one = read(text);
      kinds[one.kind] = (kinds[one.kind] ?? 0) + 1;
      if (!isSound(one)) throw new Error(`not sound: ${text}`);
      const quick = fast(text);
      if (quick !== undefined) {
        alike++;
        expect(parseFrame(text, targets)).toEqual(quick);
      }
      if (i % 100 === 0) expect(read(whole[0])).toMatchObject({ kind: 'trades', trades: [{ id: '9' }] });
    }
    expect(alike).toBeGreaterThan(RUNS / 100);
    expect(Object.keys(kinds).sort()).toEqual(['acks', 'alive', 'book', 'malformed', 'many', 'trades', 'unknown']);
  });
});

function isSound(one: Frame): boolean {
  const isGood = (value: number) => value > 0 && value < Number.POSITIVE_INFINITY;
  if (one.serial !== undefined && !(Number.isSafeInteger(one.serial) && one.serial >= 0)) return false;
  if (one.kind === 'many') return one.frames.every(isSound);
  if (one.kind === 'trades') {
    return one.trades.every(
      ({ price, size, ts, id }) => isGood(price) && isGood(size) && isGood(ts) && /^\d{1,15}$/.test(id),
    );
  }
  if (one.kind !== 'book') return true;
  const { bids, asks } = one.book;
  return [...bids, ...asks].every(([price, size]) => isGood(price) && (size === 0 || isGood(size)));
}
