import type { MarketPort } from './ports.ts';

/** Counted as one dollar each. */
const DOLLARS: ReadonlySet<string> = new Set('usd usdt usdc busd fdusd tusd dai'.split(' '));

/**
 * What one unit of each currency is worth in dollars, by the newest price of a market that changes it; a currency is missing where
 * none has a price. Stablecoins count as dollars.
 *
 * @param currencies lower case
 */
export function dollarRates(
  { symbols, price }: Pick<MarketPort, 'symbols' | 'price'>,
  currencies: Iterable<string>,
): ReadonlyMap<string, number> {
  const rates = new Map<string, number>();
  const wanted = new Set<string>();
  for (const currency of currencies) {
    if (DOLLARS.has(currency)) rates.set(currency, 1);
    else wanted.add(currency);
  }
  if (wanted.size === 0) return rates;
  for (const { instrument, base, quote, kind } of symbols.all()) {
    const isOf = wanted.has(base) && DOLLARS.has(quote);
    const isIn = wanted.has(quote) && DOLLARS.has(base);
    if (kind !== 'spot' || !(isOf || isIn)) continue;
    const now = price(instrument)?.price;
    const currency = isOf ? base : quote;
    if (now !== undefined && now > 0 && !rates.has(currency)) rates.set(currency, isOf ? now : 1 / now);
  }
  return rates;
}
