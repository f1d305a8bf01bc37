import { BarCloser } from './bar-closer.ts';
import { BarIntake } from './bar-intake.ts';
import { createFactDesk, type FactDesk, type FactView } from './fact-desk.ts';
import { FactFlow } from './fact-flow.ts';
import { createHistoryDemand, type HistoryDemand } from './history-demand.ts';
import { isSoundBook } from './market/book.ts';
import { boughtBy } from './market/bought.ts';
import type {
  Bar,
  BookEvent,
  ClockEvent,
  EngineEvent,
  EventRefused,
  GapEvent,
  MarketEvent,
  Trade,
} from './market/events.ts';
import type { Facts } from './market/facts.ts';
import { InstrumentState } from './market/instrument-state.ts';
import { barOf } from './market/track.ts';
import type { Comparison } from './rules/condition-test.ts';
import type { LiveRule } from './rules/live-rule.ts';
import type { RuleState, SavedRule } from './rules/rule.ts';
import { RuleBook } from './rules/rule-book.ts';
import { SeriesGraph } from './series/graph.ts';
import type { Plan } from './series/plan.ts';
import type { SavedStrategy, StrategyView } from './strategies/signal.ts';
import { StrategyBook } from './strategies/strategy-book.ts';
import { type InstrumentView, type RuleView, viewOfInstrument, viewOfRule } from './views.ts';

const NOTHING: readonly EngineEvent[] = [];

/**
 * The market model: trades in, bars, series, rules and firings out. Pure: it reads no clock, does no I/O and draws no random
 * numbers, so that the same events give the same answers, live, in a test and after a restart.
 *
 * Late trades: one that is older than the open minute is left out and counted; one that is older than the newest trade of the
 * open bar still counts for high, low, volume and number of trades, but not for the close.
 */
export class Engine {
  private readonly instruments = new Map<string, InstrumentState>();
  private readonly graph: SeriesGraph<Comparison<LiveRule>>;
  private readonly rules: RuleBook;
  private readonly strategies: StrategyBook;
  private readonly demand: HistoryDemand;
  private readonly desk: FactDesk;
  private readonly flow: FactFlow;
  private readonly closer: BarCloser;
  private readonly intake: BarIntake;
  /** The newest time that any event has told, in ms. */
  private now = 0;
  private readonly books = new Map<string, BookEvent>();
  private events: EngineEvent[] = [];

  constructor() {
    const emit = (event: EngineEvent): void => void this.events.push(event);
    this.desk = createFactDesk(emit);
    this.graph = new SeriesGraph((instrument, interval) => this.instrument(instrument).open(interval), {
      source: (key) => this.desk.facts.get(key),
      use: (keys, on) => this.desk.use(keys, on),
    });
    const instrument = (id: string): InstrumentState => this.instrument(id);
    const factGap = (keys: readonly string[]) => this.desk.gapSince(keys);
    this.demand = createHistoryDemand(instrument, emit);
    const want = (plans: readonly Plan[]): void => this.wantFor(plans);
    const heard = (event: EngineEvent): void => void (this.strategies.takes(event) || emit(event));
    const takesChange: StrategyBook['takesChange'] = (...change) => this.strategies.takesChange(...change);
    const nameOf = (id: string): string => this.instruments.get(id)?.id ?? id;
    this.rules = new RuleBook({ graph: this.graph, instrument, nameOf, want, factGap, takesChange, emit: heard });
    this.strategies = new StrategyBook({ rules: this.rules, graph: this.graph, want, emit });
    this.flow = new FactFlow(this.desk, this.graph, this.rules, emit);
    const { graph, rules, strategies } = this;
    this.closer = new BarCloser({ graph, rules, strategies, emit });
    this.intake = new BarIntake({
      ...{ graph, rules, strategies, closer: this.closer, instrument },
      refuse: (id) => this.refuse(id, 'malformed'),
      tell: (ts) => {
        if (ts > this.now) this.now = ts;
      },
    });
  }

