import { createFeed } from '../../feeds/registry.ts';
import { startBinanceDouble } from '../doubles/binance.ts';
import { createManualClock } from '../doubles/manual-clock.ts';
import { watchWire } from '../doubles/wire.ts';
import { MINUTE, START, type StartStage, stageOptions } from './stage.ts';

export const start: StartStage = async (more) => {
  const time = createManualClock(START + 5 * MINUTE);
  const wire = watchWire();
  const venue = await startBinanceDouble({ now: time.now });
  const old = Array.from({ length: 300 }, (_, i) => ({
    ts: START + i * 1000,
    price: '100',
    size: '1',
    buyerMaker: true,
  }));
  venue.preload('BTCUSDT', old);
  venue.setBook('BTCUSDT', [[99, 1]], [[101, 1]]);
  const endpoints = { binance: { wsUrl: venue.wsUrl, restUrl: venue.restUrl } };
  let size = 1;
  return {
    time,
    volume: 30_000,
    feed: createFeed('binance', stageOptions(time, { endpoints, ...more })),
    trade: () => venue.trade('BTCUSDT', 101, 2),
    book: () => venue.changeBook('BTCUSDT', [[99, ++size]], [[101 + (size % 3), size % 4]]),
    cut: () => venue.cutAll(),
    quiet: wire.quiet,
    async close() {
      await venue.stop();
      wire.close();
    },
  };
};
