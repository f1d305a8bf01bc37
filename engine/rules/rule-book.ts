import type { RuleText } from '../language/ast.ts';
import type { EngineEvent, RulePauseEvent, RuleResumeEvent, RuleSetEvent } from '../market/events.ts';
import type { InstrumentState } from '../market/instrument-state.ts';
import { isMarket } from '../market/listing.ts';
import type { SeriesSupply } from '../series/graph.ts';
import type { Plan } from '../series/plan.ts';
import type { Comparison } from './condition-test.ts';
import type { LiveRule, RuleMoment, RuleOutput } from './live-rule.ts';
import type { RuleState } from './rule.ts';
import { RuleMaker } from './rule-maker.ts';
import { Timers } from './timers.ts';
import { TurnedRules } from './turned-rules.ts';

/** What the rules need of the engine around them. */
export interface RuleSurroundings {
  readonly graph: SeriesSupply<Comparison<LiveRule>>;
  instrument(id: string): Pick<InstrumentState, 'lastPrice' | 'nextClose' | 'gapSince'>;
  /** The same name, as the instrument that is held has it: of a million rules on it none keeps a copy, and all compare at once. */
  nameOf(instrument: string): string;
  /** Sees to it that the bars that a rule needs are kept and asked for. */
  want(plans: readonly Plan[]): void;
  /** Since when one of these facts, named by their keys, does not come any more, in ms. */
  factGap(keys: readonly string[]): number | undefined;
  /** A rule's state changed. @returns whether that is nobody else's business: then it is not told */
  takesChange(ruleId: string, ts: number, from: RuleState, to: RuleState): boolean;
  emit(event: EngineEvent): void;
}

/** All rules that run: who is looked at when, and what time brings about. */
export class RuleBook {
  private readonly rules = new Map<string, LiveRule>();
  private readonly byInstrument = new Map<string, Set<LiveRule>>();
  /** Rules taken up from the database that have not been looked at since, by instrument. */
  private readonly resumed = new Map<string, Set<LiveRule>>();
  private readonly timers = new Timers<LiveRule>();
  /** Reminders of rules whose data are missing: they wait until the data say what happened. */
  private readonly blocked = new Map<string, { at: number; rule: LiveRule }[]>();
  /** Reminders of rules on closed bars that wait for bars that ended before: what those say comes first. */
  private readonly early: { at: number; rule: LiveRule }[] = [];
  private readonly around: RuleSurroundings;
  private readonly maker: RuleMaker;
  private queue: LiveRule[] = [];
  private readonly turned = new TurnedRules();
  /** Rules on several instruments that could not be looked at because one of them has no data: half of a pair is no pair. */
  private readonly heldBack = new Set<LiveRule>();

  constructor(around: RuleSurroundings) {
    this.around = around;
    const output: RuleOutput = {
      fired: (firing) => around.emit({ type: 'fired', firing }),
      changed: (rule, from, ts, cause) => {
        const { id: ruleId, shownState: to } = rule;
        this.turned.settle(rule);
        if (around.takesChange(ruleId, ts, from, to)) return;
        around.emit({ type: 'rule-state', ruleId, ts, from, to, cause, saved: rule.saved() });
      },
      turned: (rule) => this.turned.note(rule),
      remind: (ts, rule) => this.timers.set(ts, rule),
      trade: undefined,
    };
    this.maker = new RuleMaker(around, output);
  }

  get size(): number {
    return this.rules.size;
  }

  get(id: string): LiveRule | undefined {
    return this.rules.get(id);
  }

