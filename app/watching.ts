import type { Config } from '../config.ts';
import type { MarketHost } from './market-host.ts';

type Market = Pick<MarketHost, 'venues' | 'symbols' | 'need' | 'ready' | 'unlisted'>;

/** What a demonstration watches from the start. */
const DEMONSTRATION = ['sim:btcusdt', 'sim:ethusdt', 'sim:solusdt', 'sim:aapl', 'sim:googl', 'sim:tsla', 'sim:msft'];

/**
 * Watches what SYMBOLS names. Never rejects.
 *
 * @param quote completes `btc` to `btcusdt`
 * @param notice is told of each name that is not listed
 */
export async function watchFromTheStart(
  config: Pick<Config, 'SYMBOLS'>,
  market: Market,
  quote: string,
  notice: (line: string) => void,
): Promise<void> {
  const found = namesToWatch(config, market).flatMap((name) => {
    const info = market.symbols.resolve(name, { venue: undefined, quote });
    if (info === undefined) warn(name);
    return info?.instrument ?? [];
  });
  // For good: a name that is taken once is not let go.
  market.need('SYMBOLS', found);
  await Promise.all(found.map((instrument) => market.ready(instrument)));

  function warn(name: string): void {
    const near = market.symbols.suggest(name, { venue: undefined, quote }, 3).map((info) => info.instrument);
    const unheard = market.unlisted();
    const asked = market.venues.filter((venue) => !unheard.includes(venue));
    const hint = near.length === 0 ? '' : `; near it: ${near.join(', ')}`;
    const silent = unheard.length === 0 ? '' : `; no answer yet from ${unheard.join(', ')}`;
    notice(`SYMBOLS: ${name} is not listed by ${asked.join(', ') || 'any feed'}${silent}${hint}`);
  }
}

/** What SYMBOLS says; else some of the simulator's and everything that is on a tape. */
function namesToWatch(config: Pick<Config, 'SYMBOLS'>, market: Market): readonly string[] {
  if (config.SYMBOLS.length > 0) return config.SYMBOLS;
  const simulated = market.venues.includes('sim') ? DEMONSTRATION : [];
  const taped = market.venues.includes('tape') ? market.symbols.all().map((info) => info.instrument) : [];
  return [...new Set([...simulated, ...taped])];
}
