import { afterEach, beforeEach, expect, it } from 'vitest';
import { createBarStore } from '../db/bars.ts';
import { createChatStore } from '../db/chats.ts';
import { createFactStore } from '../db/facts.ts';
import { createFiringStore } from '../db/firings.ts';
import { createOutboxStore } from '../db/outbox.ts';
import { createRuleStore } from '../db/rules.ts';
import { createTempDatabase, quietLog, type TempDatabase } from '../db/temp-database.ts';
import { Engine } from '../engine/engine.ts';
import { HOUR, MINUTE } from '../engine/market/interval.ts';
import type { Feed, FeedSink } from '../feeds/feed.ts';
import { createManualClock, type ManualClock } from '../test/doubles/manual-clock.ts';
import { createScriptedFeed, scriptedBars } from '../test/doubles/scripted-feed.ts';
import { createBarWriter } from './bar-writer.ts';
import { createFiringWriter } from './firing-writer.ts';
import { createMarketHost, type MarketHost } from './market-host.ts';
import { createRulesHost } from './rules-host.ts';

const NOON = Date.UTC(2026, 0, 15, 12);
const BTC = 'sim:btcusdt';
const RULES = 80;
const flat = () => 100;

let time: ManualClock;
let temp: TempDatabase;
let market: MarketHost;

beforeEach(async () => {
  time = createManualClock(NOON + 30_000);
  temp = await createTempDatabase(time.now);
});

afterEach(async () => {
  await market.stop();
  await temp.drop();
});

/** A venue that tells of a touch of 120 while nobody ran, as soon as it is watched. */
function touchedVenue(): Feed {
  const { feed } = createScriptedFeed('sim', [], { btcusdt: flat });
  let sink: FeedSink = () => undefined;
  return {
    ...feed,
    start(to) {
      sink = to;
    },
    watch() {
      for (const [i, price] of [100, 120, 100].entries()) {
        sink({ type: 'trade', instrument: BTC, ts: NOON + 1_000 + i, price, size: 1, side: 'buy', id: String(i) });
      }
      sink({ type: 'gap', instrument: BTC, open: false, from: NOON, ts: time.now() });
    },
  };
}

function wire() {
  const { database } = temp;
  const engine = new Engine();
  const bars = createBarStore(database);
  const firings = createFiringStore(database);
  const writer = createBarWriter(bars, time.clock, quietLog);
  const facts = createFactStore(database);
  market = createMarketHost({ engine, feeds: [touchedVenue()], bars, facts, writer, clock: time.clock, log: quietLog });
  const firingWriter = createFiringWriter(firings, time.clock, quietLog, () => undefined);
  const stores = { rules: createRuleStore(database), firings, outbox: createOutboxStore(database) };
  const rules = createRulesHost({ engine, market, ...stores, writer: firingWriter, clock: time.clock, log: quietLog });
  return { engine, bars, rules, firings, firingWriter, ruleStore: stores.rules };
}

it('tells what was missed to the last of many rules, though the first one had the market prepared', async () => {
  const { bars, rules, firings, firingWriter, ruleStore } = wire();
  await createChatStore(temp.database).ensure({
    ...{ key: 'sim:1', title: '', kind: 'private', venue: undefined },
    ...{ interval: MINUTE, quote: 'usdt', timeZone: 'UTC', locale: 'en' },
  });
  await bars.put(BTC, MINUTE, scriptedBars(flat, MINUTE, NOON - 100 * MINUTE, NOON));
  for (let i = 0; i < RULES; i++) {
    await ruleStore.insert({
      ...{ chatKey: 'sim:1', ownerId: 'sim:2', instrument: BTC, createdAt: NOON - HOUR },
      text: `${BTC} 1m price > 110 and sma(${3 + (i % 20)}) > 1`,
      saved: { state: 'armed', since: NOON - HOUR, truth: false, firings: 0 },
    });
  }
  await market.start();
  await rules.load();
  for (let i = 0; i < 10; i++) await time.advance(1_000);
  await firingWriter.settled();
  expect(await firings.recent(1000)).toHaveLength(RULES);
});

it('passes nothing on while it is held, and all of it afterwards', async () => {
  const { engine, bars } = wire();
  await bars.put(BTC, MINUTE, scriptedBars(flat, MINUTE, NOON - 100 * MINUTE, NOON));
  const releases = [market.hold(), market.hold()];
  await market.start();
  const prepared = market.prepare(BTC);
  for (const release of releases) {
    await time.advance(5_000);
    expect(engine.view(BTC)).toMatchObject({ ts: Number.NaN, gapSince: NOON + 30_000 });
    release();
  }
  await prepared;
  expect(engine.view(BTC)).toMatchObject({ ts: NOON + 1_002, gapSince: undefined });
});
