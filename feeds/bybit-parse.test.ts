import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BYBIT_FRAMES, EVERY_MARKET } from '../test/doubles/bybit-frames.ts';
import { bybitReader } from './bybit-parse.ts';
import { scanTrades } from './bybit-trades.ts';

const reader = bybitReader(EVERY_MARKET);
const readNamed = (name: string) => {
  const [route, text] = BYBIT_FRAMES[name];
  return reader.read(text, route);
};
const scan = (text: string) => scanTrades(text, (wire) => (wire === 'BTCUSDT' ? 'bybit:btcusdt' : undefined));
/** A space in front is good JSON, and too much for the fast way. */
const readSlowly = (text: string) => reader.read(` ${text}`, 'spot');

describe('trade frames', () => {
  it('are read on either route as documented, the side being the taker’s', () => {
    const common = { type: 'trade', instrument: 'bybit:btcusdt' };
    expect(readNamed('spotTrades')).toEqual({
      kind: 'trades',
      trades: [
        { ...common, ts: 1672304486865, price: 16578.5, size: 0.001, side: 'buy', id: '2290000000000000101' },
        { ...common, ts: 1672304486866, price: 16578.41, size: 0.25, side: 'sell', id: '2290000000000000104' },
      ],
    });
    const id = '20f43950-d8dd-5b31-9112-a178eb6023af';
    expect(readNamed('linearTrades')).toEqual({
      kind: 'trades',
      trades: [
        { ...common, instrument: 'bybit:btcusdt.p', ts: 1672304486865, price: 16578.5, size: 0.001, side: 'buy', id },
      ],
    });
  });

  it('leave block trades out, which nobody else could take part in', () => {
    expect(readNamed('blockTrade')).toEqual({ kind: 'trades', trades: [] });
    expect(readSlowly(BYBIT_FRAMES.blockTrade[1])).toEqual({ kind: 'trades', trades: [] });
  });

  const decimalText = fc
    .tuple(fc.bigInt({ min: 1n, max: 10n ** 18n }), fc.integer({ min: 0, max: 12 }))
    .map(([mantissa, decimals]) => {
      const digits = String(mantissa).padStart(decimals + 1, '0');
      return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
    });
  const trade = fc.record({
    T: fc.integer({ min: 1, max: 1e14 }),
    s: fc.constant('BTCUSDT'),
    S: fc.constantFrom('Buy', 'Sell'),
    v: decimalText,
    p: decimalText,
    L: fc.constantFrom('PlusTick', 'ZeroMinusTick'),
    i: fc.oneof(
      fc.uuid(),
      fc.bigInt({ min: 1n, max: 10n ** 20n }).map((i) => String(i)),
    ),
    BT: fc.boolean(),
    RPI: fc.boolean(),
    seq: fc.integer({ min: 1, max: 2 ** 45 }),
  });
  const keys = ['T', 's', 'S', 'v', 'p', 'L', 'i', 'BT', 'RPI', 'seq'] as const;
  const frame = fc
    .tuple(
      fc.array(trade, { minLength: 1, maxLength: 4 }),
      fc.shuffledSubarray([...keys], { minLength: keys.length }),
      fc.boolean(),
    )
    .map(([trades, order, isSpot]) => {
      const data = trades.map((one) => Object.fromEntries(order.map((key) => [key, one[key]])));
      const topic = 'publicTrade.BTCUSDT';
      const whole = isSpot
        ? { topic, ts: 5, type: 'snapshot', data }
        : { topic, type: 'snapshot', ts: 1_672_304_486_868, data };
      return { trades, text: JSON.stringify(whole) };
    });

  it('take the fast way whatever the order of keys, to the same numbers as JSON and Number', () => {
    fc.assert(
      fc.property(frame, ({ trades, text }) => {
        const expected = trades
          .filter(({ BT }) => !BT)
          .map(({ T, S, v, p, i }) => ({
            type: 'trade',
            instrument: 'bybit:btcusdt',
            ts: T,
            price: Number(p),
            size: Number(v),
            side: S.toLowerCase(),
            id: i,
          }));
        expect(scan(text)).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it('when damaged, are read the fast way only to what JSON gives', () => {
    const damage = fc.record({
      at: fc.double({ min: 0, max: 0.999, noNaN: true }),
      cut: fc.integer({ min: 0, max: 3 }),
      put: fc.constantFrom('', '"', '.', '0', '-', 'e', ',', '}', ' ', '\\', ':', '9', 'x', '"x":1,', '"p":"7",'),
    });
    let read = 0;
    fc.assert(
      fc.property(frame, damage, ({ text: whole }, d) => {
        const at = Math.floor(d.at * whole.length);
        const text = whole.slice(0, at) + d.put + whole.slice(at + d.cut);
        const fast = scan(text);
        if (fast === undefined) return;
        read++;
        const slow = readSlowly(text);
        expect(slow).toEqual({ kind: 'trades', trades: fast.sort((a, b) => a.ts - b.ts) });
      }),
      { numRuns: 20_000 },
    );
    expect(read).toBeGreaterThan(100);
  });

  it('are put in the order of time', () => {
    const [route, text] = BYBIT_FRAMES.spotTrades;
    const frame = reader.read(text.replace('"T":1672304486866', '"T":1672304486861'), route);
    expect(frame.kind === 'trades' && frame.trades.map(({ ts }) => ts)).toEqual([1672304486861, 1672304486865]);
  });

  it.each([
    ['a price of zero', '"p":"16578.5"', '"p":"0.0"'],
    ['a negative price', '"p":"16578.5"', '"p":"-1"'],
    ['a price that is no number', '"p":"16578.5"', '"p":"NaN"'],
    ['a bare number as its price', '"p":"16578.5"', '"p":16578.5'],
    ['an endless price', '"p":"16578.5"', `"p":"${'9'.repeat(400)}"`],
    ['a size in another notation', '"v":"0.001"', '"v":"1e-3"'],
    ['no size', '"v":"0.001",', ''],
    ['no time', '"T":1672304486865,', ''],
    ['a time as text', '"T":1672304486865', '"T":"1672304486865"'],
    ['no side', '"S":"Buy",', ''],
    ['an unknown side', '"S":"Buy"', '"S":"buy"'],
    ['no id', '"i":"2290000000000000101",', ''],
    ['another symbol than its topic', '"s":"BTCUSDT"', '"s":"ETHUSDT"'],
  ])('count a trade with %s as malformed, and keep the others', (_what, good, bad) => {
    const [route, whole] = BYBIT_FRAMES.spotTrades;
    const text = whole.replace(good, bad);
    expect(text).not.toBe(whole);
    expect(scan(text)).toBeUndefined();
    const frame = reader.read(text, route);
    expect(frame).toMatchObject({
      kind: 'many',
      frames: [{ kind: 'trades', trades: [{ id: '2290000000000000104' }] }, { kind: 'malformed' }],
    });
  });
});

describe('books', () => {
  it('are read with the time of the matching engine', () => {
    expect(readNamed('bookSnapshot')).toEqual({
      kind: 'book',
      book: {
        instrument: 'bybit:btcusdt.p',
        ts: 1672304484976,
        snapshot: true,
        last: 18521288,
        bids: [
          [16493.5, 0.006],
          [16493, 0.1],
        ],
        asks: [
          [16611, 0.029],
          [16612, 0.213],
        ],
      },
    });
    expect(readNamed('bookDelta')).toMatchObject({
      book: { ts: 1672304485071, snapshot: false, last: 18521289, bids: [[16493, 0]] },
    });
  });

  it('begin anew where the venue begins to count anew, whatever it calls the message', () => {
    const [route, text] = BYBIT_FRAMES.bookDelta;
    expect(reader.read(text.replace('"u":18521289', '"u":1'), route)).toMatchObject({
      kind: 'book',
      book: { snapshot: true, last: 1 },
    });
  });

  it('have the time of the message where that of the engine is missing', () => {
    const [route, text] = BYBIT_FRAMES.bookDelta;
    expect(reader.read(text.replace(',"cts":1672304485071', ''), route)).toMatchObject({ book: { ts: 1672304485078 } });
  });

  it.each([
    ['"16493.00","0"', '"-16493.00","0"'],
    ['"16493.00","0"', '"16493.00","-1"'],
    ['"16493.00","0"', '"16493.00"'],
    ['["16493.00","0"]', '7'],
    ['"u":18521289', '"u":"18521289"'],
    ['"s":"BTCUSDT"', '"s":"ETHUSDT"'],
    ['"type":"delta"', '"type":"other"'],
  ])('are malformed as a whole with %s as %s', (good, bad) => {
    const [route, text] = BYBIT_FRAMES.bookDelta;
    expect(text).toContain(good);
    expect(reader.read(text.replace(good, bad), route).kind).toBe('malformed');
  });
});

describe('facts', () => {
  const facts = (name: string) => {
    const frame = readNamed(name);
    return frame.kind === 'facts' ? frame.facts.map(({ name: what, ts, value }) => [what, ts, value]) : frame;
  };

  it('come of the ticker of a perpetual', () => {
    const ts = 1673272861686;
    expect(facts('ticker')).toEqual([
      ['mark', ts, 17217.33],
      ['index', ts, 17227.36],
      ['funding', ts, -0.000212],
      ['next_funding', ts, 1673280000000],
      ['oi', ts, 68744.761],
    ]);
    expect(readNamed('ticker')).toMatchObject({
      facts: Array(5).fill({ type: 'fact', instrument: 'bybit:btcusdt.p' }),
    });
  });

  it('are only told where a change has them', () => {
    expect(facts('tickerDelta')).toEqual([['mark', 1673272861786, 17217.4]]);
  });

  it('are liquidations, one by one, in units of the base', () => {
    expect(facts('liquidations')).toEqual([
      ['liquidations', 1739502302929, 0.2],
      ['liquidations', 1739502302931, 1.5],
    ]);
  });

  it('are not those of spot markets', () => {
    expect(readNamed('spotTicker')).toEqual({ kind: 'unknown' });
    expect(reader.read(BYBIT_FRAMES.liquidations[1], 'spot')).toEqual({ kind: 'unknown' });
  });

  it('that cannot be read are malformed, the others kept', () => {
    const [route, text] = BYBIT_FRAMES.ticker;
    const frame = reader.read(text.replace('"17217.33"', '"NaN"').replace('"-0.000212"', '"--1"'), route);
    expect(frame).toMatchObject({
      kind: 'many',
      frames: [
        { kind: 'facts', facts: [{ name: 'index' }, { name: 'next_funding' }, { name: 'oi' }] },
        { kind: 'malformed', reason: 'ticker without a good markPrice' },
        { kind: 'malformed', reason: 'ticker without a good fundingRate' },
      ],
    });
    const [way, some] = BYBIT_FRAMES.liquidations;
    expect(reader.read(some.replace('"v":"0.2"', '"v":"0"'), way)).toMatchObject({
      frames: [{ facts: [{ value: 1.5 }] }, { kind: 'malformed' }],
    });
  });
});

describe('answers', () => {
  it.each([
    ['ack', { kind: 'acks', acks: [{ id: 7 }] }],
    ['spotAck', { kind: 'acks', acks: [{ id: 7 }] }],
    ['refusal', { kind: 'acks', acks: [{ id: 8, refusal: 'error:handler not found,topic:publicTrade.X' }] }],
    ['namelessRefusal', { kind: 'acks', acks: [{ id: undefined, refusal: 'args size >10' }] }],
    ['pong', { kind: 'alive' }],
    ['otherPong', { kind: 'alive' }],
  ])('%s', (name, frame) => {
    expect(readNamed(name)).toEqual(frame);
  });

  it('that refuse all for a topic which runs already confirm that one', () => {
    const refusal = 'error:already subscribed,topic:publicTrade.BTCUSDT';
    expect(readNamed('twice')).toEqual({
      kind: 'acks',
      acks: [{ names: ['publicTrade.BTCUSDT'] }, { id: 9, refusal }],
    });
  });

  it.each([
    ['{"success":true,"ret_msg":"","req_id":"theirs","op":"subscribe"}', 'unknown'],
    ['{"success":true,"conn_id":"a","data":{"failTopics":[]},"type":"COMMAND_RESP"}', 'unknown'],
    ['{"topic":"kline.1.BTCUSDT","data":[],"ts":1,"type":"snapshot"}', 'unknown'],
    ['{"topic":"orderbook.50.BTCUSDT","data":[],"ts":1,"type":"snapshot"}', 'unknown'],
    ['{"topic":"publicTrade.BTC-27JUN25","type":"snapshot","ts":1,"data":[]}', 'unknown'],
    ['{"topic":"nothing"}', 'unknown'],
    ['[1]', 'unknown'],
    ['null', 'unknown'],
    ['{"topic', 'malformed'],
    ['{"topic":"publicTrade.BTCUSDT","data":{}}', 'malformed'],
    ['{"topic":"allLiquidation.BTCUSDT","data":{}}', 'malformed'],
    ['{"topic":"tickers.BTCUSDT","data":[]}', 'malformed'],
  ])('takes %s for %s', (text, kind) => {
    expect(reader.read(text, 'linear').kind).toBe(kind);
  });
});
