import type { Clock } from '../engine/clock.ts';
import { type ConnectionStatus, createConnection } from './connection.ts';
import type { Logger } from './logger.ts';
import { createSerial } from './serial.ts';
import { createSubscriptions, type Subscriptions } from './subscriptions.ts';
import type { Requests, Route } from './venue.ts';

export interface LinkOptions {
  readonly url: string;
  readonly route: Route;
  readonly requests: Requests;
  readonly wanted: ReadonlySet<string>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly onOpen: () => void;
  readonly onText: (text: string) => void;
  readonly onLost: (heardAt: number) => void;
  readonly onSubscribed: (names: readonly string[]) => void;
}

/** One socket of a route with what is subscribed on it. It reconnects by itself; whoever owns it decides when it goes. */
export interface Link {
  readonly subscriptions: Subscriptions;
  start(): void;
  stop(): Promise<void>;
  poke(): void;
  /** Gives this socket up and connects anew at once. */
  replace(reason: string): void;
  /** Whether the number of a frame follows on the last. */
  follows(serial: number): boolean;
  /** See `Connection`. */
  heardUntil(wanted: number): number;
  status(): ConnectionStatus & { readonly openedAt: number };
}

const ACK_TIMEOUT_MS = 10_000;

export function createLink(options: LinkOptions): Link {
  const { clock, route } = options;
  const timers = new Map<string, () => void>();
  const serial = createSerial();
  let pingDue = false;
  let frameAt = 0;
  let openedAt = 0;
  let spent = 0;
  let refilledAt = 0;

  function after(name: string, ms: number, task: () => void): void {
    timers.get(name)?.();
    const cancel = clock.after(ms, () => {
      timers.delete(name);
      task();
    });
    timers.set(name, cancel);
  }

  function reset(): void {
    for (const cancel of timers.values()) cancel();
    timers.clear();
    pingDue = false;
    serial.reset();
    [spent, refilledAt] = [0, clock.now()];
    subscriptions.reset();
  }

  /** Whether the venue's quota has room for a request; where it has none, it is looked again when it has. */
  function mayAsk(): boolean {
    const { quota } = route;
    if (!quota) return true;
    const refills = Math.floor((clock.now() - refilledAt) / quota.everyMs);
    refilledAt += refills * quota.everyMs;
    spent = Math.max(0, spent - refills);
    if (spent < quota.burst) return true;
    if (!timers.has('quota')) after('quota', refilledAt + quota.everyMs - clock.now(), connectionPoke);
    return false;
  }

  const subscriptions = createSubscriptions({
    clock,
    route,
    requests: options.requests,
    wanted: options.wanted,
    onSubscribed(names) {
      if (route.framesWithinMs !== undefined && !timers.has('frames')) watchFrames(route.framesWithinMs);
      options.onSubscribed(names);
    },
    retryIn: (ms) => after(`retry ${ms}`, ms, connectionPoke),
  });
  const connection = createConnection({
    url: options.url,
    clock,
    random: options.random,
    log: options.log,
    spacingMs: route.spacingMs,
    silentMs: route.silentMs,
    handlers: {
      onOpen() {
        reset();
        openedAt = clock.now();
        frameAt = openedAt;
        if (route.ping) keepAlive(route.ping.everyMs);
        options.onOpen();
      },
      onText(text) {
        frameAt = clock.now();
        options.onText(text);
      },
      onLost(_reason, heardAt) {
        reset();
        options.onLost(heardAt);
      },
      nextMessage() {
        if (pingDue) {
          pingDue = false;
          return route.ping?.text;
        }
        if (!mayAsk()) return undefined;
        const text = subscriptions.nextMessage();
        if (text === undefined) return undefined;
        spent++;
        if (!timers.has('acks')) awaitAcks(ACK_TIMEOUT_MS);
        return text;
      },
    },
  });

  function connectionPoke(): void {
    connection.poke();
  }

  function keepAlive(everyMs: number): void {
    after('ping', everyMs, () => {
      pingDue = true;
      connection.poke();
      keepAlive(everyMs);
    });
  }

  /** A refused subscription can leave a socket that lives and says nothing: without an answer it is replaced. */
  function awaitAcks(ms: number): void {
    after('acks', ms, () => {
      const waited = subscriptions.oldestWaitMs();
      if (waited >= ACK_TIMEOUT_MS) connection.replace('a subscription was not answered');
      else if (waited > 0) awaitAcks(ACK_TIMEOUT_MS - waited);
    });
  }

  function watchFrames(withinMs: number): void {
    after('frames', withinMs / 2, () => {
      const idle = clock.now() - frameAt;
      if (idle >= withinMs && subscriptions.count() > 0)
        connection.replace(`no frame for ${Math.round(idle / 1000)} s`);
      else watchFrames(withinMs);
    });
  }

  return {
    subscriptions,
    start: connection.start,
    stop() {
      reset();
      return connection.stop();
    },
    poke: connection.poke,
    replace: connection.replace,
    follows: serial.follows,
    heardUntil: connection.heardUntil,
    status: () => ({ ...connection.status(), openedAt }),
  };
}
