import type { Condition, Modes } from '../language/ast.ts';
import type { EngineEvent, RuleSetEvent } from '../market/events.ts';
import type { InstrumentState } from '../market/instrument-state.ts';
import { isMarket } from '../market/listing.ts';
import type { SeriesGraph } from '../series/graph.ts';
import type { Plan } from '../series/plan.ts';
import { buildTest, type Comparison, conditionPlans, releaseTest } from './condition-test.ts';
import { LiveRule, type RuleMoment, type RuleOutput } from './live-rule.ts';
import { Timers } from './timers.ts';

/** What the rules need of the engine around them. */
export interface RuleSurroundings {
  readonly graph: SeriesGraph<Comparison<LiveRule>>;
  instrument(id: string): InstrumentState;
  /** Sees to it that the bars that a rule needs are kept and asked for. */
  want(plans: readonly Plan[]): void;
  emit(event: EngineEvent): void;
}

const MOST_MODES = 1000;

/** All rules that run: who is looked at when, and what time brings about. */
export class RuleBook {
  private readonly rules = new Map<string, LiveRule>();
  private readonly modes = new Map<string, Modes>();
  private readonly alone = new Map<string, readonly string[]>();
  private readonly byInstrument = new Map<string, Set<LiveRule>>();
  /** Rules taken up from the database that have not been looked at since, by instrument. */
  private readonly resumed = new Map<string, Set<LiveRule>>();
  private readonly timers = new Timers<LiveRule>();
  /** Reminders of rules whose data are missing: they wait until the data say what happened. */
  private readonly blocked = new Map<string, { at: number; rule: LiveRule }[]>();
  /** Reminders of rules on closed bars that wait for bars that ended before: what those say comes first. */
  private readonly early: { at: number; rule: LiveRule }[] = [];
  private readonly around: RuleSurroundings;
  private readonly output: RuleOutput;
  private queue: LiveRule[] = [];
  /** Rules whose condition turned since their last change of state. */
  private readonly turned = new Set<string>();
  /** Rules on several instruments that could not be looked at because one of them has no data: half of a pair is no pair. */
  private readonly heldBack = new Set<LiveRule>();

  constructor(around: RuleSurroundings) {
    this.around = around;
    this.output = {
      fired: (firing) => around.emit({ type: 'fired', firing }),
      changed: (event) => {
        if (this.turned.size > 0) this.turned.delete(event.ruleId);
        around.emit(event);
      },
      turned: (rule) => this.turned.add(rule.id),
      remind: (ts, rule) => this.timers.set(ts, rule),
    };
  }

  get size(): number {
    return this.rules.size;
  }

  get(id: string): LiveRule | undefined {
    return this.rules.get(id);
  }

  /** Rules whose condition turned without a change of state, each once. */
  takeTurned(): readonly LiveRule[] {
    const rules = [...this.turned].flatMap((id) => this.rules.get(id) ?? []);
    this.turned.clear();
    return rules;
  }

  /** Every rule that looks at an instrument. */
  on(instrument: string): Iterable<LiveRule> {
    return this.byInstrument.get(instrument) ?? [];
  }

  /** Reminders up to `ts` come first, before what happened to the instrument then. */
  advance(instrument: string, ts: number): void {
    if (this.blocked.size > 0) this.unblock(instrument, ts);
    this.runTimers(ts);
  }

  /** The data of an instrument are lost since `from`, or there again (undefined). */
  blind(instrument: string, ts: number): void {
    for (const rule of this.on(instrument)) {
      const since = rule.instruments
        .map((id) => this.around.instrument(id).gapSince)
        .find((from) => from !== undefined);
      rule.blind(ts, since);
      if (since === undefined && this.heldBack.delete(rule)) rule.look(this.moment(rule, ts, undefined));
    }
  }

  /** History of an instrument changed: truths are taken as they are. */
  settle(instrument: string, ts: number): void {
    this.around.graph.step.passed.length = 0;
    for (const rule of this.on(instrument)) rule.settle(ts);
  }

  /** History of a fact changed. */
  settleFact(key: string, ts: number): void {
    this.around.graph.step.passed.length = 0;
    for (const rule of this.rules.values()) if (rule.facts.includes(key)) rule.settle(ts);
  }

  /** Series of an instrument lost their values. */
  cool(instrument: string): void {
    for (const rule of this.on(instrument)) if (rule.cool()) this.awaitFirstLook(rule);
  }

  private awaitFirstLook(rule: LiveRule): void {
    for (const instrument of rule.instruments) addTo(this.resumed, instrument, rule);
  }

  /** Reminders up to `ts`, in order. */
  runTimers(ts: number): void {
    if (this.early.length > 0) for (const { at, rule } of this.early.splice(0)) this.remind(at, rule, ts);
    while (this.timers.next <= ts) {
      const { at, what: rule } = this.timers.pop()!;
      this.remind(at, rule, ts);
    }
  }

  private remind(at: number, rule: LiveRule, ts: number): void {
    if (this.rules.get(rule.id) !== rule) return;
    if (this.isBlind(rule)) this.block(at, rule);
    else if (at > ts || this.isEarly(at, rule)) this.early.push({ at, rule });
    else rule.due(this.moment(rule, at, undefined));
  }

  /** Whether it looks at bars that end before `at` and are not closed. */
  private isEarly(at: number, rule: LiveRule): boolean {
    return rule.onClose && rule.instruments.some((id) => this.around.instrument(id).nextClose < at);
  }

  private block(at: number, rule: LiveRule): void {
    const waiting = this.blocked.get(rule.instrument);
    if (waiting === undefined) this.blocked.set(rule.instrument, [{ at, rule }]);
    else waiting.push({ at, rule });
  }

