import type { StrategyText } from '../language/strategy-ast.ts';
import type { BarColumns } from '../market/bar-history.ts';
import type { EngineEvent, MarketEvent } from '../market/events.ts';
import type { HistoryColumns } from '../preflight/replay.ts';
import type { ReplayPlan } from '../preflight/replay-plan.ts';
import type { Calm } from './position.ts';
import type { StrategyView } from './signal.ts';

/** A strategy and the bars that it is run over. */
export interface StrategyRun {
  readonly text: StrategyText;
  readonly plan: ReplayPlan;
  readonly history: readonly HistoryColumns[];
  /** Where what is walked begins, in ms: what was before is known to it. */
  readonly from: number;
}

/** What runs a strategy through a past that is told to it in order. */
export interface StrategyRunner {
  /** @returns what came of it, in order */
  apply(event: MarketEvent): readonly EngineEvent[];
  /** A whole minute, the one at a place in columns. @returns as `apply` */
  minute(instrument: string, columns: BarColumns, at: number): readonly EngineEvent[];
  view(): StrategyView;
  /** Leaves of `calm` what comes to nothing: bars of an instrument all of whose prices lie in it need not be told. */
  narrow(instrument: string, calm: Calm): void;
}

/** How the strategy of a run is called. */
export const RUN_ID = 'backtest';
