import type { Clock } from '../engine/clock.ts';
import type { Engine } from '../engine/engine.ts';
import type { EngineEvent, MarketEvent } from '../engine/market/events.ts';
import type { Feed } from '../feeds/feed.ts';

/** The engine hears of the time this often, in ms. */
const TICK_MS = 250;
/** Trades may come this much later than they happened before their bar is closed without them, in ms. */
const CLOSE_GRACE_MS = 1_000;

/** Has the engine close bars that no later trade closes, as time goes on. */
export interface BarCloser {
  start(): void;
  stop(): void;
}

export interface BarCloserOptions {
  readonly engine: Pick<Engine, 'due'>;
  readonly clock: Clock;
  /** Market time in ms. */
  now(): number;
  apply(event: MarketEvent): readonly EngineEvent[];
  feedOf(venue: string): Pick<Feed, 'heardUntil'> | undefined;
}

/** A line that stands still does not make an empty bar: what it holds up belongs in it. See docs/decisions/021. */
export function createBarCloser({ engine, clock, now, apply, feedOf }: BarCloserOptions): BarCloser {
  let lastTick = clock.now();
  let cancel: (() => void) | undefined;

  function tick(): void {
    const isLate = clock.now() - lastTick > CLOSE_GRACE_MS;
    lastTick = clock.now();
    cancel = clock.after(TICK_MS, tick);
    // After a stall the sockets have to be read first: what they hold belongs to the bars that the clock would close.
    if (isLate) return;
    const ts = now() - CLOSE_GRACE_MS;
    const heardUntil = heardOf(engine.due(ts), ts);
    apply(heardUntil.size > 0 ? { type: 'clock', ts, heardUntil } : { type: 'clock', ts });
  }

  function heardOf(due: ReadonlyMap<string, number>, ts: number): ReadonlyMap<string, number> {
    const limits = new Map<string, number>();
    for (const [venue, end] of due) {
      const heard = feedOf(venue)?.heardUntil?.(end + CLOSE_GRACE_MS) ?? Number.POSITIVE_INFINITY;
      if (heard - CLOSE_GRACE_MS < ts) limits.set(venue, heard - CLOSE_GRACE_MS);
    }
    return limits;
  }

  return {
    start: () => tick(),
    stop: () => cancel?.(),
  };
}
