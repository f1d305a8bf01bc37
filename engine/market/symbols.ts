import type { InstrumentInfo } from './instrument.ts';

/** How a chat reads a bare symbol. */
export interface SymbolPreference {
  readonly venue: string | undefined;
  /** Quote currency that completes `btc` to `btcusdt`. */
  readonly quote: string;
}

/**
 * Every instrument that is known, and the rules by which a text names one. Pure bookkeeping: feeds report what they list.
 */
export interface SymbolTable {
  add(infos: readonly InstrumentInfo[]): void;
  get(instrument: string): InstrumentInfo | undefined;
  all(): readonly InstrumentInfo[];
  /**
   * The instrument that `text` names: `btc`, `BTC/USDT`, `btc-usdt`, `btcusdt`, `binance:btcusdt`. The chat's venue first, then
   * the ranking of venues, and spot before perpetuals; `btcusdt.p`, `btc.p`, `btc perp` are perpetuals alone. Undefined where nothing fits.
   */
  resolve(text: string, preference: SymbolPreference): InstrumentInfo | undefined;
  /**
   * Up to `limit` active instruments near `text`, best first: by how well they fit, the chat's venue, the quote (the chat's, then
   * usdt, usd, usdc, eur, btc), spot before perpetuals, the volume where it is known, the ranking of venues.
   */
  suggest(text: string, preference: SymbolPreference, limit: number): readonly InstrumentInfo[];
}
