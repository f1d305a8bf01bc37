import type { Bar } from '../market/events.ts';

/**
 * The streaming computation of one indicator over one stream of inputs. `add` begins a new bar with its first known value,
 * `replace` corrects the value of the bar that `add` began. Both leave the fields in `values` (NaN while warming up), in the
 * order of the entry's `fields`, and cost O(1) or O(log n), but for work done once a bar.
 */
export interface Kernel<Input> {
  readonly values: Float64Array;
  add(input: Input): void;
  replace(input: Input): void;
  /**
   * How far a field moves at most when the input (for bars: the last price) moves by one, while the bar is open and the input
   * stays within `reach` of `now`. Only asked after a value. Without it, or where it is infinite, a series is computed on
   * every trade.
   */
  sensitivity?(field: number, now: Input, reach: number): number;
  /** Which way a field may go with the input, on the same terms; any way without it. See ways.ts. */
  ways?(field: number, now: Input, reach: number): number;
}

export interface Param {
  readonly name: string;
  /** `bars`: a whole number of bars; `number`: any; `span`: a whole number of bars or a length of time such as `1h`. */
  readonly kind: 'bars' | 'number' | 'span';
  readonly default: number;
  readonly min: number;
  readonly max: number;
}

/**
 * How a series is drawn and what thresholds make sense. `price`: on the price axis. `percent`: 0 to 100. `centred`: around zero.
 * `fraction`: a share of one, written `5%`. `volume`: not negative, own axis. `own`: anything, own axis.
 */
export type Scale = 'price' | 'percent' | 'centred' | 'fraction' | 'volume' | 'own';

/**
 * How a chart draws an entry whose first field is no plain line. `dots`: a dot a bar, in the colour of the field `direction`. `sides`:
 * a line in that colour, which ends where the direction turns. `steps`: a level that holds until the next, not joined to it. `turns`:
 * straight lines through the turns, `value` being the last one and `extreme` how far it went since. `cloud`: lines, tinted between
 * `spana` and `spanb`. `signs`: a mark at each bar where it is not 0, bullish above 0.
 */
export type Shape = 'dots' | 'sides' | 'steps' | 'turns' | 'cloud' | 'signs';

/** How many inputs an indicator wants. */
export interface Warmup {
  /** Inputs until the first value. */
  readonly first: number;
  /** Inputs until the value no longer depends on where the computation began. Where that is later than `first`, it is begun anew from time to time: see anchor.ts. */
  readonly settled: number;
  /**
   * It counts from some time on, such as midnight or the last turn, and must not be begun anew in between. Where that lies further
   * back than `settled` inputs, the value after a restart may differ from what it would have been.
   */
  readonly counts?: boolean;
}

interface EntryBase {
  /** What one writes: `rsi`. Lower case. */
  readonly name: string;
  readonly aliases: readonly string[];
  /** In the order in which they are written. */
  readonly params: readonly Param[];
  /** Names of the outputs; the first is meant when none is named. `[]` for a single output. */
  readonly fields: readonly string[];
  /** The fields that a chart shows where none is named; all of them if absent. */
  readonly drawn?: readonly string[];
  /** Levels worth a line in its pane, e.g. 30 and 70. */
  readonly levels?: readonly number[];
  readonly scale: Scale;
  /** Values that it can have at all, of its parameters, where its scale does not say that. */
  readonly range?: (params: readonly number[]) => readonly [low: number, high: number];
  /** A share that goes up and down from nought, as a change does: one says of it which way, `+5 %`. */
  readonly isChange?: true;
  readonly shape?: Shape;
  /** What a sign is called at its bar: short. The entry's name if absent. */
  readonly sign?: string;
  /** Such a sign points neither up nor down. */
  readonly isUndecided?: true;
  /** One line for people. */
  readonly summary: string;
  /** Where the definition comes from. */
  readonly source: string;
  /** A condition that can be typed after a symbol: `rsi(14) < 30`. */
  readonly example: string;
}

/** A column of the bar itself: `close`. */
export interface ColumnEntry extends EntryBase {
  readonly input: 'column';
  readonly column: 'price' | 'open' | 'high' | 'low' | 'close' | 'volume' | 'trades' | 'bought' | 'sold' | 'delta';
}

/** What a fact is measured in: `percent` as a plain number, 2.5 for 2.5 %. */
export type FactUnit = 'fraction' | 'percent' | 'price' | 'base' | 'quote' | 'basis points' | 'number';

/** A scalar that is told, not computed: `funding`. It holds until the next one. */
export interface FactEntry extends EntryBase {
  readonly input: 'fact';
  readonly unit: FactUnit;
  /** Values that it can have at all. */
  readonly bounds?: readonly [low: number, high: number];
  /** A name that means it where no brackets follow: with brackets that is something else. */
  readonly bare?: string;
  /** Computed from the order book, which is watched while somebody asks. */
  readonly ofBook?: true;
  /** Told by venues, and only of perpetuals. */
  readonly ofPerpetual?: true;
}

/** Computed from any series, `defaultInput` (the close unless it says otherwise) where none is given: `sma(volume, 20)`. */
export interface SeriesEntry extends EntryBase {
  readonly input: 'series';
  readonly defaultInput?: 'close' | 'high' | 'low';
  /** Computed from a condition, which is 1 where it is true and 0 where it is not: there is no default. */
  readonly ofCondition?: true;
  warmup(params: readonly number[]): Warmup;
  create(params: readonly number[]): Kernel<number>;
}

/** Computed from whole bars: `atr(14)`. */
export interface BarsEntry extends EntryBase {
  readonly input: 'bars';
  warmup(params: readonly number[]): Warmup;
  /**
   * @param interval of the bars, in ms; a minute where none is given
   * @param seed a number of the series' name: what is not done at each bar is done at other bars than by its neighbours
   */
  create(params: readonly number[], interval?: number, seed?: number): Kernel<Bar>;
}

/** The values of two series for the same bar: `y` is what is explained, `x` what it is held against. */
export interface Pair {
  readonly y: number;
  readonly x: number;
  /** Of their bar, in ms; of one that is open it is not told. */
  readonly start?: number;
}

/** Computed from two series, the close and another one where only one is given: `corr(ethusdt, 60)`. */
export interface PairEntry extends EntryBase {
  readonly input: 'pair';
  /** Prices are taken by their growth from bar to bar. */
  readonly ofGrowth: boolean;
  /** `first` and `settled` are the same: such a series is never begun anew. */
  warmup(params: readonly number[]): Warmup;
  /** @param interval, seed as those of `BarsEntry` */
  create(params: readonly number[], interval?: number, seed?: number): Kernel<Pair>;
}

/** One thing that can be written in the language. */
export type CatalogEntry = ColumnEntry | FactEntry | SeriesEntry | BarsEntry | PairEntry;
