import type { WebSocket } from 'ws';
import type { Clock } from '../../engine/clock.ts';
import { createOutgoingQueue, type Outgoing } from './queue.ts';

/** Messages that may wait for one client before it is given the newest alone. */
const QUEUE_LIMIT = 1_000;
/** Bytes handed to the socket that it has not sent yet; beyond this the client counts as slow. */
const HIGH_WATER = 256 * 1024;
/** How often a client that asked for the latest trades alone gets them. */
const LATEST_EVERY_MS = 250;

export interface StreamClient {
  readonly socket: WebSocket;
  /** Instruments, or `*`. */
  readonly symbols: Set<string>;
  wantsConsole: boolean;
  latestOnly: boolean;
  /** Answered since the last ping. */
  alive: boolean;
  send(message: Outgoing): void;
  close(): void;
}

/** One connection: sends in order, holds back what a slow client cannot take. */
export function createStreamClient(socket: WebSocket, clock: Clock): StreamClient {
  const queue = createOutgoingQueue(QUEUE_LIMIT);
  const latest = new Map<string, Outgoing>();
  let cancelFlush: (() => void) | undefined;

  function pump(): void {
    while (queue.length > 0 && socket.readyState === socket.OPEN && socket.bufferedAmount < HIGH_WATER) {
      const json = queue.shift();
      if (json !== undefined) socket.send(json, onSent);
    }
  }

  // A failed send ends in the socket's own `close`.
  function onSent(error?: Error | null): void {
    if (!error && queue.length > 0) pump();
  }

  function enqueue(message: Outgoing): void {
    queue.push(message);
    pump();
  }

  function flush(): void {
    cancelFlush = undefined;
    for (const message of latest.values()) enqueue(message);
    latest.clear();
  }

  const client: StreamClient = {
    socket,
    symbols: new Set(),
    wantsConsole: false,
    latestOnly: false,
    alive: true,
    send(message) {
      if (socket.readyState !== socket.OPEN) return;
      if (message.kind !== 'trade' || !client.latestOnly) {
        enqueue(message);
        return;
      }
      latest.set(message.key, message);
      cancelFlush ??= clock.after(LATEST_EVERY_MS, flush);
    },
    close() {
      cancelFlush?.();
      latest.clear();
    },
  };
  return client;
}