  /** Applies one event and says what came of it, in order. */
  apply(event: MarketEvent): readonly EngineEvent[] {
    switch (event.type) {
      case 'trade':
        this.trade(event);
        break;
      case 'bars':
        this.intake.bars(event);
        break;
      case 'clock':
        this.clock(event);
        break;
      case 'gap':
        this.gap(event);
        break;
      case 'rule-set':
        this.rules.set(event);
        break;
      case 'rule-remove':
        this.rules.remove(event.ruleId);
        break;
      case 'rule-pause':
        this.wakeful(event, (rule) => this.rules.pause(rule, event));
        break;
      case 'rule-break':
        this.withRule(event.ruleId, (rule) => rule.break(event.ts, event.cause));
        break;
      case 'rule-resume':
        this.wakeful(event, (rule) => this.rules.resume(rule, event));
        break;
      case 'fact':
        this.now = this.flow.fact(event, this.now);
        break;
      case 'facts':
        this.flow.past(event, this.now);
        break;
      case 'book':
        this.book(event);
        break;
      case 'fact-gap':
        this.desk.gap(event);
        this.rules.blind(event.instrument, event.ts);
        break;
      case 'instrument-forget':
        this.forget(event.instrument);
        break;
      case 'strategy-set':
        this.strategies.set(event);
        break;
      case 'strategy-remove':
        this.strategies.remove(event.strategyId);
        break;
    }
    this.strategies.decide();
    if (this.events.length === 0) return NOTHING;
    const events = this.events;
    this.events = [];
    return events;
  }