  /** The data of an instrument have come to `ts`. */
  unblock(instrument: string, ts: number): void {
    const waiting = this.blocked.get(instrument);
    if (waiting === undefined) return;
    this.blocked.delete(instrument);
    for (const { at, rule } of waiting) {
      if (at > ts) this.block(at, rule);
      else if (this.rules.get(rule.id) === rule) rule.due(this.moment(rule, at, undefined));
    }
  }

  private moment(rule: LiveRule, ts: number, tradeId: string | undefined): RuleMoment {
    return { ts, price: this.around.instrument(rule.instrument).lastPrice, tradeId };
  }

  /**
   * Looks at every rule one of whose thresholds was passed in this step.
   * @param byFact what passed it does not come with the trades of an instrument: one whose trades are missing may say nothing yet
   */
  look(ts: number, tradeId: string | undefined, byFact = false): void {
    const { passed } = this.around.graph.step;
    if (passed.length === 0) return;
    for (let i = 0; i < passed.length; i++) this.enqueue(passed[i].owner);
    passed.length = 0;
    const rules = this.queue;
    this.queue = [];
    for (const rule of rules) {
      rule.queued = false;
      if ((byFact || rule.instruments.length > 1) && this.isBlind(rule)) this.heldBack.add(rule);
      else rule.look(this.moment(rule, ts, tradeId));
    }
  }

  /** Whether one of its instruments has no data now. */
  private isBlind(rule: LiveRule): boolean {
    const { instruments } = rule;
    for (let i = 0; i < instruments.length; i++) {
      if (this.around.instrument(instruments[i]).gapSince !== undefined) return true;
    }
    return false;
  }

  private enqueue(rule: LiveRule): void {
    if (rule.queued) return;
    rule.queued = true;
    this.queue.push(rule);
  }

  /** A first look at rules that were taken up, once something has happened to their instrument. */
  lookAtResumed(instrument: string, ts: number): void {
    if (this.resumed.size === 0) return;
    const waiting = this.resumed.get(instrument);
    if (waiting === undefined) return;
    for (const rule of waiting) {
      if (!rule.isReady || rule.hasSeen(ts, undefined) || (rule.instruments.length > 1 && this.isBlind(rule))) continue;
      waiting.delete(rule);
      if (rule.wasTakenUp) rule.look(this.moment(rule, ts, undefined));
    }
    if (waiting.size === 0) this.resumed.delete(instrument);
  }

  set(event: RuleSetEvent): void {
    this.remove(event.rule.id);
    const rule = new LiveRule(event, this.shared(event.rule.text.modes), this.output);
    const { condition, modes, instrument, interval } = event.rule.text;
    this.rules.set(rule.id, rule);
    const conditions: readonly Condition[] = modes.rearm === undefined ? [condition] : [condition, modes.rearm];
    const plans = conditions.flatMap((part) => conditionPlans(part, modes.onClose));
    this.index(rule, plans);
    // What stands for all markets of a venue has no past.
    if (isMarket(instrument)) this.around.want(plans);
    const comparisons: Comparison<LiveRule>[] = [];
    try {
      const context = {
        owner: rule,
        graph: this.around.graph,
        instrument,
        interval,
        onClose: modes.onClose,
        crossingsHold: modes.hold !== undefined,
        comparisons,
      };
      const test = buildTest(condition, context);
      const shown = comparisons.length;
      const rearm = modes.rearm && buildTest(modes.rearm, { ...context, crossingsHold: true });
      rule.begin(test, rearm, comparisons, shown);
      rule.settle(event.ts);
      this.around.graph.step.passed.length = 0;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      releaseTest({ graph: this.around.graph, onClose: modes.onClose, comparisons });
      rule.break(event.ts, error.message);
    }
  }

  private index(rule: LiveRule, plans: readonly Plan[]): void {
    rule.instruments = this.instrumentsOf(rule.instrument, plans);
    for (const instrument of rule.instruments) addTo(this.byInstrument, instrument, rule);
    if (rule.wasTakenUp) this.awaitFirstLook(rule);
  }

  /** Nearly all rules have one of few sets of modes: each is kept once. */
  private shared(modes: Modes): Modes {
    if (modes.rearm !== undefined || modes.until !== undefined || modes.message !== undefined) return modes;
    const key = `${modes.once} ${modes.every} ${modes.onClose} ${modes.hold} ${modes.silent}`;
    const known = this.modes.get(key);
    if (known !== undefined) return known;
    if (this.modes.size < MOST_MODES) this.modes.set(key, modes);
    return modes;
  }

  /** Most rules look at one instrument: the list of it is kept once. */
  private instrumentsOf(own: string, plans: readonly Plan[]): readonly string[] {
    const others = plans.flatMap((plan) => (plan.kind === 'constant' ? [] : plan.instruments));
    if (others.some((instrument) => instrument !== own)) return [...new Set([own, ...others])];
    let alone = this.alone.get(own);
    if (alone === undefined) {
      alone = [own];
      this.alone.set(own, alone);
    }
    return alone;
  }

  remove(id: string): void {
    const rule = this.rules.get(id);
    if (rule === undefined) return;
    this.heldBack.delete(rule);
    this.turned.delete(id);
    this.rules.delete(id);
    for (const instrument of rule.instruments) {
      this.byInstrument.get(instrument)?.delete(rule);
      this.resumed.get(instrument)?.delete(rule);
    }
    releaseTest({ graph: this.around.graph, onClose: rule.onClose, comparisons: rule.all });
  }
}

function addTo<T>(sets: Map<string, Set<T>>, key: string, item: T): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([item]));
  else set.add(item);
}
