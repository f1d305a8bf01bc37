import cron from 'node-cron';
import type { BarStore } from '../db/bars.ts';
import type { OutboxStore } from '../db/outbox.ts';
import type { ViewStore } from '../db/views.ts';
import type { Clock } from '../engine/clock.ts';
import { DAY, HOUR, MINUTE, STANDARD_INTERVALS } from '../engine/market/interval.ts';
import type { MarketHost } from './market-host.ts';
import type { Logger } from './part-logger.ts';

interface Jobs {
  readonly market: MarketHost;
  readonly bars: BarStore;
  readonly outbox: OutboxStore;
  readonly views: ViewStore;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long bars shorter than an hour are kept, in ms. */
  readonly barsRetention: number;
}

/** Rows that one pruning step takes at most. */
const STEP = 500;
const KEEP_DELIVERIES_MS = 30 * DAY;
const KEEP_VIEWS_MS = 30 * DAY;

/** What is done by the hour: the venues' symbols are listed anew, old rows are dropped in small steps. */
export function schedule(jobs: Jobs): { stop(): void } {
  const { log } = jobs;
  const run = (name: string, work: () => Promise<void>) => async (): Promise<void> => {
    try {
      await work();
    } catch (error) {
      log.warn({ err: error, job: name }, 'a regular job failed');
    }
  };
  const tasks = [
    cron.schedule(
      '7 * * * *',
      run('symbols', () => jobs.market.relist()),
    ),
    cron.schedule(
      '23 * * * *',
      run('prune', () => prune(jobs)),
    ),
  ];
  return {
    stop() {
      for (const task of tasks) void task.stop();
    },
  };
}

async function prune({ bars, outbox, views, clock, barsRetention }: Jobs): Promise<void> {
  const now = clock.now();
  const short = STANDARD_INTERVALS.filter((interval) => interval >= MINUTE && interval < HOUR);
  for (const interval of short) await inSteps(() => bars.prune(interval, now - barsRetention, STEP));
  await inSteps(() => outbox.prune(now - KEEP_DELIVERIES_MS, STEP));
  await inSteps(() => views.prune(now - KEEP_VIEWS_MS, STEP));
}

/** Goes on until a step finds nothing more, and lets others run between the steps. */
async function inSteps(step: () => Promise<number>): Promise<void> {
  while ((await step()) > 0) await new Promise<void>((resolve) => setImmediate(resolve));
}
