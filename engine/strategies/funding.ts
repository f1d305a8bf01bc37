import type { FactPoints } from '../market/fact-line.ts';
import { HOUR } from '../market/interval.ts';

/** What was paid for a perpetual: at `times[i]` (ms) longs paid shorts the share `rates[i]` of what their position was worth. */
export interface FundingPayments {
  readonly instrument: string;
  readonly times: readonly number[];
  readonly rates: readonly number[];
}

/** Where nobody says when it is paid: at midnight, 8 and 16 UTC, as most venues do. */
const USUAL = 8 * HOUR;
/** A rate that was told longer ago than this before it is due is none, in ms. */
const STALEST = 9 * HOUR;

/**
 * What was due after one time and up to another (ms): the rate of each is the last that was known before it.
 *
 * @param rates what was told as the rate that is paid next, as a fraction
 * @param dues what was told as the time of the next payment, in ms; undefined where nobody says
 */
export function fundingPayments(
  instrument: string,
  rates: FactPoints,
  dues: FactPoints | undefined,
  from: number,
  to: number,
): FundingPayments {
  const all =
    dues === undefined || dues.values.length === 0
      ? Array.from({ length: Math.ceil((to - from) / USUAL) + 1 }, (_each, i) => (Math.floor(from / USUAL) + i) * USUAL)
      : [...new Set(Array.from(dues.values))].sort((a, b) => a - b);
  const paid = { instrument, times: [] as number[], rates: [] as number[] };
  let next = 0;
  for (const due of all) {
    while (next < rates.times.length && rates.times[next]! < due) next++;
    if (!(due > from && due <= to) || next === 0 || due - rates.times[next - 1]! > STALEST) continue;
    paid.times.push(due);
    paid.rates.push(rates.values[next - 1]!);
  }
  return paid;
}
