import type { Modes } from '../language/ast.ts';
import type { RuleSetEvent } from '../market/events.ts';
import { ask, type Comparison, type ConditionTest, namedValue, rest } from './condition-test.ts';
import { type Firing, GATE_CLOSED, GATE_OPEN, isAtRest, type RuleState, type SavedRule } from './rule.ts';
import { isLaterId, stateBeneath } from './taken-up.ts';
import type { TurnMark } from './turned-rules.ts';

/** The moment in which a rule is looked at. */
export interface RuleMoment {
  readonly ts: number;
  /** Last price of the rule's instrument. */
  readonly price: number;
  readonly tradeId: string | undefined;
}

/** Where a rule puts what happens to it. */
export interface RuleOutput {
  fired(firing: Firing): void;
  /** Its state, as it is shown, was `from`. */
  changed(rule: LiveRule, from: RuleState, ts: number, cause: string): void;
  /** Its condition became true or false; where its state did not change with that, nobody was told. */
  turned(rule: LiveRule): void;
  /** Wants to be told when `ts` comes. */
  remind(ts: number, rule: LiveRule): void;
  /** The trade that rules are looked at for, as in `SavedRule.sinceTrade`; set by the rule for as long as its look takes. */
  trade: string | undefined;
}

/** What many rules have alike, each kept once. */
export interface SharedParts {
  readonly instrument: string;
  readonly modes: Modes;
  readonly output: RuleOutput;
}

/** What a rule asks, compiled. */
export interface RuleTests {
  readonly test: ConditionTest<LiveRule>;
  readonly rearm: ConditionTest<LiveRule> | undefined;
  readonly gate: ConditionTest<LiveRule> | undefined;
}

const NONE: readonly never[] = [];
/** States that a closed gate ends. */
const GATED: ReadonlySet<RuleState> = new Set(['armed', 'pending', 'fired']);
const GATE_CLOSED_ALREADY = 'its gate is closed already';

/**
 * A rule's life. It fires on edges: when its condition becomes true, and not again before it was false (or `rearm` was true).
 * Time comes with each call.
 */
export class LiveRule {
  // First what every look reads: of a million rules a few lie in the cache, and each of them is to take little of it.
  readonly instrument: string;
  /** Waits in the list of those to look at. */
  queued = false;
  /** Whether its series were warm and its condition was looked at. */
  private ready = false;
  /** Taken up from the database: the first look may find that it became true meanwhile. */
  private resumed = false;
  /** Whether it looks at several instruments. */
  isJoint = false;
  private truth = false;
  private test: ConditionTest<LiveRule> | undefined;
  private state: RuleState = 'armed';
  private gate: ConditionTest<LiveRule> | undefined;
  private since: number;
  private watchesFrom: number;
  /** Taken up as it stood then: what is replayed of the time up to it, it has seen. */
  private seenUntil = 0;
  turnMark: TurnMark = 'unlisted';
  /** It stands as fired because of its cooldown, which nobody was told. */
  private isQuiet = false;
  private readonly output: RuleOutput;
  private readonly modes: Modes;
  private rearm: ConditionTest<LiveRule> | undefined;
  private lastFiredAt: number | undefined;
  private suppressed = 0;
  /** As `SavedRule.sinceTrade`, of `since`. */
  private sinceTrade: string | undefined;
  private firings = 0;
  readonly id: string;
  /** Every instrument that it looks at, its own first. */
  instruments: readonly string[] = NONE;
  private comparisons: readonly Comparison<LiveRule>[] = NONE;
  /** How many of the comparisons belong to the condition; the others are of `rearm` and `gate`. */
  private shown = 0;
  /** The last trade that it has seen of that millisecond; undefined where all of it counts as seen. */
  private seenTrade: string | undefined;
  private pendingSince: number | undefined;
  private mutedUntil: number | undefined;
  /** Its instrument's data is missing since then. */
  private blindSince: number | undefined;

  constructor(event: Pick<RuleSetEvent, 'rule' | 'ts' | 'saved' | 'inherits'>, shared: SharedParts) {
    this.id = event.rule.id;
    this.instrument = shared.instrument;
    this.modes = shared.modes;
    this.output = shared.output;
    this.since = event.ts;
    this.watchesFrom = event.ts;
    this.firings = event.inherits?.firings ?? 0;
    this.lastFiredAt = event.inherits?.lastFiredAt;
    if (event.saved !== undefined) this.restore(event.saved);
  }

