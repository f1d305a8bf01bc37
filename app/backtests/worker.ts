import type { StrategyText } from '../../engine/language/strategy-ast.ts';
import type { HistoryColumns, ToldFact } from '../../engine/preflight/replay.ts';
import type { ReplayPlan } from '../../engine/preflight/replay-plan.ts';
import { backtest } from '../../engine/strategies/backtest.ts';
import type { FundingPayments } from '../../engine/strategies/funding.ts';
import { type BacktestReport, reportOf } from '../../engine/strategies/report.ts';

/** A strategy and what it is tried on: plain data. */
export interface BacktestTask {
  readonly strategy: StrategyText;
  readonly plan: ReplayPlan;
  readonly history: readonly HistoryColumns[];
  readonly told: readonly ToldFact[];
  readonly funding: readonly FundingPayments[];
}

/** Runs in a worker thread: what came of a strategy, undefined where it never had values. Without a task it only starts the thread. */
export default function backtestInThread(task: BacktestTask | null): BacktestReport | undefined {
  if (task === null) return undefined;
  const done = backtest(task.strategy, task.plan, task.history, task.told, task.funding);
  return done && reportOf(done);
}
