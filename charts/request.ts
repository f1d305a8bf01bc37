import type { Bar } from '../engine/market/events.ts';
import type { Scale } from '../engine/series/catalog-entry.ts';
import type { FigureRequest } from './figures/request.ts';

/** A line over the bars: one value a bar, NaN where there is none. What is more than there are bars lies in the time to come. */
export interface ChartLine {
  /** As one writes it: `ema(20)`, `macd.signal`. */
  readonly label: string;
  readonly values: readonly number[];
  /**
   * `dots`: one a bar, not joined. `steps`: joined where the value stays the same, and nowhere else. `turns`: joined across bars
   * without a value. `stairs`: holds until the next value, as a fact does. Joined, with gaps where there is no value, if absent.
   */
  readonly form?: 'dots' | 'steps' | 'turns' | 'stairs';
  /** Above 0 where it is drawn in the colour of a rise, else in that of a fall; not joined where that changes. One a bar. */
  readonly sides?: readonly number[];
}

/** A series to draw. Those on the `price` scale lie over the candles, every other gets a pane of its own unless `place` says where. */
export interface ChartSeries {
  /** Title of its pane: `rsi(14)`. */
  readonly label: string;
  readonly scale: Scale;
  /** Several for an indicator with several fields. */
  readonly lines: readonly ChartLine[];
  /** Levels to mark in its pane, e.g. 30 and 70, or an alert's threshold. */
  readonly levels: readonly number[];
  /** `signs`: a mark with the line's label at each candle where its value is not 0. `volume`: over the bars of the volume. */
  readonly place?: 'signs' | 'volume';
  /** Indexes of two lines: between them it is tinted, like a rise where the first is the higher one, else like a fall. */
  readonly cloud?: readonly [number, number];
}

/** A price at which an alert fires. */
export interface ChartLevel {
  readonly price: number;
  readonly label: string;
  /** It follows from a series and moves with every bar: drawn fainter than a fixed one. */
  readonly isMoving?: boolean;
  /** What the picture is made for: the axis reaches further to show it. */
  readonly isMain?: boolean;
}

/** A firing on the chart. */
export interface ChartMark {
  /** Lies within the bar that it belongs to, in ms. */
  readonly ts: number;
  /** Which way the watched value went. */
  readonly direction: 'up' | 'down';
  readonly price: number;
  readonly label: string;
}

/** All that a picture shows; equal requests are equal pictures. Plain data, so that it can cross to a worker. */
export interface ChartRequest {
  readonly symbol: string;
  readonly venue: string;
  /** `line`: the closes alone, for what has no highs and lows of its own, such as a ratio. */
  readonly style: 'candles' | 'line';
  /** In ms. */
  readonly interval: number;
  /** Oldest first; the last may be the open bar. */
  readonly bars: readonly Bar[];
  /** Digits behind the point of a price. */
  readonly digits: number;
  readonly series: readonly ChartSeries[];
  /** Alert levels on the price. */
  readonly levels: readonly ChartLevel[];
  readonly marks: readonly ChartMark[];
  /** IANA name of the zone of the time axis: `Europe/Berlin`. */
  readonly timeZone: string;
}

/** All that can be drawn. */
export type PictureRequest = ChartRequest | FigureRequest;

/** Draws. Equal requests that are asked for at the same time or soon after one another are drawn once. */
export interface ChartRenderer {
  /** @returns a PNG 2000 pixels wide and 1200 high, higher with more than one pane below the price and its volume, or with many rows */
  render(request: PictureRequest): Promise<Uint8Array>;
  close(): Promise<void>;
}
