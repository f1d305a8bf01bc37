import { describe, expect, it } from 'vitest';
import type { Bar } from '../engine/market/events.ts';
import { START, useBybit } from '../test/doubles/bybit-harness.ts';
import { createRandom } from '../test/doubles/random.ts';

const MINUTE = 60_000;

const { bench, until, isLive, live, settled, trades, ids, madeIds, bars, gaps } = useBybit();

/** Bars of what was passed on: trades, and bars where trades were missing; an independent plain count. */
function barsOf(symbol: string): Map<number, Omit<Bar, 'trades'>> {
  const made = new Map<
    number,
    { start: number; open: number; high: number; low: number; close: number; volume: number }
  >();
  for (const event of bench.events) {
    if (event.type === 'bars' && event.instrument === `bybit:${symbol}`) {
      for (const { start, open, high, low, close, volume } of event.bars) {
        made.set(start, { start, open, high, low, close, volume });
      }
    }
    if (event.type !== 'trade' || event.instrument !== `bybit:${symbol}`) continue;
    const { ts, price, size } = event;
    const start = ts - (ts % MINUTE);
    const bar = made.get(start) ?? { start, open: price, high: price, low: price, close: price, volume: 0 };
    made.set(start, bar);
    bar.high = Math.max(bar.high, price);
    bar.low = Math.min(bar.low, price);
    bar.close = price;
    bar.volume += size;
  }
  return made;
}

describe('bars of what was passed on', () => {
  it.each([
    ['spot', 'btcusdt'],
    ['linear', 'btcusdt.p'],
  ] as const)(
    'are those of the venue on %s, also after a hole that the newest trades do not fill',
    async (route, symbol) => {
      await live(symbol);
      const random = createRandom(11);
      const isDown = (i: number) => i >= 130 && i < 330;
      for (let i = 0; i < 900; i++) {
        if (i === 130) {
          bench.venue.refuseConnections(true);
          bench.venue.cutAll();
        }
        if (i === 330) bench.venue.refuseConnections(false);
        const perStep = isDown(i) ? 12 : 1;
        for (let n = 0; n < perStep; n++) {
          const side = random() < 0.5 ? 'Buy' : 'Sell';
          bench.venue.trade(route, 'BTCUSDT', 1000 + Math.floor(random() * 64), 1 + Math.floor(random() * 8), { side });
        }
        await bench.wire.quiet();
        await bench.time.advance(500);
      }
      await until(isLive, 200);
      await until(() => ids(symbol).at(-1) === madeIds(route).at(-1));
      const expected = await settled(bench.feed.history(symbol, MINUTE, START, bench.time.now()));
      expect(expected.length).toBe(7);
      const found = barsOf(symbol);
      for (const { trades: _, ...bar } of expected) expect(found.get(bar.start)).toEqual(bar);
      expect(new Set(ids(symbol)).size).toBe(ids(symbol).length);
      expect(bars().length).toBe(1);
      expect(gaps()).toEqual([true, false]);
      const times = trades(symbol).map(({ ts }) => ts);
      expect(times).toEqual([...times].sort((a, b) => a - b));
    },
  );
});

