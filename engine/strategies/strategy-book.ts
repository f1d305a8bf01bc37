import type { Bar, EngineEvent, RuleFired, StrategySetEvent } from '../market/events.ts';
import { MINUTE } from '../market/interval.ts';
import type { Comparison } from '../rules/condition-test.ts';
import type { LiveRule } from '../rules/live-rule.ts';
import type { RuleState } from '../rules/rule.ts';
import type { RuleBook } from '../rules/rule-book.ts';
import type { SeriesSupply } from '../series/graph.ts';
import type { Plan } from '../series/plan.ts';
import { LiveStrategy, type StrategyLeg } from './live-strategy.ts';
import type { Calm, Position } from './position.ts';
import type { SavedStrategy, StrategyView } from './signal.ts';

/** What strategies need of the engine around them. */
export interface StrategySurroundings {
  readonly rules: Pick<RuleBook, 'set' | 'remove' | 'get'>;
  readonly graph: SeriesSupply<Comparison<LiveRule>>;
  /** Sees to it that the bars that a series needs are kept and asked for. */
  want(plans: readonly Plan[]): void;
  emit(event: EngineEvent): void;
}

/** Begins the ids of the rules that a strategy's conditions are: nobody else's begin so. */
const MARK = '~';

/** All strategies that run. Their conditions are rules on bar close of the same engine, which nobody else hears of. */
export class StrategyBook {
  private readonly strategies = new Map<string, LiveStrategy>();
  private readonly byRule = new Map<string, StrategyLeg>();
  private readonly byInstrument = new Map<string, Set<StrategyLeg>>();
  /** Legs one of whose conditions became true. */
  private fired: StrategyLeg[] = [];
  /** Strategies of which a condition changed its state. */
  private readonly changed = new Set<string>();
  /** Conditions of a strategy whose data are missing. */
  private readonly blind = new Map<string, Set<string>>();
  private readonly around: StrategySurroundings;

  constructor(around: StrategySurroundings) {
    this.around = around;
  }

  /** Whether a rule is the condition of a strategy. */
  owns(ruleId: string): boolean {
    return ruleId.startsWith(MARK);
  }

  /** What the rules say: what is of a strategy goes no further. @returns whether it was */
  takes(event: EngineEvent): boolean {
    return event.type === 'fired' && this.hasFired(event);
  }

  private hasFired({ firing }: RuleFired): boolean {
    if (!this.owns(firing.ruleId)) return false;
    const leg = this.byRule.get(firing.ruleId);
    if (leg === undefined) return true;
    leg.fired(firing);
    if (!this.fired.includes(leg)) this.fired.push(leg);
    return true;
  }

  /** The state of a rule changed: that of a condition is told to nobody. @returns whether it is one */
  takesChange(ruleId: string, ts: number, from: RuleState, to: RuleState): boolean {
    if (!this.owns(ruleId)) return false;
    this.note(ruleId);
    if ((from === 'stale') !== (to === 'stale')) this.look(ruleId, ts, to === 'stale');
    return true;
  }

  /** Whether its strategy sees less or more from now on. */
  private look(ruleId: string, ts: number, isStale: boolean): void {
    const strategyId = this.byRule.get(ruleId)?.strategyId;
    if (strategyId === undefined) return;
    const missing = this.blind.get(strategyId) ?? new Set();
    const was = missing.size > 0;
    if (isStale) missing.add(ruleId);
    else missing.delete(ruleId);
    this.blind.set(strategyId, missing);
    const isBlind = missing.size > 0;
    if (isBlind !== was) this.around.emit({ type: 'strategy-blind', strategyId, ts, isBlind });
  }

  private note(ruleId: string): void {
    const leg = this.byRule.get(ruleId);
    if (leg !== undefined) this.changed.add(leg.strategyId);
  }

  /** @param turned rules of strategies that became true or false without a change of state. @returns ids of strategies */
  takeChanged(turned: readonly Pick<LiveRule, 'id'>[]): readonly string[] {
    for (const { id } of turned) this.note(id);
    const ids = [...this.changed].filter((id) => this.strategies.has(id));
    this.changed.clear();
    return ids;
  }

  /** The rules have been looked at: decides what comes of it. */
  decide(): void {
    if (this.fired.length === 0) return;
    const legs = this.fired;
    this.fired = [];
    for (const leg of legs) leg.decide();
  }

  /** Which prices of an instrument come to nothing for what is held of it. */
  narrow(instrument: string, calm: Calm): void {
    for (const { position } of this.byInstrument.get(instrument) ?? []) position.narrow(calm);
  }

  /** A price came for an instrument. */
  price(instrument: string, ts: number, price: number): void {
    const legs = this.byInstrument.get(instrument);
    if (legs === undefined) return;
    for (const leg of legs) if (!leg.position.isIdle) leg.position.price(ts, price, true);
  }

  /**
   * A whole minute of which nobody knows the way of the price: what is bad for a position comes before what is good for it. Where it was
   * taken within that minute nobody knows which of the prices came behind that, but for the last one.
   *
   * @param known what of the minute was seen already
   * @param isOnWay whether its first price, too, is one that a longer bar went through
   */
  minute(instrument: string, bar: Bar, known: Bar | undefined, isOnWay: boolean): void {
    const legs = this.byInstrument.get(instrument);
    if (legs === undefined || (bar.trades === 0 && bar.volume === 0)) return;
    const end = bar.start + MINUTE - 1;
    for (const { position } of legs) {
      if (position.isIdle) continue;
      if (position.since > bar.start) {
        position.price(end, bar.close, false);
        continue;
      }
      if (known === undefined || known.trades === 0) position.price(bar.start, bar.open, !isOnWay);
      const isShort = position.side === 'short';
      reach(position, end, isShort ? bar.high : bar.low, known);
      reach(position, end, isShort ? bar.low : bar.high, known);
      if (!position.isIdle) position.price(end, bar.close, false);
    }
  }

  set({ strategy, saved, ts }: StrategySetEvent): void {
    this.remove(strategy.id);
    const live = new LiveStrategy(strategy, saved, this.around, MARK);
    this.strategies.set(strategy.id, live);
    for (const leg of live.legs) {
      for (const rule of leg.ruleIds) this.byRule.set(rule, leg);
      const others = this.byInstrument.get(leg.instrument) ?? new Set();
      this.byInstrument.set(leg.instrument, others.add(leg));
    }
    live.begin(ts, saved);
  }

  remove(id: string): void {
    const strategy = this.strategies.get(id);
    if (strategy === undefined) return;
    this.strategies.delete(id);
    this.blind.delete(id);
    for (const leg of strategy.legs) {
      for (const rule of leg.ruleIds) this.byRule.delete(rule);
      const others = this.byInstrument.get(leg.instrument);
      others?.delete(leg);
      if (others?.size === 0) this.byInstrument.delete(leg.instrument);
      this.fired = this.fired.filter((each) => each !== leg);
    }
    strategy.end();
  }

  saved(id: string): SavedStrategy | undefined {
    return this.strategies.get(id)?.saved();
  }

  view(id: string): StrategyView | undefined {
    return this.strategies.get(id)?.view();
  }
}

/** An extreme of a minute, where it is news. */
function reach(position: Position, ts: number, price: number, known: Bar | undefined): void {
  if (position.isIdle) return;
  if (known === undefined || price < known.low || price > known.high) position.price(ts, price, false);
}
