import type { Bar } from '../engine/market/events.ts';
import type { Scale } from '../engine/series/catalog-entry.ts';

/** A line over the bars: one value a bar, NaN where there is none. */
export interface ChartLine {
  /** As one writes it: `ema(20)`, `macd.signal`. */
  readonly label: string;
  readonly values: readonly number[];
  /** Holds until the next value, as a fact does. */
  readonly steps?: true;
}

/** A series to draw. Those on the `price` scale lie over the candles, every other gets a pane of its own. */
export interface ChartSeries {
  /** Title of its pane: `rsi(14)`. */
  readonly label: string;
  readonly scale: Scale;
  /** Several for an indicator with several fields. */
  readonly lines: readonly ChartLine[];
  /** Levels to mark in its pane, e.g. 30 and 70, or an alert's threshold. */
  readonly levels: readonly number[];
}

/** A price at which an alert fires. */
export interface ChartLevel {
  readonly price: number;
  readonly label: string;
  /** It follows from a series and moves with every bar: drawn fainter than a fixed one. */
  readonly isMoving?: boolean;
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

/** Draws. Equal requests that are asked for at the same time or soon after one another are drawn once. */
export interface ChartRenderer {
  /** @returns a PNG of 2000x1200 pixels */
  render(request: ChartRequest): Promise<Uint8Array>;
  close(): Promise<void>;
}
