import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBarStore } from '../db/bars.ts';
import { createChatStore } from '../db/chats.ts';
import { createFactStore } from '../db/facts.ts';
import { createFiringStore } from '../db/firings.ts';
import { createOutboxStore } from '../db/outbox.ts';
import { createRuleStore } from '../db/rules.ts';
import { createTempDatabase, quietLog, type TempDatabase } from '../db/temp-database.ts';
import { Engine } from '../engine/engine.ts';
import { parseRule } from '../engine/language/parse.ts';
import { printRule } from '../engine/language/print.ts';
import { HOUR, MINUTE, SECOND } from '../engine/market/interval.ts';
import type { Firing } from '../engine/rules/rule.ts';
import { createSimFeed } from '../feeds/sim.ts';
import { createManualClock, type ManualClock } from '../test/doubles/manual-clock.ts';
import { createBarWriter } from './bar-writer.ts';
import { createFiringWriter } from './firing-writer.ts';
import { createMarketHost, type MarketHost } from './market-host.ts';
import { createRulesHost, type RulesHost } from './rules-host.ts';

/** 2026-01-15T12:00:20Z: not at a minute's end. */
const START = Date.UTC(2026, 0, 15, 12, 0, 20);
const BTC = 'sim:btcusdt';
const RULES = ['1s z(20) > 2 every 1s', 'price > ema(5) every 1s', '1s highest(5) - lowest(5) > 30 every 10s'];

const read = (text: string) =>
  parseRule(`${BTC} ${text}`, {
    resolve: (name) => (name.includes(':') ? name : undefined),
    suggest: () => [],
    instrument: undefined,
    interval: MINUTE,
    now: START,
    wallTime: Date.UTC,
  });

interface Run {
  readonly market: MarketHost;
  readonly rules: RulesHost;
  readonly engine: Engine;
  stop(): Promise<void>;
}

/** The simulated market and its rules, over a database that outlives them. */
async function run(temp: TempDatabase, time: ManualClock): Promise<Run> {
  const { clock } = time;
  const { database } = temp;
  const engine = new Engine();
  const bars = createBarStore(database);
  const facts = createFactStore(database);
  const firings = createFiringStore(database);
  const barWriter = createBarWriter(bars, clock, quietLog);
  const feeds = [createSimFeed({ seed: 'restart', clock })];
  const market = createMarketHost({ engine, feeds, bars, facts, writer: barWriter, clock, log: quietLog });
  const writer = createFiringWriter(firings, clock, quietLog, () => undefined);
  const stores = { rules: createRuleStore(database), firings, outbox: createOutboxStore(database) };
  const rules = createRulesHost({ engine, market, ...stores, writer, clock, log: quietLog });
  await market.start();
  await rules.load();
  return {
    ...{ market, rules, engine },
    async stop() {
      await market.stop();
      await writer.stop();
      await barWriter.stop();
    },
  };
}

describe('a restart', () => {
  const open: TempDatabase[] = [];
  let time: ManualClock;
  let stops: (() => Promise<void>)[] = [];

  beforeEach(() => {
    time = createManualClock(START);
  });

  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
    for (const temp of open.splice(0)) await temp.drop();
  });

  /** A run with all rules, some time into it. */
  async function begin(temp: TempDatabase): Promise<Run> {
    const first = await run(temp, time);
    stops = [first.stop];
    await createChatStore(temp.database).ensure({
      ...{ key: 'sim:1', title: '', kind: 'private', venue: undefined },
      ...{ interval: MINUTE, quote: 'usdt', timeZone: 'UTC', locale: 'en' },
    });
    for (const text of RULES) {
      await first.rules.create({ chatKey: 'sim:1', ownerId: 'sim:2', text: printRule(read(text)), rule: read(text) });
    }
    await pass(4 * MINUTE);
    return first;
  }

  async function database(): Promise<TempDatabase> {
    const temp = await createTempDatabase(time.now);
    open.push(temp);
    return temp;
  }

  /** Lets a second pass at a time, so that what waits for the database has its turn. */
  async function pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= SECOND) await time.advance(SECOND);
  }

  const firedBy = async (temp: TempDatabase): Promise<readonly Firing[][]> => {
    const store = createFiringStore(temp.database);
    return Promise.all(RULES.map(async (_, i) => [...(await store.byRule(String(i + 1), 1000))].reverse()));
  };

  it('after a short while fires what an uninterrupted run fires, rules on seconds included', async () => {
    const whole = await database();
    const uninterrupted = await begin(whole);
    await pass(6 * MINUTE);
    await uninterrupted.stop();
    const expected = await firedBy(whole);

    time = createManualClock(START);
    const cut = await database();
    const first = await begin(cut);
    await first.stop();
    await pass(100 * SECOND);
    const second = await run(cut, time);
    stops = [second.stop];
    await pass(6 * MINUTE - 100 * SECOND);
    await second.stop();
    const found = await firedBy(cut);

    const missed = ({ ts }: Firing) => ts > START + 4 * MINUTE && ts < START + 4 * MINUTE + 100 * SECOND;
    for (const [i, firings] of found.entries()) {
      expect(expected[i].filter(missed)).not.toEqual([]);
      expect(firings).toEqual(expected[i]);
    }
  });

  it('after hours fires no rule on seconds within the minutes that it walks through, and has it warm at once', async () => {
    const temp = await database();
    const first = await begin(temp);
    await first.stop();
    const down = time.now();
    await time.advance(3 * HOUR);
    const second = await run(temp, time);
    stops = [second.stop];
    await pass(2 * SECOND);
    expect(second.engine.rule('1')?.ready).toBe(true);
    const up = time.now();
    await pass(MINUTE);
    await second.stop();
    const within = (firings: readonly Firing[]) => firings.filter(({ ts }) => ts > down && ts < up - MINUTE);
    const [seconds, price] = await firedBy(temp);
    expect(within(seconds)).toEqual([]);
    expect(within(price).length).toBeGreaterThan(10);
  });

  it('is not needed for whole seconds: those of the running minute come with the history', async () => {
    const { engine, market } = await begin(await database());
    await pass(17 * SECOND);
    const asked = time.now();
    market.apply({ type: 'rule-set', ts: asked, rule: { id: 'new', text: read('2s z(20) > 2') } });
    await market.idle();
    expect(engine.rule('new')?.ready).toBe(true);
    await pass(4 * SECOND);
    // The pair of seconds in which it was asked for lacks what was traded before; all others are the venue's own.
    const whole = ({ start }: { start: number }) => start > asked - 40 * SECOND && start + 4 * SECOND < asked;
    const { closed } = engine.barsOf(BTC, 2 * SECOND, 100);
    const venue = createSimFeed({ seed: 'restart', clock: time.clock });
    const expected = await venue.history('btcusdt', 2 * SECOND, asked - 60 * SECOND, asked);
    expect(closed.filter(whole)).toEqual(expected.filter(whole));
    expect(time.now() - closed[closed.length - 1].start).toBeLessThan(6 * SECOND);
  });
});
