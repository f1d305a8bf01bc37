import type { Clock } from '../../engine/clock.ts';
import { TransportError } from '../../engine/errors.ts';
import type { Trade } from '../../engine/market/events.ts';
import { backoffMs } from '../backoff.ts';
import type { Logger } from '../logger.ts';
import type { MarketList } from '../markets.ts';
import type { Sequence } from '../sequence.ts';
import type { BookTeller } from './book-teller.ts';
import type { Keeper } from './keeper.ts';
import type { Failure, StreamChannel } from './messages.ts';
import type { Pulse } from './pulse.ts';
import type { StallWatch } from './stall.ts';

/** One channel of one symbol. */
export interface CcxtStream {
  readonly channel: StreamChannel;
  readonly symbol: string;
  readonly instrument: string;
  /** Of trades alone. */
  sequence: Sequence | undefined;
  readonly teller: BookTeller | undefined;
  readonly stall: StallWatch;
  /** Number under which the child has it open; 0 while it has not. */
  id: number;
  /** ccxt does not say when the venue has confirmed: it is `presumed` after a while, known when the first message comes. */
  phase: 'closed' | 'asked' | 'presumed' | 'confirmed';
  /** Since when it is in its phase, in ms. */
  since: number;
  /** When its newest message came, in ms; NaN before the first. */
  heardAt: number;
  /** Why the venue does not carry it. */
  refusal: string | undefined;
  /** Why it ended last, until it is heard again. */
  trouble: string | undefined;
  tries: number;
  /** What was traded before (ms) is none of ours. */
  floorTs: number;
  /** The newest that streamed. */
  readonly recent: Trade[];
  cancel: (() => void) | undefined;
}

export interface OpenerOptions {
  readonly keeper: Pick<Keeper, 'ready'>;
  readonly markets: MarketList;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly streams: () => Iterable<CcxtStream>;
  /** Whether what was missed can be fetched trade by trade, at little cost. */
  readonly canList: () => boolean;
  readonly pulse: Pick<Pulse, 'heardAt'>;
  /** Sees whether the exchange answers. @throws TransportError */
  readonly probe: (symbol: string) => Promise<void>;
  readonly changed: () => void;
}

/** Has the child carry streams, again and again where it must be. */
export interface Opener {
  /** Opens what can be opened and is not. */
  openAll(): void;
  /** The child, or the venue, carries a stream no more, since `at` (ms). */
  lost(stream: CcxtStream, at: number): void;
  failed(stream: CcxtStream, failure: Failure): void;
  /** A message of the stream came. */
  confirmed(stream: CcxtStream): void;
  close(stream: CcxtStream): void;
  stop(): void;
}

/** A subscription of which ccxt says nothing for so long is taken for good. */
const PRESUMED_MS = 10_000;
/** What comes so much later came of a subscription that was there all the time. */
const CERTAIN_MS = 60_000;
const REFUSED_MS = 900_000;
/** What clocks may differ by. */
const SKEW_MS = 2_000;

