import type { InstrumentState } from './market/instrument-state.ts';
import type { LiveRule } from './rules/live-rule.ts';
import type { NamedValue, RuleState, SavedRule } from './rules/rule.ts';

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
  /** Facts that it waits for: none of them ever came. */
  readonly waitsFor: readonly string[];
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

/** @param waitsFor facts of which none ever came */
export function viewOfRule(rule: LiveRule, waitsFor: readonly string[]): RuleView {
  return {
    id: rule.id,
    state: rule.shownState,
    ready: rule.isReady,
    truth: rule.isTrue,
    values: rule.isReady ? rule.values() : [],
    suppressed: rule.keptQuiet,
    waitsFor,
    saved: rule.saved(),
  };
}

export function viewOfInstrument(state: InstrumentState): InstrumentView {
  const { id, lastPrice: price, lastTs: ts, late, gapSince } = state;
  return { instrument: id, price, ts, late, gapSince };
}
