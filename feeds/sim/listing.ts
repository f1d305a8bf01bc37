import type { BookEvent, Trade } from '../../engine/market/events.ts';
import { createDepth } from './depth.ts';
import { type DressedMarket, dressMarket } from './dressed.ts';
import { type FactSeries, factsOf } from './facts.ts';
import type { DayBars } from './history.ts';
import type { Incidents } from './incidents.ts';
import { createModels, type Model } from './instruments.ts';
import { createMarket, type Market } from './market.ts';
import { inSessions } from './sessions.ts';

/** One instrument with all that is simulated of it. */
export interface Listed {
  readonly model: Model;
  /** Without incidents. */
  readonly plain: Market;
  readonly market: DressedMarket;
  readonly facts: readonly FactSeries[];
  readonly book: (last: Trade, ts: number) => BookEvent;
  readonly dayBars: DayBars;
}

export interface ListingOptions {
  readonly seed: string;
  readonly tradesPerMinute: number;
  /** Whether stocks trade in New York's sessions alone. */
  readonly sessions: boolean;
  readonly incidents: Incidents;
}

/** All simulated instruments by symbol. */
export function createListing({
  seed,
  tradesPerMinute,
  sessions,
  incidents,
}: ListingOptions): ReadonlyMap<string, Listed> {
  const listed = new Map<string, Listed>();
  for (const model of createModels(seed)) {
    const { symbol, kind } = model.info;
    const always = createMarket(seed, model, Math.max(1, tradesPerMinute));
    const plain = sessions && kind === 'stock' ? inSessions(always) : always;
    const market = dressMarket(plain, symbol, incidents);
    const spot = kind === 'perpetual' ? listed.get(symbol.replace(/\.p$/, ''))?.market : undefined;
    const facts = factsOf(seed, model, market, spot);
    const book = createDepth(seed, model.info, model.meanLots);
    listed.set(symbol, { model, plain, market, facts, book, dayBars: new Map() });
  }
  return listed;
}
