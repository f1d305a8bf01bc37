import type { RuleText } from '../language/ast.ts';
import type { Firing, RuleDefinition, RuleState, SavedRule } from '../rules/rule.ts';
import type { SavedStrategy, Signal, SignalEvent, StrategyDefinition } from '../strategies/signal.ts';
import type { FactPoint } from './fact-line.ts';

/** The side of the TAKER; undefined where a venue does not say. */
export type Side = 'buy' | 'sell' | undefined;

/** One trade. `ts` is in ms since the epoch by the venue's clock, `size` in units of the base asset. */
export interface Trade {
  readonly type: 'trade';
  /** `venue:symbol`, e.g. `binance:btcusdt`. */
  readonly instrument: string;
  readonly ts: number;
  readonly price: number;
  readonly size: number;
  readonly side: Side;
  /** Unique and, where the venue numbers them, ascending within the instrument. */
  readonly id: string;
}

/**
 * A closed bar of some instrument and interval. `start` in ms, `volume` in base units, `trades` a count. `bought` is the part of
 * the volume that takers bought; undefined or NaN where the side of some trade is not known.
 */
export interface Bar {
  readonly start: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly trades: number;
  readonly bought?: number | undefined;
}

/**
 * Closed bars that did not come from live trades, oldest first. Bars older than the open bar become history (indicators
 * are computed anew over them, nothing fires); newer ones (of one minute) are applied as if their trades had come, and may fire,
 * but series of shorter bars lose what they held and have to warm up again.
 */
export interface BarsEvent {
  readonly type: 'bars';
  readonly instrument: string;
  /** Length of a bar in ms. */
  readonly interval: number;
  readonly bars: readonly Bar[];
  /** Where minutes stand for what a longer bar went through: the way to their prices led through everything between. */
  readonly isOnWay?: true;
}

/**
 * Any other scalar: funding rate, mark price, sentiment, GDP growth. `instrument` is undefined where it has none, and then it
 * holds for all. `ts` is the time that it speaks of.
 */
export interface FactEvent {
  readonly type: 'fact';
  readonly name: string;
  readonly instrument: string | undefined;
  readonly ts: number;
  readonly value: number;
  /** The instruments that it tells of, where `instrument` stands for many: the new markets of a `listing`. */
  readonly about?: readonly string[];
}

/** Stored facts, oldest first. What was known before all that the engine knows becomes history: nothing fires. */
export interface FactsEvent {
  readonly type: 'facts';
  readonly name: string;
  readonly instrument: string | undefined;
  readonly points: readonly FactPoint[];
}

/** One side of a book, the best price first: `prices[i]` is offered for `sizes[i]` of the base asset. Never changed once made. */
export interface BookSide {
  readonly prices: Float64Array;
  readonly sizes: Float64Array;
}

/** The best levels of an order book as they stand at `ts` (ms by the venue's clock). */
export interface BookEvent {
  readonly type: 'book';
  readonly instrument: string;
  readonly ts: number;
  readonly bids: BookSide;
  readonly asks: BookSide;
}

/** A feed lost (`open: true`) or regained (`open: false`) an instrument's data; `from` is when the loss began, in ms. */
export interface GapEvent {
  readonly type: 'gap';
  readonly instrument: string;
  readonly open: boolean;
  readonly from: number;
  readonly ts: number;
}

/**
 * A fact of an instrument stopped coming (`open: true`) or comes again (`open: false`); `from` is when it was heard last, in ms. The
 * name `book` stands for all that the instrument's order book says.
 */
export interface FactGapEvent {
  readonly type: 'fact-gap';
  readonly name: string;
  readonly instrument: string;
  readonly open: boolean;
  readonly from: number;
  readonly ts: number;
}

/**
 * Nobody needs an instrument any more: all that is held of it is freed. Rules at rest that look at it keep their state alone. Refused
 * while any other rule looks at it. Whoever needs it later has it prepared from what is stored.
 */
export interface InstrumentForgetEvent {
  readonly type: 'instrument-forget';
  readonly instrument: string;
}

/** The host says how late it is. Closes bars that ended at or before `ts`, lets holds and mutes run out. */
export interface ClockEvent {
  readonly type: 'clock';
  readonly ts: number;
  /** Venues whose trades have arrived but until then, in ms: their bars are closed no further, holds and mutes run out all the same. */
  readonly heardUntil?: ReadonlyMap<string, number>;
}

export interface RuleSetEvent {
  readonly type: 'rule-set';
  readonly ts: number;
  readonly rule: RuleDefinition;
  /** Where the rule stood when it was last stored; absent for a new rule. */
  readonly saved?: SavedRule;
  /** What a changed rule keeps of its life so far: its firings go on being numbered, its cooldown goes on. */
  readonly inherits?: Pick<SavedRule, 'firings' | 'lastFiredAt'>;
}

