/** What is known of a thing that trades. */
export interface InstrumentInfo {
  /** `venue:symbol`, e.g. `binance:btcusdt`. */
  readonly instrument: string;
  readonly venue: string;
  /** Lower case without separator: `btcusdt`. */
  readonly symbol: string;
  /** Lower case: `btc`. */
  readonly base: string;
  /** Lower case: `usdt`. */
  readonly quote: string;
  readonly kind: 'spot' | 'perpetual' | 'stock';
  /** Smallest step of the price, e.g. 0.01; undefined where unknown. */
  readonly tick: number | undefined;
  /** Smallest step of the size. */
  readonly lot: number | undefined;
  /** Whether it can be traded: false while a venue halts it, and once it was delisted. */
  readonly active: boolean;
  /** What was traded of it in 24 h, in units of the quote; absent where the venue's list does not say. */
  readonly volume?: number;
}

/** `binance:btcusdt` -> `['binance', 'btcusdt']`; a `ccxt:kraken:btcusd` keeps `ccxt:kraken` as its venue. */
export function splitInstrument(instrument: string): readonly [venue: string, symbol: string] {
  const at = instrument.lastIndexOf(':');
  return [instrument.slice(0, at), instrument.slice(at + 1)];
}
