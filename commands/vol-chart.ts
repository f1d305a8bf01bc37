import type { ChartRequest, ChartSeries } from '../charts/request.ts';
import { type BarColumns, barAt } from '../engine/market/bar-history.ts';
import type { Bar } from '../engine/market/events.ts';
import { barStart, MINUTE } from '../engine/market/interval.ts';
import type { VolatilityReport } from '../engine/quant/volatility-report.ts';
import { priceDigits } from './format.ts';
import { namesOf } from './ratio.ts';

/** Candles on the picture, for each of the day to come as well as in all: with more, that day would be too small to see. */
const CANDLES = { least: 30, perAhead: 5, most: 120 };
/** Shorter bars are drawn as longer ones: a day of them would be wider than all that was. */
const SHORTEST = 15 * MINUTE;

/** Prices one deviation of the log return below and above; the mean return is left out: it is not known well enough. */
export function bandOf(last: number, deviation: number): readonly [low: number, high: number] {
  return [last * Math.exp(-deviation), last * Math.exp(deviation)];
}

interface VolatilityPicture {
  readonly instrument: string;
  /** Of the columns, in ms. */
  readonly interval: number;
  readonly columns: BarColumns;
  readonly report: VolatilityReport;
  readonly tick: number | undefined;
}

/** The last bars, and where the price lies until the next day two times in three if the forecast holds. */
export function volatilityChart(
  { instrument, interval, columns, report, tick }: VolatilityPicture,
  timeZone: string,
): ChartRequest {
  const { symbol, venue } = namesOf(instrument);
  const perCandle = Math.ceil(SHORTEST / interval);
  const length = interval * perCandle;
  const all = Array.from({ length: columns.length }, (_, i) => barAt(columns, i));
  const ahead = Math.ceil(report.day.length / perCandle);
  const shown = Math.min(CANDLES.most, Math.max(CANDLES.least, CANDLES.perAhead * ahead));
  const bars = (perCandle === 1 ? all : joined(all, length)).slice(-shown);
  return {
    symbol,
    venue,
    style: 'candles',
    interval: length,
    bars,
    digits: priceDigits(report.last, tick),
    series: [coneOf(report, bars.length, perCandle)],
    levels: [],
    marks: [],
    timeZone,
  };
}

/** The band from the last close on, a value for each candle to come. */
function coneOf({ last, day }: VolatilityReport, bars: number, perCandle: number): ChartSeries {
  const ahead = Math.ceil(day.length / perCandle);
  const bands = Array.from({ length: ahead }, (_, i) =>
    bandOf(last, day[Math.min(day.length, (i + 1) * perCandle) - 1]),
  );
  const before = new Array<number>(bars - 1).fill(Number.NaN);
  const line = (label: string, side: 0 | 1) => ({
    label,
    values: [...before, last, ...bands.map((band) => band[side])],
  });
  return { label: 'next day ±1σ', scale: 'price', lines: [line('upper', 1), line('lower', 0)], levels: [] };
}

/** Bars as fewer, longer ones, aligned as all bars are; the last may be short of its end. */
function joined(bars: readonly Bar[], length: number): readonly Bar[] {
  const long: Bar[] = [];
  for (const bar of bars) {
    const start = barStart(bar.start, length);
    const { open, high, low, volume, trades } = bar;
    const last = long[long.length - 1];
    if (last?.start !== start) long.push({ start, open, high, low, close: bar.close, volume, trades });
    else
      long[long.length - 1] = {
        ...{ start, open: last.open, high: Math.max(last.high, high), low: Math.min(last.low, low), close: bar.close },
        ...{ volume: last.volume + volume, trades: last.trades + trades },
      };
  }
  return long;
}
