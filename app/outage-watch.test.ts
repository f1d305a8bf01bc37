import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainText, type Text } from '../commands/message.ts';
import type { NewDelivery } from '../db/delivery-rows.ts';
import type { Outage } from '../db/outages.ts';
import { Engine } from '../engine/engine.ts';
import { parseRule } from '../engine/language/parse.ts';
import { parseStrategy } from '../engine/language/strategy.ts';
import { testScope } from '../engine/language/test-scope.ts';
import type { EngineEvent, FeedEvent, MarketEvent } from '../engine/market/events.ts';
import { HOUR, MINUTE } from '../engine/market/interval.ts';
import { createManualClock } from '../test/doubles/manual-clock.ts';
import { createOutageWatch, type Watcher } from './outage-watch.ts';

const NOON = Date.UTC(2026, 0, 15, 12);
const BTC = 'binance:btcusdt';
const ETH = 'binance:ethusdt';

/** The engine with rules on its own market, and what is stored of its blindness. */
async function bench(open: readonly Outage[] = []) {
  const time = createManualClock(NOON);
  const engine = new Engine();
  const listeners: ((event: FeedEvent | EngineEvent) => void)[] = [];
  const refused: ((refusal: { instrument: string }) => void)[] = [];
  const stored = new Map<string, Watcher>();
  const told: { text: string; chat: string; at: number; key: string }[] = [];
  const rows = new Map<string, Outage>();
  let tries = 0;
  const watch = createOutageWatch({
    engine,
    market: {
      onEvent: (listener) => listeners.push(listener),
      onRefused: (listener) => refused.push(listener),
      now: time.now,
    },
    watchers: {
      get: (id) => stored.get(id),
      markets: (id) => [stored.get(id)?.instrument ?? ''],
      isBlind: (id) => engine.stateOf(id) === 'stale' || engine.strategy(id)?.isBlind === true,
    },
    writer: {
      add({ deliveries = [], outages = [] }) {
        for (const { chatKey, payload, dedupeKey } of deliveries as NewDelivery[]) {
          const { text } = payload as { text: Text };
          told.push({ text: plainText(text), chat: chatKey, at: time.now() - NOON, key: dedupeKey });
        }
        for (const each of outages) rows.set(`${each.chatKey} ${each.cause} ${each.startedAt}`, each);
      },
    },
    store: { open: async () => open },
    clock: time.clock,
    tries: () => tries,
  });
  await watch.load();

  function apply(event: MarketEvent): void {
    for (const made of engine.apply(event)) for (const listener of listeners) listener(made);
  }
  const gap = (open: boolean, instrument = BTC): void =>
    apply({ type: 'gap', instrument, open, from: time.now(), ts: time.now() });

  return {
    ...{ time, engine, watch, told, rows, stored, apply, gap },
    tries: (count: number) => {
      tries = count;
    },
    feed(id: string, clauses: string, chatKey = 'telegram:1') {
      const text = parseStrategy(`x on btc 1m ${clauses}`, testScope());
      stored.set(id, { chatKey, text: `${BTC} 1m`, instrument: BTC, isFeed: true });
      apply({ type: 'strategy-set', ts: time.now(), strategy: { id, text } });
    },
    trade: (price: number): void => {
      const ts = time.now();
      apply({ type: 'trade', instrument: BTC, ts, price, size: 1, side: undefined, id: String(ts) });
    },
    refuse: (instrument: string) => refused.forEach((listener) => void listener({ instrument })),
    rule(id: string, text: string, chatKey = 'telegram:1') {
      const canonical = `${text} every 15m`;
      const scope = { suggest: () => [], instrument: undefined, interval: MINUTE, now: NOON, wallTime: Date.UTC };
      const rule = parseRule(canonical, { ...scope, resolve: (name) => (name.includes(':') ? name : undefined) });
      stored.set(id, { chatKey, text: canonical, instrument: rule.instrument });
      apply({ type: 'rule-set', ts: time.now(), rule: { id, text: rule } });
    },
  };
}

const texts = ({ told }: { told: readonly { text: string }[] }) => told.map(({ text }) => text);