export function createOpener(options: OpenerOptions): Opener {
  const { keeper, markets, clock, random, log } = options;
  let nextId = 1;
  let isListing = false;
  let cancelListing: (() => void) | undefined;

  function openAll(): void {
    if (!keeper.ready()) return;
    if (markets.isLoaded()) for (const stream of [...options.streams()]) open(stream);
    else list(0);
  }

  function list(tries: number): void {
    if (isListing) return;
    isListing = true;
    cancelListing?.();
    markets.load().then(
      () => {
        isListing = false;
        openAll();
      },
      (error: unknown) => {
        isListing = false;
        // Whoever asks for the feed's instruments warns of it.
        log.debug({ err: error }, 'the markets cannot be listed yet');
        options.changed();
        if (keeper.ready()) cancelListing = clock.after(backoffMs(tries, random), () => list(tries + 1));
      },
    );
  }

  function open(stream: CcxtStream): void {
    const child = keeper.ready();
    if (!child || stream.phase !== 'closed' || stream.cancel) return;
    const market = markets.get(stream.symbol);
    stream.refusal = market ? undefined : 'the venue does not list it';
    if (!market) {
      later(stream, REFUSED_MS, () => void markets.load().then(openAll, openAll));
      return;
    }
    stream.id = nextId++;
    enter(stream, 'asked');
    if (Number.isNaN(stream.floorTs)) stream.floorTs = clock.now() - SKEW_MS;
    stream.stall.begin(clock.now());
    child.send({ do: 'open', stream: stream.id, channel: stream.channel, symbol: market.wire });
    later(stream, PRESUMED_MS, () => {
      presume(stream, stream.id).catch((error: unknown) => log.error({ err: error }, 'looking after a stream broke'));
    });
  }

  /** ccxt says nothing of a stream whose market sleeps, and nothing of one that is not connected: the exchange has to answer otherwise. */
  async function presume(stream: CcxtStream, id: number): Promise<void> {
    if (!(options.pulse.heardAt() > stream.since)) {
      const failure = await options.probe(stream.symbol).then(() => undefined, failureIn);
      if (stream.id !== id || stream.phase !== 'asked') return;
      if (failure) {
        keeper.ready()?.send({ do: 'close', stream: id });
        failed(stream, failure);
        return;
      }
    }
    enter(stream, 'presumed');
    stream.sequence?.streaming();
  }

  function enter(stream: CcxtStream, phase: CcxtStream['phase']): void {
    stream.phase = phase;
    stream.since = clock.now();
    options.changed();
  }

  function later(stream: CcxtStream, ms: number, task: () => void): void {
    stream.cancel?.();
    stream.cancel = clock.after(ms, () => {
      stream.cancel = undefined;
      task();
    });
  }

  function forget(stream: CcxtStream): void {
    stream.cancel?.();
    stream.cancel = undefined;
    stream.id = 0;
    stream.teller?.halt();
    if (stream.phase !== 'closed') enter(stream, 'closed');
  }

  function lost(stream: CcxtStream, at: number): void {
    const wasOpen = stream.phase !== 'closed';
    forget(stream);
    if (wasOpen) stream.sequence?.lost(at);
  }

  function failed(stream: CcxtStream, failure: Failure): void {
    lost(stream, clock.now());
    stream.refusal = failure.retryable ? undefined : failure.message;
    stream.trouble = failure.message;
    const waitMs = failure.retryable ? backoffMs(stream.tries++, random, 500, 60_000) : REFUSED_MS;
    const { instrument, channel } = stream;
    log.warn({ instrument, channel, reason: failure.message, waitMs: Math.round(waitMs) }, 'a stream ended');
    later(stream, waitMs, () => open(stream));
  }

  return {
    openAll,
    lost,
    failed,
    confirmed(stream) {
      stream.tries = 0;
      stream.trouble = undefined;
      if (stream.phase === 'confirmed') return;
      // What was traded between our guess and the truth may be missing.
      const isDoubtful = options.canList() || clock.now() - stream.since < CERTAIN_MS;
      if (stream.phase === 'presumed' && isDoubtful) stream.sequence?.lost(stream.since);
      stream.cancel?.();
      stream.cancel = undefined;
      enter(stream, 'confirmed');
    },
    close(stream) {
      if (stream.id > 0) keeper.ready()?.send({ do: 'close', stream: stream.id });
      forget(stream);
      stream.sequence?.halt();
    },
    stop() {
      cancelListing?.();
      cancelListing = undefined;
      for (const stream of options.streams()) {
        forget(stream);
        stream.sequence?.halt();
      }
    },
  };
}

/** Only that nobody answers counts: one that wants a pause, or does not understand, is there. */
function failureIn(error: unknown): Failure | undefined {
  if (!(error instanceof TransportError)) throw error;
  const { message, reason } = error;
  return reason === 'unreachable' ? { message, reason, retryable: true } : undefined;
}
