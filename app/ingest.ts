import { z } from 'zod';
import type { BarStore } from '../db/bars.ts';
import type { MetaStore } from '../db/meta.ts';
import type { TradeStore } from '../db/trades.ts';
import { MINUTE } from '../engine/market/interval.ts';
import type { IngestFeed, MissedTrades } from '../feeds/ingest.ts';
import type { IngestPort } from '../web/ports.ts';
import type { BarWriter } from './bar-writer.ts';
import type { Logger } from './part-logger.ts';

/** An item may lie so far ahead of our clock, in ms. */
const AHEAD_MS = 60_000;
/** Whole bars that wait to be stored before no more are read. */
const MOST_UNSTORED = 5_000;
const SYMBOLS_KEY = 'ingest-symbols';

interface MissedStores {
  readonly bars: Pick<BarStore, 'newestStart'>;
  readonly trades: Pick<TradeStore, 'read'>;
}

export interface IngestOptions {
  readonly feed: IngestFeed;
  readonly market: { now(): number };
  readonly bars: Pick<BarWriter, 'add' | 'flush'>;
  readonly meta: Pick<MetaStore, 'get' | 'set'>;
  /** Whether time is a tape's: nothing may run ahead of it then. */
  readonly isTape: boolean;
  readonly log: Logger;
}

/** What the HTTP side hands in: whole bars are stored as they come, and symbols are known again after a restart. */
export function createIngest({ feed, market, bars, meta, isTape, log }: IngestOptions): IngestPort {
  const known = new Set<string>();
  let unstored = 0;
  let isSaving = false;
  let isNews = false;

  feed.onBars((instrument, told) => {
    for (const bar of told.bars) bars.add(instrument, told.interval, bar);
    unstored += told.bars.length;
  });
  feed.onListed(({ symbol }) => {
    known.add(symbol);
    isNews = true;
    if (!isSaving) void save();
  });

  /** The whole list, once for all symbols that come up meanwhile. Never rejects. */
  async function save(): Promise<void> {
    isSaving = true;
    try {
      while (isNews) {
        isNews = false;
        const before = await rememberedSymbols(meta);
        await meta.set(SYMBOLS_KEY, JSON.stringify([...new Set([...before, ...known])]));
      }
    } catch (error) {
      log.warn({ err: error }, 'the symbols that were handed in could not be stored');
    }
    isSaving = false;
  }

  return {
    post: (value) => feed.post(value, { now: market.now(), aheadMs: isTape ? 0 : AHEAD_MS }),
    async pause() {
      if (unstored > MOST_UNSTORED) {
        unstored = 0;
        await bars.flush();
      }
      await new Promise<void>((resolve) => setImmediate(resolve));
    },
  };
}

/** What an earlier run was told behind the newest minute that it stored: a kill took its bar, and nobody tells it again. */
export function missedTrades({ bars, trades }: MissedStores): MissedTrades {
  return async function* missed(instrument) {
    const newest = await bars.newestStart(instrument, MINUTE);
    yield* trades.read(instrument, newest === undefined ? 0 : newest + MINUTE, Number.MAX_SAFE_INTEGER);
  };
}

/** Symbols that were handed in before this run. */
export async function rememberedSymbols(meta: Pick<MetaStore, 'get'>): Promise<readonly string[]> {
  const stored = await meta.get(SYMBOLS_KEY);
  return stored === undefined ? [] : z.array(z.string()).parse(JSON.parse(stored));
}
