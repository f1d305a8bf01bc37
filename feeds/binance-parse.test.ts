import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFrame, parseTradeFast, parseTradeFrame } from './binance-parse.ts';

// From the venue's documentation of the combined stream.
const DOCUMENTED =
  '{"stream":"bnbbtc@trade","data":{"e":"trade","E":1672515782136,"s":"BNBBTC","t":12345,"p":"0.001","q":"100","T":1672515782134,"m":true,"M":true}}';

const decimalText = fc
  .tuple(fc.bigInt({ min: 1n, max: 10n ** 18n }), fc.integer({ min: 0, max: 12 }))
  .map(([mantissa, decimals]) => {
    const digits = String(mantissa).padStart(decimals + 1, '0');
    return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
  });

const fields = fc.record({
  s: fc.constantFrom('BTCUSDT', 'ETHBTC', '1000SATSUSDT', 'A'),
  t: fc.integer({ min: 0, max: 2 ** 45 }),
  p: decimalText,
  q: decimalText,
  T: fc.integer({ min: 1, max: 1e14 }),
  m: fc.boolean(),
  M: fc.boolean(),
});

type Fields = typeof fields extends fc.Arbitrary<infer F> ? F : never;

function frameOf({ s, t, p, q, T, m, M }: Fields): string {
  return JSON.stringify({ stream: `${s.toLowerCase()}@trade`, data: { e: 'trade', E: T + 3, s, t, p, q, T, m, M } });
}

describe('trade frames', () => {
  it('reads the documented frame; a buyer who made the price means a taker who sells', () => {
    expect(parseTradeFrame(DOCUMENTED)).toEqual({
      type: 'trade',
      instrument: 'binance:bnbbtc',
      ts: 1672515782134,
      price: 0.001,
      size: 100,
      side: 'sell',
      id: '12345',
    });
    expect(parseTradeFrame(DOCUMENTED.replace('"m":true', '"m":false'))?.side).toBe('buy');
  });

  it('takes the fast path for every well-formed frame, to the same numbers as JSON and Number', () => {
    fc.assert(
      fc.property(fields, (f) => {
        const text = frameOf(f);
        parseTradeFrame(text);
        expect(parseTradeFast(text)).toEqual({
          type: 'trade',
          instrument: `binance:${f.s.toLowerCase()}`,
          ts: f.T,
          price: Number(f.p),
          size: Number(f.q),
          side: f.m ? 'sell' : 'buy',
          id: String(f.t),
        });
      }),
      { numRuns: 2000 },
    );
  });

  it('agrees with the slow path on damaged frames: the same trade or none', () => {
    const damage = fc.record({
      at: fc.double({ min: 0, max: 0.999, noNaN: true }),
      cut: fc.integer({ min: 0, max: 3 }),
      put: fc.constantFrom('', '"', '.', '0', '-', 'e', ',', '}', ' ', '\\', ':', '9', 'x', '"x":1,'),
    });
    let read = 0;
    fc.assert(
      fc.property(fields, damage, (f, d) => {
        const whole = frameOf(f);
        parseTradeFrame(whole);
        const at = Math.floor(d.at * whole.length);
        const text = whole.slice(0, at) + d.put + whole.slice(at + d.cut);
        const fast = parseTradeFast(text);
        const slow = parseFrame(text);
        if (fast === undefined) return;
        read++;
        expect(slow).toEqual({ kind: 'trades', trades: [fast] });
      }),
      { numRuns: 20_000 },
    );
    expect(read).toBeGreaterThan(100);
  });

  it('reads other key orders and additional keys', () => {
    const text =
      '{"data":{"M":true,"m":false,"T":9,"q":"2","p":"1.5","t":7,"s":"BNBBTC","b":1,"e":"trade"},"stream":"bnbbtc@trade"}';
    expect(parseTradeFast(text)).toBeUndefined();
    expect(parseTradeFrame(text)).toMatchObject({
      instrument: 'binance:bnbbtc',
      price: 1.5,
      size: 2,
      side: 'buy',
      id: '7',
    });
  });

  it('shares one string for the instrument', () => {
    const a = parseTradeFrame(DOCUMENTED);
    const b = parseTradeFrame(DOCUMENTED.replace('12345', '12346'));
    expect(Object.is(a?.instrument, b?.instrument)).toBe(true);
    expect(b?.id).toBe('12346');
  });

  it.each([
    ['a price of zero', '"p":"0.001"', '"p":"0.000"'],
    ['a negative price', '"p":"0.001"', '"p":"-0.001"'],
    ['a price that is no number', '"p":"0.001"', '"p":"NaN"'],
    ['a price that is a bare number', '"p":"0.001"', '"p":0.001'],
    ['an empty price', '"p":"0.001"', '"p":""'],
    ['a hexadecimal price', '"p":"0.001"', '"p":"0x10"'],
    ['an endless size', '"q":"100"', '"q":"1e999"'],
    ['no size', '"q":"100",', ''],
    ['no time', '"T":1672515782134,', ''],
    ['a time that is no integer', '"T":1672515782134', '"T":1672515782134.5'],
    ['no side', '"m":true,', ''],
    ['a negative id', '"t":12345', '"t":-1'],
    ['another symbol than its stream', '"s":"BNBBTC"', '"s":"BNBETH"'],
  ])('calls a trade with %s malformed', (_what, good, bad) => {
    parseTradeFrame(DOCUMENTED);
    expect(DOCUMENTED).toContain(good);
    const text = DOCUMENTED.replace(good, bad);
    expect(parseTradeFast(text)).toBeUndefined();
    expect(parseFrame(text).kind).toBe('malformed');
  });
});