  private restore(saved: SavedRule): void {
    this.resumed = true;
    this.seenUntil = saved.since;
    this.seenTrade = saved.sinceTrade;
    this.state = stateBeneath(saved);
    this.since = saved.since;
    this.sinceTrade = saved.sinceTrade;
    this.truth = saved.truth;
    this.lastFiredAt = saved.lastFiredAt;
    this.watchesFrom = saved.watchesFrom ?? Number.NEGATIVE_INFINITY;
    this.pendingSince = saved.pendingSince;
    this.mutedUntil = saved.mutedUntil;
    this.firings = saved.firings;
    this.suppressed = saved.suppressed ?? 0;
  }

  /**
   * Takes its compiled condition, and asks to be reminded of what it waits for.
   *
   * @param comparisons those of the condition, then those of `rearm` and `gate`
   * @param shown how many of them belong to the condition, and are shown
   */
  begin({ test, rearm, gate }: RuleTests, comparisons: readonly Comparison<LiveRule>[], shown: number): void {
    const { hold, until } = this.modes;
    this.test = test;
    this.rearm = rearm;
    this.gate = gate;
    // An array that grew has room for more than it holds; a million of them count.
    this.comparisons = comparisons.slice();
    this.shown = shown;
    if (until !== undefined) this.output.remind(until, this);
    if (this.state === 'muted' && this.mutedUntil !== undefined) this.output.remind(this.mutedUntil, this);
    if (this.state === 'pending' && hold !== undefined) this.output.remind(this.pendingSince! + hold, this);
  }

  get onClose(): boolean {
    return this.modes.onClose;
  }

  /** @param instruments its own first */
  looksAt(instruments: readonly string[]): void {
    this.instruments = instruments;
    this.isJoint = instruments.length > 1;
  }

  /** Its comparisons, to be taken out of the graph. */
  get all(): readonly Comparison<LiveRule>[] {
    return this.comparisons;
  }

  /** Keys of the facts that it reads. */
  get facts(): readonly string[] {
    return this.comparisons.flatMap(({ node }) => node.facts);
  }

  get isAtRest(): boolean {
    return isAtRest(this.state);
  }

  /** Whether it is at rest without a condition: nothing is computed for it. */
  get isPutAway(): boolean {
    return this.test === undefined;
  }

  get canWake(): boolean {
    return this.state !== 'broken' && this.state !== 'expired';
  }

  get canMute(): boolean {
    return this.canWake && this.state !== 'done';
  }

  /** Lets its condition go; its comparisons are taken out of the graph before. */
  putAway(): void {
    this.comparisons = NONE;
    this.looksAt(NONE);
    this.shown = 0;
    this.test = undefined;
    this.rearm = undefined;
    this.gate = undefined;
    this.ready = false;
    this.blindSince = undefined;
  }

  /** It gets its condition back: what became true while nobody looked is taken as it is. */
  wake(): void {
    this.resumed = false;
    this.truth = false;
  }

  /** What people see: `stale` hides whatever it was. */
  get shownState(): RuleState {
    return this.blindSince !== undefined && !isAtRest(this.state) ? 'stale' : this.state;
  }

  get isReady(): boolean {
    return this.ready;
  }

  get isTrue(): boolean {
    return this.truth;
  }

  get keptQuiet(): number {
    return this.suppressed;
  }

  saved(): SavedRule {
    const state = this.shownState;
    return {
      state,
      since: this.since,
      sinceTrade: this.instruments.length === 1 ? this.sinceTrade : undefined,
      beneath: state === this.state ? undefined : this.state,
      truth: this.truth,
      lastFiredAt: this.lastFiredAt,
      watchesFrom: Number.isFinite(this.watchesFrom) ? this.watchesFrom : undefined,
      pendingSince: this.pendingSince,
      mutedUntil: this.mutedUntil,
      firings: this.firings,
      suppressed: this.suppressed === 0 ? undefined : this.suppressed,
    };
  }

  /**
   * Its series were computed anew, or it is new: takes the truth as it is without firing. One that was taken up keeps the
   * truth it had, so that the next look finds the edge.
   */
  settle(ts: number): void {
    if (this.test === undefined || !this.comparisons.every((comparison) => comparison.known)) return;
    this.ready = true;
    rest(this.test);
    if (this.resumed) return;
    const rises = !this.truth && ask(this.test);
    this.truth = ask(this.test);
    this.takeAsItIs(ts, rises);
    this.lookAtGate(ts, GATE_CLOSED_ALREADY);
  }

