import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAMAGED, readDamaged } from '../test/doubles/damaged-frames.ts';
import { okxMarkets } from '../test/doubles/okx-markets.ts';
import { okx } from './okx.ts';
import { createOkxReader } from './okx-parse.ts';
import type { Frame } from './venue.ts';

const markets = await okxMarkets();
const reader = createOkxReader(markets);
const read = (text: string): Frame => reader.read(text, 'public');
const readTrade = (text: string) => reader.readTrade?.(text, 'public');

// From the venue's documentation of each channel.
const TRADE =
  '{"arg":{"channel":"trades","instId":"BTC-USDT"},"data":[{"instId":"BTC-USDT","tradeId":"130639474","px":"42219.9","sz":"0.12060306","side":"buy","ts":"1630048897897","count":"3","source":"0","seqId":1234}]}';
const OLD_TRADE = TRADE.replace(',"count":"3","source":"0","seqId":1234', '');
const BOOK =
  '{"arg":{"channel":"books","instId":"BTC-USDT"},"action":"update","data":[{"asks":[["8476.98","415","0","13"],["8477","0","0","0"]],"bids":[["8476.97","256","0","12"]],"ts":"1597026383085","checksum":-855196043,"prevSeqId":123450,"seqId":123456}]}';
const FUNDING =
  '{"arg":{"channel":"funding-rate","instId":"BTC-USDT-SWAP"},"data":[{"fundingRate":"-0.0000875","fundingTime":"1700726400000","instId":"BTC-USDT-SWAP","instType":"SWAP","method":"current_period","nextFundingRate":"","nextFundingTime":"1700755200000","ts":"1700724675402"}]}';
const MARK =
  '{"arg":{"channel":"mark-price","instId":"BTC-USDT-SWAP"},"data":[{"instType":"SWAP","instId":"BTC-USDT-SWAP","markPx":"42310.6","ts":"1630049139746"}]}';
const INDEX =
  '{"arg":{"channel":"index-tickers","instId":"BTC-USDT"},"data":[{"instId":"BTC-USDT","idxPx":"41786.2","high24h":"42000","open24h":"41000","ts":"1630049139747"}]}';
const INTEREST =
  '{"arg":{"channel":"open-interest","instId":"BTC-USDT-SWAP"},"data":[{"instType":"SWAP","instId":"BTC-USDT-SWAP","oi":"2216113","oiCcy":"22161.13","oiUsd":"1939251795.54","ts":"1743041250440"}]}';
const LIQUIDATION =
  '{"arg":{"channel":"liquidation-orders","instType":"SWAP"},"data":[{"details":[{"bkLoss":"0","bkPx":"40000","ccy":"","posSide":"short","side":"buy","sz":"13","ts":"1692266434010"},{"bkLoss":"0","bkPx":"50000","ccy":"","posSide":"long","side":"sell","sz":"20","ts":"1692266434011"}],"instFamily":"BTC-USDT","instId":"BTC-USDT-SWAP","instType":"SWAP","uly":"BTC-USDT"}]}';

const as = (text: string, instId: string) => text.replaceAll('"BTC-USDT"', `"${instId}"`);

