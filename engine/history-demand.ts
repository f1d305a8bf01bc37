import type { EngineEvent } from './market/events.ts';
import type { InstrumentState } from './market/instrument-state.ts';
import { barStart, MINUTE } from './market/interval.ts';
import type { Plan } from './series/plan.ts';
import { barsWanted } from './series/wanted.ts';

/** Widens what is kept and asks the host for bars that are missing, once for each length. */
export interface HistoryDemand {
  /** The bars that series want. */
  wantFor(plans: readonly Plan[]): void;
  want(instrument: string, interval: number, bars: number): void;
  /** Asks for what was dropped since. */
  askAgain(state: InstrumentState): void;
}

export function createHistoryDemand(
  instrumentOf: (id: string) => InstrumentState,
  emit: (event: EngineEvent) => void,
): HistoryDemand {
  function want(instrument: string, interval: number, bars: number): void {
    const state = instrumentOf(instrument);
    const track = state.open(interval);
    track.history.widen(bars);
    if (interval > MINUTE) askForMinutes(state, interval);
    if (track.history.length < bars) ask(state, interval, bars);
  }

  /** An open longer bar is built from the minutes since its start. */
  function askForMinutes(state: InstrumentState, interval: number): void {
    const { history, frontier } = state.base;
    const minutes = Number.isNaN(frontier) ? interval / MINUTE : (frontier - barStart(frontier, interval)) / MINUTE;
    history.widen(minutes);
    if (history.length < minutes) ask(state, MINUTE, minutes);
  }

  function ask(state: InstrumentState, interval: number, bars: number): void {
    if ((state.asked.get(interval) ?? 0) >= bars) return;
    state.asked.set(interval, bars);
    emit({ type: 'history-needed', instrument: state.id, interval, bars });
  }

  return {
    want,
    wantFor(plans) {
      for (const plan of plans) {
        for (const { instrument, interval, bars } of barsWanted(plan).values()) want(instrument, interval, bars + 1);
      }
    },
    askAgain(state) {
      for (const { interval, history } of state.forgotten) {
        state.asked.delete(interval);
        ask(state, interval, history.kept);
      }
      state.forgotten.clear();
    },
  };
}
