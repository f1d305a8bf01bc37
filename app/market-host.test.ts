import { afterEach, describe, expect, it } from 'vitest';
import { createBarStore } from '../db/bars.ts';
import { createChatStore } from '../db/chats.ts';
import { createFactStore } from '../db/facts.ts';
import { createFiringStore } from '../db/firings.ts';
import { createOutboxStore } from '../db/outbox.ts';
import { createRuleStore } from '../db/rules.ts';
import { createTempDatabase, quietLog, type TempDatabase } from '../db/temp-database.ts';
import { Engine } from '../engine/engine.ts';
import { TransportError } from '../engine/errors.ts';
import { parseRule } from '../engine/language/parse.ts';
import { printRule } from '../engine/language/print.ts';
import type { Bar } from '../engine/market/events.ts';
import { HOUR, MINUTE } from '../engine/market/interval.ts';
import type { SavedRule } from '../engine/rules/rule.ts';
import type { Feed, FeedSink } from '../feeds/feed.ts';
import { createManualClock, type ManualClock } from '../test/doubles/manual-clock.ts';
import { createBarWriter } from './bar-writer.ts';
import { createFiringWriter } from './firing-writer.ts';
import { createMarketHost, type MarketHost } from './market-host.ts';
import { createRulesHost, type RulesHost } from './rules-host.ts';

const NOON = 1_700_000_000_000 - (1_700_000_000_000 % (12 * HOUR));
const BTC = 'sim:btcusdt';

/** A minute's bar at the script's price. */
const minuteBar = (start: number, price: number): Bar => ({
  start,
  open: price,
  high: price,
  low: price,
  close: price,
  volume: 5,
  trades: 3,
});

/** A venue that takes a second for history, and passes on what was missed as soon as it is watched. */
function slowVenue(time: ManualClock, priceAt: (ts: number) => number) {
  let sink: FeedSink = () => {};
  let from = 0;
  let failing = false;
  const bars = (interval: number, start: number, end: number): Bar[] => {
    const out: Bar[] = [];
    for (let at = Math.ceil(start / interval) * interval; at + interval <= end; at += interval)
      out.push(minuteBar(at, priceAt(at)));
    return out;
  };
  const feed: Feed = {
    venue: 'sim',
    start: (to) => {
      sink = to;
    },
    stop: async () => {},
    instruments: async () => [],
    unwatch() {},
    async history(_symbol, interval, start, end) {
      await new Promise<void>((resolve) => time.clock.after(1_000, resolve));
      if (failing) throw new TransportError('down', { retryable: true, reason: 'unreachable' });
      return bars(interval, start, Math.min(end, time.now()));
    },
    resume(_symbol, since) {
      from = since;
    },
    watch() {
      sink({ type: 'gap', instrument: BTC, open: true, from, ts: time.now() });
      sink({ type: 'bars', instrument: BTC, interval: MINUTE, bars: bars(MINUTE, from, time.now()) });
      sink({ type: 'gap', instrument: BTC, open: false, from, ts: time.now() });
    },
    status: () => ({
      venue: 'sim',
      state: 'live',
      lastMessageAt: undefined,
      since: 0,
      tries: 0,
      counters: { frames: 0, trades: 0, duplicates: 0, malformed: 0, unknown: 0, reconnects: 0 },
    }),
  };
  return {
    feed,
    trade: (ts: number, price: number) =>
      sink({ type: 'trade', instrument: BTC, ts, price, size: 1, side: 'buy', id: String(ts) }),
    fail: (to: boolean) => {
      failing = to;
    },
  };
}

