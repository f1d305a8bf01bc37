import { Engine } from '../engine.ts';
import type { RuleText } from '../language/ast.ts';
import { type BarColumns, barAt } from '../market/bar-history.ts';
import type { Bar, EngineEvent, MarketEvent } from '../market/events.ts';
import { barStart, MINUTE } from '../market/interval.ts';
import type { Firing } from '../rules/rule.ts';
import type { ReplayPlan } from './replay-plan.ts';
import { tellerOf } from './told.ts';
import { endOf, eventsOf } from './walk.ts';

/** Closed bars of one instrument and interval, oldest first. Plain data that can be handed to another thread. */
export interface HistoryColumns {
  readonly instrument: string;
  /** In ms. */
  readonly interval: number;
  readonly columns: BarColumns;
}

/** What became known of a fact, oldest first. Plain data, too. */
export interface ToldFact {
  readonly name: string;
  readonly instrument: string | undefined;
  readonly times: readonly number[];
  readonly values: readonly number[];
}

/** What a rule would have done. Times in ms. */
export interface Replay {
  /** Since when its series had values. */
  readonly from: number;
  readonly to: number;
  readonly firings: readonly Firing[];
  /** Crossings that its cooldown kept quiet. */
  readonly suppressed: number;
}

/**
 * Runs rules over bars with the engine that runs them live, in one go. One that fires `once` is shown as often as it would have
 * been true, and an end that it has lies ahead of it.
 *
 * @returns for each rule what it would have done; undefined where it never had values, or cannot be run
 */
export function replay(
  rules: readonly RuleText[],
  plan: ReplayPlan,
  history: readonly HistoryColumns[],
  told: readonly ToldFact[] = [],
): readonly (Replay | undefined)[] {
  const from = beginning(plan, history);
  if (from === undefined) return rules.map(() => undefined);
  const engine = new Engine();
  const runs = rules.map((rule, i) => new Run(String(i), rule));
  const byId = new Map(runs.map((run) => [run.id, run]));
  const apply = (event: MarketEvent): void => note(byId, engine.apply(event));
  for (const run of runs) apply({ type: 'rule-set', ts: from, rule: { id: run.id, text: run.text } });
  for (const part of history) learn(apply, plan, part, from);
  const facts = tellerOf(told, from, apply);
  let asleep = runs;
  const awaken = (ts: number): void => {
    if (asleep.length === 0) return;
    for (const run of asleep) if (engine.rule(run.id)?.ready) run.from = ts;
    asleep = asleep.filter((run) => run.from === undefined);
  };
  awaken(from);
  walk(apply, plan, history, from, awaken, facts);
  facts(plan.to);
  apply({ type: 'clock', ts: plan.to });
  return runs.map((run) => run.result(plan.to, engine.rule(run.id)?.suppressed ?? 0));
}

/** One rule under trial. */
class Run {
  readonly id: string;
  readonly text: RuleText;
  from: number | undefined;
  readonly firings: Firing[] = [];

  constructor(id: string, { modes, ...rest }: RuleText) {
    this.id = id;
    this.text = { ...rest, modes: { ...modes, once: false, until: undefined, message: undefined } };
  }

  result(to: number, waiting: number): Replay | undefined {
    const { from, firings } = this;
    if (from === undefined || from >= to) return undefined;
    return { from, to, firings, suppressed: firings.reduce((sum, firing) => sum + firing.suppressed, waiting) };
  }
}

function note(runs: ReadonlyMap<string, Run>, events: readonly EngineEvent[]): void {
  for (let i = 0; i < events.length; i++) {
    const event = events[i];
    if (event.type === 'fired') runs.get(event.firing.ruleId)?.firings.push(event.firing);
  }
}

/** Where a replay begins, in ms: behind the first bar of all that are walked. What has too few bars before that warms up on the way. */
export function beginning(plan: ReplayPlan, history: readonly HistoryColumns[]): number | undefined {
  const { instruments, walked, longest, to } = plan;
  let start = plan.from;
  for (const instrument of instruments) {
    const columns = columnsOf(history, instrument, walked);
    if (columns === undefined || columns.length === 0) return undefined;
    start = Math.max(start, barStart(columns.start[0] + walked + longest - 1, longest));
  }
  return start < to ? start : undefined;
}

/** The bars of an instrument and an interval among those that are there. */
export const columnsOf = (history: readonly HistoryColumns[], instrument: string, interval: number) =>
  history.find((part) => part.instrument === instrument && part.interval === interval)?.columns;

/** What was before the beginning `from` (ms), as history. Whoever is walked must know where the minutes begin that it is walked in. */
export function learn(
  apply: (event: MarketEvent) => void,
  { walked }: Pick<ReplayPlan, 'walked'>,
  { instrument, interval, columns }: HistoryColumns,
  from: number,
): void {
  const bars: Bar[] = [];
  for (let i = 0; i < columns.length && columns.start[i] + interval <= from; i++) bars.push(barAt(columns, i));
  apply({ type: 'bars', instrument, interval, bars });
  if (interval !== walked || walked === MINUTE) return;
  const price = bars.length > 0 ? bars[bars.length - 1].close : columns.open[0];
  const still = { start: from - MINUTE, open: price, high: price, low: price, close: price, volume: 0, trades: 0 };
  apply({ type: 'bars', instrument, interval: MINUTE, bars: [still] });
}

/** Bars of several instruments go in step with one another. */
function walk(
  apply: (event: MarketEvent) => void,
  { walked, instruments }: ReplayPlan,
  history: readonly HistoryColumns[],
  from: number,
  awaken: (ts: number) => void,
  tell: (until: number) => void,
): void {
  const lanes = instruments.map((instrument) => {
    const columns = columnsOf(history, instrument, walked)!;
    return { instrument, columns, at: columns.start.findIndex((start) => start >= from) };
  });
  for (;;) {
    let now = Number.POSITIVE_INFINITY;
    for (const { columns, at } of lanes) {
      if (at >= 0 && at < columns.length) now = Math.min(now, columns.start[at]);
    }
    if (now === Number.POSITIVE_INFINITY) return;
    const due = lanes.filter(({ columns, at }) => columns.start[at] === now);
    const parts = due.map((lane) => eventsOf(lane.instrument, walked, barAt(lane.columns, lane.at++)));
    for (let step = 0; step < parts[0].length; step++) {
      tell(endOf(parts[0][step]));
      for (const events of parts) apply(events[step]);
    }
    awaken(now + walked);
  }
}
