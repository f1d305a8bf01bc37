import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readItem, snakeCase } from './ingest-item.ts';

/** 2023-11-14T22:13:20Z, in seconds and in ms. */
const S = 1_700_000_000;
const MS = S * 1000;
const CLOCK = { now: MS + 5_000, aheadMs: 60_000 };
const STOCK = { stock_symbol: 'AAPL', opening_price: 10, closing_price: 11, high: 12, low: 9, volume: 5, timestamp: S };
const read = (value: unknown) => readItem(value, CLOCK);

describe('an item that is handed in', () => {
  it.each<[string, unknown, object]>([
    [
      'the state of a stock’s minute',
      STOCK,
      { kind: 'state', symbol: 'aapl', ts: MS, open: 10, high: 12, low: 9, close: 11, volume: 5 },
    ],
    [
      'a whole day, from where it begins in UTC',
      { ...STOCK, interval: '1d', timestamp: Date.UTC(2019, 0, 2, 5) / 1000 },
      { kind: 'bar', interval: 86_400_000, start: Date.UTC(2019, 0, 2), close: 11 },
    ],
    [
      'a trade',
      { symbol: 'BTC/USDT', ts: MS, price: 3, size: 2, side: 'SELL', id: 7 },
      { kind: 'trade', symbol: 'btcusdt', ts: MS, price: 3, size: 2, side: 'sell', id: '7' },
    ],
    [
      'a trade in seconds with a fraction',
      { symbol: 'x', timestamp: S + 0.5, price: 3, quantity: 2 },
      { ts: MS + 500, size: 2 },
    ],
    [
      'a level of an order book',
      { data_type: 'order_book', timestamp: S, stock_symbol: 'AAPL', order_type: 'buy', price: 150.1, quantity: 10 },
      { kind: 'level', symbol: 'aapl', ts: MS, side: 'bid', price: 150.1, size: 10 },
    ],
    [
      'a level in other words',
      { data_type: 'order_book', ts: MS, symbol: 'AAPL', side: 'ask', price: 150.1, size: 0 },
      { side: 'ask', size: 0, ts: MS },
    ],
    [
      'the sentiment of news',
      {
        data_type: 'news_sentiment',
        timestamp: S,
        stock_symbol: 'AAPL',
        sentiment_score: 0.4,
        sentiment_magnitude: 0.8,
      },
      {
        kind: 'facts',
        symbol: 'aapl',
        ts: MS,
        values: [
          ['sentiment', 0.4],
          ['sentiment_magnitude', 0.8],
        ],
      },
    ],
    [
      'data of a company, of which one is there',
      { data_type: 'market_data', timestamp: S, stock_symbol: 'BRK.B', pe_ratio: 28.1 },
      { symbol: 'brkb', values: [['pe_ratio', 28.1]] },
    ],
    [
      'an indicator, which belongs to no symbol',
      { data_type: 'economic_indicator', timestamp: S, indicator_name: 'GDP Growth Rate', value: 2.1 },
      { kind: 'facts', symbol: undefined, ts: MS, values: [['gdp_growth_rate', 2.1]] },
    ],
  ])('is read: %s', (_, value, wanted) => {
    expect(read(value)).toMatchObject(wanted);
  });

  it.each<[unknown, string]>([
    [null, 'must be an object, not null'],
    [[STOCK], 'must be an object, not a list'],
    ['x', 'must be an object, not a text'],
    [{}, 'is neither a stock’s prices (opening_price, …), nor a trade (price, size), nor has it a data_type'],
    [{ ...STOCK, closing_price: '11' }, 'closing_price must be a number, not a text'],
    [{ ...STOCK, closing_price: null }, 'closing_price must be a number, not null'],
    [{ ...STOCK, volume: undefined }, 'volume is missing'],
    [{ ...STOCK, low: 0 }, 'low must be above 0'],
    [{ ...STOCK, volume: -1 }, 'volume must not be below 0'],
    [{ ...STOCK, high: 10.5 }, 'high is below another price'],
    [{ ...STOCK, low: 10.5 }, 'low is above another price'],
    [{ ...STOCK, stock_symbol: '' }, 'stock_symbol must be letters and digits, 24 at most, like AAPL'],
    [{ ...STOCK, stock_symbol: '../x' }, 'stock_symbol must be letters and digits, 24 at most, like AAPL'],
    [{ ...STOCK, stock_symbol: 'A B' }, 'stock_symbol must be letters and digits, 24 at most, like AAPL'],
    [{ ...STOCK, high: 1e308 }, 'high must be at most 1,000,000,000,000,000'],
    [{ ...STOCK, stock_symbol: 'ingest:aapl' }, 'stock_symbol must be letters and digits, 24 at most, like AAPL'],
    [{ ...STOCK, timestamp: S + 120 }, 'the time lies ahead of the clock here'],
    [{ ...STOCK, timestamp: MS * 1000 }, 'the time lies ahead of the clock here'],
    [{ ...STOCK, timestamp: `${S}` }, 'timestamp must be a number, not a text'],
    [{ ...STOCK, interval: '7m' }, 'interval must be one of 1m, 5m, 15m, 1h, 4h, 1d'],
    [{ ...STOCK, interval: '1m' }, 'this bar is not over yet: leave interval out for the state of the running minute'],
    [{ symbol: 'x', ts: MS, price: 1 }, 'size is missing'],
    [{ symbol: 'x', ts: MS, price: 1, size: 1, side: 'long' }, 'side must be buy or sell'],
    [
      { data_type: 'weather', timestamp: S },
      'data_type must be one of order_book, news_sentiment, market_data, economic_indicator',
    ],
    [
      { data_type: 'constructor', timestamp: S },
      'data_type must be one of order_book, news_sentiment, market_data, economic_indicator',
    ],
    [{ data_type: 'news_sentiment', timestamp: S, symbol: 'x' }, 'has neither sentiment nor sentiment_magnitude'],
    [
      { data_type: 'economic_indicator', timestamp: S, indicator_name: '%', value: 1 },
      'indicator_name must have a letter, and 64 characters at most',
    ],
  ])('is refused with the reason: %j', (value, reason) => {
    expect(read(value)).toBe(reason);
  });

  it('is read or refused with a reason, whatever JSON it is', () => {
    const names = [
      'stock_symbol',
      'symbol',
      'timestamp',
      'ts',
      'price',
      'size',
      'high',
      'low',
      'data_type',
      'id',
      'interval',
    ];
    const key = fc.oneof(fc.constantFrom(...names, '__proto__', 'constructor'), fc.string());
    const value = fc.oneof(fc.jsonValue(), fc.double(), fc.constantFrom('order_book', 'market_data', 'AAPL', '1d'));
    const near = fc.dictionary(key, value).chain((extra) => fc.constant({ ...STOCK, ...extra }));
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.dictionary(key, value), near), (json) => {
        const item = read(json);
        if (typeof item === 'string') expect(item.length).toBeGreaterThan(3);
        else if (item.kind === 'state')
          expect([item.open, item.high, item.low, item.close, item.ts].every((n) => n > 0)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('the name of a fact', () => {
  it.each([
    ['GDP Growth Rate', 'gdp_growth_rate'],
    ['peRatio', 'pe_ratio'],
    [' 10Y yield (%) ', 'y_yield'],
    ['§', ''],
  ])('of %s is %s', (text, name) => {
    expect(snakeCase(text)).toBe(name);
  });
});
