import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBarStore } from '../db/bars.ts';
import { createFactStore } from '../db/facts.ts';
import { createTempDatabase, type TempDatabase } from '../db/temp-database.ts';
import { Engine } from '../engine/engine.ts';
import { TransportError } from '../engine/errors.ts';
import type { InstrumentInfo } from '../engine/market/instrument.ts';
import type { Feed } from '../feeds/feed.ts';
import { createManualClock, type ManualClock } from '../test/doubles/manual-clock.ts';
import { createScriptedFeed } from '../test/doubles/scripted-feed.ts';
import { createSilentLog } from '../test/doubles/silent-log.ts';
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
let log: ReturnType<typeof createSilentLog>;
let engine: Engine;

beforeEach(async () => {
  time = createManualClock(NOON);
  log = createSilentLog();
  engine = new Engine();
  temp = await createTempDatabase(time.now);
});

afterEach(async () => {
  await market.stop();
  await temp.drop();
});

function host(...feeds: Feed[]): MarketHost {
  const bars = createBarStore(temp.database);
  const facts = createFactStore(temp.database);
  const writer = createBarWriter(bars, time.clock, log);
  market = createMarketHost({ engine, feeds, bars, facts, writer, clock: time.clock, random: () => 1, log });
  return market;
}

/** A venue whose list cannot be had until `open` is called. */
function closedVenue(venue: string) {
  const { feed } = createScriptedFeed(venue, [info(venue)], { btcusdt: () => 100 });
  let isOpen = false;
  const asked: number[] = [];
  const instruments = async () => {
    asked.push(time.now() - NOON);
    if (!isOpen) throw new TransportError('down', { retryable: true, reason: 'unreachable' });
    return feed.instruments();
  };
  return {
    feed: { ...feed, instruments },
    asked,
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
    await time.advance(2_000);
    expect(market.unlisted()).toEqual([]);
    expect(market.symbols.get('binance:btcusdt')).toBeDefined();
  });

  it('learns the symbols of each venue that answers, where another one does not', async () => {
    const [closed, other] = [closedVenue('binance'), closedVenue('kraken')];
    host(closed.feed, other.feed);
    other.open();
    await expect(market.relist('binance')).rejects.toThrow('down');
    await market.relist('kraken');
    expect(market.unlisted()).toEqual(['binance']);
  });

  it('asks a venue that does not answer ever more rarely', async () => {
    const closed = closedVenue('binance');
    host(closed.feed);
    void market.start();
    await time.advance(15 * 60_000);
    expect(closed.asked.map((ms) => Math.floor(ms / 1000))).toEqual([0, 5, 15, 35, 75, 155, 315, 615]);
    closed.open();
    await market.relist('binance');
    expect(market.unlisted()).toEqual([]);
  });

  it('names a venue that cannot be reached in one plain line, at most once a minute, and tells when it answers', async () => {
    const closed = closedVenue('binance');
    host(closed.feed);
    void market.start();
    await time.advance(59_000);
    const warning = {
      ...{ level: 'warn', fields: { venue: 'binance' } },
      message: 'binance could not be reached: down; trying again',
    };
    expect(log.lines).toEqual([warning]);
    await time.advance(17_000);
    expect(log.lines).toEqual([warning, warning]);
    closed.open();
    await time.advance(80_000);
    expect(log.lines.at(-1)).toMatchObject({ level: 'info', message: 'binance tells its list of markets' });
  });

  it('tries on by itself where a list cannot be had anew', async () => {
    const closed = closedVenue('binance');
    host(closed.feed);
    await expect(market.relist('binance')).rejects.toThrow('down');
    closed.open();
    await time.advance(6_000);
    expect(market.unlisted()).toEqual([]);
  });

  describe('of an instrument that something goes wrong with', () => {
    /** A venue that breaks where nobody expects it, until it is mended. */
    function brittleVenue() {
      const venue = createScriptedFeed('sim', [info('sim')], { btcusdt: () => 100 });
      let isBroken = true;
      const resume = () => {
        if (isBroken) throw new TypeError('nobody expects this');
      };
      return {
        feed: { ...venue.feed, resume },
        watched: venue.watched,
        mend() {
          isBroken = false;
        },
      };
    }

    it('says so in the log, rejects nothing, and stays blind', async () => {
      const venue = brittleVenue();
      host(venue.feed);
      await market.start();
      await market.prepare('sim:btcusdt');
      expect(log.lines.filter(({ level }) => level === 'error').map(({ message }) => message)).toEqual([
        'an instrument could not be prepared, trying again',
      ]);
      expect(engine.view('sim:btcusdt')?.gapSince).toBe(NOON);
    });

    it('prepares it for the next one who asks', async () => {
      const venue = brittleVenue();
      host(venue.feed);
      await market.start();
      await market.prepare('sim:btcusdt');
      venue.mend();
      await market.prepare('sim:btcusdt');
      expect([...venue.watched]).toEqual(['btcusdt']);
      expect(engine.view('sim:btcusdt')?.gapSince).toBeUndefined();
    });

    it('prepares it by itself later', async () => {
      const venue = brittleVenue();
      host(venue.feed);
      await market.start();
      await market.prepare('sim:btcusdt');
      venue.mend();
      await time.advance(10 * 60_000);
      expect([...venue.watched]).toEqual(['btcusdt']);
    });
  });
});
