import { ADAPTIVE_AVERAGES } from './catalog/adaptive-averages.ts';
import { ANOMALY } from './catalog/anomaly.ts';
import { AVERAGES } from './catalog/averages.ts';
import { BANDS } from './catalog/bands.ts';
import { BOOK_FACTS } from './catalog/book-facts.ts';
import { CANDLE_GROUPS } from './catalog/candle-groups.ts';
import { CANDLES } from './catalog/candles.ts';
import { COLUMNS } from './catalog/columns.ts';
import { CYCLE_AVERAGES } from './catalog/cycle-averages.ts';
import { DIRECTIONAL } from './catalog/directional.ts';
import { DISTANCES } from './catalog/distances.ts';
import { EXTREMES } from './catalog/extremes.ts';
import { FACTS } from './catalog/facts.ts';
import { FLOW } from './catalog/flow.ts';
import { MOMENTUM } from './catalog/momentum.ts';
import { MOMENTUM_MORE } from './catalog/momentum-more.ts';
import { MOVING_AVERAGES } from './catalog/moving-averages.ts';
import { OSCILLATORS } from './catalog/oscillators.ts';
import { PAIRS } from './catalog/pairs.ts';
import { PATHS } from './catalog/paths.ts';
import { PIVOTS } from './catalog/pivots.ts';
import { PRESSURE } from './catalog/pressure.ts';
import { RANGE_OSCILLATORS } from './catalog/range-oscillators.ts';
import { REGRESSION } from './catalog/regression.ts';
import { RELATIVE_STRENGTH } from './catalog/relative-strength.ts';
import { SINCE } from './catalog/since.ts';
import { STATISTICS } from './catalog/statistics.ts';
import { STATISTICS_MORE } from './catalog/statistics-more.ts';
import { STOCHASTICS } from './catalog/stochastics.ts';
import { SWING_INDEX } from './catalog/swing-index.ts';
import { TRAILING_STOPS } from './catalog/trailing-stops.ts';
import { TREND } from './catalog/trend.ts';
import { TREND_SYSTEMS } from './catalog/trend-systems.ts';
import { VOLATILITY } from './catalog/volatility.ts';
import { VOLATILITY_MORE } from './catalog/volatility-more.ts';
import { VOLATILITY_REALISED } from './catalog/volatility-realised.ts';
import { VOLUME } from './catalog/volume.ts';
import { VOLUME_FLOW } from './catalog/volume-flow.ts';
import { VOLUME_TOTALS } from './catalog/volume-totals.ts';
import { WAVES } from './catalog/waves.ts';
import type { CatalogEntry, FactEntry } from './catalog-entry.ts';

/** Everything that can be written as a series, in the order in which help lists it. */
export const CATALOG: readonly CatalogEntry[] = [
  ...COLUMNS,
  ...AVERAGES,
  ...MOVING_AVERAGES,
  ...ADAPTIVE_AVERAGES,
  ...CYCLE_AVERAGES,
  ...REGRESSION,
  ...DIRECTIONAL,
  ...TREND,
  ...TREND_SYSTEMS,
  ...SWING_INDEX,
  ...TRAILING_STOPS,
  ...PIVOTS,
  ...MOMENTUM,
  ...RELATIVE_STRENGTH,
  ...STOCHASTICS,
  ...RANGE_OSCILLATORS,
  ...OSCILLATORS,
  ...PRESSURE,
  ...MOMENTUM_MORE,
  ...WAVES,
  ...DISTANCES,
  ...VOLATILITY,
  ...BANDS,
  ...VOLATILITY_MORE,
  ...VOLATILITY_REALISED,
  ...VOLUME,
  ...VOLUME_FLOW,
  ...VOLUME_TOTALS,
  ...FLOW,
  ...STATISTICS,
  ...STATISTICS_MORE,
  ...ANOMALY,
  ...PATHS,
  ...PAIRS,
  ...EXTREMES,
  ...SINCE,
  ...CANDLES,
  ...CANDLE_GROUPS,
  ...FACTS,
  ...BOOK_FACTS,
];

/** The candlestick patterns, which can be written `pattern(engulfing)`, too. */
export const PATTERNS: readonly CatalogEntry[] = [...CANDLES, ...CANDLE_GROUPS];

const BY_NAME = new Map(
  CATALOG.flatMap((entry) => [entry.name, ...entry.aliases].map((name) => [name, entry] as const)),
);

/** The entry that `name` (or an alias, in any case) stands for. */
export function lookup(name: string): CatalogEntry | undefined {
  return BY_NAME.get(name.toLowerCase());
}

const BARE = new Map(
  CATALOG.flatMap((entry) => (entry.input === 'fact' && entry.bare ? [[entry.bare, entry] as const] : [])),
);

/** The entry that `name` stands for where no brackets follow. */
export function lookupBare(name: string): CatalogEntry | undefined {
  return BARE.get(name.toLowerCase()) ?? lookup(name);
}

const OTHER_FACTS = new Map<string, FactEntry>();

/** The entry of a fact that the catalog does not know: whoever tells it gives it its name. */
export function otherFact(name: string): FactEntry {
  let entry = OTHER_FACTS.get(name);
  if (entry === undefined) {
    entry = {
      ...{ name, aliases: [], params: [], fields: [], scale: 'own', input: 'fact', unit: 'number' },
      ...{ summary: 'a fact that somebody tells', source: 'whoever tells it', example: `${name} > 1` },
    };
    OTHER_FACTS.set(name, entry);
  }
  return entry;
}

/** The entry of a name in a checked text: what the catalog does not know is a fact. */
export function entryOf(name: string): CatalogEntry {
  return lookup(name) ?? otherFact(name);
}
