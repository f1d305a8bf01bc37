import { createFeed } from '../../feeds/registry.ts';
import { startKrakenDouble } from '../doubles/kraken.ts';
import { createManualClock } from '../doubles/manual-clock.ts';
import { watchWire } from '../doubles/wire.ts';
import { MINUTE, START, type StartStage, stageOptions } from './stage.ts';

export const start: StartStage = async (more) => {
  const time = createManualClock(START + 5 * MINUTE);
  const wire = watchWire();
  const venue = await startKrakenDouble(time.clock);
  for (let i = 0; i < 300; i++) venue.trade('BTC/USDT', 100, 1, { ts: START + i * 1000, side: 'sell', send: false });
  venue.setBook('BTC/USDT', [[99, 1]], [[101, 1]]);
  const endpoints = { kraken: { wsUrl: venue.wsUrl, restUrl: venue.restUrl } };
  let size = 1;
  return {
    time,
    volume: 30_000,
    feed: createFeed('kraken', stageOptions(time, { endpoints, ...more })),
    trade: () => venue.trade('BTC/USDT', 101, 2),
    book: () => venue.changeBook('BTC/USDT', [[99, ++size]], [[101 + (size % 3), size % 4]]),
    cut: () => venue.cutAll(),
    quiet: wire.quiet,
    async close() {
      await venue.stop();
      wire.close();
    },
  };
};
