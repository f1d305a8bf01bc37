import { z } from 'zod';
import { positiveDecimal } from './binance-parse.ts';
import type { Json } from './okx-values.ts';
import type { Market, Markets } from './venue.ts';

/** A market of OKX: `BTC-USDT` is `btcusdt`, `BTC-USDT-SWAP` is `btcusdt.p`. */
export interface OkxMarket extends Market {
  /** One unit of the wire's sizes is `unit` of the QUOTE currency: 100 USD in BTC-USD-SWAP. Default: of the base. */
  readonly inverse?: boolean;
}

const state = z.enum(['live', 'suspend', 'preopen', 'rebase', 'post_only', 'test']);
const code = z.string().regex(/^[A-Za-z0-9]{1,30}$/);
const common = { instId: z.string(), state, tickSz: positiveDecimal, lotSz: positiveDecimal };
const spot = z.looseObject({ ...common, instType: z.literal('SPOT'), baseCcy: code, quoteCcy: code });
const swap = z.looseObject({
  ...common,
  instType: z.literal('SWAP'),
  uly: z.string().regex(/^[A-Za-z0-9]{1,30}-[A-Za-z0-9]{1,30}$/),
  ctType: z.enum(['linear', 'inverse']),
  ctVal: positiveDecimal,
  ctMult: positiveDecimal,
});
const named = z.looseObject({ instType: z.string(), instId: z.string(), uly: z.string().optional() });

/** Whether it is of a kind that has a symbol: spot, and swaps that are named by their index (BTC-USD_UM-SWAP is not). */
export function hasSymbol(row: unknown): boolean {
  const parsed = named.safeParse(row);
  if (!parsed.success || parsed.data.instType !== 'SWAP') return true;
  return parsed.data.instId === `${parsed.data.uly}-SWAP`;
}

/** A row of `/public/instruments`; undefined where it cannot be mapped. */
export function toMarket(row: unknown): OkxMarket | undefined {
  const asSpot = spot.safeParse(row).data;
  if (asSpot) {
    const { instId, baseCcy, quoteCcy, lotSz } = asSpot;
    if (instId !== `${baseCcy}-${quoteCcy}`) return undefined;
    return { ...market(asSpot, baseCcy, quoteCcy, ''), kind: 'spot', lot: lotSz };
  }
  const asSwap = swap.safeParse(row).data;
  if (!asSwap) return undefined;
  const { uly, ctType, ctVal, ctMult, lotSz } = asSwap;
  const [base, quote] = uly.split('-');
  const unit = round(ctVal * ctMult);
  const perpetual = { ...market(asSwap, base, quote, '.p'), kind: 'perpetual' as const, unit };
  // A step of the size in USD is none in the base.
  if (ctType === 'inverse') return { ...perpetual, lot: undefined, inverse: true };
  return { ...perpetual, lot: round(lotSz * unit) };
}

interface Row {
  readonly instId: string;
  readonly state: z.infer<typeof state>;
  readonly tickSz: number;
}

function market({ instId, state: stands, tickSz }: Row, base: string, quote: string, ending: string) {
  const symbol = `${base}${quote}${ending}`.toLowerCase();
  return {
    instrument: `okx:${symbol}`,
    wire: instId,
    venue: 'okx',
    symbol,
    base: base.toLowerCase(),
    quote: quote.toLowerCase(),
    tick: tickSz,
    active: stands === 'live',
  };
}

/** Without what binary fractions add: 0.1 * 3. */
function round(value: number): number {
  return Number(value.toPrecision(12));
}

/** Units of the base in `size` of the wire at a price. */
export function inBase(size: number, price: number, { unit = 1, inverse }: OkxMarket): number {
  return inverse ? (size * unit) / price : size * unit;
}

/** The listed market that `instId` names. */
export function marketOf({ instId }: Json, markets: Markets): OkxMarket | undefined {
  return typeof instId === 'string' ? markets.named(instId) : undefined;
}
