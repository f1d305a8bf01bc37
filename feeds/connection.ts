import WebSocket, { type RawData } from 'ws';
import type { Clock } from '../engine/clock.ts';
import { backoffMs } from './backoff.ts';
import { createHearing } from './hearing.ts';
import type { Logger } from './logger.ts';

/** What a venue does with its socket. None of these may throw. */
export interface ConnectionHandlers {
  /** A new socket is open; nothing is subscribed on it. */
  onOpen(): void;
  onText(text: string): void;
  /** The socket is gone, or a try to connect failed. `heardAt`: when the last sign of life came (ms). */
  onLost(reason: string, heardAt: number): void;
  /** The next message to send, asked for when the spacing allows one (after `poke`); undefined: nothing to say. */
  nextMessage(): string | undefined;
}

export interface ConnectionOptions {
  readonly url: string;
  readonly clock: Clock;
  /** 0 <= x < 1. */
  readonly random: () => number;
  readonly log: Logger;
  /** Least time between two messages of ours, pongs included, in ms. */
  readonly spacingMs: number;
  /** A socket without any sign of life for so long is dead; at half of it we ping. */
  readonly silentMs: number;
  readonly handlers: ConnectionHandlers;
}

export type ConnectionState = 'stopped' | 'connecting' | 'open' | 'waiting';

export interface ConnectionStatus {
  readonly state: ConnectionState;
  /** Failed tries since the socket was last open. */
  readonly tries: number;
  /** How often a socket was opened after the first. */
  readonly reconnects: number;
  /** When the last sign of life came, pings included, in ms; undefined before the first. */
  readonly heardAt: number | undefined;
  /** Why the last socket was lost. */
  readonly reason: string | undefined;
}

/** The life of one WebSocket: connects, reconnects for ever with jittered backoff, spaces what is sent, notices silence. */
export interface Connection {
  start(): void;
  /** Resolves soon, whatever the other side does. */
  stop(): Promise<void>;
  /** There may be something to send: `nextMessage` is asked as soon as the spacing allows. */
  poke(): void;
  /** Gives this socket up and connects anew at once. */
  replace(reason: string): void;
  /**
   * How far all has arrived that the other side said, in ms; infinite while no socket is open. Where that is short of `wanted`, the other
   * side is asked, so that the answer of a later call is nearer.
   */
  heardUntil(wanted: number): number;
  status(): ConnectionStatus;
}

const MAX_PAYLOAD = 64 * 1024 * 1024;
const CONNECT_TIMEOUT_MS = 15_000;
/** A socket that lived shorter counts as a failed try, so that a venue that accepts and cuts is not hammered. */
const STABLE_AFTER_MS = 5_000;

