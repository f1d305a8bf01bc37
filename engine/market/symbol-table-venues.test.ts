import { describe, expect, it } from 'vitest';
import { parseRule } from '../language/parse.ts';
import { testScope } from '../language/test-scope.ts';
import { type InstrumentInfo, splitInstrument } from './instrument.ts';
import { createSymbolTable } from './symbol-table.ts';

const info = (venue: string, symbol: string): InstrumentInfo => ({
  ...{ instrument: `${venue}:${symbol}`, venue, symbol, base: 'btc', quote: 'usdt', kind: 'spot' },
  ...{ tick: undefined, lot: undefined, active: true },
});

describe('a venue with a colon in its name', () => {
  it('is found by its whole name, and has its rank', () => {
    const table = createSymbolTable(() => ['ccxt:gate', 'binance']);
    table.add([info('binance', 'btcusdt'), info('ccxt:gate', 'btcusdt'), info('ccxt:gate', 'btcusdt.p')]);
    const chat = { venue: undefined, quote: 'usdt' };
    const named = (text: string, venue?: string) => table.resolve(text, { ...chat, venue })?.instrument;
    expect(named('ccxt:gate:btcusdt.p')).toBe('ccxt:gate:btcusdt.p');
    expect(named('CCXT:Gate:BTC')).toBe('ccxt:gate:btcusdt');
    expect(named('btc')).toBe('ccxt:gate:btcusdt');
    expect(named('btc', 'binance')).toBe('binance:btcusdt');
    expect(named('gate:btc')).toBeUndefined();
    expect(splitInstrument('ccxt:gate:btcusdt.p')).toEqual(['ccxt:gate', 'btcusdt.p']);
  });

  it('stands in rules', () => {
    const table = createSymbolTable(() => ['ccxt:gate']);
    table.add([info('ccxt:gate', 'btcusdt.p')]);
    const resolve = (text: string) => table.resolve(text, { venue: undefined, quote: 'usdt' })?.instrument;
    const rule = parseRule('ccxt:gate:btcusdt.p z > 2', { ...testScope(), resolve });
    expect(rule.instrument).toBe('ccxt:gate:btcusdt.p');
  });
});
