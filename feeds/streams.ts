import type { FeedState, FeedStatus, StreamStatus } from './feed.ts';
import type { Sequence } from './sequence.ts';
import type { Channel, Topic } from './venue.ts';

/** One channel of one symbol. */
export interface Stream {
  readonly channel: Channel;
  readonly symbol: string;
  readonly instrument: string;
  /** What carries it; empty while the markets are not listed. */
  topics: readonly Topic[];
  /** Why it carries nothing. */
  refusal: string | undefined;
  /** Of trades alone. */
  sequence: Sequence | undefined;
  /** When its newest message came, in ms; NaN before the first. */
  heardAt: number;
}

/** What a venue feed carries, by channel and instrument, and by topic. */
export interface Streams {
  add(stream: Stream): void;
  remove(channel: Channel, instrument: string): Stream | undefined;
  get(channel: Channel, instrument: string): Stream | undefined;
  all(): Iterable<Stream>;
  of(channel: Channel): ReadonlyMap<string, Stream>;
  /** Streams that a topic of a route carries. */
  carriedBy(route: string, name: string): readonly Stream[];
  /** Sets what carries a stream. */
  carry(stream: Stream, topics: readonly Topic[]): void;
}

export function createStreams(): Streams {
  const maps: Readonly<Record<Channel, Map<string, Stream>>> = { trades: new Map(), facts: new Map(), book: new Map() };
  const byTopic = new Map<string, Set<Stream>>();
  const key = (route: string, name: string): string => `${route} ${name}`;

  function release(stream: Stream): void {
    for (const { route, name } of stream.topics) {
      const set = byTopic.get(key(route, name));
      set?.delete(stream);
      if (set?.size === 0) byTopic.delete(key(route, name));
    }
  }

  return {
    add: (stream) => maps[stream.channel].set(stream.instrument, stream),
    remove(channel, instrument) {
      const stream = maps[channel].get(instrument);
      if (!stream) return undefined;
      maps[channel].delete(instrument);
      release(stream);
      return stream;
    },
    get: (channel, instrument) => maps[channel].get(instrument),
    *all() {
      yield* maps.trades.values();
      yield* maps.facts.values();
      yield* maps.book.values();
    },
    of: (channel) => maps[channel],
    carriedBy: (route, name) => [...(byTopic.get(key(route, name)) ?? [])],
    carry(stream, topics) {
      release(stream);
      stream.topics = topics;
      for (const { route, name } of topics) {
        const set = byTopic.get(key(route, name)) ?? new Set();
        byTopic.set(key(route, name), set.add(stream));
      }
    },
  };
}

/** From best to worst. */
const RANK: readonly FeedState[] = ['live', 'stale', 'resyncing', 'connecting', 'down'];
const WORST = 5;

export function isWorse(a: FeedState, b: FeedState): boolean {
  return RANK.indexOf(a) > RANK.indexOf(b);
}

/** What `FeedStatus` tells of streams. */
export function summarize(streams: Iterable<StreamStatus>): NonNullable<FeedStatus['streams']> {
  const counts: Record<FeedState, number> = { connecting: 0, live: 0, stale: 0, resyncing: 0, down: 0 };
  const bad: StreamStatus[] = [];
  for (const stream of streams) {
    counts[stream.state]++;
    if (stream.state !== 'live') bad.push({ name: stream.name, state: stream.state, ageMs: stream.ageMs });
  }
  bad.sort((a, b) => RANK.indexOf(b.state) - RANK.indexOf(a.state) || (b.ageMs ?? 0) - (a.ageMs ?? 0));
  return { ...counts, worst: bad.slice(0, WORST) };
}
