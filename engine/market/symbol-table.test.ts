import { describe, expect, it } from 'vitest';
import type { InstrumentInfo } from './instrument.ts';
import { createSymbolTable } from './symbol-table.ts';

type Over = Partial<Pick<InstrumentInfo, 'volume' | 'active'>>;

const spot = (venue: string, base: string, quote: string, over: Over = {}): InstrumentInfo => ({
  ...{ instrument: `${venue}:${base}${quote}`, venue, symbol: `${base}${quote}`, base, quote },
  ...{ kind: 'spot', tick: 0.01, lot: 0.001, active: true, ...over },
});

/** Most venues write `.p`; those that have nothing but perpetuals need not. */
const perpetual = (venue: string, base: string, quote: string, ending = '.p', over: Over = {}): InstrumentInfo => ({
  ...spot(venue, base, quote, over),
  instrument: `${venue}:${base}${quote}${ending}`,
  symbol: `${base}${quote}${ending}`,
  kind: 'perpetual',
});

const VENUES = ['binance', 'binance-usdm', 'bybit', 'coinbase'];

function table(...infos: readonly InstrumentInfo[]) {
  const made = createSymbolTable(() => VENUES);
  made.add(infos);
  return made;
}

const ALL = [
  perpetual('bybit', 'btc', 'usdt'),
  spot('bybit', 'btc', 'usdt'),
  perpetual('binance-usdm', 'btc', 'usdt', ''),
  perpetual('binance-usdm', 'btc', 'usdc', ''),
  spot('binance', 'btc', 'usdt'),
  spot('binance', 'btc', 'eur'),
  spot('coinbase', 'btc', 'usd'),
  perpetual('bybit', '1000pepe', 'usdt'),
];

describe('naming an instrument', () => {
  const symbols = table(...ALL);
  const named = (text: string, venue?: string, quote = 'usdt') => symbols.resolve(text, { venue, quote })?.instrument;

  it.each([
    ['btc', 'binance:btcusdt'],
    ['BTC/USDT', 'binance:btcusdt'],
    ['btc-eur', 'binance:btceur'],
    ['BTC.EUR', 'binance:btceur'],
    ['binance:btc.eur', 'binance:btceur'],
    ['btcusd', 'coinbase:btcusd'],
    ['bybit:btc', 'bybit:btcusdt'],
    ['bybit:btcusdt', 'bybit:btcusdt'],
    ['binance-usdm:btcusdt', 'binance-usdm:btcusdt'],
    ['1000pepe', 'bybit:1000pepeusdt.p'],
    ['1000pepeusdt', 'bybit:1000pepeusdt.p'],
  ])('takes %s for %s: a bare symbol is spot where there is any', (text, instrument) =>
    expect(named(text)).toBe(instrument),
  );

  it.each([
    ['btcusdt.p', 'binance-usdm:btcusdt'],
    ['btc.p', 'binance-usdm:btcusdt'],
    ['btc perp', 'binance-usdm:btcusdt'],
    ['BTC-PERP', 'binance-usdm:btcusdt'],
    ['btcperp', 'binance-usdm:btcusdt'],
    ['btc perpetual', 'binance-usdm:btcusdt'],
    ['BTC-USDT-SWAP', 'binance-usdm:btcusdt'],
    ['btcusdc.p', 'binance-usdm:btcusdc'],
    ['bybit:btc.p', 'bybit:btcusdt.p'],
    ['bybit:btcusdt.p', 'bybit:btcusdt.p'],
    ['binance-usdm:btc.p', 'binance-usdm:btcusdt'],
  ])('takes %s for the perpetual %s', (text, instrument) => expect(named(text)).toBe(instrument));

  it.each(['coinbase:btc.p', 'btceur.p', 'kraken:btc', '.p', 'perp', ''])('finds nothing for “%s”', (text) =>
    expect(named(text)).toBeUndefined(),
  );

  it('looks into the chat’s venue first, whatever its quote or kind', () => {
    expect(named('btc', 'coinbase')).toBe('coinbase:btcusd');
    expect(named('btc', 'bybit')).toBe('bybit:btcusdt');
    expect(named('btc', 'binance-usdm')).toBe('binance-usdm:btcusdt');
    expect(named('btc.p', 'bybit')).toBe('bybit:btcusdt.p');
    expect(named('btceur', 'bybit')).toBe('binance:btceur');
  });

  it('completes a base by the chat’s quote first', () => {
    expect(named('btc', undefined, 'eur')).toBe('binance:btceur');
    expect(named('btc', undefined, 'usd')).toBe('coinbase:btcusd');
    expect(named('btc.p', undefined, 'usdc')).toBe('binance-usdm:btcusdc');
  });

  it('names what is not traded any more only where nothing else is meant', () => {
    const old = table(spot('binance', 'luna', 'usdt', { active: false }), spot('bybit', 'luna', 'usdt'));
    expect(old.resolve('luna', { venue: 'binance', quote: 'usdt' })?.instrument).toBe('bybit:lunausdt');
    expect(old.resolve('binance:luna', { venue: undefined, quote: 'usdt' })?.instrument).toBe('binance:lunausdt');
  });
});

