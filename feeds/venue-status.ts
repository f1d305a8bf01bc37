import type { Clock } from '../engine/clock.ts';
import type { Counters } from './counters.ts';
import type { FeedState, FeedStatus, StreamState } from './feed.ts';
import { createStateKeeper } from './feed-state.ts';
import { listStateOf } from './list-state.ts';
import type { MarketList } from './markets.ts';
import { isWorse, type Stream, type Streams, summarize } from './streams.ts';
import type { Venue } from './venue.ts';
import type { VenueBooks } from './venue-books.ts';
import type { VenueRoute } from './venue-route.ts';
import type { VenueSockets } from './venue-sockets.ts';

export interface VenueStatusOptions {
  readonly venue: Venue;
  readonly markets: Pick<MarketList, 'isLoaded' | 'trouble'>;
  readonly routes: ReadonlyMap<string, VenueSockets>;
  readonly streams: Streams;
  readonly books: VenueBooks;
  readonly clock: Clock;
  readonly refusals: { readonly count: number; readonly last: string };
}

/** How a venue feed and each of its streams fare. */
export interface VenueStatus {
  /** Notes the state that holds now. */
  update(isRunning: boolean): void;
  each(isRunning: boolean): Iterable<StreamState>;
  tell(isRunning: boolean, wasStarted: boolean, counters: Counters, lastMessageAt: number | undefined): FeedStatus;
}

export function createVenueStatus(options: VenueStatusOptions): VenueStatus {
  const { venue, markets, routes, streams, clock } = options;
  const keeper = createStateKeeper(clock);

  function* sockets(): Iterable<readonly [route: string, socket: VenueRoute]> {
    for (const [key, route] of routes) for (const socket of route.all()) yield [key, socket];
  }

  function socketState(key: string, socket: VenueRoute): FeedState {
    const { state, tries, heardAt } = socket.current().status();
    if (state !== 'open') return !socket.wasOpen() && tries === 0 ? 'connecting' : 'down';
    return clock.now() - (heardAt ?? 0) >= venue.routes[key].silentMs / 2 ? 'stale' : 'live';
  }

  function listState(): FeedState {
    return listStateOf(
      markets,
      [...sockets()].some(([, socket]) => socket.current().status().state === 'open'),
    );
  }

  function refusalOf(stream: Stream): string | undefined {
    if (stream.refusal !== undefined) return stream.refusal;
    for (const { route, name } of stream.topics) {
      const refused = routes.get(route)?.of(name)?.current().subscriptions.refused().get(name);
      if (refused) return refused.why;
    }
    return undefined;
  }

  /** `isQuietBad`: whether its own silence counts. */
  function streamState(stream: Stream, isQuietBad: boolean): FeedState {
    if (stream.topics.length === 0) return listState() === 'down' ? 'down' : 'connecting';
    let worst: FeedState = 'live';
    let openedAt = 0;
    for (const { route: key, name } of stream.topics) {
      const socket = routes.get(key)?.of(name);
      if (!socket) continue;
      const state = socketState(key, socket);
      const own = state === 'live' && !socket.active(name) ? 'resyncing' : state;
      if (isWorse(own, worst)) worst = own;
      openedAt = Math.max(openedAt, socket.current().status().openedAt);
      if (stream.channel === 'book' && worst === 'live' && !options.books.live(stream.instrument, socket.current())) {
        worst = 'resyncing';
      }
    }
    if (worst !== 'live') return worst;
    if (stream.sequence && !stream.sequence.live()) return 'resyncing';
    const quietMs = venue.quietMs?.[stream.channel];
    if (!isQuietBad || quietMs === undefined) return 'live';
    const heardAt = Number.isNaN(stream.heardAt) ? openedAt : Math.max(stream.heardAt, openedAt);
    return clock.now() - heardAt >= quietMs ? 'stale' : 'live';
  }

  /** Streams that there are: a spot market has no facts. */
  function* real(): Iterable<Stream> {
    for (const stream of streams.all()) {
      if (stream.channel !== 'facts' || stream.topics.length > 0) yield stream;
    }
  }

  function* told(isRunning: boolean): Iterable<StreamState> {
    for (const stream of real()) {
      const refusal = refusalOf(stream);
      const isDown = !isRunning || refusal !== undefined;
      const ageMs = Number.isNaN(stream.heardAt) ? undefined : clock.now() - stream.heardAt;
      const { channel, symbol } = stream;
      const state = isDown ? 'down' : streamState(stream, true);
      yield { name: `${channel} ${symbol}`, channel, symbol, state, ageMs, refusal };
    }
  }

  /** A refused stream does not count: the others go on without it. */
  function stateNow(isRunning: boolean): FeedState {
    if (!isRunning) return 'down';
    let worst = listState();
    for (const [key, socket] of sockets()) {
      if (socket.wanted() === 0) continue;
      const state = socketState(key, socket);
      const own = state === 'live' && !socket.current().subscriptions.settled() ? 'resyncing' : state;
      if (isWorse(own, worst)) worst = own;
    }
    // A socket that is stale shows as that, not as what its streams make of it.
    if (worst !== 'live') return worst;
    for (const stream of real()) {
      if (refusalOf(stream) !== undefined) continue;
      const state = streamState(stream, false);
      if (isWorse(state, worst)) worst = state;
    }
    return worst;
  }

  function isIdle(): boolean {
    for (const _ of streams.all()) return false;
    return true;
  }

  function detail(isRunning: boolean, wasStarted: boolean): string | undefined {
    if (!isRunning) return wasStarted ? 'stopped' : 'not started';
    const parts: string[] = [];
    for (const [key, socket] of sockets()) {
      const { state, reason } = socket.current().status();
      const part = `${routes.size > 1 ? `${key}: ` : ''}${reason}`;
      if (socket.wanted() > 0 && state !== 'open' && reason && !parts.includes(part)) parts.push(part);
    }
    const trouble = markets.trouble();
    if (trouble && listState() !== 'live') parts.unshift(trouble.why);
    for (const stream of real()) {
      const why = parts.length < 3 ? refusalOf(stream) : undefined;
      const what = stream.channel === 'trades' ? stream.symbol : `${stream.channel} of ${stream.symbol}`;
      if (why !== undefined) parts.push(`${what} refused: ${why}`);
    }
    const { count, last } = options.refusals;
    if (count > 0 && parts.length === 0) parts.push(`${count} requests refused, the last: ${last}`);
    if (parts.length === 0 && listState() === 'live' && isIdle()) return 'nothing watched';
    return parts.length > 0 ? parts.slice(0, 3).join('; ') : undefined;
  }

  return {
    each: told,
    update: (isRunning) => void keeper.set(stateNow(isRunning)),
    tell(isRunning, wasStarted, counters, lastMessageAt) {
      const state = stateNow(isRunning);
      const why = detail(isRunning, wasStarted);
      let tries = listState() === 'live' ? 0 : (markets.trouble()?.tries ?? 0);
      let reconnects = 0;
      for (const [, socket] of sockets()) tries = Math.max(tries, socket.current().status().tries);
      for (const route of routes.values()) reconnects += route.reconnects();
      return {
        venue: venue.name,
        state,
        lastMessageAt,
        since: keeper.set(state),
        tries,
        ...(why !== undefined && { detail: why }),
        streams: summarize(told(isRunning)),
        counters: { ...counters, reconnects },
      };
    },
  };
}
