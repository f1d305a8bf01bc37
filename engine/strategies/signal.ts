import type { PositionSide, StrategyText } from '../language/strategy-ast.ts';
import type { NamedValue, SavedRule } from '../rules/rule.ts';

/** What a strategy raises at the close of a bar. It is filled at the next price. */
export interface Signal {
  /** `strategyId.n`: the same tape gives the same ids. */
  readonly id: string;
  readonly strategyId: string;
  readonly instrument: string;
  readonly side: PositionSide;
  /** The close of the bar, in ms. */
  readonly ts: number;
  /** The last price at that time; the levels are counted from it. */
  readonly price: number;
  readonly stop: number | undefined;
  readonly target: number | undefined;
  /** The values that made it so. */
  readonly values: readonly NamedValue[];
}

/**
 * What became of a signal. `opened`: filled. The others end it: at its stop, at its target, by the exit of the strategy or what it
 * entered the other way, or because its time was over.
 */
export type SignalMove = 'opened' | 'stop' | 'target' | 'exit' | 'expired';

export interface SignalEvent {
  readonly signalId: string;
  readonly strategyId: string;
  readonly instrument: string;
  readonly side: PositionSide;
  readonly what: SignalMove;
  /** When that price came, in ms. */
  readonly ts: number;
  /** Of the fill, before fees and slippage. */
  readonly price: number;
  /** The values that made an exit so; empty for all else. */
  readonly values: readonly NamedValue[];
}

/** A signal that has not ended. */
export interface OpenSignal {
  readonly signal: Signal;
  /** Whether it is filled, at which price. */
  readonly filled: number | undefined;
  /** It will be given up at the next price, for these reasons. */
  readonly leaving: readonly NamedValue[] | undefined;
  /** When that was decided, in ms. */
  readonly leavingAt?: number | undefined;
}

/** A strategy as the engine takes it. */
export interface StrategyDefinition {
  readonly id: string;
  readonly text: StrategyText;
}

/** What is stored of a strategy's life so that it goes on after a restart. */
export interface SavedStrategy {
  /** How many signals it has raised. */
  readonly signals: number;
  readonly open: readonly OpenSignal[];
  /** Its conditions, by instrument and what they are for. */
  readonly rules: Readonly<Record<string, SavedRule>>;
}

/** A strategy as it stands now. */
export interface StrategyView {
  readonly id: string;
  /** Whether all its series are warm. */
  readonly ready: boolean;
  /** Whether data that it looks at are missing. */
  readonly isBlind: boolean;
  readonly open: readonly OpenSignal[];
  /** Times that a condition was true and no signal came of it: a stop or target that could not be, or both sides at once. */
  readonly skipped: number;
  readonly saved: SavedStrategy;
}
