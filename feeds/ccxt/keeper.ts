import type { Clock } from '../../engine/clock.ts';
import { backoffMs } from '../backoff.ts';
import type { Logger } from '../logger.ts';
import { type Child, type ChildOptions, type ReadyItem, type StreamItem, startChild, unreachable } from './child.ts';
import type { Abilities, Answers, Question } from './messages.ts';

export interface KeeperOptions extends Pick<ChildOptions, 'settings' | 'memoryMb' | 'fork'> {
  readonly venue: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly onItem: (item: StreamItem) => void;
  /** A child is ready for orders; none of its streams is open. */
  readonly onReady: (child: Child, abilities: Abilities) => void;
  /** What streamed does so no more. */
  readonly onLost: () => void;
  readonly changed: () => void;
}

/** Keeps one child process running for ever: begun anew when it ends, and now and then before ccxt has grown too large. */
export interface Keeper {
  start(): void;
  stop(): Promise<void>;
  /** The child that is ready for orders. */
  ready(): Child | undefined;
  /** Ends the child that runs, and begins anew. */
  renew(why: string): void;
  /** Waits for a child that is about to be ready. @throws TransportError */
  ask<W extends Question['what']>(question: Extract<Question, { what: W }>): Promise<Answers[W]>;
  /** Lengths of bars that the exchange has; waits as `ask`. @throws TransportError */
  abilities(): Promise<Abilities>;
  /** Failed tries since a child was last ready, why the last one ended, and how often one took another's place. */
  status(): { readonly tries: number; readonly why: string | undefined; readonly renewals: number };
}

const LIFE_MS = 12 * 3_600_000;
/** A planned change that failed is tried again so much later. */
const RETRY_CHANGE_MS = 600_000;
/** A child that lived for so long was in order, and the next one may follow soon. */
const STEADY_MS = 60_000;
const MAX_WAIT_MS = 300_000;

interface Running {
  readonly child: Child;
  abilities: Abilities | undefined;
  readyAt: number;
}

interface Waiter {
  resolve(running: Running): void;
  reject(error: Error): void;
}

export function createKeeper(options: KeeperOptions): Keeper {
  const { venue, clock, random, log } = options;
  let current: Running | undefined;
  /** Starts while the current one still works, to take its place. */
  let next: Running | undefined;
  let waiters: Waiter[] = [];
  let isRunning = false;
  let tries = 0;
  let renewals = 0;
  let why: string | undefined;
  let cancelStart: (() => void) | undefined;
  let cancelChange: (() => void) | undefined;

  function launch(): Running {
    const { settings, memoryMb, fork } = options;
    const child = startChild({
      ...{ settings, memoryMb, fork, clock, onReady, onEnd },
      onItem: (item, from) => {
        if (from === current?.child) options.onItem(item);
      },
    });
    return { child, abilities: undefined, readyAt: Number.NaN };
  }

  function begin(): void {
    cancelStart = undefined;
    current = launch();
    options.changed();
  }

  function onReady(abilities: ReadyItem, child: Child): void {
    const one = child === next?.child ? next : current;
    if (!one || one.child !== child) return;
    one.abilities = abilities;
    one.readyAt = clock.now();
    if (one === next) takeOver(one);
    why = undefined;
    plan(LIFE_MS * (0.9 + 0.2 * random()));
    const held = waiters;
    waiters = [];
    for (const waiter of held) waiter.resolve(one);
    options.onReady(child, abilities);
    options.changed();
  }

  function takeOver(one: Running): void {
    const old = current;
    current = one;
    next = undefined;
    renewals++;
    log.info({ venue }, 'a new process of ccxt takes over, as planned');
    options.onLost();
    if (old) void old.child.end('it was replaced');
  }

  function plan(ms: number): void {
    cancelChange?.();
    cancelChange = clock.after(ms, () => {
      cancelChange = undefined;
      next = launch();
    });
  }

  function onEnd(reason: string, child: Child): void {
    if (child === next?.child) {
      next = undefined;
      if (isRunning) plan(RETRY_CHANGE_MS);
      log.warn({ venue, reason }, 'the planned change of process failed');
    }
    if (child !== current?.child) return;
    const livedMs = clock.now() - current.readyAt;
    const wasReady = current.abilities !== undefined;
    current = undefined;
    if (!isRunning) return;
    cancelChange?.();
    cancelChange = undefined;
    giveUp(next, 'the process before it ended');
    tries = livedMs >= STEADY_MS ? 0 : tries;
    renewals += wasReady ? 1 : 0;
    why = reason;
    const waitMs = backoffMs(tries++, random, 500, MAX_WAIT_MS);
    log.warn({ venue, reason, waitMs: Math.round(waitMs) }, 'the process of ccxt ended, another one will follow');
    rejectAll(reason);
    if (wasReady) options.onLost();
    cancelStart = clock.after(waitMs, begin);
    options.changed();
  }

  function giveUp(one: Running | undefined, reason: string): void {
    if (one === next) next = undefined;
    if (one) void one.child.end(reason);
  }

  function rejectAll(reason: string): void {
    const held = waiters;
    waiters = [];
    for (const waiter of held) waiter.reject(unreachable(reason));
  }

  function running(): Promise<Running> {
    if (current?.abilities) return Promise.resolve(current);
    if (!current) return Promise.reject(unreachable(why ?? 'it was not started'));
    return new Promise((resolve, reject) => {
      waiters.push({ resolve, reject });
    });
  }

  return {
    start() {
      if (isRunning) return;
      isRunning = true;
      tries = 0;
      begin();
    },
    async stop() {
      isRunning = false;
      cancelStart?.();
      cancelChange?.();
      const ends = [current, next].map((one) => one?.child.end('the feed stops'));
      [current, next] = [undefined, undefined];
      rejectAll('the feed stops');
      await Promise.all(ends);
    },
    ready: () => (current?.abilities ? current.child : undefined),
    renew(reason) {
      if (current) void current.child.end(reason);
    },
    ask: async (question) => (await running()).child.ask(question),
    abilities: async () => (await running()).abilities!,
    status: () => ({ tries: current?.abilities ? 0 : tries, why, renewals }),
  };
}
