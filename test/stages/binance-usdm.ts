import { createFeed } from '../../feeds/registry.ts';
import { startUsdmDouble } from '../doubles/binance-usdm.ts';
import { createManualClock } from '../doubles/manual-clock.ts';
import { watchWire } from '../doubles/wire.ts';
import { MINUTE, START, type StartStage, stageOptions } from './stage.ts';

export const start: StartStage = async (more) => {
  const time = createManualClock(START + 5 * MINUTE);
  const wire = watchWire();
  const venue = await startUsdmDouble({ now: time.now });
  for (let i = 0; i < 300; i++) venue.trade('BTCUSDT', 100, 1, { ts: START + i * 1000, send: false });
  venue.setBook('BTCUSDT', [[99, 1]], [[101, 1]]);
  const endpoints = { 'binance-usdm': { wsUrl: venue.wsUrl, restUrl: venue.restUrl } };
  let size = 1;
  let told = 0;
  return {
    time,
    volume: 30_000,
    kind: 'perpetual',
    feed: createFeed('binance-usdm', stageOptions(time, { endpoints, ...more })),
    trade: () => venue.trade('BTCUSDT', 101, 2),
    book: () => venue.changeBook('BTCUSDT', [[99, ++size]], [[101 + (size % 3), size % 4]]),
    facts: {
      symbol: 'btcusdt',
      tell() {
        const next = START + 8 * 3_600_000;
        venue.tellMark('BTCUSDT', { mark: `100.${++told}`, index: '100.5', funding: '-0.0001', next });
        venue.liquidate('BTCUSDT', `0.${told}`);
        venue.openInterest.set('BTCUSDT', `${1000 + told}.5`);
      },
    },
    cut: () => venue.cutAll(),
    quiet: wire.quiet,
    async close() {
      await venue.stop();
      wire.close();
    },
  };
};
