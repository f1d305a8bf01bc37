import type { Clock } from '../engine/clock.ts';
import type { FeedEvent } from '../engine/market/events.ts';
import { createBookTeller } from './ccxt/book-teller.ts';
import type { Fork } from './ccxt/child.ts';
import { createIntake } from './ccxt/intake.ts';
import { createKeeper, type Keeper } from './ccxt/keeper.ts';
import type { StreamChannel } from './ccxt/messages.ts';
import { createPulse } from './ccxt/pulse.ts';
import { createSource } from './ccxt/source.ts';
import { createStallWatch } from './ccxt/stall.ts';
import { createCcxtStatus } from './ccxt/status.ts';
import { type CcxtStream, createOpener } from './ccxt/streams.ts';
import { createWatchdog } from './ccxt/watchdog.ts';
import { createCounting } from './counters.ts';
import type { Feed, FeedSink } from './feed.ts';
import type { Logger } from './logger.ts';
import { createMarketList } from './markets.ts';
import { createRecentSequence } from './recent-sequence.ts';
import type { Sequence } from './sequence.ts';
import { createVolumes, type Volumes, volumesOf } from './volumes.ts';

export interface CcxtOptions {
  /** ccxt's id of the exchange: `gate`. */
  readonly exchange: string;
  /** URL of ccxt, or of a module that speaks its interface. */
  readonly module: string;
  readonly clock: Clock;
  /** 0 <= x < 1. */
  readonly random: () => number;
  readonly log: Logger;
  readonly memoryMb?: number | undefined;
  readonly fork?: Fork | undefined;
}

/** Live trades that may wait while holes are filled, over all symbols. */
const MAX_WAITING = 200_000;

/** An exchange that ccxt can stream. ccxt works in a process of its own, which may leak, hang or die: what was missed is fetched. */
export function createCcxtFeed(options: CcxtOptions): Feed {
  const { clock, random, log, exchange, module, memoryMb, fork } = options;
  const venue = `ccxt:${exchange}`;
  const maps: Readonly<Record<StreamChannel, Map<string, CcxtStream>>> = { trades: new Map(), book: new Map() };
  const resumePoints = new Map<string, { readonly from: number; readonly lastId: undefined }>();
  let sink: FeedSink | undefined;
  let isRunning = false;
  let canList = false;
  const { malformed, counters } = createCounting(venue, clock, log);
  const keeper = createKeeper({
    ...{ venue, clock, random, log, memoryMb, fork, changed },
    settings: { module, exchange },
    onItem: (item) => intake.take(item),
    onReady(_child, abilities) {
      canList = abilities.list;
      opener.openAll();
    },
    onLost() {
      for (const stream of streams()) opener.lost(stream, intake.lastMessageAt() ?? clock.now());
    },
  });
  const pulse = createPulse(clock);
  /** As the keeper, but an answer is a sign of life of the exchange. */
  const line: Pick<Keeper, 'ask' | 'abilities'> = {
    abilities: keeper.abilities,
    async ask(question) {
      const answer = await keeper.ask(question);
      pulse.heard();
      return answer;
    },
  };
  const markets = createMarketList(clock, async () => {
    const answer = await line.ask({ what: 'markets' });
    for (let i = 0; i < answer.bad; i++) malformed('a market cannot be mapped');
    return answer.markets;
  });
  const withVolumes = createVolumes({ ...{ venue, clock, log }, fetch: volumes });
  const source = createSource({
    ...{ venue, keeper: line, markets, clock, malformed },
    streamed: (symbol) => maps.trades.get(symbol)?.recent ?? [],
  });
  const opener = createOpener({
    ...{ keeper, markets, clock, random, log, streams, changed, pulse, probe: source.probe },
    canList: () => canList,
  });
  const intake = createIntake({ streams, opener, counters, malformed, clock, pulse });
  const watchdog = createWatchdog({ keeper, source, pulse, clock, log, streams, reopen });
  const status = createCcxtStatus({ venue, keeper, markets, pulse, streams, clock, counters });

  async function volumes(): Promise<Volumes> {
    const { rows, bad } = await keeper.ask({ what: 'volumes' });
    for (let i = 0; i < bad; i++) malformed('a volume cannot be mapped');
    return volumesOf(
      rows,
      ([wire, volume]) => {
        const market = markets.named(wire);
        return market && [market.symbol, volume];
      },
      malformed,
    );
  }

  function* streams(): Iterable<CcxtStream> {
    yield* maps.trades.values();
    yield* maps.book.values();
  }

  function changed(): void {
    status.update(isRunning);
  }

  function emit(event: FeedEvent): void {
    if (event.type === 'trade') counters.trades++;
    sink?.(event);
  }

  function makeSequence(symbol: string): Sequence {
    const resume = resumePoints.get(symbol);
    resumePoints.delete(symbol);
    return createRecentSequence({
      ...{ symbol, instrument: `${venue}:${symbol}`, source, clock, random, log, emit, changed },
      duplicate: () => {
        counters.duplicates++;
      },
      bound: () => Math.max(2000, Math.floor(MAX_WAITING / Math.max(10, maps.trades.size))),
      ...(resume && { resume }),
    });
  }

  function makeStream(channel: StreamChannel, symbol: string): CcxtStream {
    const from = channel === 'trades' ? resumePoints.get(symbol)?.from : undefined;
    return {
      ...{ channel, symbol, instrument: `${venue}:${symbol}`, id: 0, phase: 'closed', since: clock.now() },
      ...{ heardAt: Number.NaN, refusal: undefined, trouble: undefined, tries: 0, recent: [], cancel: undefined },
      floorTs: from ?? Number.NaN,
      sequence: channel === 'trades' && sink ? makeSequence(symbol) : undefined,
      teller: channel === 'book' ? createBookTeller(clock, emit) : undefined,
      stall: createStallWatch(),
    };
  }

  function watch(channel: StreamChannel, symbols: readonly string[]): void {
    for (const symbol of symbols) {
      if (!maps[channel].has(symbol)) maps[channel].set(symbol, makeStream(channel, symbol));
    }
    opener.openAll();
    changed();
  }

  function unwatch(channel: StreamChannel, symbols: readonly string[]): void {
    for (const symbol of symbols) {
      const stream = maps[channel].get(symbol);
      maps[channel].delete(symbol);
      if (stream) opener.close(stream);
    }
    changed();
  }

  function reopen(stream: CcxtStream): void {
    keeper.ready()?.send({ do: 'close', stream: stream.id });
    opener.lost(stream, stream.heardAt);
    opener.openAll();
  }

  return {
    venue,
    start(to) {
      sink = to;
      isRunning = true;
      for (const stream of maps.trades.values()) stream.sequence ??= makeSequence(stream.symbol);
      keeper.start();
      watchdog.start();
      changed();
    },
    async stop() {
      isRunning = false;
      watchdog.stop();
      opener.stop();
      await keeper.stop();
      changed();
    },
    instruments: () => markets.load().finally(changed).then(withVolumes),
    watch: (symbols) => watch('trades', symbols),
    unwatch: (symbols) => unwatch('trades', symbols),
    watchBook: (symbols) => watch('book', symbols),
    unwatchBook: (symbols) => unwatch('book', symbols),
    async history(symbol, interval, from, to) {
      await markets.load();
      return source.history(symbol, interval, from, to);
    },
    // Which trade was the last does not matter: whole minutes are fetched.
    resume(symbol, from) {
      resumePoints.set(symbol, { from, lastId: undefined });
    },
    streams: () => status.each(isRunning),
    status: () => status.tell(isRunning, sink !== undefined, intake.lastMessageAt()),
  };
}
