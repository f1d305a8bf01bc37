import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FactEvent } from '../engine/market/events.ts';
import { USDM_FRAMES } from '../test/doubles/binance-usdm-frames.ts';
import { parseDepthSnapshot, parseFrame, parseOpenInterest } from './binance-usdm-parse.ts';
import { names, parseTradeFast } from './binance-usdm-trades.ts';
import type { Frame } from './venue.ts';

const BTC = { instrument: 'binance-usdm:btcusdt' };

const decimalText = fc
  .tuple(fc.bigInt({ min: 1n, max: 10n ** 18n }), fc.integer({ min: 0, max: 12 }))
  .map(([mantissa, decimals]) => {
    const digits = String(mantissa).padStart(decimals + 1, '0');
    return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
  });
const fields = fc.record(
  {
    e: fc.constant('aggTrade'),
    E: fc.integer({ min: 1, max: 1e14 }),
    a: fc.integer({ min: 0, max: 2 ** 45 }),
    s: fc.constantFrom('BTCUSDT', '1000PEPEUSDT', 'A'),
    p: decimalText,
    q: decimalText,
    nq: decimalText,
    f: fc.integer({ min: 0, max: 2 ** 45 }),
    T: fc.integer({ min: 1, max: 1e14 }),
    m: fc.boolean(),
    st: fc.constant(1),
    ps: fc.constant('BTCUSDT'),
  },
  { requiredKeys: ['e', 'a', 's', 'p', 'q', 'T', 'm'] },
);
/** A frame, its keys in any order. */
const frames = fc.tuple(fields, fc.integer({ min: 0, max: 2 ** 31 })).map(([one, seed]) => {
  const data = Object.fromEntries(
    Object.entries(one).sort(([x], [y]) => ((x.charCodeAt(0) * seed) % 97) - ((y.charCodeAt(0) * seed) % 97)),
  );
  return { one, text: JSON.stringify({ stream: `${one.s.toLowerCase()}@aggTrade`, data }) };
});

function factsOf(frame: Frame): readonly FactEvent[] {
  if (frame.kind === 'many') return frame.frames.flatMap(factsOf);
  expect(frame.kind).toBe('facts');
  return frame.kind === 'facts' ? frame.facts : [];
}

for (const symbol of ['btcusdt', '1000pepeusdt', 'a']) names.of(symbol);

