import cron from 'node-cron';
import type { Logger } from './part-logger.ts';
import { type PruneOptions, prune } from './prune.ts';

interface Jobs extends PruneOptions {
  readonly log: Logger;
}

/** What is done by the hour: old rows are dropped in small steps. */
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
  ];
  return {
    stop() {
      for (const task of tasks) void task.stop();
    },
  };
}
