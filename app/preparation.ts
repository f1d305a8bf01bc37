import type { Clock } from '../engine/clock.ts';
import type { EngineEvent, MarketEvent } from '../engine/market/events.ts';
import { MINUTE } from '../engine/market/interval.ts';
import type { Feed } from '../feeds/feed.ts';
import { BASE_BARS, type History } from './history.ts';
import type { Logger } from './part-logger.ts';
import { symbolAt } from './symbol-at.ts';

/** History that could not be fetched is asked for again after this long, then after twice as long, in ms. */
const FILL_RETRY_MS = 2_000;
const LONGEST_FILL_RETRY_MS = 120_000;

/** Brings instruments in: what is stored of them, what is missing since, and what comes from now on. */
export interface Preparation {
  /** Loads stored bars, fetches what is missing since, and subscribes. Never rejects: what fails is tried again later. */
  prepare(instrument: string): Promise<void>;
  /** Gives the engine history that a series wants, and prepares the instrument where it is not. */
  load(instrument: string, interval: number, bars: number): Promise<void>;
  /** Keeps feeds from telling what was missed until the returned function is called. */
  hold(): () => void;
  /** Prepared, or about to be. */
  known(): Iterable<string>;
  /** Whether its history is being loaded before the feed goes on. */
  isBusy(instrument: string): boolean;
  /** It may be prepared anew. */
  forget(instrument: string): void;
  stop(): void;
}

export interface PreparationOptions {
  readonly history: History;
  readonly clock: Clock;
  readonly log: Logger;
  now(): number;
  apply(event: MarketEvent): readonly EngineEvent[];
  feedOf(instrument: string): Feed | undefined;
  /** Whether somebody still needs it. */
  isNeeded(instrument: string): boolean;
}

export function createPreparation(options: PreparationOptions): Preparation {
  const { history, clock, log, now, apply, feedOf } = options;
  const prepared = new Map<string, Promise<void>>();
  /** History that was asked for before the feed may go on: what was missed must meet warm series. */
  const wants = new Map<string, { interval: number; bars: number }[]>();
  let stopped = false;
  /** Resolves when feeds may tell what was missed; undefined where they may. */
  let held: Promise<void> | undefined;

  /** Tries once and, where the venue cannot be asked, again and again later. */
  async function fill(instrument: string, interval: number, bars: number, tries = 0): Promise<void> {
    if (stopped || (await history.fill(instrument, interval, bars))) return;
    clock.after(Math.min(FILL_RETRY_MS * 2 ** tries, LONGEST_FILL_RETRY_MS), () => {
      if (options.isNeeded(instrument)) void fill(instrument, interval, bars, tries + 1);
    });
  }

  function prepare(instrument: string): Promise<void> {
    const known = prepared.get(instrument);
    if (known !== undefined) return known;
    const made = begin(instrument).catch((error: unknown) => notPrepared(instrument, error));
    prepared.set(instrument, made);
    return made;
  }

  /** Its gap stays open; it is tried again later, and by whoever asks for it before. */
  function notPrepared(instrument: string, error: unknown): void {
    log.error({ err: error, instrument }, 'an instrument could not be prepared, trying again');
    prepared.delete(instrument);
    clock.after(LONGEST_FILL_RETRY_MS, () => {
      if (!stopped && options.isNeeded(instrument)) void prepare(instrument);
    });
  }

  /** Opens a gap until the feed has told all that was missed: what is not known yet must not look like calm. */
  async function begin(instrument: string): Promise<void> {
    const from = now();
    apply({ type: 'gap', instrument, open: true, from, ts: from });
    const feed = feedOf(instrument);
    if (!wants.has(instrument)) wants.set(instrument, []);
    const storedTo = await history.loadStored(instrument);
    if (storedTo === undefined) await fill(instrument, MINUTE, BASE_BARS);
    // While rules are set running they ask for more and more: it is loaded once, when all have asked.
    await released();
    await fillWants(instrument);
    while (held !== undefined) {
      await released();
      await fillWants(instrument);
    }
    wants.delete(instrument);
    if (feed === undefined || feed.venue === 'tape') apply({ type: 'gap', instrument, open: false, from, ts: now() });
    if (feed === undefined) return;
    const symbol = symbolAt(feed, instrument);
    feed.resume(symbol, storedTo ?? history.lastBarEnd(instrument), undefined);
    feed.watch([symbol]);
  }

  async function released(): Promise<void> {
    while (held !== undefined) await held;
  }

  /** The longest of what was asked for at each interval, until nothing more is asked for; the finest first. */
  async function fillWants(instrument: string): Promise<void> {
    for (let asked = wants.get(instrument)?.splice(0) ?? []; asked.length > 0; ) {
      const longest = new Map<number, number>();
      for (const { interval, bars } of asked) longest.set(interval, Math.max(bars, longest.get(interval) ?? 0));
      for (const [interval, bars] of [...longest].sort(([a], [b]) => a - b)) await fill(instrument, interval, bars);
      asked = wants.get(instrument)?.splice(0) ?? [];
    }
  }

  return {
    prepare,
    load(instrument, interval, bars) {
      const waiting = wants.get(instrument);
      const isOpen = prepared.has(instrument) && waiting === undefined;
      if (!isOpen) wants.set(instrument, [...(waiting ?? []), { interval, bars }]);
      return isOpen ? fill(instrument, interval, bars) : prepare(instrument);
    },
    hold() {
      let release = (): void => undefined;
      const mine = new Promise<void>((resolve) => {
        release = resolve;
      });
      const all = Promise.all([held, mine]).then(() => {
        if (held === all) held = undefined;
      });
      held = all;
      return release;
    },
    known: () => prepared.keys(),
    isBusy: (instrument) => prepared.has(instrument) && wants.has(instrument),
    forget(instrument) {
      prepared.delete(instrument);
      wants.delete(instrument);
    },
    stop() {
      stopped = true;
    },
  };
}
