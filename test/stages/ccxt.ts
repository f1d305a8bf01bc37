import { createFeed } from '../../feeds/registry.ts';
import { watchChildren } from '../doubles/ccxt-child.ts';
import { startCcxtExchange } from '../doubles/ccxt-exchange.ts';
import { createManualClock } from '../doubles/manual-clock.ts';
import { MINUTE, START, type Stage, stageOptions } from './stage.ts';

export async function start(): Promise<Stage> {
  const time = createManualClock(START + 5 * MINUTE);
  const exchange = await startCcxtExchange({ now: time.now });
  for (let i = 0; i < 300; i++) exchange.trade('BTC/USDT', 100, 1, { timestamp: START + i * 1000 });
  const children = watchChildren(exchange);
  const { module } = exchange;
  let size = 1;
  return {
    time,
    volume: 30_000,
    feed: createFeed('ccxt:double', stageOptions(time, { ccxt: { module, fork: children.fork } })),
    trade: () => void exchange.trade('BTC/USDT', 101, 2),
    book() {
      const book = { timestamp: time.now(), bids: [[99, ++size]], asks: [[101 + (size % 3), 1 + (size % 4)]] };
      exchange.stream('book BTC/USDT', [book]);
    },
    quiet: children.quiet,
    close: exchange.stop,
  };
}