export interface RuleRemoveEvent {
  readonly type: 'rule-remove';
  readonly ts: number;
  readonly ruleId: string;
}

export interface RulePauseEvent {
  readonly type: 'rule-pause';
  readonly ts: number;
  readonly ruleId: string;
  /** `until` in ms mutes for a time; undefined pauses until resumed. */
  readonly until?: number;
  /** Why, for its history; `paused` or `muted` where it is missing. */
  readonly cause?: string;
  /** As `RuleResumeEvent.ruleText`. */
  readonly ruleText?: RuleText;
}

/** What a rule looks at is no more: it is over for good. */
export interface RuleBreakEvent {
  readonly type: 'rule-break';
  readonly ts: number;
  readonly ruleId: string;
  readonly cause: string;
}

export interface RuleResumeEvent {
  readonly type: 'rule-resume';
  readonly ts: number;
  readonly ruleId: string;
  /**
   * What its condition is made from, needed where the rule was put away or taken up at rest: the engine keeps no rule's text, a million
   * of them count.
   */
  readonly ruleText?: RuleText;
}

/** A strategy runs from now on; one of the same id is replaced. */
export interface StrategySetEvent {
  readonly type: 'strategy-set';
  readonly ts: number;
  readonly strategy: StrategyDefinition;
  /** Where it stood when it was last stored; absent for a new one. */
  readonly saved?: SavedStrategy;
}

/** A strategy is over: what it holds is forgotten without an end. */
export interface StrategyRemoveEvent {
  readonly type: 'strategy-remove';
  readonly ts: number;
  readonly strategyId: string;
}

/** What feeds produce. */
export type FeedEvent = Trade | BarsEvent | FactEvent | BookEvent | GapEvent;

/** Everything that the engine takes in. Time is what the events say. */
export type MarketEvent =
  | FeedEvent
  | FactsEvent
  | ClockEvent
  | FactGapEvent
  | InstrumentForgetEvent
  | RuleSetEvent
  | RuleRemoveEvent
  | RulePauseEvent
  | RuleBreakEvent
  | RuleResumeEvent
  | StrategySetEvent
  | StrategyRemoveEvent;

export interface BarClosed {
  readonly type: 'bar-closed';
  readonly instrument: string;
  readonly interval: number;
  readonly bar: Bar;
}

export interface RuleFired {
  readonly type: 'fired';
  readonly firing: Firing;
}

/** A rule changed its state; `saved` is what must be stored to go on after a restart. */
export interface RuleStateChanged {
  readonly type: 'rule-state';
  readonly ruleId: string;
  readonly ts: number;
  readonly from: RuleState;
  readonly to: RuleState;
  readonly cause: string;
  readonly saved: SavedRule;
}

/** A strategy raised a signal. */
export interface SignalRaised {
  readonly type: 'signal';
  readonly signal: Signal;
}

/** A signal was filled, or ended. */
export interface SignalMoved {
  readonly type: 'signal-event';
  readonly event: SignalEvent;
}

/** Data that a strategy looks at are missing from now on, or are all there again. */
export interface StrategyBlind {
  readonly type: 'strategy-blind';
  readonly strategyId: string;
  readonly ts: number;
  readonly isBlind: boolean;
}

/** A series that somebody asked for needs older bars than the engine holds: apply them as a `bars` event. */
export interface HistoryNeeded {
  readonly type: 'history-needed';
  readonly instrument: string;
  readonly interval: number;
  readonly bars: number;
}

/** A fact was taken in, under the name that the language has for it; `at` is when it became known, in ms. */
export interface FactTaken extends FactPoint {
  readonly type: 'fact-taken';
  readonly name: string;
  readonly instrument: string | undefined;
}

/** A series that somebody asked for needs what was known of a fact in the last `ms`: apply it as a `facts` event. */
export interface FactsNeeded {
  readonly type: 'facts-needed';
  readonly name: string;
  readonly instrument: string | undefined;
  readonly ms: number;
}

/** The first series on an instrument's order book was asked for, or the last one is gone. */
export interface BookWanted {
  readonly type: 'book-wanted';
  readonly instrument: string;
  readonly on: boolean;
}

/**
 * An event was not applied: NaN, infinity, a negative price, a time that runs backwards past a closed bar, what is in use, or a rule
 * to wake without its text.
 */
export interface EventRefused {
  readonly type: 'refused';
  readonly instrument: string | undefined;
  readonly reason: 'late' | 'malformed' | 'unknown-rule' | 'in-use' | 'no-text';
}

/** Everything that the engine gives out. */
export type EngineEvent =
  | BarClosed
  | RuleFired
  | RuleStateChanged
  | SignalRaised
  | SignalMoved
  | StrategyBlind
  | HistoryNeeded
  | FactTaken
  | FactsNeeded
  | BookWanted
  | EventRefused;
