import type { Clock } from '../engine/clock.ts';
import { TransportError } from '../engine/errors.ts';
import type { Carrier } from './carrier.ts';
import type { Feed } from './feed.ts';
import type { RawBody, RawLine, WatchedBy } from './raw-lines.ts';
import { createRouteNames } from './raw-names.ts';
import type { Rest } from './rest.ts';
import { createRandom } from './sim/random.ts';
import type { VenueRest } from './venue.ts';
import type { Link } from './venue-link.ts';

/** Stands around what a venue's feed is made of, and tells a raw tape of all that decides what the feed will say. */
export interface RawTeller {
  /** What the feed is to be made with; its sockets keep the others. */
  readonly clock: Clock;
  readonly random: () => number;
  carrier(live: Carrier): Carrier;
  feed(feed: Feed): Feed;
}

export interface RawTellerOptions {
  readonly clock: Clock;
  /** 0 <= x < 1. */
  readonly random: () => number;
  readonly raw: (line: RawLine) => void;
}

/** What a feed draws by lot, live and on a tape. */
export function randomOf(seed: number): () => number {
  const random = createRandom();
  random.seed(seed, 0);
  return random.next;
}

export function createRawTeller(venue: string, { clock, random, raw }: RawTellerOptions): RawTeller {
  const seed = Math.floor(random() * 2 ** 31);
  const numbers = new WeakMap<Link, number>();
  const sockets = new Map<string, number>();
  const nameRoute = createRouteNames();
  let isMade = false;
  let asked = 0;
  /** While something is done about a line it is the time of that line, in ms. */
  let stopped: number | undefined;
  const now = (): number => stopped ?? clock.now();

  function tell(body: RawBody): void {
    const line = { venue, at: now() };
    if (!isMade) raw({ ...line, what: 'made', seed });
    isMade = true;
    raw({ ...line, ...body });
  }

  /** Tells of something and has it done, all at one time. */
  function act<T>(body: RawBody, task: () => T): T {
    const before = stopped;
    stopped = now();
    tell(body);
    try {
      return task();
    } finally {
      stopped = before;
    }
  }

  function socketOf(link: Link, route: string): number {
    let number = numbers.get(link);
    if (number === undefined) {
      number = (sockets.get(route) ?? 0) + 1;
      sockets.set(route, number);
      numbers.set(link, number);
    }
    return number;
  }

  const told = (rest: Rest): Rest => ({
    ...rest,
    async get(path, query, weight) {
      const id = ++asked;
      tell({ what: 'asked', id, path, query });
      try {
        const body = await rest.get(path, query, weight);
        tell({ what: 'answered', id, body });
        return body;
      } catch (error) {
        tell({ what: 'failed', id, ...failureOf(error) });
        throw error;
      }
    },
  });

  /** What lists and charts ask for is no part of what the feed tells; the list itself is told as it was read. */
  function restOf(make: (rest: Rest) => VenueRest, rest: Rest): VenueRest {
    const [plain, own] = [make(rest), make(told(rest))];
    const { poll } = own;
    return {
      ...own,
      history: plain.history,
      async listed() {
        const markets = await plain.listed();
        tell({ what: 'markets', markets });
        return markets;
      },
      ...(poll && {
        poll: {
          ...poll,
          facts: (symbol) => act({ what: 'polled', symbol }, () => poll.facts(symbol)),
        },
      }),
    };
  }

  return {
    clock: {
      now,
      after(ms, task) {
        const due = now() + Math.max(0, ms);
        return clock.after(ms, () => act({ what: 'ran', due }, task));
      },
    },
    random: randomOf(seed),
    carrier: (live) => ({
      ...live,
      rest: (make) => live.rest((rest) => restOf(make, rest)),
      route(kind, options) {
        const key = nameRoute(kind);
        const route = live.route(kind, {
          ...options,
          clock,
          random,
          onText(text, link) {
            act({ route: key, socket: socketOf(link, key), text }, () => options.onText(text, link));
          },
          onSubscribed(names, link) {
            const line = { what: 'subscribed', route: key, socket: socketOf(link, key), names } as const;
            act(line, () => options.onSubscribed(names, link));
          },
          onLost(heardAt, link) {
            const line = { what: 'lost', route: key, socket: socketOf(link, key), heardAt } as const;
            act(line, () => options.onLost(heardAt, link));
          },
          onSwitched(link, old) {
            const line = {
              what: 'switched',
              route: key,
              socket: socketOf(link, key),
              old: socketOf(old, key),
            } as const;
            act(line, () => options.onSwitched(link, old));
          },
        });
        return {
          ...route,
          want(name) {
            // No confirmation will come of what the socket carries already.
            if (route.active(name)) {
              tell({ what: 'subscribed', route: key, socket: socketOf(route.current(), key), names: [name] });
            }
            route.want(name);
          },
        };
      },
    }),
    feed(feed) {
      const watched = (what: WatchedBy) => {
        const inner = feed[what];
        if (!inner) return {};
        const outer = (symbols: readonly string[]): void => {
          if (symbols.length > 0) act({ what, symbols }, () => inner(symbols));
        };
        return { [what]: outer };
      };
      return {
        ...feed,
        ...watched('watch'),
        ...watched('unwatch'),
        ...watched('watchBook'),
        ...watched('unwatchBook'),
        start: (sink) => act({ what: 'start' }, () => feed.start(sink)),
        stop: () => act({ what: 'stop' }, () => feed.stop()),
        resume: (symbol, from, lastTradeId) =>
          act({ what: 'resume', symbol, from, lastTradeId }, () => feed.resume(symbol, from, lastTradeId)),
      };
    },
  };
}

function failureOf(error: unknown) {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof TransportError)) return { message, reason: 'unreachable', retryable: true } as const;
  const { reason, retryable, retryAfterMs } = error;
  return { message, reason, retryable, retryAfterMs };
}
