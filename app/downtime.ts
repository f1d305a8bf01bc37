import type { MetaStore } from '../db/meta.ts';
import type { OutageStore } from '../db/outages.ts';
import type { Clock } from '../engine/clock.ts';
import type { Logger } from './part-logger.ts';

/** What a stop of the program is called where outages are kept. */
export const PROGRAM = 'program';

/** The program notes this often that it runs, in ms. */
const BEAT_MS = 10_000;
/** A stop that was shorter is none that anybody would ask about, in ms. */
const SHORTEST_MS = 2_000;
/** Nothing was done for so long: the machine slept, in ms. */
const ASLEEP_MS = 60_000;
/** Spans that are remembered. */
const MOST_SPANS = 20;
const ALIVE = 'alive';

/** A time in which nothing was done, in ms. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Knows when the program did not run, by a note that it leaves again and again while it does. */
export interface Downtime {
  /** Reads when an earlier run ended, and begins to leave notes. */
  open(): Promise<void>;
  /** The newest time without a run that holds `ts`, or lies up to `slackMs` beside it. */
  around(ts: number, slackMs: number): Span | undefined;
  /** When this run began, in ms. */
  readonly startedAt: number;
  /** Leaves the last note. Never rejects. */
  stop(): Promise<void>;
}

export interface DowntimeOptions {
  readonly meta: Pick<MetaStore, 'get' | 'set'>;
  readonly outages: Pick<OutageStore, 'put'>;
  readonly clock: Clock;
  readonly log: Logger;
}

export function createDowntime({ meta, outages, clock, log }: DowntimeOptions): Downtime {
  const startedAt = clock.now();
  const spans: Span[] = [];
  let cancel: (() => void) | undefined;
  let noted = startedAt;
  let stopped = false;

  async function lasted(from: number, to: number): Promise<void> {
    spans.push({ from, to });
    if (spans.length > MOST_SPANS) spans.shift();
    const fixed = { chatKey: '', cause: PROGRAM, alerts: 0, feeds: 0, fired: 0, missed: 0, signals: 0 };
    await outages.put([{ ...fixed, startedAt: from, endedAt: to }]);
  }

  async function note(): Promise<void> {
    const now = clock.now();
    const before = noted;
    noted = now;
    try {
      if (now - before > ASLEEP_MS) await lasted(before, now);
      await meta.set(ALIVE, String(now));
    } catch (error) {
      // Whoever stores alerts says so, and tries on.
      log.debug({ err: error }, 'it could not be noted that the program runs');
    }
  }

  function beat(): void {
    if (stopped) return;
    cancel = clock.after(BEAT_MS, beat);
    void note();
  }

  return {
    startedAt,
    async open() {
      const last = Number(await meta.get(ALIVE));
      if (last > 0 && startedAt - last >= SHORTEST_MS) await lasted(last, startedAt);
      beat();
    },
    around: (ts, slackMs) => spans.findLast(({ from, to }) => ts >= from - slackMs && ts <= to + slackMs),
    async stop() {
      stopped = true;
      cancel?.();
      await note();
    },
  };
}
