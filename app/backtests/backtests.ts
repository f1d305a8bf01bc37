import type { BacktestAnswer, BacktestPort } from '../../commands/strategy-ports.ts';
import { TransportError } from '../../engine/errors.ts';
import type { StrategyText } from '../../engine/language/strategy-ast.ts';
import { leastBars, planBacktest, tooFewOf } from '../../engine/strategies/backtest-plan.ts';
import type { BacktestReport } from '../../engine/strategies/report.ts';
import type { Logger } from '../part-logger.ts';
import { buffersOf } from '../preflight/past.ts';
import { createWorkerThread } from '../worker-thread.ts';
import { type GatherOptions, gather } from './gather.ts';
import type { BacktestTask } from './worker.ts';

export interface BacktestOptions extends GatherOptions {
  readonly log: Logger;
  /** The module that computes, for tests. */
  readonly worker?: URL;
}

export interface Backtests extends BacktestPort {
  close(): Promise<void>;
}

/** How long the walk over the history may take, in ms. */
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
      const found = await gather({ range, facts, clock }, plan);
      if (found.kind !== 'there') return found;
      const { history, told, funding } = found;
      const least = leastBars(strategy);
      // Counted before: the memory goes to the other thread.
      const there = least.map(({ instrument, interval }) => {
        const part = history.find((each) => each.instrument === instrument && each.interval === interval);
        return part?.columns.length ?? 0;
      });
      try {
        const report = await thread.run({ strategy, plan, history, told, funding }, buffersOf(history));
        if (report !== undefined) return { kind: 'done', report };
      } catch (cause) {
        log.warn({ err: cause }, 'a backtest could not be made');
        throw new TransportError('the backtest could not be made', { retryable: true, reason: 'unreachable', cause });
      }
      return { kind: 'short', few: tooFewOf(least, there) };
    },
    close: () => thread.close(),
  };
}
