import type { Config } from '../config.ts';
import type { MarketHost } from './market-host.ts';
import type { Logger } from './part-logger.ts';

/** What a demonstration watches from the start. */
const DEMONSTRATION = ['sim:btcusdt', 'sim:ethusdt', 'sim:solusdt', 'sim:aapl', 'sim:googl', 'sim:tsla', 'sim:msft'];

/** Watches what SYMBOLS names. Never rejects. @param quote completes `btc` to `btcusdt` */
export async function watchFromTheStart(config: Config, market: MarketHost, quote: string, log: Logger): Promise<void> {
  await Promise.all(
    namesToWatch(config, market).map(async (name) => {
      const found = market.symbols.resolve(name, { venue: undefined, quote });
      if (found === undefined) log.warn({ symbol: name }, 'SYMBOLS names a symbol that no feed lists');
      else await market.prepare(found.instrument);
    }),
  );
}

/** What SYMBOLS says; else some of the simulator's and everything that is on a tape. */
function namesToWatch(config: Config, market: MarketHost): readonly string[] {
  if (config.SYMBOLS.length > 0) return config.SYMBOLS;
  const simulated = market.venues.includes('sim') ? DEMONSTRATION : [];
  const taped = market.venues.includes('tape') ? market.symbols.all().map((info) => info.instrument) : [];
  return [...new Set([...simulated, ...taped])];
}
