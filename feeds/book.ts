import type { Clock } from '../engine/clock.ts';
import { OrderBook } from '../engine/market/book.ts';
import type { BookEvent } from '../engine/market/events.ts';
import { backoffMs } from './backoff.ts';
import type { Logger } from './logger.ts';
import { retryAfterOf } from './retry-after.ts';
import type { BookMessage, BookRule, Market } from './venue.ts';

export interface LiveBookOptions {
  readonly instrument: string;
  readonly rule: BookRule;
  readonly market: () => Market | undefined;
  /** The snapshot by REST, for rules that take it from there. @throws TransportError */
  readonly fetch: () => Promise<BookMessage>;
  /** Has the venue begin the stream anew, so that a snapshot comes. */
  readonly renew: () => void;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly emit: (event: BookEvent) => void;
  readonly changed: () => void;
  /** It begins anew. */
  readonly resynced: () => void;
  /** It is not what the venue says, by its checksum: what is known of the market may be old. */
  readonly doubted: () => void;
}

/** One order book on one socket: kept right by the venue's rule, begun anew where it cannot be, told at most ten times a second. */
export interface LiveBook {
  take(message: BookMessage): void;
  /** The stream is confirmed. */
  streaming(): void;
  live(): boolean;
  /** Forgets all; says nothing more until `streaming`. */
  halt(): void;
  /** Whether what it says is passed on: of two sockets that carry a book one speaks. */
  speak(on: boolean): void;
}

/** Levels a side that are told. */
const TOLD_LEVELS = 50;
const LEAST_BETWEEN_MS = 100;
/** A snapshot must come in so long. */
const SNAPSHOT_MS = 5_000;
const MAX_WAITING = 5_000;
/** A book that was right for so long begins anew at once; one that fails again and again waits longer each time. */
const STEADY_MS = 60_000;
const MAX_PAUSE_MS = 300_000;

export function createLiveBook(options: LiveBookOptions): LiveBook {
  const { rule, clock, log, instrument } = options;
  const book = new OrderBook();
  let mode: 'waiting' | 'syncing' | 'live' = 'waiting';
  let isFresh = false;
  let last = Number.NaN;
  let ts = 0;
  let run = 0;
  let failures = 0;
  let liveAt = 0;
  let isSpeaking = false;
  let toldAt = Number.NEGATIVE_INFINITY;
  let waiting: BookMessage[] = [];
  let cancelTell: (() => void) | undefined;
  let cancelSync: (() => void) | undefined;

  function take(message: BookMessage): void {
    if (mode === 'waiting') return;
    if (message.snapshot) load(message);
    else if (mode === 'live') change(message);
    else if (rule.snapshot === 'rest') {
      waiting.push(message);
      if (waiting.length > MAX_WAITING) waiting.shift();
    }
  }

  function load(message: BookMessage): void {
    cancelSync?.();
    book.load(message.bids, message.asks);
    ts = message.ts;
    last = message.last ?? Number.NaN;
    isFresh = true;
    if (!settle(message)) return;
    mode = 'live';
    liveAt = clock.now();
    options.changed();
    tell();
  }

  function change(message: BookMessage): void {
    const what = rule.follows(last, message, isFresh);
    if (what === 'old') return;
    if (what === 'gap') {
      resync('a change is missing');
      return;
    }
    const { bids, asks } = message;
    for (let i = 0; i < bids.length; i++) book.set('bid', bids[i][0], bids[i][1]);
    for (let i = 0; i < asks.length; i++) book.set('ask', asks[i][0], asks[i][1]);
    isFresh = false;
    ts = message.ts;
    last = message.last ?? Number.NaN;
    if (settle(message)) tell();
  }

  /** What holds after every message; false where the book is wrong, and is being fetched anew. */
  function settle(message: BookMessage): boolean {
    if (rule.depth !== undefined) book.truncate(rule.depth);
    if (book.isCrossed()) {
      resync('bids and asks cross');
      return false;
    }
    const isRight = rule.verify?.(book, message, options.market()) ?? true;
    if (!isRight) {
      options.doubted();
      resync('the checksum differs');
    }
    return isRight;
  }

  function resync(reason: string): void {
    log.warn({ instrument, reason }, 'a book begins anew');
    options.resynced();
    if (mode === 'live' && clock.now() - liveAt >= STEADY_MS) failures = 0;
    again();
    options.changed();
  }

  function again(): void {
    forget();
    const pause = failures === 0 ? 0 : Math.min(1000 * 2 ** failures, MAX_PAUSE_MS);
    failures++;
    if (pause === 0) sync(true);
    else cancelSync = clock.after(pause, () => sync(true));
  }

  function forget(): void {
    run++;
    mode = 'syncing';
    waiting = [];
    book.clear();
    cancelTell?.();
    cancelTell = undefined;
    cancelSync?.();
    cancelSync = undefined;
  }

  function sync(isRepeat: boolean): void {
    if (rule.snapshot === 'rest') {
      fetchAll(run).catch((error: unknown) => log.error({ instrument, err: error }, 'fetching a book broke'));
      return;
    }
    if (isRepeat) options.renew();
    cancelSync = clock.after(SNAPSHOT_MS, again);
  }

  async function fetchAll(mine: number): Promise<void> {
    for (let attempt = 0; mine === run; attempt++) {
      let wait = backoffMs(attempt, options.random, 200, 30_000);
      try {
        const snapshot = await options.fetch();
        if (mine !== run || takeOver(snapshot)) return;
      } catch (error) {
        if (mine !== run) return;
        log.warn({ instrument, err: error }, 'a book cannot be fetched yet');
        wait = Math.max(wait, retryAfterOf(error));
      }
      await new Promise<void>((resolve) => {
        cancelSync = clock.after(wait, resolve);
      });
    }
  }

  /** The snapshot, then the changes that waited; false where it is older than they are. */
  function takeOver(snapshot: BookMessage): boolean {
    const [first] = waiting;
    if (first !== undefined && rule.follows(snapshot.last ?? Number.NaN, first, true) === 'gap') return false;
    const held = waiting;
    waiting = [];
    load(snapshot);
    for (const message of held) if (mode === 'live') change(message);
    return true;
  }

  function tell(): void {
    if (!isSpeaking || cancelTell) return;
    const wait = toldAt + LEAST_BETWEEN_MS - clock.now();
    if (wait <= 0) say();
    else {
      cancelTell = clock.after(wait, () => {
        cancelTell = undefined;
        say();
      });
    }
  }

  function say(): void {
    toldAt = clock.now();
    const [bids, asks] = [book.best('bid', TOLD_LEVELS), book.best('ask', TOLD_LEVELS)];
    options.emit({ type: 'book', instrument, ts, bids, asks });
  }

  return {
    take,
    streaming() {
      if (mode !== 'waiting') return;
      forget();
      sync(false);
    },
    live: () => mode === 'live',
    halt() {
      forget();
      mode = 'waiting';
    },
    speak(on) {
      const isNew = on && !isSpeaking;
      isSpeaking = on;
      if (isNew && mode === 'live') tell();
    },
  };
}
