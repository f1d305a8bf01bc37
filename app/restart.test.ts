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
import type { Bar, Trade } from '../engine/market/events.ts';
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
const RULES = [
  '1s z(20) > 2 every 1s',
  'price > ema(5) every 1s',
  '1s highest(5) - lowest(5) > 30 every 10s',
  'price > ema(5) every 90s',
  '5m close > sma(3) for 5s every 20s',
];

/** A hold that a kill falls into, and one firing alone. */
const LASTING = ['price > ema(5) for 20s every 30s', '1m close > ema(9) for 70s', 'price > ema(5) once'];

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
  /** What waits to be stored is lost. */
  kill(): Promise<void>;
}

/** The simulated market and its rules, over a database that outlives them. */
async function run(temp: TempDatabase, time: ManualClock): Promise<Run> {
  const { clock } = time;
  const { database } = temp;
  const engine = new Engine();
  const bars = createBarStore(database);
  const facts = createFactStore(database);
  const firings = createFiringStore(database);
  const barWriter = createBarWriter(bars, clock, quietLog, () => rules.store());
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
    kill: () => market.stop(),
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
  async function begin(temp: TempDatabase, texts: readonly string[] = RULES): Promise<Run> {
    const first = await run(temp, time);
    stops = [first.stop];
    await createChatStore(temp.database).ensure({
      ...{ key: 'sim:1', title: '', kind: 'private', venue: undefined },
      ...{ interval: MINUTE, quote: 'usdt', timeZone: 'UTC', locale: 'en' },
    });
    for (const text of texts) {
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

  const firedBy = async (temp: TempDatabase, texts: readonly string[] = RULES): Promise<readonly Firing[][]> => {
    const store = createFiringStore(temp.database);
    return Promise.all(texts.map(async (_, i) => [...(await store.byRule(String(i + 1), 1000))].reverse()));
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

  it('leaves open bars those of all their trades, and closes them so', async () => {
    const temp = await database();
    const first = await begin(temp);
    const trades: Trade[] = [];
    const intervals = [MINUTE, 5 * MINUTE, HOUR];
    const closed: { interval: number; bar: Bar }[] = [];
    const watch = ({ market, engine }: Run) => {
      for (const interval of intervals) engine.watch(BTC, interval, 3);
      market.onEvent((event) => {
        if (event.type === 'trade' && event.instrument === BTC) trades.push(event);
        if (event.type === 'bar-closed' && event.instrument === BTC) closed.push(event);
      });
    };
    /** By a loop over every trade that was told, each once. */
    const expected = (interval: number, start: number): Omit<Bar, 'bought'> => {
      const all = new Map(trades.map((trade) => [trade.id, trade]));
      const own = [...all.values()].filter(({ ts }) => ts >= start && ts < start + interval);
      const prices = own.map(({ price }) => price);
      return {
        ...{
          start,
          open: prices[0],
          high: Math.max(...prices),
          low: Math.min(...prices),
          close: prices[prices.length - 1],
        },
        ...{
          volume: expect.closeTo(
            own.reduce((sum, { size }) => sum + size, 0),
            6,
          ) as number,
          trades: own.length,
        },
      };
    };
    watch(first);
    // From a whole hour on all trades are known to the test.
    await pass(HOUR - (time.now() % HOUR) + 67 * MINUTE + 33 * SECOND);
    await first.stop();
    await pass(2 * MINUTE);
    closed.length = 0;
    const second = await run(temp, time);
    stops = [second.stop];
    watch(second);
    await pass(3 * SECOND);
    for (const interval of intervals) {
      const { open } = second.engine.barsOf(BTC, interval, 1);
      expect(open).toMatchObject(expected(interval, Math.floor(time.now() / interval) * interval));
    }
    await pass(55 * MINUTE);
    expect(new Set(closed.map(({ interval }) => interval))).toEqual(new Set([...intervals, SECOND]));
    for (const { interval, bar } of closed)
      if (interval > SECOND) expect(bar).toMatchObject(expected(interval, bar.start));
  });

  it('after a kill at any second fires what an uninterrupted run fires, with the same count of what was kept quiet', async () => {
    const whole = await database();
    const uninterrupted = await begin(whole);
    await pass(5 * MINUTE);
    await uninterrupted.stop();
    const expected = await firedBy(whole);
    expect(expected[3].some(({ suppressed }) => suppressed > 0)).toBe(true);

    for (const seconds of [1, 38, 40, 42, 75]) {
      time = createManualClock(START);
      const cut = await database();
      const first = await begin(cut);
      await pass(seconds * SECOND);
      await first.kill();
      // A clock of its own: nothing that the first run still waits for happens.
      time = createManualClock(time.now() + 20 * SECOND);
      const second = await run(cut, time);
      stops = [second.stop];
      await pass(START + 9 * MINUTE - time.now());
      await second.stop();
      expect(await firedBy(cut), `killed after ${seconds} s`).toEqual(expected);
    }
  });

  it('after a kill within a hold ends the hold to the second, and fires no second time what fires once', async () => {
    const whole = await database();
    const uninterrupted = await begin(whole, LASTING);
    await pass(6 * MINUTE);
    await uninterrupted.stop();
    const expected = await firedBy(whole, LASTING);
    expect(expected.map((firings) => firings.length)).toEqual([expect.any(Number), expect.any(Number), 1]);
    expect(expected[0].length).toBeGreaterThan(2);
    expect(expected[1].length).toBeGreaterThan(0);
    // In the middle of each hold that ends after the first four minutes.
    const ends = [...expected[0], ...expected[1]].map(({ ts }) => ts).filter((ts) => ts > START + 4.5 * MINUTE);
    expect(ends.length).toBeGreaterThan(0);
    for (const end of ends.slice(0, 3)) {
      time = createManualClock(START);
      const cut = await database();
      const first = await begin(cut, LASTING);
      await pass(Math.floor((end - 10 * SECOND - time.now()) / SECOND) * SECOND);
      await first.kill();
      time = createManualClock(time.now() + 15 * SECOND);
      const second = await run(cut, time);
      stops = [second.stop];
      await pass(START + 10 * MINUTE - time.now());
      await second.stop();
      expect(await firedBy(cut, LASTING), `killed before ${end}`).toEqual(expected);
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
