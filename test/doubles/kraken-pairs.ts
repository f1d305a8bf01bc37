/** A pair as the venue lists it. */
export interface DoublePair {
  /** In version 2: `BTC/USD`. */
  readonly wire: string;
  /** As the older interfaces call it: `XBT/USD`, `XBTUSD`; and the key under which REST answers: `XXBTZUSD`. */
  readonly wsname: string;
  readonly altname: string;
  readonly key: string;
  readonly priceDigits: number;
  readonly sizeDigits: number;
  readonly status: string;
}

export const PAIRS: readonly DoublePair[] = [
  pair('BTC/USDT', 'XBT/USDT', 'XBTUSDT', 1, 8),
  pair('BTC/USD', 'XBT/USD', 'XXBTZUSD', 1, 8),
  pair('ETH/USD', 'ETH/USD', 'XETHZUSD', 2, 8),
  pair('DOGE/USD', 'XDG/USD', 'XDGUSD', 7, 8),
];

function pair(wire: string, wsname: string, key: string, priceDigits: number, sizeDigits: number): DoublePair {
  return { wire, wsname, altname: wsname.replace('/', ''), key, priceDigits, sizeDigits, status: 'online' };
}

/** One entry of AssetPairs. */
export function pairInfo({ altname, wsname, priceDigits, sizeDigits, status }: DoublePair): object {
  const [base, quote] = wsname.split('/');
  return {
    altname,
    wsname,
    aclass_base: 'currency',
    base: `X${base}`,
    aclass_quote: 'currency',
    quote: `Z${quote}`,
    lot: 'unit',
    cost_decimals: 5,
    pair_decimals: priceDigits,
    lot_decimals: sizeDigits,
    lot_multiplier: 1,
    ordermin: '0.00005',
    costmin: '0.5',
    tick_size: (10 ** -priceDigits).toFixed(priceDigits),
    status,
  };
}
