import type { Clock } from '../engine/clock.ts';
import type { FeedEvent, Trade } from '../engine/market/events.ts';
import { fillHole } from './backfill.ts';
import { backoffMs } from './backoff.ts';
import type { Logger } from './logger.ts';
import { retryAfterOf } from './retry-after.ts';
import { createTradeGap, createWait } from './trade-gap.ts';
import type { TradeSource } from './trade-source.ts';

export interface SequenceOptions<S = TradeSource> {
  readonly symbol: string;
  readonly instrument: string;
  readonly source: S;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  /** Trades in order and without repeats, bars and gaps between them. */
  readonly emit: (event: FeedEvent) => void;
  readonly duplicate: () => void;
  /** Whether it is live may have changed. */
  readonly changed: () => void;
  /** How many live trades may wait while a hole is filled. */
  readonly bound: () => number;
  /** Where an earlier run stopped: what is missing since then is fetched first. */
  readonly resume?: { readonly from: number; readonly lastId: number | undefined };
}

/**
 * Puts one symbol's trades, whose ids ascend by one, into an order without holes and repeats: live ones pass; while something is
 * missing they wait until it was fetched.
 */
export interface Sequence {
  offer(trade: Trade): void;
  /** Whether it has passed a trade on or knows from where to go on: only then do old trades of a snapshot mean anything. */
  begun(): boolean;
  /** The stream is gone since `at` (ms). */
  lost(at: number): void;
  /** The stream runs (again): whatever happens from now on will be offered. */
  streaming(): void;
  live(): boolean;
  /** Forgets what runs and waits; says nothing more until `streaming`. */
  halt(): void;
}

/** How long a trade may wait for an earlier one that the wire brings late. */
const REORDER_MS = 300;
/** A lower id with so much later a time means that the venue counts anew. */
const RESET_MS = 60_000;
const DRAIN = 1000;

export function createSequence(options: SequenceOptions): Sequence {
  const { clock, instrument, emit } = options;
  const pending = new Map<number, Trade>();
  let mode: 'waiting' | 'live' | 'filling' = 'waiting';
  /** The id that comes next; -1 while any may. */
  let next = options.resume?.lastId === undefined ? -1 : options.resume.lastId + 1;
  let newestTs = 0;
  /** Earlier trades are in bars that were passed on. */
  let floorTs = 0;
  let since = options.resume?.from;
  const gap = createTradeGap(options);
  const wait = createWait(clock);
  let run = 0;
  if (options.resume) openGap(options.resume.from);

  // Hot path: the usual trade takes the first branch.
  function offer(trade: Trade): void {
    const id = Number(trade.id);
    if (mode === 'live' && id === next) {
      accept(trade, id);
      if (pending.size > 0) drain(pending.size);
    } else if (mode !== 'live') hold(trade, id);
    else if (next < 0) {
      if (trade.ts >= floorTs) accept(trade, id);
      else options.duplicate();
    } else if (id > next) {
      hold(trade, id);
      wait.start(REORDER_MS, missing);
    } else if (trade.ts > newestTs + RESET_MS) {
      options.log.warn({ instrument, id, expected: next }, 'the venue counts its trades anew');
      pending.clear();
      accept(trade, id);
    } else options.duplicate();
  }

  function accept(trade: Trade, id: number): void {
    next = id + 1;
    newestTs = trade.ts;
    emit(trade);
  }

  function hold(trade: Trade, id: number): void {
    if (id < next || pending.has(id)) {
      options.duplicate();
      return;
    }
    pending.set(id, trade);
    // What is dropped here is fetched later, as the hole that it then is.
    if (pending.size > options.bound()) pending.clear();
  }

  /** Passes on up to `limit` waiting trades that follow without a hole. */
  function drain(limit: number): void {
    for (let left = limit; left > 0; left--) {
      const trade = pending.get(next);
      if (trade === undefined) return;
      pending.delete(next);
      accept(trade, next);
    }
  }

  /** Drops what waits but was passed on already; returns the lowest id that waits. */
  function firstPending(): number | undefined {
    let first: number | undefined;
    for (const [id, trade] of pending) {
      if (id < next || (next < 0 && trade.ts < floorTs)) {
        pending.delete(id);
        options.duplicate();
      } else if (first === undefined || id < first) first = id;
    }
    return first;
  }

  function missing(): void {
    if (mode === 'live' && pending.size > 0) start();
  }

  function start(): void {
    mode = 'filling';
    wait.cancel();
    fill(++run).catch((error: unknown) => options.log.error({ instrument, err: error }, 'filling a hole broke'));
    options.changed();
  }

  async function fill(mine: number): Promise<void> {
    for (let attempt = 0; mine === run; attempt++) {
      try {
        if (next >= 0 || since !== undefined) await fillHole(view(mine), options);
        if (await settle(mine)) return;
      } catch (error) {
        if (mine !== run) return;
        openGap(newestTs || clock.now());
        const waitMs = Math.max(backoffMs(attempt, options.random, 500, 60_000), retryAfterOf(error));
        options.log.warn({ instrument, err: error, waitMs: Math.round(waitMs) }, 'missed trades cannot be fetched yet');
        await wait.sleep(waitMs);
      }
    }
  }

  /** Passes on what waited, in slices; false where there is another hole in it. */
  async function settle(mine: number): Promise<boolean> {
    for (;;) {
      if (mine !== run) return true;
      const first = firstPending();
      if (next < 0 && first !== undefined) next = first;
      if (first === undefined) break;
      if (first > next) return false;
      drain(DRAIN);
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    mode = 'live';
    gap.close();
    options.changed();
    return true;
  }

  function view(mine: number) {
    return {
      alive: () => mine === run,
      next: () => next,
      skipTo: (id: number) => {
        next = Math.max(next, id);
      },
      since: () => newestTs || (since ?? clock.now()),
      accept: (trade: Trade) => {
        const id = Number(trade.id);
        if (id >= next) accept(trade, id);
      },
      /** `first` undefined: nothing was traded yet since `openStart`. */
      restart: (openStart: number, first: number | undefined) => {
        next = first === undefined ? -1 : Math.max(next, first);
        newestTs = 0;
        since = openStart;
        floorTs = openStart;
      },
      firstPending,
      emit,
      sleep: wait.sleep,
    };
  }

  function openGap(from: number): void {
    if (gap.open(from)) since ??= from;
  }

  function halt(): void {
    run++;
    mode = 'waiting';
    pending.clear();
    wait.cancel();
  }

  return {
    offer,
    lost(at) {
      halt();
      openGap(at);
      options.changed();
    },
    streaming() {
      if (mode !== 'waiting') return;
      if (next >= 0 || since !== undefined || pending.size > 0) start();
      else {
        mode = 'live';
        options.changed();
      }
    },
    live: () => mode === 'live',
    begun: () => next >= 0 || since !== undefined,
    halt,
  };
}
