import type { EngineEvent } from './market/events.ts';
import type { InstrumentState } from './market/instrument-state.ts';
import type { Track } from './market/track.ts';
import type { Comparison } from './rules/condition-test.ts';
import type { LiveRule } from './rules/live-rule.ts';
import type { RuleBook } from './rules/rule-book.ts';
import type { SeriesGraph } from './series/graph.ts';
import type { StrategyBook } from './strategies/strategy-book.ts';

export interface BarCloserParts {
  readonly graph: SeriesGraph<Comparison<LiveRule>>;
  readonly rules: RuleBook;
  readonly strategies: StrategyBook;
  readonly emit: (event: EngineEvent) => void;
}

/** Ends bars when their time is over, all of a moment together, and has looked at what that changes. */
export class BarCloser {
  private readonly graph: SeriesGraph<Comparison<LiveRule>>;
  private readonly rules: RuleBook;
  private readonly strategies: StrategyBook;
  private readonly emit: (event: EngineEvent) => void;

  constructor({ graph, rules, strategies, emit }: BarCloserParts) {
    this.graph = graph;
    this.rules = rules;
    this.strategies = strategies;
    this.emit = emit;
  }

  /** Time has come to `ts` for one instrument: reminders and closes that lie before it come first, in their order. */
  advance(state: InstrumentState, ts: number): void {
    if (state.nextClose <= ts) this.closeUntil(state, ts);
    this.rules.advance(state.id, ts);
  }

  closeUntil(state: InstrumentState, ts: number): void {
    while (state.nextClose <= ts) {
      if (state.leaveOut(ts)) continue;
      const end = state.nextClose;
      this.rules.runTimers(end);
      for (const track of state.tracks) if (track.end === end) this.closeTrack(track);
      this.graph.closesDone();
      this.rules.look(end);
      this.strategies.decide();
      state.schedule();
    }
  }

  private closeTrack(track: Track): void {
    const bar = track.close();
    this.graph.barClosed(track, bar);
    this.emit({ type: 'bar-closed', instrument: track.instrument, interval: track.interval, bar });
  }
}