describe('the market’s host', () => {
  const open: { temp: TempDatabase; market: MarketHost }[] = [];
  afterEach(async () => {
    for (const { temp, market } of open.splice(0)) {
      await market.stop();
      await temp.drop();
    }
  });

  async function host(
    priceAt: (ts: number) => number,
    stored?: { bars: readonly Bar[]; rule?: { text: string; saved: SavedRule } },
  ) {
    const time = createManualClock(NOON);
    const temp = await createTempDatabase(time.now);
    const { database } = temp;
    const engine = new Engine();
    const bars = createBarStore(database);
    const facts = createFactStore(database);
    const ruleStore = createRuleStore(database);
    const firings = createFiringStore(database);
    const outbox = createOutboxStore(database);
    const writer = createBarWriter(bars, time.clock, quietLog);
    const venue = slowVenue(time, priceAt);
    const market = createMarketHost({
      engine,
      feeds: [venue.feed],
      bars,
      facts,
      writer,
      clock: time.clock,
      log: quietLog,
    });
    const firingWriter = createFiringWriter(firings, time.clock, quietLog, () => {});
    const rules: RulesHost = createRulesHost({
      engine,
      market,
      rules: ruleStore,
      firings,
      outbox,
      writer: firingWriter,
      clock: time.clock,
      log: quietLog,
    });
    await createChatStore(database).ensure({
      key: 'sim:1',
      title: '',
      kind: 'private',
      venue: undefined,
      interval: MINUTE,
      quote: 'usdt',
      timeZone: 'UTC',
      locale: 'en',
    });
    if (stored !== undefined) await bars.put(BTC, MINUTE, stored.bars);
    if (stored?.rule !== undefined) {
      const { text, saved } = stored.rule;
      await ruleStore.insert({
        chatKey: 'sim:1',
        ownerId: 'sim:2',
        text: printRule(read(text)),
        instrument: BTC,
        saved,
        createdAt: NOON,
      });
    }
    open.push({ temp, market });
    const started = market.start();
    await started;
    await rules.load();
    return { time, engine, market, rules, venue, bars, firings, firingWriter };
  }

  const read = (text: string) =>
    parseRule(`${BTC} ${text}`, {
      resolve: (name) => (name.includes(':') ? name : undefined),
      suggest: () => [],
      instrument: undefined,
      interval: MINUTE,
      now: NOON,
      wallTime: Date.UTC,
    });

  /** Lets a second pass at a time, so that everything in between has its turn. */
  async function pass(time: ManualClock, seconds: number): Promise<void> {
    for (let i = 0; i < seconds; i++) await time.advance(1_000);
  }

  const armed: SavedRule = { state: 'armed', since: NOON - HOUR, truth: false, firings: 0 };
  const spike = (ts: number): number => (ts === NOON - 10 * MINUTE ? 130 : 100);
  const before = Array.from({ length: 100 }, (_, i) => minuteBar(NOON - 120 * MINUTE + i * MINUTE, 100));

  it('tells once of what was missed, however long the venue takes for the history that the rule wants', async () => {
    const { time, firings, firingWriter, bars } = await host(spike, {
      bars: before,
      rule: { text: '1h price > 120 and sma(3) > 1', saved: armed },
    });
    await pass(time, 10);
    await firingWriter.settled();
    expect((await firings.byRule('1', 5)).map((firing) => firing.price)).toEqual([130]);
    await pass(time, 10);
    const stored = await bars.range(BTC, MINUTE, NOON - 20 * MINUTE, NOON, 100);
    expect(stored.map((bar) => bar.close)).toEqual(Array.from({ length: 20 }, (_, i) => (i === 10 ? 130 : 100)));
  });

  it('does not let a hold run out on a market that it has not seen', async () => {
    const pending: SavedRule = { ...armed, state: 'pending', truth: true, pendingSince: NOON - 30 * MINUTE };
    const { time, firings, firingWriter, engine } = await host(() => 100, {
      bars: before,
      rule: { text: 'price > 120 for 5m', saved: pending },
    });
    await pass(time, 10);
    await firingWriter.settled();
    expect(await firings.byRule('1', 5)).toEqual([]);
    expect(engine.rule('1')?.state).toBe('armed');
  });

  it('asks again for history that the venue could not give', async () => {
    const { time, rules, engine, venue } = await host(() => 100);
    venue.fail(true);
    const made = rules.create({ chatKey: 'sim:1', ownerId: 'sim:2', text: '', rule: read('1h rsi(14) < 99') });
    await pass(time, 10);
    const { id } = await made;
    expect(engine.rule(id)?.ready).toBe(false);
    venue.fail(false);
    await pass(time, 60);
    expect(engine.rule(id)?.ready).toBe(true);
  });

  it('has no empty minute where the first history took it over a minute’s end', async () => {
    const { time, market, bars } = await host(() => 100);
    await time.advance(59_500);
    const prepared = market.prepare(BTC);
    await pass(time, 130);
    await prepared;
    const stored = await bars.range(BTC, MINUTE, NOON - 2 * MINUTE, NOON + 2 * MINUTE, 10);
    expect(stored.map((bar) => bar.volume)).toEqual([5, 5, 5, 0]);
  });

  it('refuses a trade from the future', async () => {
    const { time, market, venue, engine } = await host(() => 100);
    const prepared = market.prepare(BTC);
    await pass(time, 3);
    await prepared;
    venue.trade(time.now() * 1000, 7);
    venue.trade(time.now(), 101);
    expect(engine.view(BTC)?.price).toBe(101);
    expect(market.counters().refused).toBe(1);
  });

  it('numbers the firings of a changed rule on, so that none is taken for one that was stored', async () => {
    const { time, rules, venue, firings, firingWriter } = await host(() => 100);
    const made = rules.create({ chatKey: 'sim:1', ownerId: 'sim:2', text: '', rule: read('price > 120') });
    await pass(time, 10);
    const { id } = await made;
    venue.trade(time.now(), 125);
    venue.trade(time.now() + 1, 100);
    const changed = rules.replace(id, '', read('price > 120 once'));
    await pass(time, 5);
    await changed;
    venue.trade(time.now() + 2, 126);
    await firingWriter.settled();
    expect((await firings.byRule(id, 5)).map((firing) => firing.id)).toEqual([`${id}.2`, `${id}.1`]);
  });
});