describe('a feed whose data are missing', () => {
  it('is told once with the alerts of its chat, and once more with what was raised meanwhile', async () => {
    const market = await bench();
    market.rule('1', `${BTC} 5m price > 110`);
    market.feed('s1', 'long when close > 105 exit when close < 50');
    market.feed('s2', 'long when close > 500 stop 2%', 'telegram:2');
    market.trade(100);
    market.watch.start();
    await market.time.advance(10_000);
    market.gap(true);
    expect(market.engine.strategy('s1')?.isBlind).toBe(true);
    await market.time.advance(3 * MINUTE);
    const down = (who: string): string =>
      `⚠️ No trades from binance for 1m; ${who} blind. I keep listening and will check what was missed.`;
    expect(market.told.map(({ chat, text }) => [chat, text])).toEqual([
      // Two fifths of a minute, but at least a minute.
      ['telegram:1', down('1 alert and 1 feed are')],
      ['telegram:2', down('1 feed is')],
    ]);
    // What was missed comes before the gap is closed.
    market.trade(106);
    await market.time.advance(MINUTE);
    market.trade(107);
    market.gap(false);
    expect(market.engine.strategy('s1')?.isBlind).toBe(false);
    await market.time.advance(10 * MINUTE);
    expect(market.told.slice(2).map(({ chat, text }) => [chat, text])).toEqual([
      ['telegram:1', '✅ binance is back after 4m. 1 signal was raised meanwhile, above.'],
      ['telegram:2', '✅ binance is back after 4m. Nothing was missed.'],
    ]);
    expect([...market.rows.values()].map(({ alerts, feeds, signals }) => [alerts, feeds, signals])).toEqual([
      [1, 1, 1],
      [0, 1, 0],
    ]);
  });
});

