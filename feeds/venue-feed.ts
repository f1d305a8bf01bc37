import type { Clock } from '../engine/clock.ts';
import type { FeedEvent } from '../engine/market/events.ts';
import { checkAddress } from './address.ts';
import { ADDRESSES, addressVariable } from './addresses.ts';
import { type Carrier, createLiveCarrier } from './carrier.ts';
import { createCounting } from './counters.ts';
import { createFactPoll } from './fact-poll.ts';
import type { Feed, FeedSink } from './feed.ts';
import type { Logger } from './logger.ts';
import { createMarketList } from './markets.ts';
import type { RawLine } from './raw-lines.ts';
import { createRawTeller } from './raw-teller.ts';
import { createRecentSequence } from './recent-sequence.ts';
import { createSequence, type Sequence } from './sequence.ts';
import { createStreams, type Stream } from './streams.ts';
import type { Channel, Venue } from './venue.ts';
import { createVenueBooks } from './venue-books.ts';
import { createVenueIntake } from './venue-intake.ts';
import type { Link } from './venue-link.ts';
import { createListing } from './venue-listing.ts';
import { createVenueSockets, type VenueSockets } from './venue-sockets.ts';
import { createVenueStatus } from './venue-status.ts';
import { createVolumes } from './volumes.ts';

interface CommonOptions {
  readonly clock: Clock;
  /** 0 <= x < 1. */
  readonly random: () => number;
  readonly log: Logger;
}

export interface VenueFeedOptions extends CommonOptions {
  /** Scheme, host and port; default: the venue's. */
  readonly wsUrl?: string | undefined;
  readonly restUrl?: string | undefined;
  /** Is told each text frame as it comes, and all else that decides what the feed says. */
  readonly raw?: (line: RawLine) => void;
}

/** Live trades that may wait while holes are filled, over all symbols. */
const MAX_WAITING = 200_000;
/** A list of markets that is younger is believed, whatever looks wrong by it. */
const DOUBTED_MS = 60_000;

/** The feed of a venue over its sockets and its REST interface. */
export function createVenueFeed(venue: Venue, options: VenueFeedOptions): Feed {
  const { clock, random, raw } = options;
  const { name } = venue;
  const addresses = ADDRESSES[name];
  const wsUrl = checkAddress(addressVariable(name, 'WS'), options.wsUrl ?? addresses.wsUrl, ['ws:', 'wss:']);
  const url = checkAddress(addressVariable(name, 'REST'), options.restUrl ?? addresses.restUrl, ['http:', 'https:']);
  const live = createLiveCarrier({ url, clock, rules: venue.restRules });
  if (!raw) return createCarriedFeed(venue, { ...options, wsUrl, carrier: live });
  const teller = createRawTeller(name, { clock, random, raw });
  return teller.feed(createCarriedFeed(venue, { ...options, ...teller, wsUrl, carrier: teller.carrier(live) }));
}