describe('trades', () => {
  it('are read as documented, with the side of the taker', () => {
    const trade = {
      type: 'trade',
      instrument: 'okx:btcusdt',
      ts: 1630048897897,
      price: 42219.9,
      size: 0.12060306,
      side: 'buy',
      id: '130639474',
    };
    expect(read(TRADE)).toEqual({ kind: 'trades', trades: [trade] });
    expect(readTrade(TRADE)).toEqual(trade);
    expect(readTrade(OLD_TRADE)).toEqual(trade);
    expect(readTrade(TRADE.replace('"buy"', '"sell"'))).toEqual({ ...trade, side: 'sell' });
  });

  it.each([
    ['contracts of 0.01 BTC', 'BTC-USDT-SWAP', 'btcusdt.p', '250', '40000', 2.5],
    ['contracts of 100 USD, by their price', 'BTC-USD-SWAP', 'btcusd.p', '250', '40000', 0.625],
    ['the base itself', 'BTC-USD', 'btcusd', '250', '40000', 250],
  ])('come in %s and are told in the base', (_what, instId, symbol, sz, px, size) => {
    const text = as(TRADE, instId).replace('"0.12060306"', `"${sz}"`).replace('"42219.9"', `"${px}"`);
    expect(readTrade(text)).toMatchObject({ instrument: `okx:${symbol}`, size, price: 40_000 });
    expect(read(text)).toEqual({ kind: 'trades', trades: [readTrade(text)] });
  });

  it('of one frame are sorted by their ids, and a bad one spares the others', () => {
    const rows = ['1000', '999', '1001'].map(
      (id) => `{"instId":"BTC-USDT","tradeId":"${id}","px":"5","sz":"1","side":"buy","ts":"9"}`,
    );
    const frame = (inner: string) => `{"arg":{"channel":"trades","instId":"BTC-USDT"},"data":[${inner}]}`;
    const ids = (one: Frame) => (one.kind === 'trades' ? one.trades.map(({ id }) => id) : []);
    expect(ids(read(frame(rows.join())))).toEqual(['999', '1000', '1001']);
    const mixed = read(frame(`${rows[0]},{"instId":"BTC-USDT"},${rows[1]}`));
    expect(mixed).toMatchObject({ kind: 'many', frames: [{ kind: 'trades' }, { kind: 'malformed' }] });
    expect(mixed.kind === 'many' && ids(mixed.frames[0])).toEqual(['999', '1000']);
  });

  it('take the fast way for every well-formed frame, to the same trade', () => {
    const digits = fc.bigInt({ min: 1n, max: 10n ** 15n - 1n }).map(String);
    const decimal = fc.tuple(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 1, max: 999_999 }));
    const text = decimal.map(([whole, part]) => `${whole}.${part}`);
    const instId = fc.constantFrom('BTC-USDT', 'BTC-USDT-SWAP', 'BTC-USD-SWAP');
    const extras = fc.constantFrom(
      '',
      ',"count":"1"',
      ',"count":"12","source":"1"',
      ',"count":"1","source":"0","seqId":5',
    );
    fc.assert(
      fc.property(instId, digits, text, text, fc.boolean(), digits, extras, (id, tradeId, px, sz, isBuy, ts, more) => {
        const row = JSON.stringify({ instId: id, tradeId, px, sz, side: isBuy ? 'buy' : 'sell', ts });
        const frame = `{"arg":{"channel":"trades","instId":"${id}"},"data":[${row.slice(0, -1)}${more}}]}`;
        const trade = readTrade(frame);
        expect(trade).toMatchObject({ id: tradeId, price: Number(px), ts: Number(ts), side: isBuy ? 'buy' : 'sell' });
        expect(read(frame)).toEqual({ kind: 'trades', trades: [trade] });
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['a price of zero', '"px":"42219.9"', '"px":"0.0"'],
    ['a negative price', '"px":"42219.9"', '"px":"-1"'],
    ['an endless price', '"px":"42219.9"', `"px":"${'9'.repeat(400)}"`],
    ['a bare number for a price', '"px":"42219.9"', '"px":42219.9'],
    ['a size in hexadecimal', '"sz":"0.12060306"', '"sz":"0x10"'],
    ['no size', '"sz":"0.12060306",', ''],
    ['no side', '"side":"buy",', ''],
    ['another side', '"side":"buy"', '"side":"Buy"'],
    ['a time with a fraction', '"ts":"1630048897897"', '"ts":"1630048897897.5"'],
    ['an id that is no number', '"tradeId":"130639474"', '"tradeId":"x1"'],
    ['another instrument than its channel', '"data":[{"instId":"BTC-USDT"', '"data":[{"instId":"BTC-USD"'],
  ])('with %s are malformed', (_what, good, bad) => {
    expect(TRADE).toContain(good);
    const text = TRADE.replace(good, bad);
    expect(readTrade(text)).toBeUndefined();
    expect(read(text).kind).toBe('malformed');
  });

  it('of a market that is not listed are none of ours', () => {
    const text = as(TRADE, 'BTC-USD-220527');
    expect([readTrade(text), read(text)]).toEqual([undefined, { kind: 'unknown' }]);
  });
});

describe('books', () => {
  const book = { instrument: 'okx:btcusdt', ts: 1597026383085, last: 123456, previous: 123450 };

  it('are read as documented; the checksum is not', () => {
    const asks = [
      [8476.98, 415],
      [8477, 0],
    ];
    expect(read(BOOK)).toEqual({ kind: 'book', book: { ...book, snapshot: false, bids: [[8476.97, 256]], asks } });
    expect(read(BOOK.replace('"update"', '"snapshot"'))).toMatchObject({ book: { snapshot: true } });
    expect(read(BOOK.replace('-855196043', '0'))).toEqual(read(BOOK));
  });

  it('have sizes in the base', () => {
    const level = (frame: Frame) => (frame.kind === 'book' ? frame.book.bids[0] : undefined);
    expect(level(read(as(BOOK, 'BTC-USDT-SWAP')))).toEqual([8476.97, 2.56]);
    expect(level(read(as(BOOK, 'BTC-USD-SWAP')))).toEqual([8476.97, 25_600 / 8476.97]);
  });

  it.each([
    ['a level of text', '["8476.98","415","0","13"]', '"8476.98"'],
    ['a level without a size', '["8476.98","415","0","13"]', '["8476.98"]'],
    ['a negative size', '"415"', '"-415"'],
    ['a price of zero', '"8476.97"', '"0"'],
    ['no bids', '"bids":[["8476.97","256","0","12"]],', ''],
    ['no time', '"ts":"1597026383085",', ''],
    ['a number that is text', '"seqId":123456', '"seqId":"123456"'],
    ['one number of two', ',"seqId":123456', ''],
    ['no action', '"action":"update",', ''],
  ])('with %s are malformed', (_what, good, bad) => {
    expect(BOOK).toContain(good);
    expect(read(BOOK.replace(good, bad)).kind).toBe('malformed');
  });

  it.each([
    // As the venue documents its sequence: a change, nothing changed, numbers that begin anew, and on from there.
    [10, { previous: 10, last: 15 }, 'next'],
    [15, { previous: 15, last: 15 }, 'next'],
    [15, { previous: 15, last: 3 }, 'next'],
    [3, { previous: 3, last: 5 }, 'next'],
    [5, { previous: 3, last: 5 }, 'old'],
    [15, { previous: 17, last: 20 }, 'gap'],
    // Lost: the message with which the numbers began anew.
    [15, { previous: 3, last: 5 }, 'gap'],
    [Number.NaN, {}, 'next'],
  ])('after %d go on with %j: %s', (last, numbers, what) => {
    const change = { instrument: 'okx:btcusdt', ts: 1, snapshot: false, bids: [], asks: [], ...numbers };
    expect(okx.book?.follows(last, change, false)).toBe(what);
  });
});

describe('facts', () => {
  const fact = (name: string, ts: number, value: number, symbol = 'btcusdt.p') => ({
    type: 'fact',
    name,
    instrument: `okx:${symbol}`,
    ts,
    value,
  });

  it.each([
    // The rate is paid at `fundingTime`; `nextFundingTime` is the one after.
    [
      'funding',
      FUNDING,
      [fact('funding', 1700724675402, -0.0000875), fact('next_funding', 1700724675402, 1700726400000)],
    ],
    ['mark prices', MARK, [fact('mark', 1630049139746, 42310.6)]],
    ['index prices, which go by the index', INDEX, [fact('index', 1630049139747, 41786.2)]],
    ['open interest in the base', INTEREST, [fact('oi', 1743041250440, 22161.13)]],
    [
      'open interest in the base on inverse swaps',
      as(INTEREST, 'BTC-USD').replaceAll('BTC-USDT-SWAP', 'BTC-USD-SWAP'),
      [fact('oi', 1743041250440, 22161.13, 'btcusd.p')],
    ],
    [
      'liquidations, one each',
      LIQUIDATION,
      [fact('liquidations', 1692266434010, 0.13), fact('liquidations', 1692266434011, 0.2)],
    ],
    [
      'liquidations of inverse contracts by their price',
      LIQUIDATION.replace('BTC-USDT-SWAP', 'BTC-USD-SWAP'),
      [
        fact('liquidations', 1692266434010, 1300 / 40_000, 'btcusd.p'),
        fact('liquidations', 1692266434011, 2000 / 50_000, 'btcusd.p'),
      ],
    ],
    ['nothing of swaps that are not listed', LIQUIDATION.replace('BTC-USDT-SWAP', 'X-USDT-SWAP'), []],
    ['nothing of an index without a swap', as(INDEX, 'DOGE-BTC'), []],
  ])('tell %s', (_what, text, facts) => {
    expect(read(text)).toEqual({ kind: 'facts', facts });
  });

  it.each([
    [FUNDING, '"-0.0000875"', '""'],
    [FUNDING, '"1700726400000"', '""'],
    [FUNDING, ',"ts":"1700724675402"', ''],
    [MARK, '"42310.6"', '"0"'],
    [INDEX, '"41786.2"', 'null'],
    [INTEREST, '"22161.13"', '"-1"'],
    [LIQUIDATION, '"bkPx":"40000"', '"bkPx":""'],
    [LIQUIDATION, '"sz":"13"', '"sz":"0"'],
    [LIQUIDATION, '"details":[', '"other":['],
  ])('that are damaged are malformed: %#', (text, good, bad) => {
    expect(text).toContain(good);
    expect(read(text.replace(good, bad)).kind).toBe('malformed');
  });
});

describe('other frames', () => {
  it.each([
    ['pong', { kind: 'alive' }],
    [
      '{"event":"subscribe","arg":{"channel":"trades","instId":"BTC-USDT"},"connId":"a4d3ae55"}',
      { kind: 'acks', acks: [{ names: ['trades:BTC-USDT'] }] },
    ],
    [
      '{"event":"unsubscribe","arg":{"channel":"liquidation-orders","instType":"SWAP"},"connId":"a4d3ae55"}',
      { kind: 'acks', acks: [{ names: ['liquidation-orders:SWAP'] }] },
    ],
    [
      '{"event":"error","code":"60012","msg":"Invalid request: x","connId":"a4d3ae55"}',
      { kind: 'acks', acks: [{ refusal: '60012 Invalid request: x' }] },
    ],
    ['{"event":"error"}', { kind: 'acks', acks: [{ refusal: 'no reason given' }] }],
    [
      '{"event":"notice","code":"64008","msg":"The connection will soon be closed for a service upgrade. Please reconnect.","connId":"a4d3ae55"}',
      { kind: 'leave', reason: '64008 The connection will soon be closed for a service upgrade. Please reconnect.' },
    ],
    ['{"event":"notice","code":"1","msg":"x"}', { kind: 'unknown' }],
    ['{"event":"subscribe"}', { kind: 'malformed', reason: 'an answer to no channel' }],
    ['{"arg":{"channel":"tickers","instId":"BTC-USDT"},"data":[{}]}', { kind: 'unknown' }],
    ['{"arg":{"channel":"toString","instId":"BTC-USDT"},"data":[{}]}', { kind: 'unknown' }],
    ['[1,2]', { kind: 'unknown' }],
    ['null', { kind: 'unknown' }],
    ['{"arg', { kind: 'malformed', reason: 'not JSON' }],
    ['', { kind: 'malformed', reason: 'not JSON' }],
  ])('knows %s', (text, frame) => {
    expect(read(text)).toEqual(frame);
  });
});

describe(`${DAMAGED} mutated frames`, () => {
  it('never throw, never give a number that is none, and read alike on both ways', { timeout: 600_000 }, () => {
    readDamaged({
      frames: [TRADE, OLD_TRADE, as(TRADE, 'BTC-USD-SWAP'), BOOK, FUNDING, MARK, INDEX, INTEREST, LIQUIDATION],
      read,
      fast: readTrade,
      kinds: ['trades', 'facts', 'book', 'malformed', 'unknown'],
      seed: 20_260_101,
    });
  });
});