describe('suggesting instruments', () => {
  const preference = { venue: undefined, quote: 'usdt' };
  const found = (symbols: ReturnType<typeof table>, text: string, venue?: string) =>
    symbols.suggest(text, { ...preference, venue }, 25).map((info) => info.instrument);

  it('ranks by the chat’s venue, then the quote, then spot before perpetuals, then the venues’ order', () => {
    const symbols = table(...ALL);
    expect(found(symbols, 'btc')).toEqual([
      'binance:btcusdt',
      'bybit:btcusdt',
      'binance-usdm:btcusdt',
      'bybit:btcusdt.p',
      'coinbase:btcusd',
      'binance-usdm:btcusdc',
      'binance:btceur',
    ]);
    expect(found(symbols, 'btc', 'bybit').slice(0, 3)).toEqual(['bybit:btcusdt', 'bybit:btcusdt.p', 'binance:btcusdt']);
  });

  it('puts the larger volume first where it is known, and what is known before what is not', () => {
    const symbols = table(
      spot('binance', 'sol', 'usdt'),
      spot('bybit', 'sol', 'usdt', { volume: 10 }),
      spot('coinbase', 'sol', 'usdt', { volume: 20 }),
    );
    expect(found(symbols, 'sol')).toEqual(['coinbase:solusdt', 'bybit:solusdt', 'binance:solusdt']);
  });

  it('puts what fits better before what is preferred', () => {
    const symbols = table(
      spot('bybit', 'sol', 'eur'),
      spot('binance', 'solv', 'usdt'),
      spot('binance', 'xsol', 'usdt'),
    );
    expect(found(symbols, 'sol', 'binance')).toEqual(['bybit:soleur', 'binance:solvusdt', 'binance:xsolusdt']);
  });

  it('keeps to the venue and the kind that were typed', () => {
    const symbols = table(...ALL);
    expect(found(symbols, 'bybit:btc')).toEqual(['bybit:btcusdt', 'bybit:btcusdt.p']);
    expect(found(symbols, 'btc.p')).toEqual(['binance-usdm:btcusdt', 'bybit:btcusdt.p', 'binance-usdm:btcusdc']);
  });

  it('finds slips behind what fits, and nothing that is not traded', () => {
    const symbols = table(spot('binance', 'eth', 'usdt'), spot('binance', 'etc', 'usdt', { active: false }));
    expect(found(symbols, 'etj')).toEqual(['binance:ethusdt']);
    expect(found(symbols, 'etc')).toEqual(['binance:ethusdt']);
    expect(found(symbols, 'doge')).toEqual([]);
  });
});