/** A venue's streams without holes and repeats, each as `Feed` and the venue's rules demand, whatever its frames come by. */
export function createCarriedFeed(
  venue: Venue,
  options: CommonOptions & { readonly carrier: Carrier; readonly wsUrl: string },
): Feed {
  const { clock, random, log, carrier } = options;
  const { name } = venue;
  const streams = createStreams();
  const resumePoints = new Map<string, { from: number; lastId: number | undefined }>();
  let sink: FeedSink | undefined;
  let isRunning = false;
  const markets = createMarketList(clock, () => rest.listed());
  const { malformed, counters } = createCounting(name, clock, log);
  const rest = carrier.rest((http) => venue.rest({ rest: http, clock, markets, malformed }));
  const withVolumes = createVolumes({ venue: name, fetch: rest.volumes, clock, log });
  const routes = new Map<string, VenueSockets>();
  const books = createVenueBooks({
    venue,
    rest,
    markets,
    streams,
    clock,
    random,
    log,
    emit,
    changed: updateState,
    resynced,
    // A checksum goes by the digits with which the venue writes a market: it may have changed them.
    doubted: () => void markets.load(DOUBTED_MS).catch(() => undefined),
  });
  const listing = createListing({ venue, markets, streams, clock, random, log, place, failed: updateState });
  const poll = createFactPoll({
    rest,
    clock,
    log,
    symbols: () => streams.of('facts').values(),
    emit: (fact) => intake.fetched(fact),
  });
  for (const [key, route] of Object.entries(venue.routes)) {
    const made = createVenueSockets({
      connect: (socket) => carrier.route(key, socket),
      url: `${options.wsUrl}${route.path}`,
      route,
      requests: venue.requests,
      clock,
      random,
      log,
      onText: (text, link) => intake.take(text, key, link),
      onSubscribed: (names, link) => onSubscribed(key, names, link),
      onLost: (heardAt, link) => onLost(key, heardAt, link),
      onSwitched(link, old) {
        books.switched(link, old);
        loseUncarried(key, clock.now());
      },
      isComplete: (link, carries) => books.complete(link, key, carries),
      onClosed: (link) => books.lost(link),
      changed: updateState,
    });
    routes.set(key, made);
  }
  const intake = createVenueIntake({
    venue,
    reader: venue.reader(markets),
    streams,
    routes,
    books,
    counters,
    malformed,
    clock,
    log,
    emit,
    changed: updateState,
  });
  const status = createVenueStatus({ venue, markets, routes, streams, books, clock, refusals: intake.refusals });

  function onSubscribed(route: string, names: readonly string[], link: Link): void {
    for (const topic of names) {
      for (const stream of streams.carriedBy(route, topic)) {
        if (stream.channel === 'book') books.streaming(stream, link, routes.get(route)?.isCurrent(link) ?? false);
        else if (isCarried(stream)) stream.sequence?.streaming();
      }
    }
  }

  function isCarried(stream: Stream): boolean {
    return stream.topics.length > 0 && stream.topics.every((topic) => routes.get(topic.route)?.active(topic.name));
  }

  function onLost(route: string, heardAt: number, link: Link): void {
    books.lost(link);
    loseUncarried(route, heardAt);
    updateState();
  }

  /** Trades that another socket of the route carries are not lost. */
  function loseUncarried(route: string, at: number): void {
    for (const stream of streams.of('trades').values()) {
      const isOurs = stream.topics.some((topic) => topic.route === route);
      if (isOurs && !isCarried(stream)) stream.sequence?.lost(at);
    }
  }

  function emit(event: FeedEvent): void {
    if (event.type === 'trade') counters.trades++;
    sink?.(event);
  }

  function makeSequence(symbol: string, instrument: string): Sequence {
    const resume = resumePoints.get(symbol);
    resumePoints.delete(symbol);
    const common = {
      symbol,
      instrument,
      clock,
      random,
      log,
      emit,
      duplicate: () => {
        counters.duplicates++;
      },
      changed: updateState,
      bound: () => Math.max(2000, Math.floor(MAX_WAITING / Math.max(10, streams.of('trades').size))),
      ...(resume && { resume }),
    };
    return rest.trades.kind === 'numbered'
      ? createSequence({ ...common, source: rest.trades.source })
      : createRecentSequence({ ...common, source: rest.trades.source });
  }

  function open(channel: Channel, symbol: string): void {
    const instrument = `${name}:${symbol}`;
    if (streams.get(channel, instrument)) return;
    const sequence = channel === 'trades' && sink ? makeSequence(symbol, instrument) : undefined;
    const stream: Stream = {
      channel,
      symbol,
      instrument,
      topics: [],
      refusal: undefined,
      sequence,
      heardAt: Number.NaN,
    };
    streams.add(stream);
    listing.resolve(stream);
  }

  /** Has the routes carry a stream, as far as its topics are known. */
  function place(stream: Stream): void {
    for (const topic of stream.topics) routes.get(topic.route)?.want(topic.name);
    if (stream.channel === 'trades' && isCarried(stream)) stream.sequence?.streaming();
    if (stream.channel === 'book') joinBook(stream);
    for (const [key, route] of routes) if (stream.topics.some((topic) => topic.route === key)) route.poke();
    updateState();
  }

  /** Another name of a market whose book is streamed already: no confirmation will come, and no snapshot by itself. */
  function joinBook(stream: Stream): void {
    for (const topic of stream.topics) {
      const link = routes.get(topic.route)?.of(topic.name)?.current();
      if (link?.subscriptions.active(topic.name)) books.streaming(stream, link, true);
    }
  }

  function close(channel: Channel, symbol: string): void {
    const stream = streams.remove(channel, `${name}:${symbol}`);
    if (!stream) return;
    stream.sequence?.halt();
    if (channel === 'book') books.drop(stream.instrument);
    for (const { route, name: topic } of stream.topics) {
      if (streams.carriedBy(route, topic).length === 0) routes.get(route)?.unwant(topic);
    }
  }

  function pokeAll(): void {
    for (const route of routes.values()) route.poke();
    updateState();
  }

  function resynced(): void {
    counters.resyncs++;
  }

  function updateState(): void {
    status.update(isRunning);
  }

  const feed: Feed = {
    venue: name,
    start(to) {
      sink = to;
      isRunning = true;
      for (const stream of streams.of('trades').values()) {
        stream.sequence ??= makeSequence(stream.symbol, stream.instrument);
      }
      for (const route of routes.values()) route.start();
      listing.start();
      poll.start();
      updateState();
    },
    async stop() {
      isRunning = false;
      listing.stop();
      poll.stop();
      carrier.abort();
      for (const { sequence } of streams.of('trades').values()) sequence?.halt();
      books.halt();
      await Promise.all([...routes.values()].map((route) => route.stop()));
      updateState();
    },
    instruments: () => markets.load().finally(updateState).then(withVolumes),
    watch(symbols) {
      for (const symbol of symbols) {
        open('trades', symbol);
        open('facts', symbol);
      }
      pokeAll();
    },
    unwatch(symbols) {
      for (const symbol of symbols) {
        close('trades', symbol);
        close('facts', symbol);
      }
      pokeAll();
    },
    async history(symbol, interval, from, to) {
      if (venue.listing === 'first') await markets.load();
      return rest.history(symbol, interval, from, to);
    },
    resume(symbol, from, lastTradeId) {
      const id = lastTradeId === undefined ? Number.NaN : Number(lastTradeId);
      resumePoints.set(symbol, { from, lastId: Number.isSafeInteger(id) && id >= 0 ? id : undefined });
    },
    heardUntil: (wanted) => Math.min(...[...routes.values()].map((route) => route.heardUntil(wanted))),
    streams: () => status.each(isRunning),
    status: () => status.tell(isRunning, sink !== undefined, counters, intake.lastMessageAt()),
  };
  if (!venue.book) return feed;
  return {
    ...feed,
    watchBook(symbols) {
      for (const symbol of symbols) open('book', symbol);
      pokeAll();
    },
    unwatchBook(symbols) {
      for (const symbol of symbols) close('book', symbol);
      pokeAll();
    },
  };
}
