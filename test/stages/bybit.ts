import { createFeed } from '../../feeds/registry.ts';
import { startBybitDouble } from '../doubles/bybit.ts';
import { createManualClock } from '../doubles/manual-clock.ts';
import { watchWire } from '../doubles/wire.ts';
import { MINUTE, START, type StartStage, stageOptions } from './stage.ts';

export const start: StartStage = async (more) => {
  const time = createManualClock(START + 5 * MINUTE);
  const wire = watchWire();
  const venue = await startBybitDouble({ now: time.now });
  for (let i = 0; i < 300; i++) venue.trade('spot', 'BTCUSDT', 100, 1, { ts: START + i * 1000, send: false });
  const market = venue.market('spot', 'BTCUSDT');
  market.setBook([[99, 1]], [[101, 1]]);
  const endpoints = { bybit: { wsUrl: venue.wsUrl, restUrl: venue.restUrl } };
  let size = 1;
  let told = 0;
  return {
    time,
    volume: 30_000,
    feed: createFeed('bybit', stageOptions(time, { endpoints, ...more })),
    trade: () => void venue.trade('spot', 'BTCUSDT', 101, 2),
    book() {
      const text = market.change([[99, ++size]], [[101 + (size % 3), size % 4]], time.now());
      venue.publish('spot', 'orderbook.200.BTCUSDT', text);
    },
    facts: {
      symbol: 'btcusdt.p',
      tell() {
        const ticker = {
          symbol: 'BTCUSDT',
          markPrice: `100.${++told}`,
          fundingRate: '-0.0001',
          openInterest: `${told}`,
        };
        const liquidation = { T: time.now(), s: 'BTCUSDT', S: 'Sell', v: `0.${told}`, p: '99' };
        const of = (topic: string, data: unknown) => JSON.stringify({ topic, type: 'snapshot', ts: time.now(), data });
        venue.publish('linear', 'tickers.BTCUSDT', of('tickers.BTCUSDT', ticker));
        venue.publish('linear', 'allLiquidation.BTCUSDT', of('allLiquidation.BTCUSDT', [liquidation]));
        venue.trade('linear', 'BTCUSDT', 100, told);
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
