import { type RecordInput, type RecordRow, trackRecord } from '../ledger/outcomes.ts';
import type { BarColumns } from '../market/bar-history.ts';
import { type AnomalyReport, anomalyReport } from './anomaly-report.ts';
import { type ClusterReport, clusterReport } from './cluster-report.ts';
import { type ComparisonReport, comparisonReport } from './comparison-report.ts';
import { correlations, type Matrix } from './correlation.ts';
import { type CorrelationReport, correlationReport } from './correlation-report.ts';
import { type Book, type DepthReport, depthReport } from './depth.ts';
import { type FlowReport, flowReport } from './flow-report.ts';
import { type MoverInput, type MoversReport, moversReport } from './movers-report.ts';
import { type PairReport, pairReport } from './pair-report.ts';
import { type PairsReport, pairsReport } from './pairs-report.ts';
import { type Regime, regimeOf } from './regime.ts';
import { logReturns } from './sample.ts';
import { type SeasonReport, seasonReport } from './season-report.ts';
import { type StatsReport, statsReport } from './stats-report.ts';
import { type Said, type SummaryReport, summaryReport } from './summary-report.ts';
import type { TradeColumns } from './trade-columns.ts';
import { type VolatilityReport, volatilityReport } from './volatility-report.ts';

/** What can be asked of the desk, by name: plain data in, plain data out, so that it can be done in another thread. */
export interface Analyses {
  /** An order book, with market orders of some sizes in the base and amounts in the quote. */
  readonly depth: {
    readonly input: Book & { readonly sizes: readonly number[]; readonly amounts: readonly number[] };
    readonly output: DepthReport;
  };
  readonly stats: {
    readonly input: { readonly bars: BarColumns; readonly interval: number };
    readonly output: StatsReport;
  };
  /** Bars of an hour. */
  readonly summary: {
    readonly input: { readonly bars: BarColumns; readonly said: readonly Said[] };
    readonly output: SummaryReport;
  };
  /** `wall`: what the clock of a zone reads when each bar begins, as ms that read right in UTC. */
  readonly season: {
    readonly input: { readonly bars: BarColumns; readonly wall: Float64Array; readonly interval: number };
    readonly output: SeasonReport;
  };
  readonly volatility: {
    readonly input: { readonly bars: BarColumns; readonly interval: number };
    readonly output: VolatilityReport;
  };
  /** Closes of two instruments for the same bars, oldest first. */
  readonly pair: {
    readonly input: { readonly y: Float64Array; readonly x: Float64Array };
    readonly output: PairReport;
  };
  /** Closes of many instruments for the same bars, one row for each. */
  readonly pairs: { readonly input: { readonly closes: readonly Float64Array[] }; readonly output: PairsReport };
  /** Closes of many instruments for the same bars, one row for each. */
  readonly together: {
    readonly input: { readonly closes: readonly Float64Array[]; readonly bars: number };
    readonly output: CorrelationReport;
  };
  /** As `together`, with the starts of the bars in ms. */
  readonly compare: {
    readonly input: { readonly closes: readonly Float64Array[]; readonly starts: Float64Array };
    readonly output: ComparisonReport;
  };
  /** Closed bars, oldest first, of which so many of the newest are judged at most, and spreads of the order book as `anomalyReport` takes them. */
  readonly anomaly: {
    readonly input: {
      readonly bars: BarColumns;
      readonly interval: number;
      readonly judged: number;
      readonly spreads: Float64Array;
    };
    readonly output: AnomalyReport;
  };
  /** Closes of many instruments for the same bars, one row for each. */
  readonly clusters: { readonly input: { readonly closes: readonly Float64Array[] }; readonly output: ClusterReport };
  /** Of the stretch of `length` (ms) that ends at `to` (ms). */
  readonly movers: {
    readonly input: { readonly markets: readonly MoverInput[]; readonly to: number; readonly length: number };
    readonly output: MoversReport;
  };
  /** Closed bars and what is kept of the trades of their time, oldest first. */
  readonly flow: {
    readonly input: {
      readonly bars: BarColumns;
      readonly interval: number;
      readonly trades: TradeColumns;
      readonly tick: number | undefined;
    };
    readonly output: FlowReport;
  };
  /** Of the log returns of closes for the same bars, one row for each instrument. */
  readonly correlations: { readonly input: { readonly closes: readonly Float64Array[] }; readonly output: Matrix };
  /** Closes and volumes of the same bars, oldest first. */
  readonly regime: {
    readonly input: { readonly closes: Float64Array; readonly volumes: Float64Array };
    readonly output: Regime;
  };
  /** What signals came to, beside random entries. */
  readonly record: { readonly input: RecordInput; readonly output: readonly RecordRow[] };
}

export type AnalysisName = keyof Analyses;

type Compute = { readonly [K in AnalysisName]: (input: Analyses[K]['input']) => Analyses[K]['output'] };

const COMPUTE: Compute = {
  depth: ({ sizes, amounts, ...book }) => depthReport(book, sizes, amounts),
  stats: ({ bars, interval }) => statsReport(bars, interval),
  summary: ({ bars, said }) => summaryReport(bars, said),
  season: ({ bars, wall, interval }) => seasonReport(bars, wall, interval),
  volatility: ({ bars, interval }) => volatilityReport(bars, interval),
  pair: ({ y, x }) => pairReport(y, x),
  pairs: ({ closes }) => pairsReport(closes),
  together: ({ closes, bars }) => correlationReport(closes, bars),
  compare: ({ closes, starts }) => comparisonReport(closes, starts),
  anomaly: ({ bars, interval, judged, spreads }) => anomalyReport(bars, interval, judged, spreads),
  clusters: ({ closes }) => clusterReport(closes),
  movers: ({ markets, to, length }) => moversReport(markets, to, length),
  flow: ({ bars, interval, trades, tick }) => flowReport(bars, interval, trades, tick),
  correlations: ({ closes }) => correlations(closes.map(logReturns)),
  regime: ({ closes, volumes }) => regimeOf(closes, volumes),
  record: trackRecord,
};

/** @throws UserError where the data do not allow it */
export function analyse<K extends AnalysisName>(name: K, input: Analyses[K]['input']): Analyses[K]['output'] {
  return COMPUTE[name](input);
}
