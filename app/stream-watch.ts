import type { Clock } from '../engine/clock.ts';
import type { Engine } from '../engine/engine.ts';
import type { EngineEvent, FactEvent, MarketEvent } from '../engine/market/events.ts';
import type { Feed, StreamState } from '../feeds/feed.ts';
import { createFactAges } from './fact-ages.ts';

/** Streams are looked at this often, in ms. */
const LOOK_MS = 5_000;

/** A stream that the venue does not give. */
export interface Refusal {
  readonly instrument: string;
  readonly channel: StreamState['channel'];
  readonly reason: string;
}

/** Sees to it that rules on a stream that is silent, down or refused look like that, never calm. */
export interface StreamWatch {
  start(): void;
  stop(): void;
  /** A fact came from a feed. */
  came(fact: FactEvent): void;
  forget(instrument: string): void;
}

export interface StreamWatchOptions {
  readonly engine: Pick<Engine, 'view'>;
  readonly feeds: readonly Feed[];
  readonly clock: Clock;
  now(): number;
  apply(event: MarketEvent): readonly EngineEvent[];
  /** Told of every refused stream, each time that it is looked at. */
  refused(refusal: Refusal): void;
}

export function createStreamWatch({ engine, feeds, clock, now, apply, refused }: StreamWatchOptions): StreamWatch {
  /** Since when streams are bad, by channel and instrument, in ms. */
  const bad = new Map<string, number>();
  /** Instruments, and books, whose gap was opened here. */
  const blind = new Set<string>();
  const withStreams = new Set(feeds.filter((feed) => feed.streams !== undefined).map((feed) => feed.venue));
  const isStreamed = (instrument: string) => withStreams.has(instrument.slice(0, instrument.indexOf(':')));
  const ages = createFactAges({ clock, now, apply, isStreamed });
  let cancel: (() => void) | undefined;

  function look(): void {
    cancel = clock.after(LOOK_MS, look);
    for (const feed of feeds)
      for (const stream of feed.streams?.() ?? []) lookAt(`${feed.venue}:${stream.symbol}`, stream);
    ages.look((instrument) => bad.get(`facts ${instrument}`));
  }

  function lookAt(instrument: string, stream: StreamState): void {
    const key = `${stream.channel} ${instrument}`;
    const { state, refusal, channel } = stream;
    // A subscription that is under way is not bad, but for a book: what it said before does not hold.
    const isBad = state === 'stale' || state === 'down' || (channel === 'book' && state !== 'live');
    if (refusal !== undefined) refused({ instrument, channel, reason: refusal });
    if (!isBad) {
      bad.delete(key);
      if (state === 'live' && blind.delete(key)) tell(channel, instrument, false, 0);
      return;
    }
    const isNew = !bad.has(key);
    if (isNew) bad.set(key, clock.now());
    // Twice in a row: a socket that is changed is back by then.
    if (!isNew && channel !== 'facts' && isSeen(channel, instrument, key)) {
      blind.add(key);
      tell(channel, instrument, true, stream.ageMs ?? 0);
    }
  }

  /** Whether a rule would still take the stream for live. */
  function isSeen(channel: StreamState['channel'], instrument: string, key: string): boolean {
    const view = engine.view(instrument);
    return view !== undefined && (channel === 'trades' ? view.gapSince === undefined : !blind.has(key));
  }

  function tell(channel: StreamState['channel'], instrument: string, open: boolean, ageMs: number): void {
    const [ts, from] = [now(), now() - ageMs];
    if (channel === 'trades') apply({ type: 'gap', instrument, open, from, ts });
    else apply({ type: 'fact-gap', name: 'book', instrument, open, from, ts });
  }

  return {
    start: () => look(),
    stop: () => cancel?.(),
    came: ages.came,
    forget(instrument) {
      for (const channel of ['trades', 'facts', 'book'] as const) {
        bad.delete(`${channel} ${instrument}`);
        blind.delete(`${channel} ${instrument}`);
      }
      ages.forget(instrument);
    },
  };
}
