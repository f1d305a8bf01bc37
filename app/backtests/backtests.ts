import { Piscina } from 'piscina';
import { withDeadline } from '../../charts/deadline.ts';
import { loader } from '../../charts/local-renderer.ts';
import type { BacktestAnswer, BacktestPort, MarketPort } from '../../commands/ports.ts';
import type { Clock } from '../../engine/clock.ts';
import { TransportError } from '../../engine/errors.ts';
import type { StrategyText } from '../../engine/language/strategy-ast.ts';
import { splitFactKey } from '../../engine/market/facts.ts';
import type { ToldFact } from '../../engine/preflight/replay.ts';
import type { ReplayPlan } from '../../engine/preflight/replay-plan.ts';
import { planBacktest } from '../../engine/strategies/backtest-plan.ts';
import type { BacktestReport } from '../../engine/strategies/report.ts';
import { atMost } from '../at-most.ts';
import type { Logger } from '../part-logger.ts';
import { gatherPast, type Range } from '../preflight/past.ts';
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
  const filename = worker ?? new URL('./worker.ts', import.meta.url);
  const pool = new Piscina<BacktestTask | null, BacktestReport | undefined>({
    filename: filename.href,
    execArgv: loader(filename),
    minThreads: 0,
    maxThreads: 1,
    maxQueue: WAITING_LIMIT,
    idleTimeout: IDLE_MS,
  });
  // A thread that dies while it waits reports here; without a listener it would take the process down.
  pool.on('error', (error: unknown) => log.error({ err: error }, 'the thread of the backtests failed'));

  async function toldOf({ facts: keys, factsFrom }: ReplayPlan): Promise<readonly ToldFact[]> {
    if (keys.length === 0) return [];
    const source = await facts(keys, factsFrom);
    return keys.flatMap((key) => {
      const points = source(key);
      if (points === undefined) return [];
      return [{ ...splitFactKey(key), times: Array.from(points.times), values: Array.from(points.values) }];
    });
  }

  return {
    async run(strategy: StrategyText, from: number, to: number): Promise<BacktestAnswer> {
      const plan = planBacktest(strategy, from, to);
      // A thread takes as long to start as bars take to come.
      pool.run(null).catch((error: unknown) => log.debug({ err: error }, 'no thread is there in advance'));
      const told = await toldOf(plan);
      const known = new Set(told.map(({ name }) => name));
      const untold = new Set(plan.facts.map((key) => splitFactKey(key).name).filter((name) => !known.has(name)));
      if (untold.size > 0) return { kind: 'untold', facts: [...untold] };
      const past = gatherPast(range, plan.needs);
      try {
        if (!(await atMost(clock, HISTORY_PATIENCE_MS, past.whole))) return { kind: 'late' };
      } finally {
        past.stop();
      }
      const history = past.sofar();
      try {
        const report = await withDeadline(WALK_PATIENCE_MS, clock, (signal) =>
          pool.run({ strategy, plan, history, told }, { signal }),
        );
        if (report !== undefined) return { kind: 'done', report };
      } catch (cause) {
        log.warn({ err: cause }, 'a backtest could not be made');
        throw new TransportError('the backtest could not be made', { retryable: true, reason: 'unreachable', cause });
      }
      const bars = Math.max(...plan.needs.map(({ warmUp }) => warmUp));
      return { kind: 'short', bars };
    },
    close: () => pool.destroy(),
  };
}
