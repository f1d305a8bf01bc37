import { createBarWriter } from '../app/bar-writer.ts';
import { createFiringWriter } from '../app/firing-writer.ts';
import { createMarketHost } from '../app/market-host.ts';
import { createSignalFeeds } from '../app/signal-feeds.ts';
import { systemClock } from '../app/system-clock.ts';
import { createDispatcher } from '../bot/delivery/dispatcher.ts';
import type { ChatPlatform } from '../commands/platform.ts';
import { storedScope } from '../commands/scope.ts';
import { SIGNAL } from '../commands/signal-message.ts';
import { createBarStore } from '../db/bars.ts';
import { createChatStore } from '../db/chats.ts';
import { createFactStore } from '../db/facts.ts';
import { createFiringStore } from '../db/firings.ts';
import { createLedgerStore } from '../db/ledger.ts';
import { createOutboxStore } from '../db/outbox.ts';
import { createSignalFeedStore } from '../db/signal-feeds.ts';
import { createTempDatabase, quietLog } from '../db/temp-database.ts';
import { Engine } from '../engine/engine.ts';
import { parseStrategy } from '../engine/language/strategy.ts';
import { MINUTE, SECOND } from '../engine/market/interval.ts';
import { parseTradeFrame } from '../feeds/binance-parse.ts';
import { createRandom } from '../test/doubles/random.ts';
import { manualFeed } from './latency.ts';
import type { BenchRow } from './row.ts';

const RATE = 2_000;
/** The first seconds warm the series. */
const [WARM_SECONDS, SECONDS] = [25, 15];
const STEP_MS = 5;
const SYMBOLS = 100;
const STRATEGIES = 100;
/** Symbols of one strategy: with more of them their bars close, and many of them signal, in the same moment. */
const [FEW, MANY] = [1, 10];
const RULES =
  'long when ema(3) crosses above ema(8) exit long when ema(3) < ema(8) short when ema(3) crosses below ema(8) exit short when ema(3) > ema(8) stop 1%';

/** From the arrival of the frame that closes a bar to the start of the platform's send call, through parser, engine, ledger and outbox. */
async function signals(each: number): Promise<BenchRow> {
  const temp = await createTempDatabase(Date.now);
  const { database } = temp;
  const engine = new Engine();
  const { feed, push } = manualFeed();
  const [bars, facts] = [createBarStore(database), createFactStore(database)];
  const barWriter = createBarWriter(bars, systemClock, quietLog);
  const base = { engine, clock: systemClock, log: quietLog };
  const market = createMarketHost({ ...base, feeds: [feed], bars, facts, writer: barWriter });
  const outbox = createOutboxStore(database);
  const wake = (): void => dispatcher.wake();
  const writer = createFiringWriter(createFiringStore(database), systemClock, quietLog, wake);
  const feeds = createSignalFeeds({
    ...{ ...base, market, writer },
    store: createSignalFeedStore(database),
    ledger: createLedgerStore(database),
  });

  let arrived = 0;
  const raised = new Map<string, number>();
  market.onEvent((event) => {
    if (event.type === 'signal') raised.set(event.signal.id, arrived);
  });
  const waits: number[] = [];
  const platform: ChatPlatform = {
    name: 'bench',
    start: async () => {},
    stop: async () => {},
    async send(_address, message) {
      const at = raised.get(String(message.text[0]));
      if (at !== undefined) waits.push(performance.now() - at);
      return '1';
    },
    status: () => ({ state: 'live', lastSeen: undefined }),
  };
  const dispatcher = createDispatcher({
    outbox,
    platforms: new Map([['bench', platform]]),
    compose: async ({ kind, firingId }) => (kind === SIGNAL ? { text: [firingId ?? ''] } : undefined),
    onBlocked: async () => {},
    onMoved: async () => {},
    clock: systemClock,
    random: createRandom(3),
    log: quietLog,
    limits: () => ({ all: [], chat: () => [] }),
  });
  await market.start();
  await dispatcher.start();
  const chats = createChatStore(database);
  for (let k = 0; k < STRATEGIES; k++) {
    const chatKey = `bench:${k}`;
    const settings = { venue: undefined, interval: MINUTE, quote: 'usdt', timeZone: 'UTC', locale: 'en' };
    await chats.ensure({ key: chatKey, title: '', kind: 'group', ...settings });
    const instruments = Array.from({ length: each }, (_, i) => `binance:coin${(k + i * 7) % SYMBOLS}usdt`);
    const strategy = parseStrategy(RULES, storedScope({ instrument: '', interval: SECOND }), { instruments });
    await feeds.add({
      chatKey,
      targetKey: chatKey,
      ownerId: 'bench:1',
      name: `s${k}`,
      version: 1,
      byWebhook: false,
      publishes: false,
      strategy,
    });
  }
  await market.idle();

  const random = createRandom(11);
  const prices = Float64Array.from({ length: SYMBOLS }, () => 100);
  const from = performance.now();
  const total = RATE * (WARM_SECONDS + SECONDS);
  for (let sent = 0; sent < total; ) {
    const due = Math.min(total, Math.floor((performance.now() - from) / STEP_MS) * ((RATE * STEP_MS) / 1000));
    for (; sent < due; sent++) {
      if (sent === RATE * WARM_SECONDS) waits.length = 0;
      const coin = sent % SYMBOLS;
      prices[coin] *= 1 + (random() - 0.5) * 0.001;
      const ts = Date.now();
      const frame = `{"stream":"coin${coin}usdt@trade","data":{"e":"trade","E":${ts},"s":"COIN${coin}USDT","t":${sent + 1},"p":"${prices[coin].toFixed(4)}","q":"1.0","T":${ts},"m":true,"M":true}}`;
      arrived = performance.now();
      push(parseTradeFrame(frame)!);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await new Promise((resolve) => setTimeout(resolve, 500));
  await writer.settled();
  await dispatcher.stop();
  await market.stop();
  await barWriter.stop();
  await temp.drop();
  waits.sort((a, b) => a - b);
  const at = (share: number): string =>
    waits[Math.min(waits.length - 1, Math.floor(waits.length * share))]?.toFixed(1) ?? '–';
  return {
    name: `received trade to a signal's send call, ${RATE} trades/s, ${STRATEGIES} strategies on ${each} of ${SYMBOLS} symbols each, without a chart`,
    figure: `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms over ${waits.length} signals`,
    ...(each === FEW && { wanted: 'p99 at most 50 ms' }),
  };
}

export async function benchSignals(): Promise<readonly BenchRow[]> {
  return [await signals(FEW), await signals(MANY)];
}
