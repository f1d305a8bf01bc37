import type { Clock } from '../engine/clock.ts';
import type { FeedEvent } from '../engine/market/events.ts';
import type { InstrumentInfo } from '../engine/market/instrument.ts';
import { checkAddress } from './address.ts';
import { intern, parseFrame, parseTradeFast } from './binance-parse.ts';
import { createBinanceRest } from './binance-rest.ts';
import { createConnection } from './connection.ts';
import { createCounters } from './counters.ts';
import type { Feed, FeedSink, FeedState } from './feed.ts';
import { createStateKeeper } from './feed-state.ts';
import type { Logger } from './logger.ts';
import { createSequence, type Sequence } from './sequence.ts';
import { createSubscriptions } from './subscriptions.ts';

export interface BinanceOptions {
  /** Scheme, host and port; default: the venue's. */
  readonly wsUrl?: string;
  readonly restUrl?: string;
  readonly clock: Clock;
  /** 0 <= x < 1. */
  readonly random: () => number;
  readonly log: Logger;
}

/** The venue cuts a client that sends more than 5 messages in a second; 4 in the first leave it some air. */
const SPACING_MS = 300;
/** The venue pings every 20 s. */
const SILENT_MS = 60_000;
/** The venue cuts a socket after 24 h. */
const MAX_AGE_MS = 23.5 * 3_600_000;
const MAX_STREAMS = 1024;
const BATCH = 100;
const ACK_TIMEOUT_MS = 10_000;
/** Live trades that may wait while holes are filled, over all symbols. */
const MAX_WAITING = 200_000;
const LOG_EVERY_MS = 60_000;
const INSTRUMENTS_FOR_MS = 600_000;