export function createConnection(options: ConnectionOptions): Connection {
  const { clock, handlers, log } = options;
  let state: ConnectionState = 'stopped';
  let socket: WebSocket | undefined;
  let openedAt = 0;
  let heardAt: number | undefined;
  let opens = 0;
  let tries = 0;
  let failures = 0;
  let reason: string | undefined;
  let sentAt = Number.NEGATIVE_INFINITY;
  let owedPong: Buffer | undefined;
  let pongWasLast = false;
  let owesPing = false;
  let cancelSend: (() => void) | undefined;
  const cancels = new Set<() => void>();
  const hearing = createHearing(clock);

  function later(ms: number, task: () => void): () => void {
    const stop = clock.after(ms, () => {
      cancels.delete(cancel);
      task();
    });
    const cancel = () => {
      cancels.delete(cancel);
      stop();
    };
    cancels.add(cancel);
    return cancel;
  }

  function clearTimers(): void {
    for (const cancel of [...cancels]) cancel();
    cancelSend = undefined;
  }

  function connect(): void {
    state = 'connecting';
    const mine = new WebSocket(options.url, { maxPayload: MAX_PAYLOAD, perMessageDeflate: false, autoPong: false });
    socket = mine;
    const heard = () => {
      heardAt = clock.now();
    };
    mine.on('open', () => socket === mine && opened());
    mine.on('message', (data: RawData) => {
      if (socket !== mine) return;
      heard();
      hearing.heard();
      handlers.onText(data.toString());
    });
    mine.on('ping', (payload: Buffer) => {
      if (socket !== mine) return;
      heard();
      hearing.heard();
      owedPong = payload;
      pump();
    });
    mine.on('pong', (payload: Buffer) => {
      if (socket !== mine) return;
      heard();
      hearing.answered(payload);
    });
    mine.on('error', (error: Error) => lose(mine, error.message || error.name));
    mine.on('close', (code: number) => lose(mine, `closed with code ${code}`));
    later(CONNECT_TIMEOUT_MS, () => {
      if (state === 'connecting') lose(mine, 'no answer to the handshake');
    });
  }

  function opened(): void {
    clearTimers();
    state = 'open';
    openedAt = clock.now();
    heardAt = openedAt;
    opens++;
    tries = 0;
    sentAt = Number.NEGATIVE_INFINITY;
    owedPong = undefined;
    owesPing = false;
    hearing.begin();
    later(options.silentMs / 4, watchSilence);
    handlers.onOpen();
    pump();
  }

  function watchSilence(): void {
    const idle = clock.now() - (heardAt ?? openedAt);
    if (idle >= options.silentMs) {
      if (socket) lose(socket, `silent for ${Math.round(idle / 1000)} s`);
      return;
    }
    if (idle >= options.silentMs / 2) {
      owesPing = true;
      pump();
    }
    later(options.silentMs / 4, watchSilence);
  }

  /** Sends one thing if the spacing allows, and looks again when it next does. */
  function pump(): void {
    if (state !== 'open' || socket?.readyState !== WebSocket.OPEN || cancelSend) return;
    const wait = Math.min(sentAt + options.spacingMs - clock.now(), options.spacingMs);
    if (wait <= 0) {
      if (!sendOne(socket)) return;
      sentAt = clock.now();
    }
    cancelSend = later(wait > 0 ? wait : options.spacingMs, () => {
      cancelSend = undefined;
      pump();
    });
  }

  /** Pongs go first, but never twice in a row: a venue that pings much must not starve what we ask for. */
  function sendOne(open: WebSocket): boolean {
    const text = owedPong === undefined || pongWasLast ? handlers.nextMessage() : undefined;
    pongWasLast = false;
    if (text !== undefined) open.send(text);
    else if (owedPong !== undefined) {
      open.pong(owedPong);
      owedPong = undefined;
      pongWasLast = true;
    } else if (owesPing) {
      open.ping(hearing.ask());
      owesPing = false;
    } else return false;
    return true;
  }

  function lose(lost: WebSocket, why: string, planned = false): void {
    if (socket !== lost) return;
    const wasOpen = state === 'open';
    socket = undefined;
    clearTimers();
    lost.terminate();
    reason = why;
    if (!wasOpen) tries++;
    failures = wasOpen && clock.now() - openedAt >= STABLE_AFTER_MS ? 0 : failures + 1;
    const wait = planned && failures === 0 ? 0 : backoffMs(Math.max(0, failures - 1), options.random);
    log.warn({ url: options.url, reason: why, tries, waitMs: Math.round(wait) }, 'connection lost');
    state = 'waiting';
    later(wait, connect);
    handlers.onLost(why, heardAt ?? clock.now());
  }

  function replace(why: string): void {
    if (socket) lose(socket, why, true);
  }

  return {
    start() {
      if (state === 'stopped') connect();
    },
    stop() {
      const last = socket;
      socket = undefined;
      state = 'stopped';
      clearTimers();
      if (!last) return Promise.resolve();
      if (last.readyState === WebSocket.OPEN) last.close(1000);
      // One turn lets the close frame out; waiting for the answer could take for ever.
      return new Promise((resolve) => {
        setImmediate(() => {
          last.terminate();
          resolve();
        });
      });
    },
    poke: pump,
    replace,
    heardUntil(wanted) {
      if (state !== 'open') return Number.POSITIVE_INFINITY;
      const until = hearing.until();
      if (until < wanted && !owesPing && !hearing.isAsking()) {
        owesPing = true;
        pump();
      }
      return until;
    },
    status: () => ({ state, tries, reconnects: Math.max(0, opens - 1), heardAt, reason }),
  };
}
