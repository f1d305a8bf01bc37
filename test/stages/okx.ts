import { createFeed } from '../../feeds/registry.ts';
import { createManualClock } from '../doubles/manual-clock.ts';
import { startOkxDouble } from '../doubles/okx.ts';
import { watchWire } from '../doubles/wire.ts';
import { MINUTE, START, type Stage, stageOptions } from './stage.ts';

export async function start(): Promise<Stage> {
  const time = createManualClock(START + 5 * MINUTE);
  const wire = watchWire();
  const venue = await startOkxDouble({ now: time.now });
  for (let i = 0; i < 300; i++) venue.trade('BTC-USDT', 100, 1, { ts: START + i * 1000 });
  venue.book('BTC-USDT').set([[99, 1]], [[101, 1]]);
  const endpoints = { okx: { wsUrl: venue.wsUrl, restUrl: venue.restUrl } };
  let size = 1;
  return {
    time,
    volume: 30_000,
    feed: createFeed('okx', stageOptions(time, { endpoints })),
    trade: () => void venue.trade('BTC-USDT', 101, 2, { fills: 2 }),
    book: () => void venue.changeBook('BTC-USDT', [[99, ++size]], [[101 + (size % 3), size % 4]]),
    quiet: wire.quiet,
    async close() {
      await venue.stop();
      wire.close();
    },
  };
}
