import { createFeed } from '../../feeds/registry.ts';
import { startBybitDouble } from '../doubles/bybit.ts';
import { createManualClock } from '../doubles/manual-clock.ts';
import { watchWire } from '../doubles/wire.ts';
import { MINUTE, START, type Stage, stageOptions } from './stage.ts';

export async function start(): Promise<Stage> {
  const time = createManualClock(START + 5 * MINUTE);
  const wire = watchWire();
  const venue = await startBybitDouble({ now: time.now });
  for (let i = 0; i < 300; i++) venue.trade('spot', 'BTCUSDT', 100, 1, { ts: START + i * 1000, send: false });
  const market = venue.market('spot', 'BTCUSDT');
  market.setBook([[99, 1]], [[101, 1]]);
  const endpoints = { bybit: { wsUrl: venue.wsUrl, restUrl: venue.restUrl } };
  let size = 1;
  return {
    time,
    volume: 30_000,
    feed: createFeed('bybit', stageOptions(time, { endpoints })),
    trade: () => void venue.trade('spot', 'BTCUSDT', 101, 2),
    book() {
      const text = market.change([[99, ++size]], [[101 + (size % 3), size % 4]], time.now());
      venue.publish('spot', 'orderbook.200.BTCUSDT', text);
    },
    quiet: wire.quiet,
    async close() {
      await venue.stop();
      wire.close();
    },
  };
}
