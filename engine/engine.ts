import type { Bar, BarsEvent, EngineEvent, GapEvent, MarketEvent, RuleSetEvent, Trade } from './market/events.ts';
import { InstrumentState, pathOf } from './market/instrument-state.ts';
import { MINUTE } from './market/interval.ts';
import type { Track } from './market/track.ts';
import { buildTest, type Comparison, conditionPlans, releaseTest } from './rules/condition-test.ts';
import { LiveRule, type RuleMoment, type RuleOutput } from './rules/live-rule.ts';
import type { NamedValue, RuleState, SavedRule } from './rules/rule.ts';
import { Timers } from './rules/timers.ts';
import { SeriesGraph } from './series/graph.ts';
import { barsWanted, type Plan } from './series/plan.ts';

const NOTHING: readonly EngineEvent[] = [];

/** A rule as it stands now. */
export interface RuleView {
  readonly id: string;
  readonly state: RuleState;
  /** Whether its series are warm. */
  readonly ready: boolean;
  /** Whether its condition is true now. */
  readonly truth: boolean;
  readonly values: readonly NamedValue[];
  readonly suppressed: number;
  readonly saved: SavedRule;
}

/** An instrument as it stands now. `price` and `ts` are NaN before the first trade or bar. */
export interface InstrumentView {
  readonly instrument: string;
  readonly price: number;
  readonly ts: number;
  readonly late: number;
  readonly gapSince: number | undefined;
}

/**
 * The market model: trades in, bars, series, rules and firings out. Pure: it reads no clock, does no I/O and draws no random
 * numbers, so that the same events give the same answers, live, in a test and after a restart.
 *
 * Late trades: one that is older than the open minute is left out and counted; one that is older than the newest trade of the
 * open bar still counts for high, low, volume and number of trades, but not for the close.
 */
export class Engine {
  private readonly instruments = new Map<string, InstrumentState>();
  private readonly rules = new Map<string, LiveRule>();
  private readonly byInstrument = new Map<string, Set<LiveRule>>();
  private readonly graph: SeriesGraph<Comparison<LiveRule>>;
  private readonly timers = new Timers<LiveRule>();
  /** Reminders of rules whose data are missing: they wait until the data say what happened. */
  private readonly blocked = new Map<string, { at: number; rule: LiveRule }[]>();
  private readonly output: RuleOutput;
  private queue: LiveRule[] = [];
  private events: EngineEvent[] = [];

  constructor() {
    this.graph = new SeriesGraph((instrument, interval) => this.instrument(instrument).open(interval));
    this.output = {
      fired: (firing) => this.events.push({ type: 'fired', firing }),
      changed: (event) => this.events.push(event),
      remind: (ts, rule) => this.timers.set(ts, rule),
    };
  }

  /** Applies one event and says what came of it, in order. */
  apply(event: MarketEvent): readonly EngineEvent[] {
    switch (event.type) {
      case 'trade':
        this.trade(event);
        break;
      case 'bars':
        this.bars(event);
        break;
      case 'clock':
        this.clock(event.ts);
        break;
      case 'gap':
        this.gap(event);
        break;
      case 'rule-set':
        this.setRule(event);
        break;
      case 'rule-remove':
        this.removeRule(event.ruleId);
        break;
      case 'rule-pause':
        this.withRule(event.ruleId, (rule) => rule.pause(event.ts, event.until));
        break;
      case 'rule-resume':
        this.withRule(event.ruleId, (rule) => rule.resume(event.ts));
        break;
      case 'fact':
        if (!Number.isFinite(event.value)) this.refuse(event.instrument, 'malformed');
        break;
    }
    if (this.events.length === 0) return NOTHING;
    const events = this.events;
    this.events = [];
    return events;
  }

  private instrument(id: string): InstrumentState {
    let state = this.instruments.get(id);
    if (state === undefined) {
      state = new InstrumentState(id);
      this.instruments.set(id, state);
    }
    return state;
  }

