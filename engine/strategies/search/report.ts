import { DAY } from '../../market/interval.ts';
import type { Backtest } from '../backtest.ts';
import type { SharpeTrials } from '../deflated-sharpe.ts';
import { type EquityStats, equityStats } from '../equity-stats.ts';
import { type BacktestReport, reportOf } from '../report.ts';
import type { SearchMaterial } from './material.ts';
import type { ParameterSet } from './parameter-sets.ts';
import { backtestBetween, type ReadStrategy, type TriedSet } from './search.ts';
import { type Surface, surfaceOf } from './surface.ts';
import { type PartResult, type SearchWindow, stitched } from './walk-forward.ts';

const YEAR = 365.25 * DAY;
/** Fewer positions than these in what is chosen on say nothing of a set. */
const LEAST_TRADES = 3;

/** What was chosen on a window, and what came of it. */
export interface WindowChoice extends SearchWindow {
  /** Undefined where nothing traded enough to be chosen: then nothing is held. */
  readonly values: ParameterSet | undefined;
}

/** What came of a search: plain data. */
export interface SearchReport {
  /** Sets that were tried, and those that the strategy refused or that never had values. */
  readonly tried: number;
  readonly refused: number;
  readonly trials: SharpeTrials;
  readonly windows: readonly WindowChoice[];
  /** What the choices made where they were chosen: the mean of the windows, growth in as much time as `tested` took. */
  readonly chosen: { readonly growth: number; readonly sharpe: number; readonly trades: number } | undefined;
  /** What they made right after that, one window behind the other, and what holding made in that time. */
  readonly tested: {
    readonly equity: EquityStats;
    readonly held: EquityStats;
    readonly trades: number;
    readonly ms: number;
  };
  /** The best over the whole period, with its Sharpe ratio deflated by all that was tried. */
  readonly best: { readonly values: ParameterSet; readonly report: BacktestReport };
  /** Sharpe ratios a year. */
  readonly surface: Surface;
}

/** What is looked at to choose: the Sharpe ratio where it is of some trades. */
const scoreOf = ({ sharpe, trades }: PartResult): number | undefined => (trades < LEAST_TRADES ? undefined : sharpe);

function bestOf(tried: readonly TriedSet[], part: (set: TriedSet) => PartResult): TriedSet | undefined {
  let best: TriedSet | undefined;
  let most = Number.NEGATIVE_INFINITY;
  for (const set of tried) {
    const score = scoreOf(part(set)) ?? Number.NEGATIVE_INFINITY;
    if (score > most) [best, most] = [set, score];
  }
  return best;
}

/**
 * Chooses in each window what was best there, and tries it on the bars that follow, from nothing held to nothing held.
 *
 * @param sets how many were to be tried
 * @returns undefined where none of them ever traded enough
 */
export function searchReport(
  read: ReadStrategy,
  tried: readonly TriedSet[],
  sets: number,
  material: SearchMaterial,
  windows: readonly SearchWindow[],
): SearchReport | undefined {
  const best = bestOf(tried, ({ whole }) => whole);
  if (best === undefined) return undefined;
  const choices = windows.map((window, i) => ({ window, chosen: bestOf(tried, (set) => set.chosenOn[i]!) }));
  const parts = choices.flatMap(({ window, chosen }) => {
    const done = backtestBetween(read((chosen ?? best).values), material, window.split, window.to);
    return done === undefined ? [] : [chosen === undefined ? unheld(done) : done];
  });
  const whole = backtestBetween(read(best.values), material, material.from, material.to);
  if (whole === undefined || parts.length === 0) return undefined;
  const perYear = Math.sqrt(YEAR / whole.walked);
  const trials = trialsOf(tried);
  const scored = tried.map(({ values, whole: { sharpe = 0 } }) => ({ values, score: sharpe * perYear }));
  const { times, equity, held } = stitched(parts);
  const ms = parts.reduce((sum, part) => sum + part.to - part.from, 0);
  const of = (line: Float64Array): EquityStats => equityStats(line, times, whole.walked);
  const found = choices.flatMap(({ window, chosen }, i) =>
    chosen === undefined ? [] : [{ window, result: chosen.chosenOn[i]! }],
  );
  return {
    tried: tried.length,
    refused: sets - tried.length,
    trials,
    windows: choices.map(({ window, chosen }) => ({ ...window, values: chosen?.values })),
    chosen: found.length === 0 ? undefined : meanOf(found, ms, perYear),
    tested: {
      ...{ equity: of(equity), held: of(held), ms },
      trades: parts.reduce((sum, { trades }) => sum + trades.length, 0),
    },
    best: { values: best.values, report: reportOf(whole, trials) },
    surface: surfaceOf(scored),
  };
}

/** The same time with nothing held. */
const unheld = (done: Backtest): Backtest => ({
  ...{ ...done, trades: [], traded: 0, signals: 0, unfunded: 0, skipped: 0 },
  equity: new Float64Array(done.equity.length).fill(1),
  invested: new Uint8Array(done.invested.length),
});

/** How many Sharpe ratios there were to choose from, and how they vary, per bar. */
export function trialsOf(tried: readonly TriedSet[]): SharpeTrials {
  const sharpes = tried.map(({ whole: { sharpe = 0 } }) => sharpe);
  const mean = sharpes.reduce((sum, each) => sum + each, 0) / sharpes.length;
  const squares = sharpes.reduce((sum, each) => sum + (each - mean) ** 2, 0);
  return { count: sharpes.length, variance: sharpes.length < 2 ? 0 : squares / (sharpes.length - 1) };
}

function meanOf(
  found: readonly { readonly window: SearchWindow; readonly result: PartResult }[],
  ms: number,
  perYear: number,
): SearchReport['chosen'] {
  let [pace, sharpe, trades] = [0, 0, 0];
  for (const { window, result } of found) {
    pace += Math.log(Math.max(1e-12, 1 + result.growth)) / (window.split - window.from) / found.length;
    sharpe += ((result.sharpe ?? 0) * perYear) / found.length;
    trades += result.trades;
  }
  return { growth: Math.exp(pace * ms) - 1, sharpe, trades };
}
