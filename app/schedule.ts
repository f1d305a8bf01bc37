import cron from 'node-cron';
import { nightlySnapshot } from './nightly-snapshot.ts';
import type { Logger } from './part-logger.ts';
import { type PruneOptions, prune } from './prune.ts';
import type { LiveSettings } from './reload.ts';

interface Jobs extends Pick<PruneOptions, 'stores' | 'clock'> {
  readonly log: Logger;
  readonly url: string;
  /** As they are when a job is due. */
  readonly settings: Pick<LiveSettings, 'current'>;
}

/** What is done by the hour: old rows are dropped in small steps. And by night: a snapshot. */
export function schedule(jobs: Jobs): { stop(): void } {
  const { log, url, clock, stores } = jobs;
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
      run('prune', () => {
        const { BARS_RETENTION: barsRetention, TRADES_RETENTION: tradesRetention } = jobs.settings.current();
        return prune({ stores, clock, barsRetention, tradesRetention });
      }),
    ),
    cron.schedule(
      '40 3 * * *',
      run('snapshot', () => {
        const { BACKUP_FOLDER: folder, BACKUP_KEEP: keep } = jobs.settings.current();
        return nightlySnapshot({ url, folder, keep, clock, log });
      }),
    ),
  ];
  return {
    stop() {
      for (const task of tasks) void task.stop();
    },
  };
}
