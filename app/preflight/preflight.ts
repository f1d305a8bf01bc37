import { Piscina } from 'piscina';
import { withDeadline } from '../../charts/deadline.ts';
import { loader } from '../../charts/local-renderer.ts';
import type { MarketPort, PreflightAnswer, PreflightPort } from '../../commands/ports.ts';
import type { Clock } from '../../engine/clock.ts';
import type { RuleText } from '../../engine/language/ast.ts';
import { splitFactKey } from '../../engine/market/facts.ts';
import { DAY } from '../../engine/market/interval.ts';
import { isMarket } from '../../engine/market/listing.ts';
import type { HistoryColumns, ToldFact } from '../../engine/preflight/replay.ts';
import { planReplay, type ReplayPlan } from '../../engine/preflight/replay-plan.ts';
import type { Trial, TrialRequest } from '../../engine/preflight/trial.ts';
import { atMost } from '../at-most.ts';
import type { Logger } from '../part-logger.ts';
import { gatherPast, type Range } from './past.ts';

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
  const filename = worker ?? new URL('./worker.ts', import.meta.url);
  const pool = new Piscina<TrialRequest | null, Trial | undefined>({
    filename: filename.href,
    execArgv: loader(filename),
    minThreads: 0,
    maxThreads: 1,
    maxQueue: WAITING_LIMIT,
    idleTimeout: IDLE_MS,
  });
  // A thread that dies while it waits reports here; without a listener it would take the process down.
  pool.on('error', (error: unknown) => log.error({ err: error }, 'the thread that tries rules failed'));

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

  async function toldOf({ facts: keys, factsFrom }: ReplayPlan): Promise<readonly ToldFact[]> {
    if (keys.length === 0 || facts === undefined) return [];
    const source = await facts(keys, factsFrom);
    return keys.flatMap((key) => {
      const points = source(key);
      if (points === undefined) return [];
      return [{ ...splitFactKey(key), times: Array.from(points.times), values: Array.from(points.values) }];
    });
  }

  return {
    async run(rule: RuleText): Promise<PreflightAnswer> {
      if (!isMarket(rule.instrument)) return { kind: 'untold', facts: ['new markets'] };
      const plan = planReplay(rule, now());
      // A thread takes as long to start as bars take to come: it starts meanwhile, if there is none.
      pool.run(null).catch((error: unknown) => log.debug({ err: error }, 'no thread is there in advance'));
      const told = plan.facts.length === 0 ? [] : await toldOf(plan);
      const untold = untoldNames(plan, told);
      if (untold.length > 0) return { kind: 'untold', facts: untold };
      const { isWhole, history } = await pastOf(plan);
      const spanMs = Math.min(spanOf(plan, history), toldFor(plan, told));
      const transferList = history.flatMap(({ columns }) => buffersOf(columns));
      const trial = await withDeadline(REPLAY_PATIENCE_MS, clock, (signal) =>
        pool.run({ rule, plan, history, told }, { signal, transferList }),
      );
      if (trial !== undefined && isEnough(trial, plan)) return { kind: 'tried', trial };
      return isWhole ? { kind: 'short', spanMs } : { kind: 'late' };
    },
    close: () => pool.destroy(),
  };
}

/** Facts of which nothing is known, neither of an instrument nor of none. */
function untoldNames({ facts }: ReplayPlan, told: readonly ToldFact[]): readonly string[] {
  const known = new Set(told.map(({ name }) => name));
  return [...new Set(facts.map((key) => splitFactKey(key).name))].filter((name) => !known.has(name));
}

const isEnough = ({ tally: { from, to } }: Trial, { walked }: ReplayPlan): boolean =>
  to - from >= SHORTEST_MS || (to - from) / walked >= MANY_BARS;

const buffersOf = (columns: HistoryColumns['columns']): ArrayBuffer[] =>
  Object.values(columns).flatMap((column) => (column instanceof Float64Array ? [column.buffer as ArrayBuffer] : []));

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
