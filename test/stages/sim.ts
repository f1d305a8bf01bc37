import { createFeed } from '../../feeds/registry.ts';
import { createManualClock } from '../doubles/manual-clock.ts';
import { MINUTE, START, type Stage, stageOptions } from './stage.ts';

export async function start(): Promise<Stage> {
  const time = createManualClock(START + 5 * MINUTE);
  return {
    time,
    feed: createFeed('sim', stageOptions(time, { sim: { tradesPerMinute: 600 } })),
    quiet: async () => undefined,
    close: async () => undefined,
  };
}
