import type { Engine } from '../engine/engine.ts';

/** Spans that are remembered of an instrument. */
const MOST = 8;

interface Gap {
  readonly from: number;
  /** Undefined while it lasts. */
  to: number | undefined;
}

/** Remembers when instruments that rules look at were not heard. Times in ms. */
export interface GapSpans {
  /** Something changed with these instruments at `ts`. */
  look(instruments: readonly string[], ts: number): void;
  /** The newest gap that holds `ts`; one that lasts ends at its newest change. */
  gapAround(instrument: string, ts: number, now: number): { readonly from: number; readonly to: number } | undefined;
}

export function createGapSpans(engine: Pick<Engine, 'gapSince'>): GapSpans {
  const gaps = new Map<string, Gap[]>();

  function lookAt(instrument: string, ts: number): void {
    const since = engine.gapSince(instrument);
    const known = gaps.get(instrument) ?? [];
    const last = known[known.length - 1];
    const isOpen = last !== undefined && last.to === undefined;
    if (since !== undefined && !isOpen) gaps.set(instrument, [...known, { from: since, to: undefined }].slice(-MOST));
    else if (since === undefined && isOpen) last.to = ts;
  }

  return {
    look(instruments, ts) {
      for (const instrument of instruments) lookAt(instrument, ts);
    },
    gapAround(instrument, ts, now) {
      const found = gaps.get(instrument)?.findLast(({ from, to }) => ts >= from && ts <= (to ?? now));
      return found && { from: found.from, to: found.to ?? now };
    },
  };
}