describe('by REST', () => {
  it('lists spot markets and perpetuals, page by page', async () => {
    bench.venue.listPage(2);
    const infos = await settled(bench.feed.instruments());
    expect(infos.map(({ symbol }) => symbol)).toEqual([
      'btcusdt',
      'ethusdt',
      'ethbtc',
      'btcusdt.p',
      'btcusdc.p',
      'ethusdt.p',
    ]);
    expect(infos[4]).toMatchObject({
      instrument: 'bybit:btcusdc.p',
      base: 'btc',
      quote: 'usdc',
      kind: 'perpetual',
      tick: 0.5,
      lot: 0.001,
      active: true,
    });
    expect(infos[0]).toMatchObject({ kind: 'spot', tick: 0.1, lot: 0.000001 });
    const pages = bench.venue.requests.filter(
      ({ path, query }) => path.endsWith('instruments-info') && query.category === 'linear',
    );
    expect(pages).toHaveLength(2);
  });

  const history = Array.from({ length: 2500 }, (_, i) => {
    const start = START - (2500 - i) * MINUTE;
    return { start, open: 10 + i, high: 12 + i, low: 9 + i, close: 11 + i, volume: 2, trades: 1 };
  });

  it('pages history backward, oldest first, without the open bar', async () => {
    bench.venue.market('linear', 'BTCUSDT').history = history;
    await bench.time.advance(30_000);
    const found = await settled(bench.feed.history('btcusdt.p', MINUTE, START - 2400 * MINUTE, START + MINUTE));
    expect(found).toEqual(history.slice(100));
    expect(bench.venue.requests.filter(({ path }) => path === '/v5/market/kline')).toHaveLength(3);
  });

  it('fills what the venue leaves out with flat bars', async () => {
    const market = bench.venue.market('spot', 'BTCUSDT');
    market.history = history;
    for (const back of [7, 6, 3]) market.omitted.add(START - back * MINUTE);
    const found = await settled(bench.feed.history('btcusdt', MINUTE, START - 9 * MINUTE, START));
    expect(found.map(({ start }) => (START - start) / MINUTE)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
    const close = found[1].close;
    const flat = { open: close, high: close, low: close, close, volume: 0, trades: 0 };
    expect(found[2]).toEqual({ start: START - 7 * MINUTE, ...flat });
    expect(found[3]).toEqual({ start: START - 6 * MINUTE, ...flat });
  });

  it('builds intervals that the venue does not have', async () => {
    bench.venue.market('spot', 'BTCUSDT').history = history;
    const length = 7 * MINUTE;
    const [bar] = await settled(bench.feed.history('btcusdt', length, START - 20 * MINUTE, START));
    const at = history.findIndex(({ start }) => start === bar.start);
    expect(bar.start % length).toBe(0);
    expect(bar).toMatchObject({ open: 10 + at, high: 18 + at, low: 9 + at, close: 17 + at, volume: 14 });
  });

  it('leaves the venue alone for ten minutes after a 403', async () => {
    bench.venue.failRest(2, { status: 403 });
    await expect(settled(bench.feed.instruments())).rejects.toMatchObject({
      reason: 'rate-limited',
      retryAfterMs: 600_000,
    });
    const asked = bench.venue.requests.length;
    await bench.time.advance(599_000);
    await expect(settled(bench.feed.instruments())).rejects.toMatchObject({ reason: 'rate-limited' });
    expect(bench.venue.requests).toHaveLength(asked);
    await bench.time.advance(1000);
    expect(await settled(bench.feed.instruments())).toHaveLength(6);
  });

  it.each([
    [{ retCode: 10_006 }, { reason: 'rate-limited', retryAfterMs: 5000 }],
    [{ retCode: 10_018 }, { reason: 'rate-limited', retryAfterMs: 600_000 }],
    [{ retCode: 10_016 }, { reason: 'unreachable', retryable: true }],
    [{ retCode: 10_001 }, { reason: 'refused', retryable: false }],
    [
      { status: 429, retryAfter: 3 },
      { reason: 'rate-limited', retryAfterMs: 3000 },
    ],
    [{ status: 503 }, { reason: 'unreachable', retryable: true }],
  ])('tells what %j means', async (how, error) => {
    await settled(bench.feed.instruments());
    bench.venue.failRest(1, how);
    await expect(settled(bench.feed.history('btcusdt', MINUTE, START - MINUTE, START))).rejects.toMatchObject(error);
  });

  it('calls an unknown symbol refused', async () => {
    await expect(settled(bench.feed.history('nope', MINUTE, START - MINUTE, START))).rejects.toMatchObject({
      reason: 'refused',
      retryable: false,
    });
  });

  it('waits for the list of markets before it subscribes, however long that is refused', async () => {
    bench.venue.failRest(4, { status: 503 });
    bench.feed.start((event) => bench.events.push(event));
    bench.feed.watch(['btcusdt']);
    await until(() => bench.venue.requests.length >= 2);
    expect(bench.venue.clients()).toBe(0);
    await until(isLive, 200);
    await until(() => bench.venue.subscriptions().length === 1, 100);
  });
});
