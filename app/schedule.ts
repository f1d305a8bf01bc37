import cron from 'node-cron';
import { nightlySnapshot, type SnapshotOptions } from './nightly-snapshot.ts';
import type { Logger } from './part-logger.ts';
import { type PruneOptions, prune } from './prune.ts';

interface Jobs extends PruneOptions {
  readonly log: Logger;
  readonly snapshot: Pick<SnapshotOptions, 'url' | 'folder' | 'keep'>;
}

/** What is done by the hour: old rows are dropped in small steps. And by night: a snapshot. */
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
      '23 * * * *',
      run('prune', () => prune(jobs)),
    ),
    cron.schedule(
      '40 3 * * *',
      run('snapshot', () => nightlySnapshot({ ...jobs.snapshot, clock: jobs.clock, log })),
    ),
  ];
  return {
    stop() {
      for (const task of tasks) void task.stop();
    },
  };
}