  /** Whether what happened at `ts` happened before it was taken up as it is. @param tradeId undefined where it is no trade */
  hasSeen(ts: number, tradeId: string | undefined): boolean {
    if (ts !== this.seenUntil || tradeId === undefined || this.seenTrade === undefined) return ts <= this.seenUntil;
    return !isLaterId(tradeId, this.seenTrade);
  }

  /** One of its comparisons was passed. */
  look(moment: RuleMoment): void {
    if (!this.ready) {
      this.settle(moment.ts);
      if (!this.ready || !this.resumed) return;
    }
    const { test } = this;
    if (test === undefined) return;
    if (this.hasSeen(moment.ts, moment.tradeId)) {
      rest(test);
      return;
    }
    const isFirst = this.resumed;
    this.resumed = false;
    this.output.trade = moment.tradeId ?? '';
    this.turn(ask(test), moment);
    if (rest(test)) this.turn(ask(test), moment);
    this.output.trade = undefined;
    if (isFirst && this.state === 'pending') this.output.remind(this.pendingSince! + this.modes.hold!, this);
  }

  /**
   * One of its series has no value any more: as after a restart, it is not looked at until all are warm, keeps the truth it
   * had, and its first look then finds what changed meanwhile. @returns whether it is so
   */
  cool(): boolean {
    if (!this.ready || this.comparisons.every((comparison) => comparison.known)) return false;
    this.ready = false;
    this.resumed = true;
    return true;
  }

  get wasTakenUp(): boolean {
    return this.resumed;
  }

  private turn(truth: boolean, moment: RuleMoment): void {
    const rises = truth && !this.truth;
    this.lookAtGate(moment.ts, GATE_CLOSED);
    if (truth !== this.truth) this.output.turned(this);
    this.truth = truth;
    if (moment.ts < this.watchesFrom) {
      this.takeAsItIs(moment.ts, rises);
      return;
    }
    if (this.state === 'armed' && rises) this.becameTrue(moment);
    else if ((this.state === 'muted' || this.state === 'suspended') && rises) this.suppressed++;
    else if (this.state === 'pending' && !truth) this.enter('armed', moment.ts, 'no longer true');
    this.rearmWhereOver(moment.ts);
  }

  /** Where it comes back it takes its condition as it was until now: what is true already waits for the next time. */
  private lookAtGate(ts: number, cause: string): void {
    if (this.gate === undefined) return;
    const isOpen = ask(this.gate);
    if (isOpen && this.state === 'suspended') {
      this.enter(this.truth ? 'fired' : 'armed', ts, GATE_OPEN);
      this.rearmWhereOver(ts);
    } else if (!isOpen && GATED.has(this.state)) this.enter('suspended', ts, cause);
  }

  /**
   * Asked whenever it may have fired, too: what `rearm` says may be true already, and no threshold is passed then that would
   * have it looked at again.
   */
  private rearmWhereOver(ts: number): void {
    if (this.state !== 'fired') return;
    if (this.rearm === undefined ? this.truth : !ask(this.rearm)) return;
    if (!this.isQuiet) {
      this.enter('armed', ts, 're-armed');
      return;
    }
    this.isQuiet = false;
    this.state = 'armed';
    this.since = ts;
    this.sinceTrade = this.output.trade;
  }

  /**
   * The truth without an edge: what has become true (`rises`) waits for the next time, false is armed. One that was true
   * before and was re-armed stays so.
   */
  private takeAsItIs(ts: number, rises: boolean): void {
    if (this.state === 'armed' && rises) this.enter('fired', ts, 'true already');
    else if (this.state === 'pending' && !this.truth) this.enter('armed', ts, 'no longer true');
    this.rearmWhereOver(ts);
  }

  private becameTrue(moment: RuleMoment): void {
    const { hold } = this.modes;
    if (hold === undefined) {
      this.fire(moment);
      return;
    }
    this.pendingSince = moment.ts;
    this.output.remind(moment.ts + hold, this);
    this.enter('pending', moment.ts, 'became true, must hold');
  }