  private trade(trade: Trade): void {
    const { ts, price, size } = trade;
    if (!(price > 0 && price < Number.POSITIVE_INFINITY && size >= 0 && size < Number.POSITIVE_INFINITY && ts > 0)) {
      this.refuse(trade.instrument, 'malformed');
      return;
    }
    const state = this.instrument(trade.instrument);
    this.advance(state, ts);
    if (!state.take(ts, price, size)) {
      this.refuse(trade.instrument, 'late');
      return;
    }
    this.graph.refresh(trade.instrument);
    this.lookAtRules(ts, trade.id);
    if (this.resumed.size > 0) this.lookAtResumed(trade.instrument, ts);
  }

  /** Time has come to `ts` for one instrument: reminders and closes that lie before it come first. */
  private advance(state: InstrumentState, ts: number): void {
    if (this.blocked.size > 0) this.unblock(state.id, ts);
    if (this.timers.next <= ts) this.runTimers(ts);
    if (state.nextClose <= ts) this.closeUntil(state, ts);
  }

  private closeUntil(state: InstrumentState, ts: number): void {
    while (state.nextClose <= ts) {
      const end = state.nextClose;
      for (const track of state.tracks) {
        if (track.end !== end) continue;
        track.skipTo(ts);
        if (track.end > ts) continue;
        this.closeTrack(track);
      }
      this.graph.closesDone();
      this.lookAtRules(end, undefined);
      state.schedule();
    }
  }

  private closeTrack(track: Track): void {
    const bar = track.close();
    this.graph.barClosed(track, bar);
    this.events.push({ type: 'bar-closed', instrument: track.instrument, interval: track.interval, bar });
  }

  private clock(ts: number): void {
    if (this.timers.next <= ts) this.runTimers(ts);
    for (const state of this.instruments.values()) {
      if (state.gapSince === undefined && state.nextClose <= ts) this.closeUntil(state, ts);
    }
  }

  private runTimers(ts: number): void {
    while (this.timers.next <= ts) {
      const { at, what: rule } = this.timers.pop()!;
      if (!this.rules.has(rule.id)) continue;
      if (this.instrument(rule.instrument).gapSince === undefined) rule.due(this.moment(rule, at, undefined));
      else this.block(at, rule);
    }
  }

  private block(at: number, rule: LiveRule): void {
    const waiting = this.blocked.get(rule.instrument);
    if (waiting === undefined) this.blocked.set(rule.instrument, [{ at, rule }]);
    else waiting.push({ at, rule });
  }

  private unblock(instrument: string, ts: number): void {
    const waiting = this.blocked.get(instrument);
    if (waiting === undefined) return;
    this.blocked.delete(instrument);
    for (const { at, rule } of waiting) {
      if (at > ts) this.block(at, rule);
      else if (this.rules.has(rule.id)) rule.due(this.moment(rule, at, undefined));
    }
  }

  private moment(rule: LiveRule, ts: number, tradeId: string | undefined): RuleMoment {
    return { ts, price: this.instrument(rule.instrument).lastPrice, tradeId };
  }

  /** Looks at every rule one of whose thresholds was passed in this step. */
  private lookAtRules(ts: number, tradeId: string | undefined): void {
    const { passed } = this.graph.step;
    if (passed.length === 0) return;
    for (let i = 0; i < passed.length; i++) this.enqueue(passed[i].owner);
    passed.length = 0;
    const rules = this.queue;
    this.queue = [];
    for (const rule of rules) {
      rule.queued = false;
      rule.look(this.moment(rule, ts, tradeId));
    }
  }

  private enqueue(rule: LiveRule): void {
    if (rule.queued) return;
    rule.queued = true;
    this.queue.push(rule);
  }

  /** Rules taken up from the database that have not been looked at since, by instrument. */
  private readonly resumed = new Map<string, Set<LiveRule>>();

  private lookAtResumed(instrument: string, ts: number): void {
    const waiting = this.resumed.get(instrument);
    if (waiting === undefined) return;
    for (const rule of waiting) {
      if (!rule.isReady) continue;
      waiting.delete(rule);
      if (rule.wasTakenUp) rule.look(this.moment(rule, ts, undefined));
    }
    if (waiting.size === 0) this.resumed.delete(instrument);
  }

