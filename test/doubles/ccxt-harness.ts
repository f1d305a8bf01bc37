import type { ChildProcess } from 'node:child_process';
import { afterEach, expect } from 'vitest';
import type { FeedEvent, Trade } from '../../engine/market/events.ts';
import type { Feed } from '../../feeds/feed.ts';
import { createFeed } from '../../feeds/registry.ts';
import { MINUTE, START, stageOptions } from '../stages/stage.ts';
import { type WatchedChildren, watchChildren } from './ccxt-child.ts';
import { type CcxtExchange, startCcxtExchange } from './ccxt-exchange.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';
import { createSilentLog } from './silent-log.ts';

export const NOW = START + 5 * MINUTE;

/** What a test of a feed through ccxt has. */
export interface CcxtBench {
  readonly exchange: CcxtExchange;
  readonly children: WatchedChildren;
  readonly time: ManualClock;
  readonly feed: Feed;
  readonly log: ReturnType<typeof createSilentLog>;
  readonly events: FeedEvent[];
  trades(): readonly Trade[];
  /** The child that works. */
  child(): ChildProcess;
  /** Lets the clock run, standing still while anything is under way. */
  pass(ms: number, step?: number): Promise<void>;
  until(check: () => boolean, step?: number): Promise<void>;
}

/** Makes feeds on the stand-in for ccxt, which are stopped after each test. Called once in a file of tests. */
export function useCcxt() {
  const running: CcxtBench[] = [];

  afterEach(async () => {
    for (const { feed, exchange } of running.splice(0)) {
      await feed.stop();
      await exchange.stop();
    }
  });

  async function setUp(id = 'double', memoryMb = 256): Promise<CcxtBench> {
    const time = createManualClock(NOW);
    const exchange = await startCcxtExchange({ now: time.now });
    const children = watchChildren(exchange);
    const { module } = exchange;
    const log = createSilentLog();
    const feed = createFeed(`ccxt:${id}`, stageOptions(time, { log, ccxt: { module, memoryMb, fork: children.fork } }));
    const events: FeedEvent[] = [];
    feed.start((event) => events.push(event));
    const made: CcxtBench = {
      ...{ exchange, children, time, feed, log, events },
      trades: () => events.filter((event): event is Trade => event.type === 'trade'),
      child: () => children.all[children.all.length - 1],
      async pass(ms, step = 1000) {
        await children.quiet();
        for (let left = ms; left > 0; left -= step) {
          await time.advance(Math.min(step, left));
          await children.quiet();
        }
      },
      async until(check, step = 250) {
        await children.quiet();
        for (let turn = 0; turn < 500 && !check(); turn++) {
          await time.advance(step);
          await children.quiet();
        }
        expect(check()).toBe(true);
      },
    };
    running.push(made);
    return made;
  }

  /** With a symbol that streams. */
  async function streaming(id = 'double', memoryMb?: number): Promise<CcxtBench> {
    const made = await setUp(id, memoryMb);
    made.feed.watch(['btcusdt']);
    await made.until(() => made.exchange.subscribed('trades BTC/USDT') === 1);
    made.exchange.trade('BTC/USDT', 100, 1);
    await made.until(() => made.feed.status().state === 'live' && made.trades().length === 1);
    return made;
  }

  return { setUp, streaming };
}
