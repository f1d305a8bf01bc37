import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBarStore } from '../db/bars.ts';
import { createTempDatabase, quietLog, type TempDatabase } from '../db/temp-database.ts';
import { Engine } from '../engine/engine.ts';
import { TransportError } from '../engine/errors.ts';
import type { InstrumentInfo } from '../engine/market/instrument.ts';
import type { Feed } from '../feeds/feed.ts';
import { createManualClock, type ManualClock } from '../test/doubles/manual-clock.ts';
import { createScriptedFeed } from '../test/doubles/scripted-feed.ts';
import { createBarWriter } from './bar-writer.ts';
import { createMarketHost, type MarketHost } from './market-host.ts';

const NOON = Date.UTC(2026, 0, 15, 12);

const info = (venue: string): InstrumentInfo => ({
  ...{ instrument: `${venue}:btcusdt`, venue, symbol: 'btcusdt', base: 'btc', quote: 'usdt' },
  ...{ kind: 'spot', tick: 0.01, lot: 0.001, active: true },
});

let time: ManualClock;
let temp: TempDatabase;
let market: MarketHost;

beforeEach(async () => {
  time = createManualClock(NOON);
  temp = await createTempDatabase(time.now);
});

afterEach(async () => {
  await market.stop();
  await temp.drop();
});

function host(...feeds: Feed[]): MarketHost {
  const bars = createBarStore(temp.database);
  const writer = createBarWriter(bars, time.clock, quietLog);
  market = createMarketHost({ engine: new Engine(), feeds, bars, writer, clock: time.clock, log: quietLog });
  return market;
}

/** A venue whose list cannot be had until `open` is called. */
function closedVenue(venue: string) {
  const { feed } = createScriptedFeed(venue, [info(venue)], { btcusdt: () => 100 });
  let isOpen = false;
  const instruments = async () => {
    if (!isOpen) throw new TransportError('down', { retryable: true, reason: 'unreachable' });
    return feed.instruments();
  };
  return {
    feed: { ...feed, instruments },
    open() {
      isOpen = true;
    },
  };
}

describe('the start of the market', () => {
  it('names the venues whose symbols are not known yet, until they are', async () => {
    const closed = closedVenue('binance');
    const { feed } = createScriptedFeed('sim', [info('sim')], { btcusdt: () => 100 });
    host(feed, closed.feed);
    expect(market.unlisted()).toEqual(['sim', 'binance']);
    void market.start();
    await time.advance(4_000);
    expect(market.unlisted()).toEqual(['binance']);
    closed.open();
    await time.advance(4_000);
    expect(market.unlisted()).toEqual([]);
    expect(market.symbols.get('binance:btcusdt')).toBeDefined();
  });

  it('learns the symbols of each venue that answers, where another one does not', async () => {
    const [closed, other] = [closedVenue('binance'), closedVenue('kraken')];
    host(closed.feed, other.feed);
    other.open();
    await expect(market.relist()).rejects.toThrow('down');
    await time.advance(0);
    expect(market.unlisted()).toEqual(['binance']);
  });
});
