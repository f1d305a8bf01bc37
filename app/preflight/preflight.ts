import type { MarketPort, PreflightAnswer, PreflightPort } from '../../commands/ports.ts';
import type { Clock } from '../../engine/clock.ts';
import type { RuleText } from '../../engine/language/ast.ts';
import { DAY } from '../../engine/market/interval.ts';
import { isMarket } from '../../engine/market/listing.ts';
import type { HistoryColumns, ToldFact } from '../../engine/preflight/replay.ts';
import { planReplay, type ReplayPlan } from '../../engine/preflight/replay-plan.ts';
import type { Trial, TrialRequest } from '../../engine/preflight/trial.ts';
import { atMost } from '../at-most.ts';
import type { Logger } from '../part-logger.ts';
import { createWorkerThread } from '../worker-thread.ts';
import { buffersOf, gatherPast, type Range } from './past.ts';
import { toldOf, untoldNames } from './told.ts';

export interface PreflightOptions {
  readonly range: Range;
  /** What is known of facts since a time (ms); missing where none are. */
  readonly facts?: MarketPort['facts'];
  /** Market time in ms. */
  now(): number;
  readonly clock: Clock;
  readonly log: Logger;
  /** The module that replays, for tests. */
  readonly worker?: URL;
}

export interface Preflight extends PreflightPort {
  close(): Promise<void>;
}

/** How long the history may take to come, and the replay then, in ms. */
const HISTORY_PATIENCE_MS = 4_000;
const REPLAY_PATIENCE_MS = 10_000;
/** A thread that nobody needs ends after this long, in ms. */
const IDLE_MS = 60_000;
const WAITING_LIMIT = 50;
/** Less than a day is too little to say how often something happens, unless it has many bars. */
const SHORTEST_MS = DAY;
const MANY_BARS = 1_000;

/** Tries rules on their past in a thread of its own, which starts with the first. */
export function createPreflight({ range, facts, now, clock, log, worker }: PreflightOptions): Preflight {
  const thread = createWorkerThread<TrialRequest, Trial | undefined>({
    module: worker ?? new URL('./worker.ts', import.meta.url),
    ...{ what: 'trying rules', clock, log, patienceMs: REPLAY_PATIENCE_MS, idleMs: IDLE_MS, waiting: WAITING_LIMIT },
  });

  /** @returns whether all of it came, and what did */
  async function pastOf({ needs }: ReplayPlan): Promise<{ isWhole: boolean; history: readonly HistoryColumns[] }> {
    const past = gatherPast(range, needs);
    try {
      const isWhole = await atMost(clock, HISTORY_PATIENCE_MS, past.whole);
      return { isWhole, history: past.sofar() };
    } catch (error) {
      log.warn({ err: error }, 'a rule is tried on what history there is: the rest could not be had');
      return { isWhole: false, history: past.sofar() };
    } finally {
      past.stop();
    }
  }

  return {
    async run(rule: RuleText): Promise<PreflightAnswer> {
      if (!isMarket(rule.instrument)) return { kind: 'untold', facts: ['new markets'] };
      const plan = planReplay(rule, now());
      // A thread takes as long to start as bars take to come: it starts meanwhile, if there is none.
      thread.warm();
      const told = plan.facts.length === 0 ? [] : await toldOf(facts, plan);
      const untold = untoldNames(plan, told);
      if (untold.length > 0) return { kind: 'untold', facts: untold };
      const { isWhole, history } = await pastOf(plan);
      const spanMs = Math.min(spanOf(plan, history), toldFor(plan, told));
      const trial = await thread.run({ rule, plan, history, told }, buffersOf(history));
      if (trial !== undefined && isEnough(trial, plan)) return { kind: 'tried', trial };
      return isWhole ? { kind: 'short', spanMs } : { kind: 'late' };
    },
    close: () => thread.close(),
  };
}

const isEnough = ({ tally: { from, to } }: Trial, { walked }: ReplayPlan): boolean =>
  to - from >= SHORTEST_MS || (to - from) / walked >= MANY_BARS;

/** How far back every fact is known, in ms; infinity without any. */
function toldFor({ to }: ReplayPlan, told: readonly ToldFact[]): number {
  const firsts = new Map<string, number>();
  for (const { name, times } of told) firsts.set(name, Math.min(times[0], firsts.get(name) ?? to));
  return to - Math.max(Number.NEGATIVE_INFINITY, ...firsts.values());
}

/** How far back all that is walked is known, in ms. */
function spanOf({ instruments, walked, to, from }: ReplayPlan, history: readonly HistoryColumns[]): number {
  const starts = instruments.map((instrument) => {
    const columns = history.find((part) => part.instrument === instrument && part.interval === walked)?.columns;
    return columns === undefined || columns.length === 0 ? to : columns.start[0];
  });
  return to - Math.max(from, ...starts);
}
