import { z } from 'zod';
import type { Market } from '../venue.ts';
import type { BarRow, BookRow, TradeRow, TradeRows } from './messages.ts';

const positive = z.number().positive();
const time = z.number().int().positive();
const trade = z.looseObject({
  timestamp: time,
  price: positive,
  amount: positive,
  side: z.enum(['buy', 'sell']).nullish(),
  id: z.union([z.string().min(1), z.number()]).nullish(),
});
const list = z.array(z.unknown());
const amount = z.number().nonnegative();
const bar = z.tuple([time, positive, positive, positive, positive, amount], z.unknown());
const level = z.tuple([positive, amount], z.unknown());
const book = z.looseObject({ timestamp: time.nullish(), bids: list, asks: list });

/** Exchanges whose trades ccxt gives with the side of the maker (measured on recordings with ccxt 4.5.84). */
const MAKER_SIDES: ReadonlySet<string> = new Set(['coinbase']);
/** Exchanges whose bars of contracts ccxt gives with volumes in the base; those of others count contracts (read in ccxt 4.5.84). */
const BASE_VOLUMES: ReadonlySet<string> = new Set(['okx', 'okxus', 'myokx']);
const TOLD_LEVELS = 50;
const MAX_KEYS = 5_000;

/** Maps what one stream, or one answer, gives; trades without an id get one that is the same wherever the trade is met again. */
export function createTradeMap(exchange: string, { unit = 1 }: Pick<Market, 'unit'>): (value: unknown) => TradeRows {
  const isMaker = MAKER_SIDES.has(exchange);
  const counts = new Map<string, number>();

  /** Equal trades of one ms are told apart by their order. */
  function keyOf(ts: number, price: number, size: number, side: TradeRow[3]): string {
    const key = `${ts}-${price}-${size}-${side ?? ''}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.delete(key);
    counts.set(key, count);
    if (counts.size > MAX_KEYS) counts.delete(counts.keys().next().value!);
    return `${key}-${count}`;
  }

  function map(value: unknown): TradeRow | undefined {
    const parsed = trade.safeParse(value).data;
    if (!parsed) return undefined;
    const { timestamp, price, amount: size, side: told, id } = parsed;
    const side = told ? sideOfTaker(told, isMaker) : undefined;
    return [timestamp, price, inBase(size, unit), side, String(id ?? keyOf(timestamp, price, size, side))];
  }

  return (value) => {
    const parsed = list.safeParse(value);
    if (!parsed.success) return { rows: [], bad: 1 };
    const rows: TradeRow[] = [];
    for (const one of parsed.data) {
      const row = map(one);
      if (row) rows.push(row);
    }
    return { rows: rows.sort((a, b) => a[0] - b[0]), bad: parsed.data.length - rows.length };
  };
}

/** Bars oldest first, each start once. */
export function mapBars(
  exchange: string,
  value: unknown,
  { unit: contract = 1 }: Pick<Market, 'unit'>,
): { readonly rows: readonly BarRow[]; readonly bad: number } {
  const unit = BASE_VOLUMES.has(exchange) ? 1 : contract;
  const parsed = list.safeParse(value);
  if (!parsed.success) return { rows: [], bad: 1 };
  const rows = new Map<number, BarRow>();
  let bad = 0;
  for (const one of parsed.data) {
    const row = bar.safeParse(one).data;
    if (!row || row[2] < Math.max(row[1], row[4]) || row[3] > Math.min(row[1], row[4])) bad++;
    else rows.set(row[0], [row[0], row[1], row[2], row[3], row[4], inBase(row[5], unit)]);
  }
  return { rows: [...rows.values()].sort((a, b) => a[0] - b[0]), bad };
}

/** The best levels; a text that says what is wrong where there is no such book. */
export function mapBook(value: unknown, { unit = 1 }: Pick<Market, 'unit'>): BookRow | string {
  const parsed = book.safeParse(value).data;
  if (!parsed) return 'a book without sides';
  const [bids, asks] = [sideOf(parsed.bids, unit, -1), sideOf(parsed.asks, unit, 1)];
  if (!bids || !asks) return 'a bad level in a book';
  if (bids.prices[0] >= asks.prices[0]) return 'bids and asks cross';
  return { ts: parsed.timestamp ?? undefined, bids, asks };
}

function sideOf(levels: readonly unknown[], unit: number, order: 1 | -1): BookRow['bids'] | undefined {
  const rows: [number, number][] = [];
  for (const one of levels.slice(0, TOLD_LEVELS + 1)) {
    const row = level.safeParse(one).data;
    if (!row) return undefined;
    if (row[1] > 0) rows.push([row[0], inBase(row[1], unit)]);
  }
  rows.sort((a, b) => order * (a[0] - b[0]));
  const best = rows.slice(0, TOLD_LEVELS);
  return { prices: Float64Array.from(best, (row) => row[0]), sizes: Float64Array.from(best, (row) => row[1]) };
}

/** Without what binary fractions add: 3 contracts of 0.1. */
function inBase(size: number, unit: number): number {
  return unit === 1 ? size : Number((size * unit).toPrecision(12));
}

function sideOfTaker(told: 'buy' | 'sell', isMaker: boolean): 'buy' | 'sell' {
  if (!isMaker) return told;
  return told === 'buy' ? 'sell' : 'buy';
}
