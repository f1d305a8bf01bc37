import type { Clock } from '../engine/clock.ts';
import type { Engine } from '../engine/engine.ts';
import type { EngineEvent, GapEvent, MarketEvent } from '../engine/market/events.ts';
import { MINUTE, SECOND } from '../engine/market/interval.ts';

const LOOK_MS = 5 * SECOND;
/** Silence of fewer trades means nothing. */
const LEAST_TRADES = 20;
/** An instrument is silent after so many times its longest pause of late, and not before so long, in ms. */
const PAUSES = 20;
const LEAST_MS = 3 * MINUTE;
/** With each pause that is worth the name, those before it count for less. */
const FADE = 0.98;
const SHORTEST_PAUSE_MS = SECOND;

/**
 * Notices that an instrument's trades stopped though its feed is well: a stream that is stuck, a poster that died. Its rules are
 * blind then, as in any gap, until the next trade.
 */
export interface SilenceWatch {
  /** A trade came. */
  came(instrument: string): void;
  /** Its feed lost or regained it: that pause is no measure. */
  gap(event: GapEvent): void;
  forget(instrument: string): void;
  start(): void;
  stop(): void;
}

export interface SilenceWatchOptions {
  readonly engine: Pick<Engine, 'view'>;
  readonly clock: Clock;
  /** Market time in ms. */
  now(): number;
  apply(event: MarketEvent): readonly EngineEvent[];
  /** Whether its market closes: then silence says nothing. */
  closes(instrument: string): boolean;
}

interface Pace {
  /** When its newest trade came, by our clock, in ms. */
  last: number;
  longest: number;
  trades: number;
  /** Its gap was opened here. */
  isSilent: boolean;
}

export function createSilenceWatch({ engine, clock, now, apply, closes }: SilenceWatchOptions): SilenceWatch {
  const paces = new Map<string, Pace>();
  let cancel: (() => void) | undefined;

  // Hot path: once a trade.
  function came(instrument: string): void {
    const at = clock.now();
    const pace = paces.get(instrument);
    if (pace === undefined) {
      if (!closes(instrument)) paces.set(instrument, { last: at, longest: 0, trades: 1, isSilent: false });
      return;
    }
    const pause = at - pace.last;
    if (pause >= SHORTEST_PAUSE_MS) pace.longest = Math.max(pause, pace.longest * FADE);
    pace.last = at;
    pace.trades++;
    if (pace.isSilent) regain(instrument, pace);
  }

  function regain(instrument: string, pace: Pace): void {
    pace.isSilent = false;
    apply({ type: 'gap', instrument, open: false, from: pace.last, ts: now() });
  }

  function look(): void {
    cancel = clock.after(LOOK_MS, look);
    const at = clock.now();
    for (const [instrument, pace] of paces) {
      const { last, longest, trades, isSilent } = pace;
      if (isSilent || trades < LEAST_TRADES || at - last < Math.max(LEAST_MS, PAUSES * longest)) continue;
      // Somebody else knows already.
      if (engine.view(instrument)?.gapSince !== undefined) continue;
      pace.isSilent = true;
      apply({ type: 'gap', instrument, open: true, from: now() - (at - last), ts: now() });
    }
  }

  return {
    came,
    gap({ instrument }) {
      const pace = paces.get(instrument);
      if (pace === undefined) return;
      pace.isSilent = false;
      pace.last = clock.now();
    },
    forget: (instrument) => void paces.delete(instrument),
    start: () => look(),
    stop: () => cancel?.(),
  };
}