/** Binance spot: public trades over one combined socket, without holes and repeats; history by REST. */
export function createBinanceFeed(options: BinanceOptions): Feed {
  const { clock, random, log } = options;
  const base = checkAddress('BINANCE_WS_URL', options.wsUrl ?? 'wss://stream.binance.com:9443', ['ws:', 'wss:']);
  const restUrl = checkAddress('BINANCE_REST_URL', options.restUrl ?? 'https://api.binance.com', ['http:', 'https:']);
  const counters = createCounters();
  const keeper = createStateKeeper(clock);
  const wanted = new Set<string>();
  /** By instrument. */
  const sequences = new Map<string, Sequence>();
  const resumePoints = new Map<string, { from: number; lastId: number | undefined }>();
  let sink: FeedSink | undefined;
  let lastMessageAt: number | undefined;
  let everOpen = false;
  let loggedAt = Number.NEGATIVE_INFINITY;
  let refusals = 0;
  let lastRefusal = '';
  let cancelAckCheck: (() => void) | undefined;
  let listed: { at: number; infos: Promise<readonly InstrumentInfo[]> } | undefined;
  const rest = createBinanceRest({ url: restUrl, clock, malformed });
  const subscriptions = createSubscriptions({
    clock,
    maxSymbols: MAX_STREAMS,
    batch: BATCH,
    message: (method, symbols, id) =>
      JSON.stringify({ method: method.toUpperCase(), params: symbols.map((symbol) => `${symbol}@trade`), id }),
    onSubscribed(symbols) {
      for (const symbol of symbols) sequences.get(intern(symbol))?.streaming();
    },
  });
  const connection = createConnection({
    url: `${base}/stream`,
    clock,
    random,
    log,
    spacingMs: SPACING_MS,
    silentMs: SILENT_MS,
    maxAgeMs: MAX_AGE_MS,
    handlers: {
      onOpen() {
        everOpen = true;
        subscriptions.reset();
        updateState();
      },
      onText,
      onLost(_reason, heardAt) {
        cancelAckCheck?.();
        cancelAckCheck = undefined;
        subscriptions.reset();
        for (const sequence of sequences.values()) sequence.lost(heardAt);
        updateState();
      },
      nextMessage() {
        const text = subscriptions.nextMessage();
        if (text !== undefined) awaitAcks();
        return text;
      },
    },
  });

  // Hot path: a trade takes the first branch.
  function onText(text: string): void {
    counters.frames++;
    lastMessageAt = clock.now();
    const trade = parseTradeFast(text);
    if (trade !== undefined) sequences.get(trade.instrument)?.offer(trade);
    else onOther(text);
  }

  function onOther(text: string): void {
    const frame = parseFrame(text);
    switch (frame.kind) {
      case 'trade':
        sequences.get(frame.trade.instrument)?.offer(frame.trade);
        break;
      case 'ack':
        if (!subscriptions.answered(frame.id)) counters.unknown++;
        break;
      case 'refusal':
        onRefusal(frame.id, frame.message);
        break;
      case 'shutdown':
        connection.replace('the venue restarts');
        break;
      case 'malformed':
        malformed(frame.reason);
        break;
      case 'unknown':
        counters.unknown++;
        break;
    }
    if (frame.kind === 'ack' || frame.kind === 'refusal') {
      connection.poke();
      updateState();
    }
  }

  function onRefusal(id: number | undefined, message: string): void {
    refusals++;
    lastRefusal = message.slice(0, 200);
    counters.unknown++;
    log.warn({ venue: 'binance', id, message: lastRefusal }, 'the venue refused a request');
    if (id !== undefined) subscriptions.answered(id, lastRefusal);
  }

  /** A refused subscription can leave a socket that lives and says nothing: without an answer it is replaced. */
  function awaitAcks(): void {
    cancelAckCheck ??= clock.after(ACK_TIMEOUT_MS, () => {
      cancelAckCheck = undefined;
      const waited = subscriptions.oldestWaitMs();
      if (waited >= ACK_TIMEOUT_MS) connection.replace('a subscription was not answered');
      else if (waited > 0) awaitAcks();
    });
  }

  function malformed(reason: string): void {
    counters.malformed++;
    if (clock.now() - loggedAt < LOG_EVERY_MS) return;
    loggedAt = clock.now();
    log.warn({ venue: 'binance', reason, malformed: counters.malformed }, 'a message cannot be read');
  }

  function emit(event: FeedEvent): void {
    if (event.type === 'trade') counters.trades++;
    sink?.(event);
  }

  function open(symbol: string): void {
    const instrument = intern(symbol);
    if (sequences.has(instrument)) return;
    const resume = resumePoints.get(symbol);
    resumePoints.delete(symbol);
    const sequence = createSequence({
      symbol,
      instrument,
      source: rest,
      clock,
      random,
      log,
      emit,
      duplicate: () => {
        counters.duplicates++;
      },
      changed: updateState,
      bound: () => Math.max(2000, Math.floor(MAX_WAITING / Math.max(10, sequences.size))),
      ...(resume && { resume }),
    });
    sequences.set(instrument, sequence);
    if (subscriptions.active(symbol)) sequence.streaming();
  }

  function state(): FeedState {
    const socket = connection.status();
    if (socket.state === 'stopped') return 'down';
    if (socket.state !== 'open') return !everOpen && socket.tries === 0 ? 'connecting' : 'down';
    if (clock.now() - (socket.heardAt ?? 0) >= SILENT_MS / 2) return 'stale';
    if (!subscriptions.settled()) return 'resyncing';
    for (const [instrument, sequence] of sequences) {
      if (!sequence.live() && !subscriptions.refused().has(instrument.slice(8))) return 'resyncing';
    }
    return 'live';
  }

  function updateState(): number {
    return keeper.set(state());
  }

  function detail(): string | undefined {
    const socket = connection.status();
    const parts: string[] = [];
    if (socket.state === 'stopped') parts.push(sink ? 'stopped' : 'not started');
    else if (socket.state !== 'open' && socket.reason) parts.push(socket.reason);
    for (const [symbol, why] of subscriptions.refused()) parts.push(`${symbol} refused: ${why}`);
    if (refusals > 0 && parts.length === 0) parts.push(`${refusals} requests refused, the last: ${lastRefusal}`);
    if (sequences.size > MAX_STREAMS)
      parts.push(`${sequences.size - MAX_STREAMS} symbols beyond the venue's 1024 streams`);
    return parts.length > 0 ? parts.slice(0, 3).join('; ') : undefined;
  }

  return {
    venue: 'binance',
    start(to) {
      sink = to;
      for (const symbol of wanted) open(symbol);
      connection.start();
      updateState();
    },
    async stop() {
      cancelAckCheck?.();
      cancelAckCheck = undefined;
      rest.abort();
      for (const sequence of sequences.values()) sequence.halt();
      await connection.stop();
      subscriptions.reset();
      updateState();
    },
    instruments() {
      if (!listed || clock.now() - listed.at > INSTRUMENTS_FOR_MS) {
        const mine = { at: clock.now(), infos: rest.instruments() };
        listed = mine;
        mine.infos.catch(() => {
          if (listed === mine) listed = undefined;
        });
      }
      return listed.infos;
    },
    watch(symbols) {
      for (const symbol of symbols) {
        wanted.add(symbol);
        subscriptions.want(symbol);
        if (sink) open(symbol);
      }
      connection.poke();
      updateState();
    },
    unwatch(symbols) {
      for (const symbol of symbols) {
        wanted.delete(symbol);
        subscriptions.unwant(symbol);
        sequences.get(intern(symbol))?.halt();
        sequences.delete(intern(symbol));
      }
      connection.poke();
      updateState();
    },
    history: (symbol, interval, from, to) => rest.history(symbol, interval, from, to),
    resume(symbol, from, lastTradeId) {
      const id = lastTradeId === undefined ? Number.NaN : Number(lastTradeId);
      resumePoints.set(symbol, { from, lastId: Number.isSafeInteger(id) && id >= 0 ? id : undefined });
    },
    status() {
      const since = updateState();
      const socket = connection.status();
      const why = detail();
      return {
        venue: 'binance',
        state: state(),
        lastMessageAt,
        since,
        tries: socket.tries,
        ...(why !== undefined && { detail: why }),
        counters: { ...counters, reconnects: socket.reconnects },
      };
    },
  };
}
