import { z } from 'zod';
import type { Abilities } from './messages.ts';

/** What is used of an exchange of ccxt pro; all that it gives is parsed before it is believed. */
export interface Exchange {
  readonly id: string;
  readonly has: Readonly<Record<string, unknown>>;
  readonly timeframes?: Readonly<Record<string, unknown>>;
  readonly precisionMode?: unknown;
  readonly features?: unknown;
  loadMarkets(reload?: boolean): Promise<Readonly<Record<string, unknown>>>;
  fetchTickers?(): Promise<unknown>;
  watchTrades(symbol: string): Promise<unknown>;
  watchOrderBook(symbol: string): Promise<unknown>;
  unWatchTrades?(symbol: string): Promise<unknown>;
  unWatchOrderBook?(symbol: string): Promise<unknown>;
  fetchTrades(symbol: string, since?: number, limit?: number): Promise<unknown>;
  fetchOHLCV(symbol: string, frame: string, since: number, limit: number): Promise<unknown>;
}

type Maker = new (options: Readonly<Record<string, unknown>>) => Exchange;

const library = z.looseObject({ pro: z.record(z.string(), z.unknown()) });
const limits = z.looseObject({ fetchOHLCV: z.looseObject({ limit: z.number().int().positive() }) });

/** The exchanges of a module that speaks ccxt's interface, by id. @throws Error where it is none */
export async function loadExchanges(module: string): Promise<ReadonlyMap<string, Maker>> {
  const loaded = (await import(module)) as { readonly default?: unknown };
  const { pro } = library.parse(loaded.default);
  return new Map(Object.entries(pro).filter((entry): entry is [string, Maker] => typeof entry[1] === 'function'));
}

export function makeExchange(makers: ReadonlyMap<string, Maker>, id: string): Exchange {
  const Made = makers.get(id);
  if (!Made) throw new Error(`ccxt knows no exchange ${id}`);
  const exchange = new Made({ enableRateLimit: true, newUpdates: true });
  if (exchange.has.watchTrades !== true) throw new Error(`ccxt cannot stream the trades of ${id}`);
  return exchange;
}

/** Ids of the exchanges whose trades can be streamed. */
export function streamingVenues(makers: ReadonlyMap<string, Maker>): string[] {
  const ids: string[] = [];
  for (const id of makers.keys()) {
    try {
      makeExchange(makers, id);
      ids.push(id);
    } catch {
      // It is left out.
    }
  }
  return ids.sort();
}

export function abilitiesOf(exchange: Exchange): Abilities {
  return {
    frames: Object.keys(exchange.timeframes ?? {}),
    unwatch: exchange.has.unWatchTrades === true,
    list: exchange.has.fetchTrades === true,
  };
}

/** Bars in one answer: what the venue gives at most, as far as ccxt knows. */
export function barLimit(exchange: Exchange, kind: 'spot' | 'swap'): number {
  const { features } = exchange as { features?: { spot?: unknown; swap?: { linear?: unknown } } };
  const known = limits.safeParse(kind === 'spot' ? features?.spot : features?.swap?.linear);
  return Math.min(MOST_BARS, known.data?.fetchOHLCV.limit ?? MOST_BARS);
}

const MOST_BARS = 500;
