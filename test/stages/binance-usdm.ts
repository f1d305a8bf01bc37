import { createFeed } from '../../feeds/registry.ts';
import { startUsdmDouble } from '../doubles/binance-usdm.ts';
import { createManualClock } from '../doubles/manual-clock.ts';
import { watchWire } from '../doubles/wire.ts';
import { MINUTE, START, type Stage, stageOptions } from './stage.ts';

export async function start(): Promise<Stage> {
  const time = createManualClock(START + 5 * MINUTE);
  const wire = watchWire();
  const venue = await startUsdmDouble({ now: time.now });
  for (let i = 0; i < 300; i++) venue.trade('BTCUSDT', 100, 1, { ts: START + i * 1000, send: false });
  venue.setBook('BTCUSDT', [[99, 1]], [[101, 1]]);
  const endpoints = { 'binance-usdm': { wsUrl: venue.wsUrl, restUrl: venue.restUrl } };
  let size = 1;
  return {
    time,
    volume: 30_000,
    kind: 'perpetual',
    feed: createFeed('binance-usdm', stageOptions(time, { endpoints })),
    trade: () => venue.trade('BTCUSDT', 101, 2),
    book: () => venue.changeBook('BTCUSDT', [[99, ++size]], [[101 + (size % 3), size % 4]]),
    quiet: wire.quiet,
    async close() {
      await venue.stop();
      wire.close();
    },
  };
}
