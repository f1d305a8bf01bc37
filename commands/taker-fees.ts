/**
 * What a taker without any discount pays, as a share of the amount, by what the venues published in 2025 for their lowest tier: a
 * trader with volume pays less. Perpetuals apart where they differ.
 */
const FEES: Readonly<Record<string, { readonly spot: number; readonly perpetual: number }>> = {
  binance: { spot: 0.001, perpetual: 0.001 },
  'binance-usdm': { spot: 0.0005, perpetual: 0.0005 },
  bybit: { spot: 0.001, perpetual: 0.00055 },
  okx: { spot: 0.001, perpetual: 0.0005 },
  coinbase: { spot: 0.012, perpetual: 0.0003 },
  kraken: { spot: 0.004, perpetual: 0.0005 },
  sim: { spot: 0.001, perpetual: 0.0005 },
};

/** Undefined where nothing is known of the venue's fees. */
export function takerFee(venue: string, kind: 'spot' | 'perpetual' | 'stock'): number | undefined {
  return kind === 'stock' ? undefined : FEES[venue.replace(/^ccxt:/, '')]?.[kind];
}