describe('a venue that is not heard', () => {
  it('is told once, when it has lasted, for all alerts that it blinds, and once when it is back', async () => {
    const market = await bench();
    for (const id of ['1', '2', '3']) market.rule(id, `${id === '3' ? ETH : BTC} 5m price > 110`);
    market.watch.start();
    await market.time.advance(10_000);
    market.tries(4);
    market.gap(true);
    market.gap(true, ETH);
    await market.time.advance(115_000);
    expect(market.told).toEqual([]);
    await market.time.advance(10_000);
    const down =
      '⚠️ No trades from binance for 2m; 3 alerts are blind. I am reconnecting (try 4) and will check what was missed.';
    expect(texts(market)).toEqual([down]);
    await market.time.advance(95_000);
    market.gap(false);
    await market.time.advance(5_000);
    market.gap(false, ETH);
    await market.time.advance(10 * MINUTE);
    expect(texts(market)).toEqual([down, '✅ binance is back after 3m45s. Nothing was missed.']);
    expect([...market.rows.values()]).toEqual([
      {
        ...{ chatKey: 'telegram:1', cause: 'binance', alerts: 3, startedAt: NOON + 10_000 },
        ...{ endedAt: NOON + 235_000, fired: 0, missed: 0, feeds: 0, signals: 0 },
      },
    ]);
  });

  it('is told thousands of chats a part at a time', async () => {
    const market = await bench();
    for (let i = 0; i < 450; i++) market.rule(String(i), `${BTC} 5m price > 110`, `telegram:${i}`);
    market.watch.start();
    market.gap(true);
    await market.time.advance(2 * MINUTE);
    expect(market.told.length).toBe(200);
    await market.time.advance(150);
    expect(new Set(market.told.map(({ chat }) => chat)).size).toBe(450);
    expect(market.told).toHaveLength(450);
  });

  it('is told by symbol where others of it are heard', async () => {
    const market = await bench();
    market.rule('1', `${BTC} 5m price > 110`);
    market.rule('2', `${ETH} 5m price > 110`);
    market.watch.start();
    market.gap(true);
    await market.time.advance(3 * MINUTE);
    market.gap(false);
    await market.time.advance(MINUTE);
    expect(texts(market)).toEqual([
      '⚠️ No trades of btcusdt from binance for 2m; 1 alert is blind. I keep listening and will check what was missed.',
      '✅ btcusdt of binance is back after 3m. Nothing was missed.',
    ]);
  });

  it('is told each chat by itself, after a time that fits the intervals of its alerts', async () => {
    const market = await bench();
    market.rule('1', `${BTC} 1m price > 110`, 'telegram:1');
    market.rule('2', `${BTC} 1h price > 110`, 'telegram:2');
    market.watch.start();
    market.gap(true);
    await market.time.advance(30 * MINUTE);
    expect(market.told.map(({ chat, at }) => [chat, at / MINUTE])).toEqual([
      ['telegram:1', 1],
      ['telegram:2', 10],
    ]);
    expect(texts(market)[1]).toContain('for 10m; 1 alert is blind. I keep listening');
  });

  it('says nothing of a short break, nor to those who do not look at it', async () => {
    const market = await bench();
    market.rule('1', `${BTC} 5m price > 110`);
    market.rule('2', 'kraken:btcusdt 5m price > 110', 'telegram:2');
    market.watch.start();
    for (let i = 0; i < 10; i++) {
      market.gap(true);
      await market.time.advance(20_000);
      market.gap(false);
      await market.time.advance(5 * MINUTE);
    }
    expect(market.told).toEqual([]);
    expect([...market.rows]).toEqual([]);
  });

  it('says how many alerts fired meanwhile', async () => {
    const market = await bench();
    market.rule('1', `${BTC} 5m price > 110`);
    market.watch.start();
    market.gap(true);
    await market.time.advance(3 * MINUTE);
    const firing = { id: '1.1', ruleId: '1', instrument: BTC, ts: NOON + MINUTE, price: 111, values: [] };
    const found = (kind: 'fired' | 'missed') =>
      market.watch.found({ ...firing, tradeId: undefined, suppressed: 0 }, kind);
    found('fired');
    found('fired');
    // With the firing: a crash must not make `nothing was missed` of it.
    expect([...market.rows.values()].map(({ fired, endedAt }) => [fired, endedAt])).toEqual([[2, undefined]]);
    market.gap(false);
    await market.time.advance(MINUTE);
    expect(texts(market)[1]).toBe('✅ binance is back after 3m. 2 alerts fired meanwhile, above.');
  });

  it('goes on after a restart: what was told before is not told again, and its end is', async () => {
    const before = { alerts: 2, endedAt: undefined, fired: 1, missed: 0, feeds: 0, signals: 0, cause: 'binance' };
    const market = await bench([{ ...before, chatKey: 'telegram:1', startedAt: NOON - 5 * MINUTE }]);
    market.gap(true);
    market.rule('1', `${BTC} 5m price > 110`);
    market.watch.start();
    await market.time.advance(10 * MINUTE);
    expect(market.told).toEqual([]);
    market.gap(false);
    await market.time.advance(MINUTE);
    expect(texts(market)).toEqual(['✅ binance is back after 15m. 1 alert fired meanwhile, above.']);
  });

  it('is over in silence where nobody is left to be told', async () => {
    const market = await bench();
    market.rule('1', `${BTC} 5m price > 110`);
    market.watch.start();
    market.gap(true);
    await market.time.advance(3 * MINUTE);
    market.stored.delete('1');
    market.apply({ type: 'rule-remove', ts: market.time.now(), ruleId: '1' });
    await market.time.advance(3 * MINUTE);
    expect(market.told).toHaveLength(1);
    expect([...market.rows.values()].every(({ endedAt }) => endedAt !== undefined)).toBe(true);
  });

  it('is not told of what a venue refuses: that has been said', async () => {
    const market = await bench();
    market.rule('1', `${BTC} 5m price > 110`);
    market.watch.start();
    market.gap(true);
    market.refuse(BTC);
    await market.time.advance(HOUR);
    expect(market.told).toEqual([]);
  });

  it('that comes and goes is told in pairs, ever more rarely, and never twice for one outage', async () => {
    const step = fc.record({
      down: fc.integer({ min: 1_000, max: 8 * MINUTE }),
      up: fc.integer({ min: 1_000, max: 8 * MINUTE }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const market = await bench();
        market.rule('1', `${BTC} 1m price > 110`);
        market.rule('2', `${ETH} 15m price > 110`);
        market.watch.start();
        for (const { down, up } of steps) {
          market.gap(true);
          market.gap(true, ETH);
          await market.time.advance(down);
          market.gap(false);
          market.gap(false, ETH);
          await market.time.advance(up);
        }
        await market.time.advance(HOUR);
        const isDown = market.told.map(({ text }) => text.startsWith('⚠️'));
        // First the one, then the other, and no open end.
        expect(isDown).toEqual(isDown.map((_, i) => i % 2 === 0));
        expect(isDown.length % 2).toBe(0);
        expect(new Set(market.told.map(({ key }) => key)).size).toBe(market.told.length);
        for (const { at } of market.told) {
          const hour = market.told.filter((other) => other.at >= at && other.at < at + HOUR);
          expect(hour.length).toBeLessThanOrEqual(12);
        }
        expect([...market.rows.values()].every(({ endedAt }) => endedAt !== undefined)).toBe(true);
      }),
      { numRuns: 25 },
    );
  });
});
