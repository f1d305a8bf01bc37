import type { RuleText } from '../language/ast.ts';
import { conditionsOf } from '../language/references.ts';
import { barStart, DAY, HOUR, MINUTE } from '../market/interval.ts';
import { operandPlans } from '../rules/condition-test.ts';
import type { Plan } from '../series/plan.ts';
import { barsWanted, factsWanted } from '../series/wanted.ts';

/** Bars that a replay reads: those before its beginning warm the series up. */
export interface BarsNeed {
  readonly instrument: string;
  /** In ms. */
  readonly interval: number;
  /** Start of the first bar and end of the last, in ms. */
  readonly from: number;
  readonly to: number;
  /** How many of them the series want before they have a value that counts. */
  readonly warmUp: number;
}

/** What a rule is tried on. Times in ms. */
export interface ReplayPlan {
  /** The interval of the bars that are walked: the finest that the rule reads, but minutes where that is between one and five. */
  readonly walked: number;
  /** The longest interval that the rule reads: a replay begins with one of its bars. */
  readonly longest: number;
  readonly from: number;
  readonly to: number;
  /** The instruments that are walked, the rule's own first. */
  readonly instruments: readonly string[];
  readonly needs: readonly BarsNeed[];
  /** Keys of the facts that the rule reads, and since when they are wanted. */
  readonly facts: readonly string[];
  readonly factsFrom: number;
}

/** Bars that are walked at most. */
const MOST_BARS = 10_080;
/** A longer bar is walked in four minutes, which it must have. */
const SHORTEST_LONG = 5 * MINUTE;

/** How far back a replay goes, in ms: a week at least, more where that takes few bars. */
function reach(walked: number): number {
  const days = walked < 15 * MINUTE ? 7 : walked < 4 * HOUR ? 30 : 365;
  return Math.min(days * DAY, MOST_BARS * walked);
}

/** Which bars a rule is tried on at `now` (ms). */
export function planReplay(rule: RuleText, now: number): ReplayPlan {
  const { modes, instrument, interval } = rule;
  const plans = [...operandPlans(conditionsOf(rule), modes.onClose).values()];
  return planWalk({ plans, instruments: [instrument], interval }, (walked) => {
    const to = barStart(now, walked);
    return [to - reach(walked), to];
  });
}

/** What is walked: what is computed, for which instruments, at which interval (ms) where nothing is read. */
export interface WalkNeed {
  readonly plans: readonly Plan[];
  readonly instruments: readonly string[];
  readonly interval: number;
}

/**
 * Which bars a walk reads.
 *
 * @param period the first and the last moment, in ms, where bars of some length (ms) are walked
 */
export function planWalk(
  { plans, instruments: own, interval: unread }: WalkNeed,
  period: (walked: number) => readonly [from: number, to: number],
): ReplayPlan {
  const read = plans.flatMap((plan) => [...barsWanted(plan).values()]);
  const intervals = read.length === 0 ? [unread] : read.map(({ interval }) => interval);
  const finest = Math.min(...intervals);
  const walked = finest > MINUTE && finest < SHORTEST_LONG ? MINUTE : finest;
  const longest = Math.max(...intervals, walked);
  const [begin, to] = period(walked);
  const from = barStart(begin, longest);
  const instruments = [...new Set([...own, ...read.map(({ instrument }) => instrument)])];
  const most = new Map<string, BarsNeed>();
  const add = (instrument: string, interval: number, bars: number): void => {
    const key = `${instrument} ${interval}`;
    const warmUp = Math.max(bars, most.get(key)?.warmUp ?? 0);
    most.set(key, { instrument, interval, from: barStart(from, interval) - (warmUp + 1) * interval, to, warmUp });
  };
  for (const instrument of instruments) add(instrument, walked, 1);
  for (const { instrument, interval, bars } of read) add(instrument, interval, bars);
  const facts = new Map(plans.flatMap((plan) => [...factsWanted(plan)]));
  const factsFrom = from - Math.max(0, ...facts.values());
  return { walked, longest, from, to, instruments, needs: [...most.values()], facts: [...facts.keys()], factsFrom };
}
