import { createBarWriter } from '../app/bar-writer.ts';
import { createFiringWriter } from '../app/firing-writer.ts';
import { createMarketHost } from '../app/market-host.ts';
import { createRulesHost } from '../app/rules-host.ts';
import { systemClock } from '../app/system-clock.ts';
import { createDispatcher } from '../bot/delivery/dispatcher.ts';
import type { ChatPlatform } from '../commands/platform.ts';
import { createBarStore } from '../db/bars.ts';
import { createChatStore } from '../db/chats.ts';
import { createFactStore } from '../db/facts.ts';
import { createFiringStore } from '../db/firings.ts';
import { createOutboxStore } from '../db/outbox.ts';
import { createRuleStore } from '../db/rules.ts';
import { createTempDatabase, quietLog } from '../db/temp-database.ts';
import { Engine } from '../engine/engine.ts';
import { parseRule } from '../engine/language/parse.ts';
import { printRule } from '../engine/language/print.ts';
import { MINUTE } from '../engine/market/interval.ts';
import { parseTradeFrame } from '../feeds/binance-parse.ts';
import type { Feed, FeedSink } from '../feeds/feed.ts';
import { createRandom } from '../test/doubles/random.ts';
import type { BenchRow } from './row.ts';

const RATE = 2_000;
const SECONDS = 8;
const INSTRUMENTS = 20;
const CHATS = 200;
const STEP_MS = 5;

/** A feed that gives what it is told to. */
export function manualFeed(): { feed: Feed; push: FeedSink } {
  let sink: FeedSink = () => {};
  const counters = { frames: 0, trades: 0, duplicates: 0, malformed: 0, unknown: 0, reconnects: 0 };
  const feed: Feed = {
    venue: 'binance',
    start: (to) => {
      sink = to;
    },
    stop: async () => {},
    instruments: async () => [],
    watch() {},
    unwatch() {},
    history: async () => [],
    resume() {},
    status: () => ({ venue: 'binance', state: 'live', lastMessageAt: undefined, since: 0, tries: 0, counters }),
  };
  return { feed, push: (event) => sink(event) };
}

/** From the frame's arrival to the start of the platform's send call, through parser, engine, database and outbox. */
export async function benchLatency(): Promise<readonly BenchRow[]> {
  const temp = await createTempDatabase(Date.now);
  const { database } = temp;
  const engine = new Engine();
  const { feed, push } = manualFeed();
  const bars = createBarStore(database);
  const facts = createFactStore(database);
  const writer = createBarWriter(bars, systemClock, quietLog);
  const market = createMarketHost({ engine, feeds: [feed], bars, facts, writer, clock: systemClock, log: quietLog });
  const [firings, outbox, ruleStore] = [
    createFiringStore(database),
    createOutboxStore(database),
    createRuleStore(database),
  ];
  const firingWriter = createFiringWriter(firings, systemClock, quietLog, () => dispatcher.wake());
  const rules = createRulesHost({
    engine,
    market,
    rules: ruleStore,
    firings,
    outbox,
    writer: firingWriter,
    clock: systemClock,
    log: quietLog,
  });

  const receivedAt = new Map<string, number>();
  const waits: number[] = [];
  const platform: ChatPlatform = {
    name: 'bench',
    start: async () => {},
    stop: async () => {},
    async send(_address, message) {
      const at = receivedAt.get(String(message.text[0]));
      if (at !== undefined) waits.push(performance.now() - at);
      return '1';
    },
    status: () => ({ state: 'live', lastSeen: undefined }),
  };
  const dispatcher = createDispatcher({
    outbox,
    platforms: new Map([['bench', platform]]),
    compose: async (delivery) => ({ text: [(await firings.get(delivery.firingId!))?.tradeId ?? ''] }),
    onBlocked: async () => {},
    onMoved: async () => {},
    clock: systemClock,
    random: createRandom(3),
    log: quietLog,
  });
  await market.start();
  await dispatcher.start();
  await setRules(database, rules);
  await market.idle();

  await playTrades(push, receivedAt);
  await firingWriter.settled();
  await dispatcher.stop();
  await market.stop();
  await writer.stop();
  await temp.drop();
  waits.sort((a, b) => a - b);
  const at = (share: number): string => waits[Math.min(waits.length - 1, Math.floor(waits.length * share))].toFixed(1);
  return [
    {
      name: `received trade to start of the send call, ${RATE} trades/s, without a chart`,
      figure: `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms over ${waits.length} alerts`,
      wanted: 'p99 at most 25 ms',
    },
  ];
}

async function setRules(
  database: Parameters<typeof createChatStore>[0],
  rules: ReturnType<typeof createRulesHost>,
): Promise<void> {
  const chats = createChatStore(database);
  for (let i = 0; i < CHATS; i++) {
    const key = `bench:${i}`;
    await chats.ensure({
      key,
      title: '',
      kind: 'private',
      venue: undefined,
      interval: MINUTE,
      quote: 'usdt',
      timeZone: 'UTC',
      locale: 'en',
    });
    const level = 100 + ((i * 7) % 13) / 10;
    const rule = parseRule(`binance:coin${i % INSTRUMENTS}usdt 1m crosses above ${level} every 1s`, {
      resolve: (name) => name.toLowerCase(),
      suggest: () => [],
      instrument: undefined,
      interval: MINUTE,
      now: Date.now(),
      wallTime: Date.UTC,
    });
    await rules.create({ chatKey: key, ownerId: 'bench:1', text: printRule(rule), rule });
  }
}

/** Prices swing through the levels, so that some of each second's trades fire. */
async function playTrades(push: FeedSink, receivedAt: Map<string, number>): Promise<void> {
  const from = performance.now();
  const perStep = (RATE * STEP_MS) / 1000;
  let sent = 0;
  while (sent < RATE * SECONDS) {
    const due = Math.min(RATE * SECONDS, Math.floor((performance.now() - from) / STEP_MS) * perStep);
    for (; sent < due; sent++) {
      const coin = sent % INSTRUMENTS;
      const price = (100.6 + Math.sin(sent / 4_000 + coin) * 1.2).toFixed(2);
      const ts = Date.now();
      const frame = `{"stream":"coin${coin}usdt@trade","data":{"e":"trade","E":${ts},"s":"COIN${coin}USDT","t":${sent + 1},"p":"${price}","q":"1.0","T":${ts},"m":true,"M":true}}`;
      receivedAt.set(String(sent + 1), performance.now());
      push(parseTradeFrame(frame)!);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await new Promise((resolve) => setTimeout(resolve, 500));
}
