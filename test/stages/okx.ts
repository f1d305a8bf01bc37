import { createFeed } from '../../feeds/registry.ts';
import { createManualClock } from '../doubles/manual-clock.ts';
import { startOkxDouble } from '../doubles/okx.ts';
import { watchWire } from '../doubles/wire.ts';
import { MINUTE, START, type StartStage, stageOptions } from './stage.ts';

export const start: StartStage = async (more) => {
  const time = createManualClock(START + 5 * MINUTE);
  const wire = watchWire();
  const venue = await startOkxDouble({ now: time.now });
  for (let i = 0; i < 300; i++) venue.trade('BTC-USDT', 100, 1, { ts: START + i * 1000 });
  venue.book('BTC-USDT').set([[99, 1]], [[101, 1]]);
  const endpoints = { okx: { wsUrl: venue.wsUrl, restUrl: venue.restUrl } };
  let size = 1;
  let told = 0;
  return {
    time,
    volume: 30_000,
    feed: createFeed('okx', stageOptions(time, { endpoints, ...more })),
    trade: () => void venue.trade('BTC-USDT', 101, 2, { fills: 2 }),
    book: () => void venue.changeBook('BTC-USDT', [[99, ++size]], [[101 + (size % 3), size % 4]]),
    facts: {
      symbol: 'btcusdt.p',
      tell() {
        const row = { instId: 'BTC-USDT-SWAP', instType: 'SWAP', ts: String(time.now()) };
        const times = { fundingTime: String(START + 3_600_000), nextFundingTime: '9' };
        const details = [{ side: 'buy', posSide: 'short', bkPx: '64000', sz: `${++told}`, ts: row.ts }];
        venue.row('funding-rate:BTC-USDT-SWAP', { ...row, ...times, fundingRate: '-0.0001' });
        venue.row('mark-price:BTC-USDT-SWAP', { ...row, markPx: `100.${told}` });
        venue.row('index-tickers:BTC-USDT', { instId: 'BTC-USDT', idxPx: '100.5', ts: row.ts });
        venue.row('open-interest:BTC-USDT-SWAP', { ...row, oi: `${300 + told}`, oiCcy: `${3 + told}` });
        venue.row('liquidation-orders:SWAP', { instId: 'BTC-USDT-SWAP', details });
        // In contracts of a hundredth.
        venue.trade('BTC-USDT-SWAP', 100, told);
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