describe('trade frames', () => {
  it('are read as documented; a buyer who made the price means a taker who sells', () => {
    const trade = {
      type: 'trade',
      ...BTC,
      ts: 1_777_000_000_100,
      price: 64250.1,
      size: 0.25,
      side: 'sell',
      id: '5933014',
    };
    expect(parseTradeFast(USDM_FRAMES.trade)).toEqual(trade);
    expect(parseFrame(USDM_FRAMES.trade)).toEqual({ kind: 'trades', trades: [trade] });
    expect(parseTradeFast(USDM_FRAMES.oldTrade)).toEqual({
      type: 'trade',
      instrument: 'binance-usdm:1000pepeusdt',
      ts: 1_626_000_000_421,
      price: 0.01011,
      size: 10,
      side: 'buy',
      id: '16599',
    });
  });

  it('take the fast way whatever the order of keys, to the same numbers as JSON and Number', () => {
    fc.assert(
      fc.property(frames, ({ one, text }) => {
        expect(parseTradeFast(text)).toEqual({
          type: 'trade',
          instrument: `binance-usdm:${one.s.toLowerCase()}`,
          ts: one.T,
          price: Number(one.p),
          size: Number(one.q),
          side: one.m ? 'sell' : 'buy',
          id: String(one.a),
        });
      }),
      { numRuns: 2000 },
    );
  });

  it('agree with the slow way when damaged: the same trade or none', () => {
    const damage = fc.record({
      at: fc.double({ min: 0, max: 0.999, noNaN: true }),
      cut: fc.integer({ min: 0, max: 3 }),
      put: fc.constantFrom('', '"', '.', '0', '-', 'e', ',', '}', ' ', '\\', ':', '9', 'x', '"x":1,', '"p":"7",'),
    });
    let read = 0;
    fc.assert(
      fc.property(frames, damage, ({ text: whole }, d) => {
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

  it.each([
    ['a price of zero', '"p":"64250.10"', '"p":"0.000"'],
    ['a negative price', '"p":"64250.10"', '"p":"-1"'],
    ['a price that is no number', '"p":"64250.10"', '"p":"NaN"'],
    ['a price that is a bare number', '"p":"64250.10"', '"p":64250.1'],
    ['an endless price', '"p":"64250.10"', `"p":"${'9'.repeat(400)}"`],
    ['an endless size', '"q":"0.250"', '"q":"1e999"'],
    ['no size', '"q":"0.250",', ''],
    ['no time', '"T":1777000000100,', ''],
    ['a side in quotes', '"m":true', '"m":"true"'],
    ['a negative id', '"a":5933014', '"a":-1'],
    ['an id beyond exact numbers', '"a":5933014', '"a":9007199254740993'],
    ['another symbol than its stream', '"s":"BTCUSDT"', '"s":"ETHUSDT"'],
  ])('with %s are malformed', (_what, good, bad) => {
    expect(USDM_FRAMES.trade).toContain(good);
    const text = USDM_FRAMES.trade.replace(good, bad);
    expect(parseTradeFast(text)).toBeUndefined();
    expect(parseFrame(text).kind).toBe('malformed');
  });

  it('of COIN-M are not for us', () => {
    const text = USDM_FRAMES.trade.replace('"st":1', '"st":2');
    expect(parseTradeFast(text)).toBeUndefined();
    expect(parseFrame(text)).toEqual({ kind: 'unknown' });
  });
});

describe('facts', () => {
  const fact = (name: string, value: number, ts = 1_777_000_001_000) => ({ type: 'fact', name, ...BTC, ts, value });

  it('are mark and index price, the funding rate with its sign, and when it is due', () => {
    expect(parseFrame(USDM_FRAMES.mark)).toEqual({
      kind: 'facts',
      facts: [
        fact('mark', 64251.5),
        fact('index', 64248.25),
        fact('funding', -0.000125),
        fact('next_funding', 1_777_017_600_000),
      ],
    });
  });

  it('leave out what the venue leaves out: funding of a contract that pays none, an index that there is not', () => {
    const named = (text: string) => factsOf(parseFrame(text)).map(({ name, value }) => [name, value]);
    expect(named(USDM_FRAMES.delivery)).toEqual([
      ['mark', 66000],
      ['index', 64248.25],
    ]);
    expect(named(USDM_FRAMES.mark.replace('"i":"64248.25000000"', '"i":"0.00000000"')).at(0)).toEqual([
      'mark',
      64251.5,
    ]);
    expect(named(USDM_FRAMES.mark.replace('"i":"64248.25000000"', '"i":"0.00000000"'))).toHaveLength(3);
    expect(named(USDM_FRAMES.mark.replace('"r":"-0.00012500"', '"r":"0.00000000"'))).toContainEqual(['funding', 0]);
  });

  it('come in lists of all markets, of which those of COIN-M are left out', () => {
    const common = { type: 'fact', instrument: 'binance-usdm:ethusdt', ts: 1_777_000_001_000 };
    expect(factsOf(parseFrame(USDM_FRAMES.marks))).toEqual([
      { ...common, name: 'mark', value: 3000.5 },
      { ...common, name: 'index', value: 3000.25 },
      { ...common, name: 'funding', value: 0.0001 },
      { ...common, name: 'next_funding', value: 1_777_017_600_000 },
    ]);
    expect(parseFrame(USDM_FRAMES.ticker)).toEqual({ kind: 'unknown' });
  });

  it('are liquidations by what was filled in all, once the order is over', () => {
    const liquidations = { kind: 'facts', facts: [fact('liquidations', 0.514, 1_777_000_002_000)] };
    const nothing = { kind: 'facts', facts: [] };
    const read = (state: string, filled = '0.514') =>
      parseFrame(USDM_FRAMES.liquidation.replace('"FILLED"', `"${state}"`).replace('"z":"0.514"', `"z":"${filled}"`));
    expect(read('FILLED')).toEqual(liquidations);
    expect(read('EXPIRED')).toEqual(liquidations);
    expect(read('PARTIALLY_FILLED')).toEqual(nothing);
    expect(read('NEW')).toEqual(nothing);
    expect(read('EXPIRED', '0')).toEqual(nothing);
  });

  it.each([
    ['a mark price that is no number', USDM_FRAMES.mark, '"p":"64251.50000000"', '"p":"x"'],
    ['a funding rate that is no number', USDM_FRAMES.mark, '"r":"-0.00012500"', '"r":"--1"'],
    ['a next funding that is no time', USDM_FRAMES.mark, '"T":1777017600000', '"T":"soon"'],
    ['another symbol than its stream', USDM_FRAMES.mark, '"s":"BTCUSDT"', '"s":"ETHUSDT"'],
    ['a liquidation without a size', USDM_FRAMES.liquidation, '"z":"0.514"', '"z":null'],
    ['a liquidation without an order', USDM_FRAMES.liquidation, '"o":{"s"', '"x":{"s"'],
  ])('with %s are malformed', (_what, text, good, bad) => {
    expect(text).toContain(good);
    expect(parseFrame(text.replace(good, bad)).kind).toBe('malformed');
  });

  it('have the open interest from an answer', () => {
    const body = { openInterest: '10659.509', symbol: 'BTCUSDT', time: 1_777_000_000_011 };
    expect(parseOpenInterest(body, 'btcusdt', 5)).toEqual(fact('oi', 10659.509, 1_777_000_000_011));
    expect(parseOpenInterest({ ...body, time: undefined }, 'btcusdt', 5)).toMatchObject({ ts: 5 });
    expect(parseOpenInterest({ ...body, symbol: 'ETHUSDT' }, 'btcusdt', 5)).toBeUndefined();
    expect(parseOpenInterest({ ...body, openInterest: 'x' }, 'btcusdt', 5)).toBeUndefined();
    expect(parseOpenInterest('x', 'btcusdt', 5)).toBeUndefined();
  });
});

describe('books', () => {
  it('are changes with the numbers of the first, the last, and the one before', () => {
    expect(parseFrame(USDM_FRAMES.depth)).toEqual({
      kind: 'book',
      book: {
        ...BTC,
        ts: 1_777_000_003_000,
        snapshot: false,
        ...{ first: 157, last: 160, previous: 149 },
        bids: [
          [64250, 1.5],
          [64249.9, 0],
        ],
        asks: [[64250.1, 0.75]],
      },
    });
  });

  it('are not what streams of the best levels send', () => {
    expect(parseFrame(USDM_FRAMES.depth.replace('@depth@100ms', '@depth20'))).toEqual({ kind: 'unknown' });
  });

  it.each([
    ['a level without a size', '["64250.00","1.5"]', '["64250.00"]'],
    ['a negative size', '["64250.00","1.5"]', '["64250.00","-1.5"]'],
    ['a price of zero', '["64250.00","1.5"]', '["0","1.5"]'],
    ['no number', '"u":160,', ''],
    ['no time', '"T":1777000003000,', ''],
    ['no asks', '"a":[["64250.10","0.75"]]', '"a":{}'],
  ])('with %s are malformed', (_what, good, bad) => {
    expect(USDM_FRAMES.depth).toContain(good);
    expect(parseFrame(USDM_FRAMES.depth.replace(good, bad)).kind).toBe('malformed');
  });

  it('come whole in an answer, with its time', () => {
    const body = {
      lastUpdateId: 1_027_024,
      E: 1_777_000_000_003,
      T: 1_777_000_000_000,
      bids: [['4.0', '431']],
      asks: [],
    };
    const whole = { ...BTC, ts: 1_777_000_000_000, snapshot: true, last: 1_027_024, bids: [[4, 431]], asks: [] };
    expect(parseDepthSnapshot(body, 'btcusdt', 5)).toEqual(whole);
    expect(parseDepthSnapshot({ ...body, T: undefined }, 'btcusdt', 5)).toEqual({ ...whole, ts: 5 });
    expect(parseDepthSnapshot({ ...body, bids: [['x', '1']] }, 'btcusdt', 5)).toBeUndefined();
    expect(parseDepthSnapshot([], 'btcusdt', 5)).toBeUndefined();
  });
});

describe('other frames', () => {
  it.each([
    [USDM_FRAMES.ack, { kind: 'acks', acks: [{ id: 7 }] }],
    [USDM_FRAMES.refusal, { kind: 'acks', acks: [{ id: 8, refusal: 'Invalid request: invalid stream' }] }],
    [USDM_FRAMES.shutdown, { kind: 'leave', reason: 'the venue restarts' }],
    ['{"stream', { kind: 'malformed', reason: 'not JSON' }],
    ['[1,2]', { kind: 'unknown' }],
    ['null', { kind: 'unknown' }],
    ['{"stream":"x","data":null}', { kind: 'unknown' }],
    ['{"stream":"x","data":{"e":"kline"}}', { kind: 'unknown' }],
  ])('are known: %s', (text, frame) => {
    expect(parseFrame(text)).toEqual(frame);
  });
});
