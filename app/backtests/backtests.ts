import type { BacktestAnswer, BacktestPort, MarketPort } from '../../commands/ports.ts';
import type { Clock } from '../../engine/clock.ts';
import { TransportError } from '../../engine/errors.ts';
import type { StrategyText } from '../../engine/language/strategy-ast.ts';
import { planBacktest } from '../../engine/strategies/backtest-plan.ts';
import type { BacktestReport } from '../../engine/strategies/report.ts';
import { atMost } from '../at-most.ts';
import type { Logger } from '../part-logger.ts';
import { buffersOf, gatherPast, type Range } from '../preflight/past.ts';
import { toldOf, untoldNames } from '../preflight/told.ts';
import { createWorkerThread } from '../worker-thread.ts';
import type { BacktestTask } from './worker.ts';

export interface BacktestOptions {
  readonly range: Range;
  /** What is known of facts since a time (ms). */
  readonly facts: MarketPort['facts'];
  readonly clock: Clock;
  readonly log: Logger;
  /** The module that computes, for tests. */
  readonly worker?: URL;
}

export interface Backtests extends BacktestPort {
  close(): Promise<void>;
}

/** How long the history may take to come, and the walk over it then, in ms. */
const HISTORY_PATIENCE_MS = 30_000;
const WALK_PATIENCE_MS = 60_000;
/** A thread that nobody needs ends after this long, in ms. */
const IDLE_MS = 60_000;
const WAITING_LIMIT = 20;

/** Tries strategies on their past in a thread of its own, which starts with the first. */
export function createBacktests({ range, facts, clock, log, worker }: BacktestOptions): Backtests {
  const thread = createWorkerThread<BacktestTask, BacktestReport | undefined>({
    module: worker ?? new URL('./worker.ts', import.meta.url),
    ...{ what: 'the backtests', clock, log, patienceMs: WALK_PATIENCE_MS, idleMs: IDLE_MS, waiting: WAITING_LIMIT },
  });

  return {
    async run(strategy: StrategyText, from: number, to: number): Promise<BacktestAnswer> {
      const plan = planBacktest(strategy, from, to);
      thread.warm();
      const told = await toldOf(facts, plan);
      const untold = untoldNames(plan, told);
      if (untold.length > 0) return { kind: 'untold', facts: untold };
      const past = gatherPast(range, plan.needs);
      try {
        if (!(await atMost(clock, HISTORY_PATIENCE_MS, past.whole))) return { kind: 'late' };
      } finally {
        past.stop();
      }
      const history = past.sofar();
      try {
        const report = await thread.run({ strategy, plan, history, told }, buffersOf(history));
        if (report !== undefined) return { kind: 'done', report };
      } catch (cause) {
        log.warn({ err: cause }, 'a backtest could not be made');
        throw new TransportError('the backtest could not be made', { retryable: true, reason: 'unreachable', cause });
      }
      const bars = Math.max(...plan.needs.map(({ warmUp }) => warmUp));
      return { kind: 'short', bars };
    },
    close: () => thread.close(),
  };
}
