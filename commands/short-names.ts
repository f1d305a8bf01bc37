import type { SymbolTable } from '../engine/market/symbols.ts';
import { namesOf } from './ratio.ts';

/**
 * As short as tells them apart: `btc` where `symbols` say what the base is, `btcusdt` where there is another quote, `sim:btcusdt` where
 * there is another venue.
 */
export function shortNames(instruments: readonly string[], symbols?: Pick<SymbolTable, 'get'>): readonly string[] {
  const long = instruments.map((each) => namesOf(each).symbol);
  const short = instruments.map((each, i) => symbols?.get(each)?.base || long[i]);
  const isOnce = (names: readonly string[], i: number) => names.indexOf(names[i]) === names.lastIndexOf(names[i]);
  return instruments.map((each, i) => (isOnce(short, i) ? short[i] : isOnce(long, i) ? long[i] : each));
}
