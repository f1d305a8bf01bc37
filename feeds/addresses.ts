/** Where each venue is reached, unless `<VENUE>_WS_URL` and `<VENUE>_REST_URL` say otherwise. Paths of routes come after `wsUrl`. */
export const ADDRESSES = {
  binance: { title: 'Binance', wsUrl: 'wss://stream.binance.com:9443', restUrl: 'https://api.binance.com' },
  'binance-usdm': { title: 'Binance USD-M', wsUrl: 'wss://fstream.binance.com', restUrl: 'https://fapi.binance.com' },
  bybit: { title: 'Bybit', wsUrl: 'wss://stream.bybit.com/v5/public', restUrl: 'https://api.bybit.com' },
  okx: { title: 'OKX', wsUrl: 'wss://ws.okx.com:8443/ws/v5', restUrl: 'https://www.okx.com' },
  coinbase: {
    title: 'Coinbase',
    wsUrl: 'wss://advanced-trade-ws.coinbase.com',
    restUrl: 'https://api.coinbase.com',
  },
  kraken: { title: 'Kraken', wsUrl: 'wss://ws.kraken.com/v2', restUrl: 'https://api.kraken.com' },
} as const;

export type VenueName = keyof typeof ADDRESSES;
export const VENUE_NAMES = Object.keys(ADDRESSES) as readonly VenueName[];

type Upper<N extends string> = N extends `${infer A}-${infer B}` ? `${Uppercase<A>}_${Uppercase<B>}` : Uppercase<N>;
/** `BINANCE_USDM_WS_URL`. */
export type AddressVariable = `${Upper<VenueName>}_${'WS' | 'REST'}_URL`;

/** The variable that sets another address for a venue: `binance-usdm`, `WS` -> `BINANCE_USDM_WS_URL`. */
export function addressVariable(venue: VenueName, kind: 'WS' | 'REST'): AddressVariable {
  return `${venue.toUpperCase().replace('-', '_')}_${kind}_URL` as AddressVariable;
}
