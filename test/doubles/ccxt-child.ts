import { type ChildProcess, fork as forkProcess } from 'node:child_process';
import type { Fork } from '../../feeds/ccxt/child.ts';
import type { Item, Order } from '../../feeds/ccxt/messages.ts';
import type { CcxtExchange } from './ccxt-exchange.ts';

/** The real child processes of a feed, seen from outside. */
export interface WatchedChildren {
  readonly fork: Fork;
  /** All that were started, the newest last. */
  readonly all: readonly ChildProcess[];
  /** Resolves when nothing is under way between exchange, child and feed. A manual clock must stand still meanwhile. */
  quiet(): Promise<void>;
}

/** Only a bound for what never comes to rest: no result depends on it. */
const PATIENCE_MS = 20_000;
const CALM_ROUNDS = 2;

export function watchChildren(exchange: Pick<CcxtExchange, 'sync' | 'requests' | 'subscriptions'>): WatchedChildren {
  const all: ChildProcess[] = [];
  /** Streams that were ordered and are not subscribed to yet, by number. */
  const ordered = new Map<number, { readonly child: ChildProcess; readonly topic: string; readonly before: number }>();
  let traffic = 0;
  let nextPing = 1;

  const isAlive = (child: ChildProcess): boolean => child.connected && !child.killed && child.exitCode === null;

  /** How many questions the child works on; undefined where it ends instead of answering. */
  function ping(child: ChildProcess): Promise<number | undefined> {
    const id = nextPing++;
    return new Promise((resolve) => {
      const done = (busy: number | undefined): void => {
        child.off('message', onMessage);
        child.off('exit', onExit);
        resolve(busy);
      };
      const onExit = (): void => done(undefined);
      const onMessage = (items: unknown): void => {
        for (const item of items as readonly Item[]) if (item.is === 'pong' && item.id === id) done(item.busy);
      };
      child.on('message', onMessage).on('exit', onExit);
      child.send({ do: 'ping', id }, () => undefined);
    });
  }

  /** Notes what the feed orders. */
  function overhear(child: ChildProcess): void {
    const send = child.send.bind(child) as (message: unknown, ...more: unknown[]) => boolean;
    child.send = (message: unknown, ...more: unknown[]) => {
      const order = message as Order;
      if (order.do === 'open') {
        const topic = `${order.channel} ${order.symbol}`;
        ordered.set(order.stream, { child, topic, before: exchange.subscriptions(topic) });
      } else if (order.do === 'close') ordered.delete(order.stream);
      return send(message, ...more);
    };
  }

  function isSubscribed(): boolean {
    for (const [stream, { child, topic, before }] of ordered) {
      if (!isAlive(child) || exchange.subscriptions(topic) > before) ordered.delete(stream);
    }
    return ordered.size === 0;
  }

  return {
    all,
    fork(file, args, options) {
      const child = forkProcess(file, args, options);
      all.push(child);
      overhear(child);
      child.on('message', (items) => {
        for (const item of items as readonly Item[]) {
          if (item.is !== 'pong') traffic++;
          if (item.is === 'lost') ordered.delete(item.stream);
        }
      });
      return child;
    },
    async quiet() {
      const deadline = performance.now() + PATIENCE_MS;
      for (let calm = 0; calm < CALM_ROUNDS; ) {
        const before = traffic + exchange.requests.length;
        await exchange.sync();
        const busy = await Promise.all(all.filter(isAlive).map(ping));
        for (let turn = 0; turn < 4; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
        const isCalm =
          isSubscribed() && traffic + exchange.requests.length === before && busy.every((count) => count === 0);
        calm = isCalm ? calm + 1 : 0;
        if (performance.now() > deadline) throw new Error('the child does not come to rest');
      }
    },
  };
}
