import type { ChartMark, ChartRequest } from '../charts/request.ts';
import { toColumns } from '../engine/market/bar-history.ts';
import type { Bar } from '../engine/market/events.ts';
import { type FactPoints, lastBefore, timeBefore } from '../engine/market/fact-line.ts';
import { factKey } from '../engine/market/facts.ts';
import { formatInterval } from '../engine/market/interval.ts';
import { ANOMALY_LENGTH, ANOMALY_LEVEL, anomalyWarmup } from '../engine/quant/anomaly-meter.ts';
import type { AnomalyReport, JudgedBar } from '../engine/quant/anomaly-report.ts';
import type { CommandContext } from './command.ts';
import { deskPicture } from './desk-picture.ts';
import { byTime, timeOf } from './desk-report.ts';
import { priceDigits } from './format.ts';
import type { Picture } from './message.ts';
import type { MarketPort } from './ports.ts';
import { barsOf, namesOf } from './ratio.ts';

/** Bars on the picture: at most as many as a phone can show, of candles fewer, and at least so many, however few are judged. */
const MOST_DRAWN = 500;
const MOST_CANDLES = 160;
const LEAST_DRAWN = 120;

export interface AnomalyAsked {
  readonly instrument: string;
  readonly interval: number;
  /** Newest bars that are judged at most. */
  readonly judged: number;
  /** Whether the spread of the order book is looked at, too. */
  readonly withBook: boolean;
}

export interface AnomalyFound extends AnomalyAsked {
  readonly report: AnomalyReport;
  readonly bars: readonly Bar[];
}

/** @throws UserError where there are too few bars, TransportError */
export async function anomalyOf({ market, desk }: CommandContext, asked: AnomalyAsked): Promise<AnomalyFound> {
  const { instrument, interval, judged, withBook } = asked;
  const wanted = Math.max(judged, LEAST_DRAWN) + anomalyWarmup(ANOMALY_LENGTH) - 1;
  const { closed: bars } = await barsOf(market, instrument, interval, wanted);
  const spreads = withBook ? await spreadsOf(market, instrument, interval, bars) : new Float64Array(0);
  const report = await desk.analyse('anomaly', { bars: toColumns(bars), interval, judged, spreads });
  return { ...asked, report, bars };
}

/** Spreads of the order book at the end of each bar, in basis points; NaN where nobody watched it. Only its last hours are kept. */
async function spreadsOf(
  market: Pick<MarketPort, 'facts'>,
  instrument: string,
  interval: number,
  bars: readonly Bar[],
): Promise<Float64Array> {
  if (bars.length === 0) return new Float64Array(0);
  const keys = ['spread_bps', 'book_spread'].map((name) => factKey(name, instrument));
  const source = await market.facts(keys, bars[0].start);
  const [shares, prices] = keys.map(source);
  return Float64Array.from(bars, ({ start, close }) => {
    const end = start + interval;
    // What is older than the bar before was left behind when nobody watched any more.
    const isKnown = (points: FactPoints | undefined) =>
      points !== undefined && timeBefore(points, end) >= start - interval;
    if (isKnown(shares)) return lastBefore(shares!, end);
    return isKnown(prices) ? (10_000 * lastBefore(prices!, end)) / close : Number.NaN;
  });
}

/** The report with times for what is of a time. */
export function anomalyValues({ report, bars }: AnomalyFound): object {
  const at = ({ start, ...of }: JudgedBar) => ({ at: timeOf(start), ...of });
  const starts = Float64Array.from(bars, ({ start }) => start);
  return {
    ...report,
    newest: at(report.newest),
    worst: at(report.worst),
    unusual: report.unusual.map(at),
    since: timeOf(report.since),
    changes: report.changes?.map((each) => ({ ...each, since: timeOf(each.since) })),
    scores: byTime(starts, report.scores),
  };
}

/** The price with a mark at each unusual bar, and a strip of the score. */
export function anomalyPicture(context: CommandContext, found: AnomalyFound): Promise<Picture | undefined> {
  const { instrument, interval, report } = found;
  const scored = report.scores.filter(Number.isFinite).length;
  const drawn = Math.min(MOST_DRAWN, Math.max(report.bars, Math.min(scored, LEAST_DRAWN)));
  const bars = found.bars.slice(-drawn);
  const scores = Array.from(report.scores.subarray(-drawn));
  const { symbol, venue } = namesOf(instrument);
  const [newest] = bars.slice(-1);
  const marks = bars.flatMap((bar, i): readonly ChartMark[] =>
    scores[i] > ANOMALY_LEVEL
      ? [{ ts: bar.start, direction: bar.close < bar.open ? 'down' : 'up', price: bar.close, label: '' }]
      : [],
  );
  const request: ChartRequest = {
    ...{ symbol, venue, interval, bars, marks, levels: [], timeZone: context.chat.timeZone },
    style: drawn > MOST_CANDLES ? 'line' : 'candles',
    digits: priceDigits(newest.close, context.market.symbols.get(instrument)?.tick),
    series: [
      {
        label: `anomaly(${report.length})`,
        scale: 'own',
        lines: [{ label: 'score', values: scores }],
        levels: [0, ANOMALY_LEVEL],
      },
    ],
  };
  const alt = `${symbol} ${formatInterval(interval)}: price with ${marks.length} unusual bars marked, and the anomaly score`;
  return deskPicture(context, request, alt);
}
