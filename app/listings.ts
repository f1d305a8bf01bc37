import type { ListedMarket, MarketStore } from '../db/markets.ts';
import type { MetaStore } from '../db/meta.ts';
import type { Clock } from '../engine/clock.ts';
import type { InstrumentInfo } from '../engine/market/instrument.ts';
import { HOUR, MINUTE } from '../engine/market/interval.ts';
import { LISTING, listingInstrument } from '../engine/market/listing.ts';
import type { FiringWriter } from './firing-writer.ts';
import type { MarketHost } from './market-host.ts';
import type { Logger } from './part-logger.ts';
import type { RulesHost } from './rules-host.ts';

/** Each venue's list is asked for again after this long, by up to a tenth more or less, in ms. */
const REFRESH_MS = HOUR;
/** Something was missing: the next look, which decides, comes sooner. Feeds keep their lists for ten minutes. */
const CONFIRM_MS = 15 * MINUTE;
/** What is on a tape or was handed in is no list of what trades. */
const NO_LISTS: ReadonlySet<string> = new Set(['tape', 'ingest']);

export interface ListingsOptions {
  readonly market: Pick<MarketHost, 'venues' | 'symbols' | 'onListed' | 'relist' | 'apply' | 'now'>;
  readonly rules: Pick<RulesHost, 'delist' | 'relist'>;
  readonly markets: MarketStore;
  readonly meta: Pick<MetaStore, 'get' | 'set'>;
  readonly writer: Pick<FiringWriter, 'settled'>;
  readonly clock: Clock;
  /** 0 <= x < 1. */
  readonly random: () => number;
  readonly log: Logger;
}

/** Has the venues' lists fetched by the hour, and makes facts and news of what is new in them and what is gone. */
export interface Listings {
  /** To be called when the rules are there: what was listed before waits for it. */
  start(): void;
  stop(): void;
  /** Resolves when all lists that came so far were compared. */
  settled(): Promise<void>;
}

export function createListings(options: ListingsOptions): Listings {
  const { market, rules, markets, meta, writer, clock, random, log } = options;
  const compared = new Map<string, Promise<void>>();
  /** What was missing in a venue's list at the last look: once may be a halt. */
  const missing = new Map<string, ReadonlySet<string>>();
  const timers = new Map<string, () => void>();
  let begin: (() => void) | undefined;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  let stopped = false;

  market.onListed((venue, infos) => {
    if (NO_LISTS.has(venue)) return;
    const work = (compared.get(venue) ?? begun)
      .then(() => (stopped ? undefined : compare(venue, infos)))
      .catch((error: unknown) => log.warn({ err: error, venue }, 'a venue’s list could not be compared'));
    compared.set(venue, work);
  });

  function plan(venue: string, ms: number): void {
    timers.get(venue)?.();
    if (stopped) return;
    timers.set(
      venue,
      clock.after(ms * (0.9 + 0.2 * random()), () => void refresh(venue)),
    );
  }

  /** Never rejects: a venue that does not answer is asked again with the next turn. */
  async function refresh(venue: string): Promise<void> {
    plan(venue, REFRESH_MS);
    // The market warns of it, and tries on.
    await market.relist(venue).catch(() => undefined);
  }

  async function compare(venue: string, infos: readonly InstrumentInfo[]): Promise<void> {
    const known = await markets.of(venue);
    const present = known.filter(({ delistedAt }) => delistedAt === undefined);
    if (infos.length === 0 || infos.length * 2 < present.length) {
      log.warn({ venue, listed: infos.length, known: present.length }, 'a venue’s list is too short to be believed');
      return;
    }
    const key = `listed:${venue}`;
    const absentAt = Number(await meta.get(key));
    const now = market.now();
    if (known.length === 0) await takeAll(infos, now);
    else {
      await tellNew(venue, newIn(infos, known), { listedAt: now, absentAt });
      await tellGone(venue, goneFrom(infos, present));
    }
    await meta.set(key, String(now));
  }

  /** The first list that ever came is no news. */
  function takeAll(infos: readonly InstrumentInfo[], listedAt: number): Promise<void> {
    const told = { listedAt, absentAt: undefined, told: true };
    return markets.list(infos.filter(({ active }) => active).map(({ instrument }) => ({ instrument, ...told })));
  }

  /** Noted first, told then: what a crash keeps from being told is told by the next look. */
  async function tellNew(
    venue: string,
    infos: readonly InstrumentInfo[],
    times: Pick<ListedMarket, 'listedAt' | 'absentAt'>,
  ): Promise<void> {
    if (infos.length === 0) return;
    const instruments = infos.map(({ instrument }) => instrument);
    log.info({ venue, instruments: instruments.slice(0, 20) }, 'a venue lists new markets');
    await markets.list(instruments.map((instrument) => ({ instrument, ...times, told: false })));
    tell(listingInstrument({ venue, quote: undefined }), infos);
    for (const quote of new Set(infos.map((info) => info.quote))) {
      tell(
        listingInstrument({ venue, quote }),
        infos.filter((info) => info.quote === quote),
      );
    }
    await rules.relist(venue, instruments);
    await writer.settled();
    await markets.markTold(instruments);
  }

  /** A moment: before and after it there are no new markets. */
  function tell(instrument: string, infos: readonly InstrumentInfo[]): void {
    const about = infos.map((info) => info.instrument);
    for (const value of [0, about.length, 0]) {
      const isNews = value > 0;
      const fact = { type: 'fact', name: LISTING, instrument, ts: market.now(), value } as const;
      market.apply(isNews ? { ...fact, about } : fact);
    }
  }

  async function tellGone(venue: string, gone: readonly string[]): Promise<void> {
    const before = missing.get(venue);
    const delisted = gone.filter((instrument) => before?.has(instrument));
    missing.set(venue, new Set(gone));
    if (gone.length > delisted.length) plan(venue, CONFIRM_MS);
    if (delisted.length === 0) return;
    log.info({ venue, instruments: delisted.slice(0, 20) }, 'a venue has delisted markets');
    rules.delist(venue, delisted);
    await writer.settled();
    await markets.delist(delisted, market.now());
    const infos = delisted.flatMap((instrument) => market.symbols.get(instrument) ?? []);
    market.symbols.add(infos.map((info) => ({ ...info, active: false })));
  }

  return {
    start() {
      begin?.();
      for (const venue of market.venues) if (!NO_LISTS.has(venue)) plan(venue, REFRESH_MS);
    },
    stop() {
      stopped = true;
      for (const cancel of timers.values()) cancel();
    },
    async settled() {
      await Promise.all(compared.values());
    },
  };
}

/** What is listed and was not, and what nobody was told of. */
function newIn(infos: readonly InstrumentInfo[], known: readonly ListedMarket[]): readonly InstrumentInfo[] {
  const old = new Set(
    known.filter((each) => each.delistedAt === undefined && each.told).map((each) => each.instrument),
  );
  return infos.filter(({ instrument, active }) => active && !old.has(instrument));
}

/** What is halted is still there. */
function goneFrom(infos: readonly InstrumentInfo[], present: readonly ListedMarket[]): readonly string[] {
  const listed = new Set(infos.map(({ instrument }) => instrument));
  return present.map(({ instrument }) => instrument).filter((instrument) => !listed.has(instrument));
}
