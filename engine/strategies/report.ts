import type { Backtest } from './backtest.ts';
import { deflatedSharpe, type SharpeTrials } from './deflated-sharpe.ts';
import { drawdownsOf, type EquityStats, equityStats } from './equity-stats.ts';
import { type ResampledBand, resampleTrades } from './resampling.ts';

/** What the trades say. Fractions; what cannot be told is undefined. */
export interface TradeStats {
  readonly count: number;
  /** Share of the trades that made something. */
  readonly winRate: number | undefined;
  /** What was won over what was lost; undefined where nothing was lost. */
  readonly profitFactor: number | undefined;
  /** Mean of what a trade made of what was put in, after all costs; the best and the worst. */
  readonly meanGain: number | undefined;
  readonly best: number | undefined;
  readonly worst: number | undefined;
  /** Mean length of a trade, in ms. */
  readonly meanLength: number | undefined;
  /** Fees, as a share of the equity at the beginning. */
  readonly fees: number;
  readonly whys: Readonly<Record<string, number>>;
}

/** A line of few points, for a picture: the last of each stretch. */
export interface EquityLine {
  readonly times: readonly number[];
  readonly equity: readonly number[];
  /** How far it was below its high at most within the stretch, as a fraction. */
  readonly drawdown: readonly number[];
  readonly held: readonly number[];
}

/** What came of a backtest: plain data. */
export interface BacktestReport {
  readonly from: number;
  readonly to: number;
  readonly walked: number;
  readonly equity: EquityStats;
  /** The instruments bought in equal parts at the beginning and kept. */
  readonly held: EquityStats;
  readonly trades: TradeStats;
  /** Share of the bars in which something was held, and how many times the mean equity was traded in all. */
  readonly exposure: number;
  readonly turnover: number;
  /** Funding received less what was paid, as a share of the equity at the beginning; undefined where no rates are known. */
  readonly funding: Backtest['funding'];
  readonly signals: number;
  readonly unfunded: number;
  readonly skipped: number;
  readonly band: ResampledBand | undefined;
  /** How sure it is that the Sharpe ratio is no chance, 0 to 1. */
  readonly deflated: number | undefined;
  readonly line: EquityLine;
}

const MOST_POINTS = 400;

/** @param trials what was tried before, where this is the best of several */
export function reportOf(test: Backtest, trials?: SharpeTrials): BacktestReport {
  const { from, to, walked, times, trades, signals, unfunded, skipped, funding } = test;
  const equity = equityStats(test.equity, times, walked);
  const shares = trades.map(({ share }) => share);
  const { perPeriod } = equity;
  return {
    ...{ from, to, walked, signals, unfunded, skipped, funding, equity },
    held: equityStats(test.held, times, walked),
    trades: tradeStats(trades),
    exposure: test.invested.reduce((sum, each) => sum + each, 0) / test.invested.length,
    turnover: test.traded / (test.equity.reduce((sum, each) => sum + each, 0) / test.equity.length),
    band: resampleTrades(shares),
    deflated: perPeriod && deflatedSharpe({ ...perPeriod, returns: perPeriod.count }, trials),
    line: lineOf(test),
  };
}

function tradeStats(trades: Backtest['trades']): TradeStats {
  const count = trades.length;
  const mean = (of: (trade: Backtest['trades'][number]) => number): number | undefined =>
    count === 0 ? undefined : trades.reduce((sum, trade) => sum + of(trade), 0) / count;
  const won = trades.reduce((sum, { profit }) => sum + Math.max(0, profit), 0);
  const lost = trades.reduce((sum, { profit }) => sum - Math.min(0, profit), 0);
  const gains = trades.map(({ gain }) => gain);
  const whys: Record<string, number> = {};
  for (const { why } of trades) whys[why] = (whys[why] ?? 0) + 1;
  return {
    count,
    winRate: mean(({ profit }) => (profit > 0 ? 1 : 0)),
    profitFactor: lost > 0 ? won / lost : undefined,
    meanGain: mean(({ gain }) => gain),
    best: count === 0 ? undefined : gains.reduce((a, b) => Math.max(a, b)),
    worst: count === 0 ? undefined : gains.reduce((a, b) => Math.min(a, b)),
    meanLength: mean(({ entered, left }) => left - entered),
    fees: trades.reduce((sum, { fees }) => sum + fees, 0),
    whys,
  };
}

function lineOf({ times, equity, held }: Backtest): EquityLine {
  const falls = drawdownsOf(equity);
  const stretch = Math.max(1, Math.ceil(times.length / MOST_POINTS));
  const line = { times: [] as number[], equity: [] as number[], drawdown: [] as number[], held: [] as number[] };
  for (let begin = 0; begin < times.length; begin += stretch) {
    const end = Math.min(times.length, begin + stretch) - 1;
    let fall = 0;
    for (let i = begin; i <= end; i++) fall = Math.max(fall, falls[i]!);
    line.times.push(times[end]!);
    line.equity.push(equity[end]!);
    line.drawdown.push(fall);
    line.held.push(held[end]!);
  }
  return line;
}