describe('other frames', () => {
  it.each([
    ['{"result":null,"id":3}', { kind: 'acks', acks: [{ id: 3 }] }],
    [
      '{"code":2,"msg":"Invalid request: x","id":4}',
      { kind: 'acks', acks: [{ id: 4, refusal: 'Invalid request: x' }] },
    ],
    [
      '{"error":{"code":2,"msg":"Invalid request: x"},"id":4}',
      { kind: 'acks', acks: [{ id: 4, refusal: 'Invalid request: x' }] },
    ],
    ['{"code":3,"msg":"Invalid JSON: y"}', { kind: 'acks', acks: [{ id: -1, refusal: 'Invalid JSON: y' }] }],
    [
      '{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1}}',
      { kind: 'leave', reason: 'the venue restarts' },
    ],
    ['{"stream":"!ticker@arr","data":[]}', { kind: 'unknown' }],
    ['[1,2]', { kind: 'unknown' }],
    ['null', { kind: 'unknown' }],
    ['{"stream', { kind: 'malformed', reason: 'not JSON' }],
  ])('knows %s', (text, frame) => {
    expect(parseFrame(text)).toEqual(frame);
  });

  const recordings = new URL('../../shared/venues/binance-spot/', import.meta.url);
  it.skipIf(!existsSync(recordings))(
    'takes recorded trades for trades, changes of books for those, and other channels for unknown',
    () => {
      for (const channel of ['aggTrade', 'bookTicker', 'depth', 'kline_1m', 'fixtures']) {
        for (const line of readFileSync(new URL(`${channel}.jsonl`, recordings), 'utf8').split('\n')) {
          if (line === '') continue;
          const isTrade = /"stream":"[^"]*@trade"/.test(line) && /"e":"trade"/.test(line);
          const kind = parseFrame(line).kind;
          if (isTrade) expect(kind).toBe('trades');
          else if (/"stream".*"e":"depthUpdate"/.test(line)) expect(kind).toBe('book');
          else expect(['unknown', 'acks', 'leave']).toContain(kind);
        }
      }
    },
  );
});