  private bars(event: BarsEvent): void {
    const state = this.instrument(event.instrument);
    const bars = event.bars.filter(isSound);
    if (bars.length < event.bars.length) this.refuse(event.instrument, 'malformed');
    const track = event.interval === MINUTE ? state.base : state.track(event.interval);
    if (track === undefined || bars.length === 0) return;
    const isEmpty = track.open === undefined && track.history.length === 0;
    const edge = isEmpty ? Number.POSITIVE_INFINITY : (track.open?.start ?? track.history.lastStart + track.interval);
    const history = bars.filter((bar) => bar.start < edge);
    if (history.length > 0) this.learn(state, track, history);
    if (track !== state.base) return;
    for (const bar of bars) if (bar.start >= edge) this.walk(state, bar);
  }

  private learn(state: InstrumentState, track: Track, bars: readonly Bar[]): void {
    state.learn(track, bars);
    this.graph.rebuild(state.id);
    this.graph.step.passed.length = 0;
    const ts = Number.isNaN(state.lastTs) ? track.history.lastStart + track.interval : state.lastTs;
    for (const rule of this.byInstrument.get(state.id) ?? []) rule.settle(ts);
  }

  /** A whole minute that was missed: its prices in their likely order, then its volume, then its end. */
  private walk(state: InstrumentState, bar: Bar): void {
    this.advance(state, bar.start);
    const open = state.base.open;
    if (open !== undefined && bar.start < open.start) return;
    const known = open === undefined ? undefined : { ...open };
    const path = pathOf(bar, known);
    path.forEach((price, step) => {
      const ts = bar.start + Math.floor(((step + 4 - path.length) * (MINUTE - 1)) / 3);
      this.advance(state, ts);
      state.take(ts, price, 0);
      if (step === path.length - 1) fillUp(state, bar, known, path.length);
      this.graph.refresh(state.id);
      this.lookAtRules(ts, undefined);
      if (this.resumed.size > 0) this.lookAtResumed(state.id, ts);
    });
    this.advance(state, bar.start + MINUTE);
  }

  private gap(event: GapEvent): void {
    const state = this.instrument(event.instrument);
    state.gapSince = event.open ? (state.gapSince ?? event.from) : undefined;
    for (const rule of this.byInstrument.get(event.instrument) ?? []) {
      const blind = rule.instruments.map((id) => this.instrument(id).gapSince).find((from) => from !== undefined);
      rule.blind(event.ts, blind);
    }
    if (!event.open) this.unblock(event.instrument, event.ts);
  }

  private setRule(event: RuleSetEvent): void {
    this.removeRule(event.rule.id);
    const rule = new LiveRule(event.rule, event.ts, event.saved, this.output);
    const { condition, modes, instrument, interval } = event.rule.text;
    this.rules.set(rule.id, rule);
    const conditions = modes.rearm === undefined ? [condition] : [condition, modes.rearm];
    const plans = conditions.flatMap((part) => conditionPlans(part, modes.onClose));
    this.index(rule, plans);
    this.askForHistory(plans);
    try {
      const context = {
        owner: rule,
        graph: this.graph,
        instrument,
        interval,
        onClose: modes.onClose,
        crossingsHold: modes.hold !== undefined,
        comparisons: rule.comparisons,
      };
      const test = buildTest(condition, context);
      rule.markRearm();
      rule.begin(test, modes.rearm && buildTest(modes.rearm, { ...context, crossingsHold: true }));
      rule.settle(event.ts);
      this.graph.step.passed.length = 0;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      rule.break(event.ts, error.message);
    }
  }

  private index(rule: LiveRule, plans: readonly Plan[]): void {
    const others = plans.flatMap((plan) => (plan.kind === 'constant' ? [] : plan.instruments));
    rule.instruments = [...new Set([rule.instrument, ...others])];
    for (const instrument of rule.instruments) {
      addTo(this.byInstrument, instrument, rule);
      if (rule.wasTakenUp) addTo(this.resumed, instrument, rule);
    }
  }

  private removeRule(id: string): void {
    const rule = this.rules.get(id);
    if (rule === undefined) return;
    this.rules.delete(id);
    for (const instrument of rule.instruments) {
      this.byInstrument.get(instrument)?.delete(rule);
      this.resumed.get(instrument)?.delete(rule);
    }
    releaseTest({ graph: this.graph, onClose: rule.onClose, comparisons: rule.comparisons });
  }

