import { z } from 'zod';
import type { Market } from '../venue.ts';
import type { Answers } from './messages.ts';

const code = z.string().regex(/^[\p{L}\p{N}]{1,30}$/u);
const positive = z.number().positive();
const step = z.number().positive().optional().catch(undefined);
const row = z.looseObject({
  symbol: z.string(),
  base: code,
  quote: code,
  active: z.boolean().optional().catch(undefined),
  precision: z.looseObject({ price: step, amount: step }).optional().catch(undefined),
});
const spot = row.extend({ type: z.literal('spot') });
/** Linear ones alone: the volume of an inverse one's bars is counted in different ways by different exchanges. */
const swap = row.extend({ type: z.literal('swap'), linear: z.literal(true), contractSize: positive });
const kind = z.looseObject({ type: z.string(), linear: z.unknown().optional() });

const tickers = z.record(z.string(), z.unknown());
const ticker = z.looseObject({ symbol: z.string(), quoteVolume: z.number().nonnegative().nullish() });

/** How ccxt writes precisions. */
const DECIMAL_PLACES = 2;
const TICK_SIZE = 4;

/**
 * ccxt's markets as ours: spot as `btcusdt`, linear perpetuals as `btcusdt.p`. What is of another kind is left out; `bad` could not be
 * mapped. Where two have the same symbol, the first that trades has it.
 *
 * @param mode ccxt's `precisionMode`
 */
export function mapMarkets(
  venue: string,
  rows: readonly unknown[],
  mode: unknown,
): { readonly markets: Market[]; readonly bad: number } {
  const bySymbol = new Map<string, Market>();
  let bad = 0;
  for (const one of rows) {
    const known = kind.safeParse(one).data;
    const isOurs = known?.type === 'spot' || (known?.type === 'swap' && known.linear !== false);
    if (known && !isOurs) continue;
    const market = toMarket(venue, one, mode);
    if (!market) bad++;
    else if (!bySymbol.get(market.symbol)?.active) bySymbol.set(market.symbol, market);
  }
  return { markets: [...bySymbol.values()], bad };
}

function toMarket(venue: string, one: unknown, mode: unknown): Market | undefined {
  const asSpot = spot.safeParse(one).data;
  const asSwap = asSpot ? undefined : swap.safeParse(one).data;
  const market = asSpot ?? asSwap;
  if (!market) return undefined;
  const unit = asSwap?.contractSize ?? 1;
  const [base, quote] = [market.base.toLowerCase(), market.quote.toLowerCase()];
  const symbol = `${base}${quote}${asSwap ? '.p' : ''}`;
  const lot = stepOf(market.precision?.amount, mode);
  return {
    instrument: `${venue}:${symbol}`,
    wire: market.symbol,
    venue,
    symbol,
    base,
    quote,
    kind: asSwap ? 'perpetual' : 'spot',
    tick: stepOf(market.precision?.price, mode),
    lot: lot === undefined ? undefined : round(lot * unit),
    active: market.active !== false,
    unit,
  };
}

/** Significant digits are no step. */
function stepOf(precision: number | undefined, mode: unknown): number | undefined {
  if (precision === undefined) return undefined;
  if (mode === TICK_SIZE) return precision;
  return mode === DECIMAL_PLACES ? Number(`1e-${precision}`) : undefined;
}

/** Without what binary fractions add: 0.1 * 3. */
function round(value: number): number {
  return Number(value.toPrecision(12));
}

/** ccxt's tickers of all markets. Those without a volume are left out. */
export function mapVolumes(value: unknown): Answers['volumes'] {
  const parsed = tickers.safeParse(value).data;
  if (!parsed) return { rows: [], bad: 1 };
  const rows: [string, number][] = [];
  let bad = 0;
  for (const one of Object.values(parsed)) {
    const row = ticker.safeParse(one).data;
    if (!row) bad++;
    else if (typeof row.quoteVolume === 'number') rows.push([row.symbol, row.quoteVolume]);
  }
  return { rows, bad };
}
