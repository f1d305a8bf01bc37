import { describe, expect, it } from 'vitest';
import { Engine } from '../engine/engine.ts';
import type { Bar } from '../engine/market/events.ts';
import { USDM_FRAMES } from '../test/doubles/binance-usdm-frames.ts';
import { BTC, MINUTE, onUsdm, range, START } from '../test/doubles/binance-usdm-harness.ts';
import { mutate } from '../test/doubles/mutate-frame.ts';
import { createRandom } from '../test/doubles/random.ts';

const on = onUsdm();
const { until, settled, live, trades, ids, gaps, asked } = on;

describe('trades', () => {
  it('are put in order and told once, whatever the wire repeats and swaps', async () => {
    await live('btcusdt');
    const make = (n: number) => {
      const id = on.venue.trade('BTCUSDT', 100 + n, 1, { ts: START + n, send: false });
      return USDM_FRAMES.trade.replace('"a":5933014', `"a":${id}`).replace('"p":"64250.10"', `"p":"${100 + n}"`);
    };
    const [a, b, c, d] = [make(1), make(2), make(3), make(4)];
    for (const text of [a, a, c, b, c, d, b]) on.venue.push(text);
    await until(() => trades().length >= 4);
    expect(ids()).toEqual([1001, 1002, 1003, 1004]);
    expect(on.feed.status().counters.duplicates).toBe(3);
    expect(asked('aggTrades')).toEqual([]);
  });

  it('that were missed are fetched by id, before those that came since', async () => {
    await live('btcusdt');
    on.venue.trade('BTCUSDT', 100, 1);
    await until(() => trades().length === 1);
    on.venue.cutAll();
    for (let i = 0; i < 2500; i++) on.venue.trade('BTCUSDT', 101 + i, 1);
    await until(() => on.venue.subscriptions().length === 3);
    on.venue.trade('BTCUSDT', 5000, 1);
    await until(() => on.feed.status().state === 'live' && trades().length === 2502);
    expect(ids()).toEqual(range(1001, 3502));
    expect(gaps()).toEqual([true, false]);
    expect(asked('aggTrades').filter(({ query }) => query.fromId !== undefined)).toHaveLength(3);
  });

  it('of a hole too large come as bars, and go on with the first of the running minute', async () => {
    await live('btcusdt');
    on.venue.trade('BTCUSDT', 100, 1);
    await until(() => trades().length === 1);
    on.venue.refuseConnections(true);
    on.venue.cutAll();
    await until(() => on.feed.status().tries > 0);
    const missed = range(0, 20_999).map((i) => ({
      ...{ ts: START + 1000 + i * 20, price: `${200 + (i % 7)}`, size: '1', buyerMaker: false },
    }));
    on.venue.preload('BTCUSDT', missed);
    await on.time.advance(START + 430_000 - on.time.now());
    on.venue.refuseConnections(false);
    await until(() => on.venue.subscriptions().length === 3, 100);
    on.venue.trade('BTCUSDT', 999, 1);
    await until(() => trades().at(-1)?.price === 999 && on.feed.status().state === 'live');
    const bars = on.events().flatMap((event) => (event.type === 'bars' ? event.bars : []));
    expect(bars.map(({ start }) => start)).toEqual(range(0, 6).map((i) => START + i * MINUTE));
    expect(bars[0]).toMatchObject({ open: 100, high: 206, low: 100, volume: 2951 });
    expect(trades()[1].ts).toBe(START + 7 * MINUTE);
    expect(ids().slice(1)).toEqual(range(ids()[1], 22_002));
    expect(asked('aggTrades').every(({ status }) => status === 200)).toBe(true);
  });

  it.each([
    [429, 30],
    [418, 120],
    [403, 30],
  ])('wait where the venue answers %d, and are complete afterwards', async (status, retryAfter) => {
    await live('btcusdt');
    on.venue.trade('BTCUSDT', 100, 1);
    await until(() => trades().length === 1);
    on.venue.failRest(1, status, retryAfter, 'aggTrades');
    on.venue.cutAll();
    on.venue.trade('BTCUSDT', 101, 1);
    await until(() => asked('aggTrades').length === 1);
    const refusedAt = on.time.now();
    on.venue.trade('BTCUSDT', 102, 1);
    await until(() => trades().length === 3, 100);
    expect(on.time.now() - refusedAt).toBeGreaterThanOrEqual(retryAfter * 1000);
    expect(ids()).toEqual([1001, 1002, 1003]);
    await until(() => gaps().length === 2);
  });

  it.each([1, 2, 3])(
    'are whole and in order whatever happens, and make the venue’s own bars (course %d)',
    async (seed) => {
      const random = createRandom(seed);
      const chance = (n: number) => Math.floor(random() * n);
      const others = Object.entries(USDM_FRAMES).flatMap(([name, text]) =>
        /rade|ack|shutdown/.test(name) ? [] : [text],
      );
      await live('btcusdt');
      const late: string[] = [];
      for (let step = 0; step < 150; step++) {
        const send = chance(6) > 0;
        const buyerMaker = chance(2) === 0;
        const price = 100 + chance(50);
        const ts = on.time.now();
        const id = on.venue.trade('BTCUSDT', price, 1 + chance(5), { send, buyerMaker, fills: 1 + chance(3) });
        const { size } = on.venue.tradesOf('BTCUSDT').at(-1)!;
        const again = JSON.stringify({
          stream: 'btcusdt@aggTrade',
          data: {
            e: 'aggTrade',
            E: ts,
            s: 'BTCUSDT',
            a: id,
            p: String(price),
            q: size,
            f: 1,
            l: 1,
            T: ts,
            m: buyerMaker,
          },
        });
        if (!send && chance(2) === 0) late.push(again);
        const what = chance(12);
        if (what === 0) on.venue.cutAll();
        if (what === 1) on.venue.failRest(1 + chance(2), [429, 500, 418][chance(3)], chance(3));
        if (what === 2) on.venue.push(again);
        if (what === 3) for (const old of late.splice(0)) on.venue.push(old);
        if (what === 4) for (const other of others) on.venue.push(mutate(other, random));
        await on.time.advance([0, 10, 400, 3000][chance(4)]);
        await on.wire.quiet();
      }
      on.venue.failRest(0, 500);
      await until(() => on.feed.status().state === 'live', 100);
      const newest = on.venue.trade('BTCUSDT', 9, 1);
      await until(() => ids().at(-1) === newest, 100);
      expect(ids()).toEqual(range(1001, newest));
      expect(gaps()).toEqual(gaps().map((_, i) => i % 2 === 0));
      expect(on.feed.status().counters.reconnects).toBeGreaterThan(0);

      const end = Math.floor(on.time.now() / MINUTE) * MINUTE;
      const engine = new Engine();
      engine.watch(BTC, MINUTE, 1);
      const clock = { type: 'clock', ts: end + 2000 } as const;
      const closed = [...on.events(), clock]
        .flatMap((event) => engine.apply(event))
        .flatMap((event) => (event.type === 'bar-closed' && event.bar.start < end ? [event.bar] : []));
      const bars = await settled(on.feed.history('btcusdt', MINUTE, START, end));
      // The venue counts fills, the stream joins those of one order at one price: numbers of trades differ.
      const sums = ({ trades: _count, ...rest }: Bar) => rest;
      expect(closed.map(sums)).toEqual(bars.map(sums));
      expect(bars.length).toBeGreaterThan(1);
    },
  );
});