  /** Rules whose condition turned without a change of state, each once. */
  takeTurned(isMeant: (id: string) => boolean): readonly LiveRule[] {
    return this.turned.take(
      ({ id }) => isMeant(id),
      (rule) => this.rules.get(rule.id) === rule,
    );
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

  /** Whether nothing comes of time alone up to `ts`, and no rule of an instrument waits for its next price. */
  isQuiet(instrument: string, ts: number): boolean {
    return this.timers.next > ts && this.early.length === 0 && this.blocked.size === 0 && !this.resumed.has(instrument);
  }

  /** The data of an instrument, or its facts, are lost or there again. */
  blind(instrument: string, ts: number): void {
    for (const rule of this.on(instrument)) {
      rule.blind(ts, this.blindSince(rule));
      if (!this.isBlind(rule) && this.heldBack.delete(rule)) rule.look(this.moment(rule, ts, undefined));
    }
  }

  private blindSince(rule: LiveRule): number | undefined {
    const { instruments } = rule;
    const since = instruments.map((id) => this.around.instrument(id).gapSince).find((from) => from !== undefined);
    return since ?? this.around.factGap(rule.facts);
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
  look(ts: number, byFact = false): void {
    if (this.around.graph.step.passed.length === 0) return;
    this.lookAtPassed({ ts, tradeId: undefined, price: Number.NaN }, undefined, byFact);
  }

  /** The same after a trade of `instrument`, whose last price is `price` now. */
  lookAfterTrade(ts: number, tradeId: string, instrument: string, price: number): void {
    if (this.around.graph.step.passed.length > 0) this.lookAtPassed({ ts, tradeId, price }, instrument, false);
  }

  /** @param moment that of rules on `instrument`: most of those that are looked at together are of one */
  private lookAtPassed(moment: RuleMoment, instrument: string | undefined, byFact: boolean): void {
    const { passed } = this.around.graph.step;
    // Taken off one by one: an array whose length is set to 0 has to grow again.
    if (passed.length === 1) {
      const { owner } = passed.pop()!;
      this.lookAt(
        owner,
        owner.instrument === instrument ? moment : this.moment(owner, moment.ts, moment.tradeId),
        byFact,
      );
      return;
    }
    for (let i = 0; i < passed.length; i++) this.enqueue(passed[i].owner);
    while (passed.length > 0) passed.pop();
    const rules = this.queue;
    this.queue = [];
    let now = moment;
    let of = instrument;
    for (const rule of rules) {
      rule.queued = false;
      if (rule.instrument !== of) now = this.moment(rule, moment.ts, moment.tradeId);
      of = rule.instrument;
      this.lookAt(rule, now, byFact);
    }
  }

  private lookAt(rule: LiveRule, moment: RuleMoment, byFact: boolean): void {
    if ((byFact || rule.isJoint) && this.isBlind(rule)) this.heldBack.add(rule);
    else rule.look(moment);
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

  /**
   * A first look at rules that were taken up, once something has happened to their instrument.
   *
   * @param byFact what became known may come before the trades that were missed: those come first
   */
  lookAtResumed(instrument: string, ts: number, byFact = false): void {
    if (this.resumed.size === 0) return;
    const waiting = this.resumed.get(instrument);
    if (waiting === undefined) return;
    for (const rule of waiting) {
      const waits = (byFact || rule.isJoint) && this.isBlind(rule);
      if (waits || !rule.isReady || rule.hasSeen(ts, undefined)) continue;
      waiting.delete(rule);
      if (rule.wasTakenUp) rule.look(this.moment(rule, ts, undefined));
    }
    if (waiting.size === 0) this.resumed.delete(instrument);
  }

  set(event: RuleSetEvent): void {
    this.remove(event.rule.id);
    const rule = this.maker.make(event);
    this.rules.set(rule.id, rule);
    // What is at rest costs nothing until it is woken.
    if (rule.isAtRest) return;
    this.build(rule, event.rule.text, event.ts);
    rule.blind(event.ts, this.blindSince(rule));
  }

  private build(rule: LiveRule, text: RuleText, ts: number): void {
    const plans = this.maker.plan(rule, text);
    for (const instrument of rule.instruments) addTo(this.byInstrument, instrument, rule);
    if (rule.wasTakenUp) this.awaitFirstLook(rule);
    // What stands for all markets of a venue has no past.
    if (isMarket(rule.instrument)) this.around.want(this.newAmong(plans.values()));
    this.maker.build(rule, text, plans, ts);
  }

  /** Those whose series nobody holds: what the others need is kept and asked for already. */
  private newAmong(plans: Iterable<Plan>): readonly Plan[] {
    return [...plans].filter((plan) => plan.kind !== 'constant' && !this.around.graph.holds(plan));
  }

  /** A rule at rest gets its condition back where it was put away. @returns false where nothing says what that was */
  private wake(rule: LiveRule, { ruleText: text, ts }: RulePauseEvent | RuleResumeEvent): boolean {
    if (!rule.isPutAway || !rule.canWake) return true;
    if (text === undefined) return false;
    rule.wake();
    this.build(rule, text, ts);
    rule.blind(ts, this.blindSince(rule));
    return true;
  }

  /** @returns false, and does nothing, where the rule's text is needed and not there */
  resume(rule: LiveRule, event: RuleResumeEvent): boolean {
    if (!this.wake(rule, event)) return false;
    rule.resume(event.ts);
    return true;
  }

  /** Until `until` (ms) it watches and is mute; without, it rests. @returns as `resume` */
  pause(rule: LiveRule, event: RulePauseEvent): boolean {
    if (event.until !== undefined && rule.canMute && !this.wake(rule, event)) return false;
    rule.pause(event.ts, event.until, event.cause);
    return true;
  }

  /** Puts away the rules at rest that look at an instrument. @returns false, and does nothing, where another rule looks at it */
  letGo(instrument: string): boolean {
    const rules = [...this.on(instrument)];
    if (!rules.every((rule) => rule.isAtRest)) return false;
    for (const rule of rules) {
      this.unindex(rule);
      this.maker.unbuild(rule);
      rule.putAway();
    }
    for (const map of [this.byInstrument, this.resumed, this.blocked]) map.delete(instrument);
    this.maker.forget(instrument);
    return true;
  }

  remove(id: string): void {
    const rule = this.rules.get(id);
    if (rule === undefined) return;
    this.rules.delete(id);
    this.unindex(rule);
    this.maker.unbuild(rule);
  }

  private unindex(rule: LiveRule): void {
    this.heldBack.delete(rule);
    for (const instrument of rule.instruments) {
      this.byInstrument.get(instrument)?.delete(rule);
      this.resumed.get(instrument)?.delete(rule);
    }
  }
}

function addTo<T>(sets: Map<string, Set<T>>, key: string, item: T): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([item]));
  else set.add(item);
}