  private withRule(id: string, act: (rule: LiveRule) => void): void {
    const rule = this.rules.get(id);
    if (rule === undefined) this.refuse(undefined, 'unknown-rule');
    else act(rule);
  }

  private refuse(instrument: string | undefined, reason: 'late' | 'malformed' | 'unknown-rule'): void {
    this.events.push({ type: 'refused', instrument, reason });
  }

  /** Widens what is kept and asks the host for bars that are missing, once for each length. */
  private askForHistory(plans: readonly Plan[]): void {
    for (const plan of plans) {
      for (const { instrument, interval, bars } of barsWanted(plan).values()) this.want(instrument, interval, bars + 1);
    }
  }

  private want(instrument: string, interval: number, bars: number): void {
    const state = this.instrument(instrument);
    const track = state.open(interval);
    track.history.widen(bars);
    if (interval > MINUTE && Number.isNaN(state.base.history.lastStart)) this.ask(state, MINUTE, interval / MINUTE);
    if (track.history.length < bars) this.ask(state, interval, bars);
  }

  private ask(state: InstrumentState, interval: number, bars: number): void {
    if ((state.asked.get(interval) ?? 0) >= bars) return;
    state.asked.set(interval, bars);
    this.events.push({ type: 'history-needed', instrument: state.id, interval, bars });
  }

  /** Keeps bars of an interval from now on; the answer asks for what history they want. */
  watch(instrument: string, interval: number, bars: number): readonly EngineEvent[] {
    this.want(instrument, interval, bars);
    const events = this.events;
    this.events = [];
    return events;
  }

  rule(id: string): RuleView | undefined {
    const rule = this.rules.get(id);
    if (rule === undefined) return undefined;
    return {
      id,
      state: rule.shownState,
      ready: rule.isReady,
      truth: rule.isTrue,
      values: rule.isReady ? rule.values() : [],
      suppressed: rule.keptQuiet,
      saved: rule.saved(),
    };
  }

  view(instrument: string): InstrumentView | undefined {
    const state = this.instruments.get(instrument);
    if (state === undefined) return undefined;
    return {
      instrument,
      price: state.lastPrice,
      ts: state.lastTs,
      late: state.late,
      gapSince: state.gapSince,
    };
  }

  /** Instruments that were ever named. */
  known(): readonly string[] {
    return [...this.instruments.keys()];
  }

  /** The newest closed bars, oldest first, and the open one; fewer or none where they are not held. */
  barsOf(
    instrument: string,
    interval: number,
    count: number,
  ): { readonly closed: readonly Bar[]; readonly open: Bar | undefined } {
    const track = this.instruments.get(instrument)?.track(interval);
    if (track === undefined) return { closed: [], open: undefined };
    const open = track.open !== undefined && track.open.trades > 0 ? { ...track.open } : undefined;
    return { closed: track.history.list(count), open };
  }

  /** How much it holds. */
  size(): { readonly instruments: number; readonly series: number; readonly rules: number } {
    return { instruments: this.instruments.size, series: this.graph.size, rules: this.rules.size };
  }
}

function addTo<T>(sets: Map<string, Set<T>>, key: string, item: T): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([item]));
  else set.add(item);
}

function isSound(bar: Bar): boolean {
  const { start, open, high, low, close, volume, trades } = bar;
  return (
    [start, open, high, low, close, volume, trades].every(Number.isFinite) &&
    low > 0 &&
    high >= Math.max(open, close) &&
    low <= Math.min(open, close) &&
    volume >= 0 &&
    trades >= 0
  );
}

/** The minute's volume and count as the venue gives them; the longer bars get what was missing. */
function fillUp(state: InstrumentState, bar: Bar, known: Bar | undefined, taken: number): void {
  for (const track of state.tracks) {
    const { open } = track;
    if (open === undefined || track.interval < MINUTE) continue;
    open.volume += bar.volume - (known?.volume ?? 0);
    open.trades += bar.trades - (known?.trades ?? 0) - taken;
  }
}
