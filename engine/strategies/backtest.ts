import type { StrategyText } from '../language/strategy-ast.ts';
import { beginning, type HistoryColumns, type ToldFact } from '../preflight/replay.ts';
import type { ReplayPlan } from '../preflight/replay-plan.ts';
import type { BacktestTrade } from './account.ts';
import { walkThrough } from './backtest-walk.ts';
import type { FundingPayments } from './funding.ts';
import { graphRunner } from './graph-runner.ts';
import { knownRunner } from './known-runner.ts';

/** What a strategy would have done. Times in ms; the equity begins with 1. */
export interface Backtest {
  /** Since when its series had values. */
  readonly from: number;
  readonly to: number;
  /** Length of a walked bar, in ms. */
  readonly walked: number;
  readonly trades: readonly BacktestTrade[];
  /** The end of each walked bar, what was owned then, and whether anything was held in it. */
  readonly times: Float64Array;
  readonly equity: Float64Array;
  readonly invested: Uint8Array;
  /** What the instruments, bought in equal parts at the beginning, were worth, after the fee of buying. */
  readonly held: Float64Array;
  /** Worth of all fills. */
  readonly traded: number;
  /** Funding that was received less what was paid, and how many times; undefined where no rates are known. */
  readonly funding: { readonly received: number; readonly times: number } | undefined;
  readonly signals: number;
  /** Signals without capital, and moments that no signal came of. */
  readonly unfunded: number;
  readonly skipped: number;
}

/**
 * Runs a strategy over bars with the engine that runs it live, or where its series can be computed over all bars at once with the parts of
 * that engine which come to the same. A signal is filled at the next price, which is the open of the next walked bar; within a bar what is
 * bad for a position comes before what is good for it, so that a bar that touches stop and target ends at the stop. What is held at the end
 * is left at the last price.
 *
 * @returns undefined where its series never had values
 */
export function backtest(
  text: StrategyText,
  plan: ReplayPlan,
  history: readonly HistoryColumns[],
  told: readonly ToldFact[] = [],
  funding: readonly FundingPayments[] = [],
): Backtest | undefined {
  const from = beginning(plan, history);
  if (from === undefined) return undefined;
  const run = { text, plan, history, from };
  return walkThrough(run, knownRunner(run) ?? graphRunner(run), told, funding);
}
