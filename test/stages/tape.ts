import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFeed } from '../../feeds/registry.ts';
import { createManualClock } from '../doubles/manual-clock.ts';
import { come } from '../doubles/wire.ts';
import { START, type Stage, stageOptions } from './stage.ts';

export async function start(): Promise<Stage> {
  const time = createManualClock(START);
  const folder = mkdtempSync(join(tmpdir(), 'feed-'));
  const line = (i: number) =>
    JSON.stringify({ instrument: 'tape:btcusdt', ts: START + i * 500, price: 1 + (i % 5), size: 1 });
  writeFileSync(join(folder, 't'), Array.from({ length: 1000 }, (_, i) => line(i)).join('\n'));
  const feed = createFeed(`tape:${join(folder, 't')}`, stageOptions(time, { tape: { speed: 1 } }));
  // While it plays it either reads the file or waits for the time of the next line.
  const quiet = () => come(() => feed.status().state !== 'live' || time.pending() > 0);
  return { time, feed, quiet, close: async () => rmSync(folder, { recursive: true }) };
}
