import type { BarCloser, BarCloserParts } from './bar-closer.ts';
import type { Bar, BarsEvent } from './market/events.ts';
import { fillUp, type InstrumentState, isSound, pathOf } from './market/instrument-state.ts';
import { MINUTE } from './market/interval.ts';
import type { Track } from './market/track.ts';

export interface BarIntakeParts extends Omit<BarCloserParts, 'emit'> {
  readonly closer: BarCloser;
  readonly instrument: (id: string) => InstrumentState;
  /** Some bars of an instrument are none. */
  readonly refuse: (instrument: string) => void;
  /** Time has come to `ts`. */
  readonly tell: (ts: number) => void;
}

/** Takes whole bars in: those of the past as history, those that were missed as what happened in them. */
export class BarIntake {
  private readonly graph: BarIntakeParts['graph'];
  private readonly rules: BarIntakeParts['rules'];
  private readonly strategies: BarIntakeParts['strategies'];
  private readonly closer: BarCloser;
  private readonly instrument: BarIntakeParts['instrument'];
  private readonly refuse: BarIntakeParts['refuse'];
  private readonly tell: BarIntakeParts['tell'];

  constructor({ graph, rules, strategies, closer, instrument, refuse, tell }: BarIntakeParts) {
    this.graph = graph;
    this.rules = rules;
    this.strategies = strategies;
    this.closer = closer;
    this.instrument = instrument;
    this.refuse = refuse;
    this.tell = tell;
  }

  bars(event: BarsEvent): void {
    const state = this.instrument(event.instrument);
    const bars = event.bars.every(isSound) ? event.bars : event.bars.filter(isSound);
    if (bars.length < event.bars.length) this.refuse(event.instrument);
    const track = event.interval === MINUTE ? state.base : state.track(event.interval);
    if (track === undefined || bars.length === 0) return;
    const edge = Number.isNaN(track.frontier) ? Number.POSITIVE_INFINITY : track.frontier;
    if (bars[0].start < edge || bars[bars.length - 1].start < edge) {
      const history = bars.filter((bar) => bar.start < edge);
      if (history.length > 0) this.learn(state, track, history);
    }
    if (track !== state.base) return;
    for (const bar of bars) if (bar.start >= edge) this.walk(state, bar, event.isOnWay === true);
  }

  private learn(state: InstrumentState, track: Track, bars: readonly Bar[]): void {
    state.learn(track, bars);
    this.graph.rebuild(state.id);
    this.rules.settle(state.id, Number.isNaN(state.lastTs) ? track.history.lastStart + track.interval : state.lastTs);
  }

  /**
   * A whole minute that was missed: its prices in their likely order, then its volume, then its end. Four prices say nothing
   * of the seconds in between, so what is finer than a minute is forgotten: its rules are not looked at until it is warm again.
   */
  private walk(state: InstrumentState, bar: Bar, isOnWay: boolean): void {
    this.forgetFiner(state);
    this.closer.advance(state, bar.start);
    const open = state.base.open;
    if (open !== undefined && bar.start < open.start) return;
    const known = open !== undefined && open.trades > 0 ? open.draft() : undefined;
    const path = pathOf(bar, known);
    this.strategies.minute(state.id, bar, known, isOnWay);
    // What nobody looks at until the minute is over is taken in and no more: most of a backtest is that.
    const isUnseen = state.series.isIdle && this.rules.isQuiet(state.id, bar.start + MINUTE);
    for (let step = 0; step < path.length; step++) {
      const ts = bar.start + Math.floor(((step + 4 - path.length) * (MINUTE - 1)) / 3);
      const isLast = step === path.length - 1;
      if (!isUnseen) this.closer.advance(state, ts);
      this.tell(ts);
      state.take(ts, path[step], 0, 0, MINUTE);
      if (isUnseen && !isLast) continue;
      if (isLast) {
        fillUp(state, bar, known, path.length);
        state.series.expire();
      }
      state.series.follow(path[step], state.lastPrice, 0, 1);
      this.rules.look(ts);
      this.rules.lookAtResumed(state.id, ts);
    }
    this.tell(bar.start + MINUTE);
    this.closer.advance(state, bar.start + MINUTE);
  }

  private forgetFiner(state: InstrumentState): void {
    const tracks = state.forgetFiner();
    if (tracks.length === 0) return;
    this.graph.forget(tracks);
    this.rules.cool(state.id);
  }
}