  private fire(moment: RuleMoment): void {
    const { every, once } = this.modes;
    const { lastFiredAt } = this;
    if (lastFiredAt !== undefined && moment.ts <= lastFiredAt) {
      this.enter('fired', moment.ts, 'replayed');
      return;
    }
    if (every !== undefined && lastFiredAt !== undefined && moment.ts - lastFiredAt < every) {
      this.suppressed++;
      // A price that flaps on a level is no history worth storing: the rule is quiet until its cooldown is over.
      this.state = 'fired';
      this.since = moment.ts;
      this.sinceTrade = this.output.trade;
      this.isQuiet = true;
      return;
    }
    this.firings++;
    this.lastFiredAt = moment.ts;
    this.output.fired(this.firing(moment));
    this.suppressed = 0;
    this.enter(once ? 'done' : 'fired', moment.ts, 'fired');
  }

  private firing(moment: RuleMoment): Firing {
    return {
      id: `${this.id}.${this.firings}`,
      ruleId: this.id,
      ts: moment.ts,
      instrument: this.instrument,
      price: moment.price,
      values: this.values(),
      tradeId: moment.tradeId,
      suppressed: this.suppressed,
    };
  }

  values(): Firing['values'] {
    return this.comparisons.slice(0, this.shown).map((comparison) => namedValue(comparison, this.onClose));
  }

  /** A time that it waited for has come. */
  due(moment: RuleMoment): void {
    const { hold, until } = this.modes;
    if (isAtRest(this.state)) return;
    // Before whatever is traded then.
    this.output.trade = '';
    if (this.state === 'pending' && hold !== undefined && moment.ts >= this.pendingSince! + hold) this.held(moment);
    if (this.state === 'muted' && this.mutedUntil !== undefined && moment.ts >= this.mutedUntil) this.unmute(moment.ts);
    if (until !== undefined && moment.ts >= until && !isAtRest(this.state))
      this.enter('expired', moment.ts, 'its time is over');
    this.output.trade = undefined;
  }

  /** The hold is over. What has not been looked at since a restart may have let go meanwhile: the next look tells. */
  private held(moment: RuleMoment): void {
    if (!this.ready || this.resumed) return;
    this.fire(moment);
    this.rearmWhereOver(moment.ts);
  }

  private unmute(ts: number): void {
    this.mutedUntil = undefined;
    this.enter(this.truth ? 'fired' : 'armed', ts, 'mute over');
    this.rearmWhereOver(ts);
    if (this.ready) this.lookAtGate(ts, GATE_CLOSED_ALREADY);
  }

  pause(ts: number, until: number | undefined, cause = until === undefined ? 'paused' : 'muted'): void {
    if (!this.canMute) return;
    this.mutedUntil = until;
    if (until !== undefined) this.output.remind(until, this);
    this.enter(until === undefined ? 'paused' : 'muted', ts, cause);
    this.remindOfEnd();
  }

  /** Again where it leaves a rest: the reminder may have come meanwhile, and nobody looked. */
  private remindOfEnd(): void {
    if (this.modes.until !== undefined) this.output.remind(this.modes.until, this);
  }

  /** Wakes a paused, muted or finished rule; it waits for the next time its condition becomes true. */
  resume(ts: number): void {
    if (!this.canWake) return;
    this.mutedUntil = undefined;
    this.watchesFrom = ts;
    if (this.ready && this.test !== undefined) this.truth = ask(this.test);
    this.enter(this.truth ? 'fired' : 'armed', ts, 'resumed');
    if (this.ready) {
      this.rearmWhereOver(ts);
      this.lookAtGate(ts, GATE_CLOSED_ALREADY);
    }
    this.remindOfEnd();
  }

  /** Its data are missing since `from`, or are there again (undefined). */
  blind(ts: number, from: number | undefined): void {
    if ((this.blindSince === undefined) === (from === undefined)) return;
    const before = this.shownState;
    this.blindSince = from;
    if (this.shownState !== before) this.report(before, ts, from === undefined ? 'data are back' : 'no data');
  }

  break(ts: number, reason: string): void {
    this.enter('broken', ts, reason);
  }

  private enter(state: RuleState, ts: number, cause: string): void {
    const before = this.shownState;
    this.state = state;
    this.since = ts;
    this.sinceTrade = this.output.trade;
    this.isQuiet = false;
    if (state !== 'pending') this.pendingSince = undefined;
    this.report(before, ts, cause);
  }

  private report(before: RuleState, ts: number, cause: string): void {
    this.output.changed(this, before, ts, cause);
  }
}
