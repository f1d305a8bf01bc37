import type { RuleText } from '../language/ast.ts';

/**
 * armed: waits for its condition. pending: true, but its `for` still runs. fired: true since it fired, waits to re-arm.
 * suspended: its `gate` does not hold. stale: its data stopped. muted: watches, but says nothing until a time. expired: past its `until`. done: a `once` that
 * fired. broken: cannot be evaluated any more.
 */
export type RuleState =
  | 'armed'
  | 'pending'
  | 'fired'
  | 'suspended'
  | 'stale'
  | 'paused'
  | 'muted'
  | 'expired'
  | 'done'
  | 'broken';

/** States in which a rule does not look at its condition. */
const AT_REST: ReadonlySet<RuleState> = new Set(['paused', 'done', 'expired', 'broken']);

export const isAtRest = (state: RuleState): boolean => AT_REST.has(state);

/** Causes of a change of state that people are told of: the gate of a running rule closed, or opened again. */
export const GATE_CLOSED = 'its gate closed';
export const GATE_OPEN = 'its gate opened';

/** A rule as the engine takes it. `text` is parsed and type-checked. */
export interface RuleDefinition {
  readonly id: string;
  readonly text: RuleText;
}

/** What is stored of a rule's life so that it goes on after a restart. Times in ms. */
export interface SavedRule {
  readonly state: RuleState;
  readonly since: number;
  /**
   * The trade at `since` of the rule's only instrument that made it so; empty where something else than a trade did. Later
   * trades of that millisecond are news after a restart; where it is absent, none are.
   */
  readonly sinceTrade?: string;
  /** What is under `stale`. */
  readonly beneath?: RuleState;
  /** Whether the condition was true when last looked at: an edge is a change of this. */
  readonly truth: boolean;
  readonly lastFiredAt?: number;
  /** When it was made, changed or resumed: what happened before is none of its business. */
  readonly watchesFrom?: number;
  /** When a running `for` began. */
  readonly pendingSince?: number;
  /** End of a mute. */
  readonly mutedUntil?: number;
  /** How often it fired: the next firing's number. */
  readonly firings: number;
  /** Crossings since then that were kept quiet. */
  readonly suppressed?: number;
}

/** A value that took part in a decision: a series in short text, its value then and the value before. */
export interface NamedValue {
  readonly series: string;
  readonly value: number;
  readonly before: number | undefined;
  readonly threshold: number | undefined;
}

/** The moment a rule's condition became true. */
export interface Firing {
  /** `ruleId.n`: the same tape gives the same ids, so a firing is stored once however often it is computed. */
  readonly id: string;
  readonly ruleId: string;
  /** Event time in ms: the trade's or the bar's close. */
  readonly ts: number;
  readonly instrument: string;
  readonly price: number;
  readonly values: readonly NamedValue[];
  /** The trade that made it so; undefined where a bar's close or a hold did. */
  readonly tradeId: string | undefined;
  /** Crossings since the firing before that a cooldown or a mute kept quiet. */
  readonly suppressed: number;
}
