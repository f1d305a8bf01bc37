import { type InstrumentInfo, splitInstrument } from '../engine/market/instrument.ts';

const QUOTES = ['usdt', 'usdc', 'busd', 'usd', 'eur', 'gbp', 'jpy', 'btc', 'eth', 'bnb'];

/** What the name alone tells of an instrument that no venue lists: what ends in a currency is traded for it, all else is a stock in dollars. */
export function describeInstrument(instrument: string): InstrumentInfo {
  const [venue, symbol] = splitInstrument(instrument);
  const quote = QUOTES.find((one) => symbol.endsWith(one) && symbol.length > one.length);
  return {
    instrument,
    venue,
    symbol,
    base: quote ? symbol.slice(0, -quote.length) : symbol,
    quote: quote ?? 'usd',
    kind: quote ? 'spot' : 'stock',
    tick: undefined,
    lot: undefined,
    active: true,
  };
}
