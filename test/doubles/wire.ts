import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

/** What is under way between the sockets of this process. A manual clock must stand still meanwhile, or it outruns the machine. */
export interface Wire {
  /** Resolves when all that was sent was read, and nobody has sent anything upon it. @throws Error where that never comes */
  quiet(): Promise<void>;
  close(): void;
}

/** Only a bound for what never comes to rest: no result depends on it. */
const PATIENCE_MS = 10_000;
/** Turns of the event loop in which whoever read something may answer. */
const TURNS_TO_ANSWER = 6;

/** Waits for what a socket or a file brings; a manual clock stands still meanwhile. @throws Error where it never comes */
export async function come(check: () => boolean): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!check()) {
    if (performance.now() > deadline) throw new Error(`never came: ${check.toString()}`);
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

/** Watches every TCP connection of which both ends are in this process, from now on. */
export function watchWire(): Wire {
  const ends = new Set<Socket>();
  const note = (message: unknown): void => {
    const { socket } = message as { socket: Socket };
    ends.add(socket);
    socket.once('close', () => ends.delete(socket));
  };
  subscribe('net.client.socket', note);
  subscribe('net.server.socket', note);

  const isSettled = (end: Socket): boolean => {
    if (end.connecting) return false;
    for (const other of ends) {
      if (other.localPort !== end.remotePort || other.remotePort !== end.localPort) continue;
      return other.bytesRead === end.bytesWritten;
    }
    // The other end is not there yet, or gone already, which this one is about to hear.
    return false;
  };

  async function quiet(): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    for (let calm = 0; calm < TURNS_TO_ANSWER; calm++) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (![...ends].every(isSettled)) calm = 0;
      if (performance.now() > deadline) throw new Error('the wire does not come to rest');
    }
  }

  return {
    quiet,
    close() {
      unsubscribe('net.client.socket', note);
      unsubscribe('net.server.socket', note);
    },
  };
}