  private instrument(id: string): InstrumentState {
    let state = this.instruments.get(id);
    if (state === undefined) {
      state = new InstrumentState(id, this.graph.listOf(id));
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
    if (ts > this.now) this.now = ts;
    this.closer.advance(state, ts);
    if (!state.take(ts, price, size, boughtBy(trade))) {
      this.refuse(trade.instrument, 'late');
      return;
    }
    state.series.follow(price, state.lastPrice, size, 1);
    this.rules.lookAfterTrade(ts, trade.id, state.id, state.lastPrice);
    this.rules.lookAtResumed(trade.instrument, ts);
    this.strategies.price(trade.instrument, ts, price);
  }

  private clock({ ts, heardUntil }: ClockEvent): void {
    if (ts > this.now) this.now = ts;
    for (const state of this.instruments.values()) {
      if (state.gapSince !== undefined || state.nextClose > ts) continue;
      const heard = heardUntil?.get(state.venue) ?? ts;
      if (state.nextClose <= heard) this.closer.closeUntil(state, Math.min(ts, heard));
    }
    this.rules.runTimers(ts);
  }

  private wantFor(plans: readonly Plan[]): void {
    this.demand.wantFor(plans);
    this.desk.want(plans);
  }

  private gap(event: GapEvent): void {
    const state = this.instrument(event.instrument);
    state.gapSince = event.open ? (state.gapSince ?? event.from) : undefined;
    this.rules.blind(event.instrument, event.ts);
    if (event.open) return;
    this.demand.askAgain(state);
    this.rules.lookAtResumed(event.instrument, event.ts);
    this.rules.unblock(event.instrument, event.ts);
  }

  private forget(id: string): void {
    if (!this.rules.letGo(id) || !this.graph.letGo(id)) {
      this.refuse(id, 'in-use');
      return;
    }
    this.desk.forget(id);
    this.books.delete(id);
    this.instruments.delete(id);
  }

  private withRule(id: string, act: (rule: LiveRule) => void): void {
    const rule = this.rules.get(id);
    if (rule === undefined) this.refuse(undefined, 'unknown-rule');
    else act(rule);
  }

  private wakeful({ ruleId }: { readonly ruleId: string }, act: (rule: LiveRule) => boolean): void {
    this.withRule(ruleId, (rule) => {
      if (!act(rule)) this.refuse(rule.instrument, 'no-text');
    });
  }

  private book(event: BookEvent): void {
    if (!isSoundBook(event)) {
      this.refuse(event.instrument, 'malformed');
      return;
    }
    this.books.set(event.instrument, event);
    this.now = this.flow.book(event, this.now);
  }

  private refuse(instrument: string | undefined, reason: EventRefused['reason']): void {
    this.events.push({ type: 'refused', instrument, reason });
  }

  /** Keeps bars of an interval from now on; the answer asks for what history they want. */
  watch(instrument: string, interval: number, bars: number): readonly EngineEvent[] {
    this.demand.want(instrument, interval, bars);
    const events = this.events;
    this.events = [];
    return events;
  }

  rule(id: string): RuleView | undefined {
    const rule = this.rules.get(id);
    return rule === undefined ? undefined : viewOfRule(rule, this.desk.missing(rule.facts));
  }

  /** Where a rule stands: `rule` without what it takes to tell all else. */
  stateOf(id: string): RuleState | undefined {
    return this.rules.get(id)?.shownState;
  }

  /**
   * Rules whose condition became true or false without a change of state, since this was asked last: a cooldown keeps crossings
   * quiet. To be stored before the bars that did it are, else a restart takes what is known already for news.
   */
  takeTurned(): readonly { readonly ruleId: string; readonly saved: SavedRule }[] {
    const turned = this.rules.takeTurned((id) => !this.strategies.owns(id));
    return turned.map((rule) => ({ ruleId: rule.id, saved: rule.saved() }));
  }

  /** Ids of the strategies whose conditions changed since this was asked last: to be stored before the bars, as what `takeTurned` gives. */
  takeTurnedStrategies(): readonly string[] {
    return this.strategies.takeChanged(this.rules.takeTurned((id) => this.strategies.owns(id)));
  }

  strategy(id: string): StrategyView | undefined {
    return this.strategies.view(id);
  }

  /** Where a strategy stands, to be stored. */
  savedStrategy(id: string): SavedStrategy | undefined {
    return this.strategies.saved(id);
  }

  view(instrument: string): InstrumentView | undefined {
    const state = this.instruments.get(instrument);
    return state === undefined ? undefined : viewOfInstrument(state);
  }

  /** Since when an instrument's data are missing, in ms; undefined while they are there. */
  gapSince(instrument: string): number | undefined {
    return this.instruments.get(instrument)?.gapSince;
  }

  /** Ids of the rules that look at an instrument and are not at rest. */
  rulesOn(instrument: string): readonly string[] {
    const awake = [...this.rules.on(instrument)].filter((rule) => !rule.isAtRest && !this.strategies.owns(rule.id));
    return awake.map(({ id }) => id);
  }

  /** Keys of the facts that a rule reads. */
  factsOf(ruleId: string): readonly string[] {
    return this.rules.get(ruleId)?.facts ?? [];
  }

  /** A fact as it stands; undefined where it never came. */
  factOf(name: string, instrument: string | undefined): FactView | undefined {
    return this.desk.view(name, instrument);
  }

  /** What is known of facts, by their keys: valid until the next event. */
  get facts(): Facts {
    return this.desk.facts;
  }

  /** The newest order book that came; undefined before the first. How old it is says its `ts`. */
  bookOf(instrument: string): BookEvent | undefined {
    return this.books.get(instrument);
  }

  /** The newest end (ms) of those bars that end at or before `ts`, are open yet and in no gap, by the venue. */
  due(ts: number): ReadonlyMap<string, number> {
    const ends = new Map<string, number>();
    for (const { gapSince, nextClose, venue } of this.instruments.values())
      if (gapSince === undefined && nextClose <= ts) ends.set(venue, Math.max(nextClose, ends.get(venue) ?? 0));
    return ends;
  }

  /** Instruments that it holds. */
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
    const open = track.open !== undefined && track.open.trades > 0 ? barOf(track.open) : undefined;
    return { closed: track.history.list(count), open };
  }

  /** How much it holds. */
  size(): { readonly instruments: number; readonly series: number; readonly rules: number } {
    return { instruments: this.instruments.size, series: this.graph.size, rules: this.rules.size };
  }
}
