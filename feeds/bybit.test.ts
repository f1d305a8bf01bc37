import { describe, expect, it } from 'vitest';
import { BYBIT_FRAMES } from '../test/doubles/bybit-frames.ts';
import { useBybit } from '../test/doubles/bybit-harness.ts';
import { tradeFrame } from '../test/doubles/bybit-market.ts';
import { mutate } from '../test/doubles/mutate-frame.ts';
import { createRandom } from '../test/doubles/random.ts';

const TICKERS = 'tickers.BTCUSDT';

const { bench, until, isLive, live, settled, trades, ids, madeIds, facts, bars, gaps, sent } = useBybit();

describe('two routes', () => {
  it('are one feed: spot by its pair, perpetuals with .p, each on its own socket once it is wanted', async () => {
    await live('btcusdt');
    expect(bench.venue.subscriptions()).toEqual(['spot publicTrade.BTCUSDT']);
    expect(bench.venue.clients()).toBe(1);
    bench.feed.watch(['btcusdt.p', 'btcusdc.p']);
    await until(() => bench.venue.subscriptions().length === 7 && isLive());
    expect(bench.venue.subscriptions()).toEqual([
      'linear allLiquidation.BTCPERP',
      'linear allLiquidation.BTCUSDT',
      'linear publicTrade.BTCPERP',
      'linear publicTrade.BTCUSDT',
      'linear tickers.BTCPERP',
      'linear tickers.BTCUSDT',
      'spot publicTrade.BTCUSDT',
    ]);
    const spot = bench.venue.trade('spot', 'BTCUSDT', 64000.1, 0.5, { side: 'Sell' });
    const linear = bench.venue.trade('linear', 'BTCUSDT', 64010.5, 2);
    bench.venue.trade('linear', 'BTCPERP', 64011, 3);
    await until(() => trades('btcusdc.p').length === 1);
    const common = { type: 'trade', ts: bench.time.now() };
    expect(trades()).toEqual([
      { ...common, instrument: 'bybit:btcusdt', price: 64000.1, size: 0.5, side: 'sell', id: spot.id },
    ]);
    expect(trades('btcusdt.p')).toEqual([
      { ...common, instrument: 'bybit:btcusdt.p', price: 64010.5, size: 2, side: 'buy', id: linear.id },
    ]);
    bench.feed.unwatch(['btcusdt.p', 'btcusdc.p']);
    await until(() => bench.venue.subscriptions().length === 1);
  });

  it('give the facts of perpetuals, of those that are watched', async () => {
    await live('btcusdt.p');
    bench.venue.publish('linear', TICKERS, BYBIT_FRAMES.ticker[1]);
    bench.venue.publish('linear', TICKERS, BYBIT_FRAMES.tickerDelta[1]);
    bench.venue.publish('linear', 'allLiquidation.BTCUSDT', BYBIT_FRAMES.liquidations[1]);
    bench.venue.push(BYBIT_FRAMES.ticker[1].replaceAll('BTCUSDT', 'ETHUSDT'));
    await until(() => facts().length >= 8);
    expect(facts().map(({ name, value }) => [name, value])).toEqual([
      ['mark', 17217.33],
      ['index', 17227.36],
      ['funding', -0.000212],
      ['next_funding', 1673280000000],
      ['oi', 68744.761],
      ['mark', 17217.4],
      ['liquidations', 0.2],
      ['liquidations', 1.5],
    ]);
    expect(new Set(facts().map(({ instrument }) => instrument))).toEqual(new Set(['bybit:btcusdt.p']));
  });
});

describe('requests', () => {
  it('name at most ten topics on the spot socket, and wait for each other', async () => {
    const many = Array.from({ length: 95 }, (_, i) => ({ symbol: `X${i}USDT`, base: `X${i}`, quote: 'USDT' }));
    bench.venue.listings.spot.push(...many);
    await live(...many.map(({ base }) => `${base.toLowerCase()}usdt`));
    const args = sent('subscribe').map(({ text }) => JSON.parse(text).args.length);
    expect(args).toEqual([...Array(9).fill(10), 5]);
    expect(sent('subscribe').map(({ text }) => JSON.parse(text).req_id)).toEqual(args.map((_, i) => String(i + 1)));
    expect(bench.venue.subscriptions()).toHaveLength(95);
  });

  it('keep the names on a socket within 21,000 characters together, and take another one for the rest', async () => {
    const long = (i: number) => `LONGLONGLONG${String(i).padStart(3, '0')}`;
    const many = Array.from({ length: 220 }, (_, i) => ({ symbol: `${long(i)}USDT`, base: long(i), quote: 'USDT' }));
    bench.venue.listings.linear.push(...many);
    bench.feed.start((event) => bench.events.push(event));
    bench.feed.watch(many.map(({ base }) => `${base.toLowerCase()}usdt.p`));
    await until(() => bench.venue.subscriptions().length === 660, 200);
    expect(bench.venue.carried().map((topics) => topics.length)).toEqual([560, 100]);
    for (const topics of bench.venue.carried()) expect(JSON.stringify(topics).length).toBeLessThanOrEqual(21_000);
    expect(sent('subscribe', 'linear')).toHaveLength(4);
    expect(isLive()).toBe(true);
  });

  it.each([true, false])('that are refused leave the others alone (refusals with ids: %s)', async (isNamed) => {
    bench.venue.nameRequests(isNamed);
    await settled(bench.feed.instruments());
    // Listed when we asked, not any more when we subscribe.
    bench.venue.listings.spot.splice(1, 1);
    bench.feed.start((event) => bench.events.push(event));
    bench.feed.watch(['btcusdt', 'ethusdt', 'ethbtc', 'nonsense']);
    await until(() => bench.venue.subscriptions().length === 2 && isLive());
    expect(bench.venue.subscriptions()).toEqual(['spot publicTrade.BTCUSDT', 'spot publicTrade.ETHBTC']);
    expect(bench.feed.status().detail).toContain('ethusdt refused: error:handler not found,topic:publicTrade.ETHUSDT');
    expect(bench.feed.status().detail).toContain('nonsense refused: the venue does not list it');
    bench.venue.listings.spot.push({ symbol: 'ETHUSDT', base: 'ETH', quote: 'USDT' });
    await until(() => bench.venue.subscriptions().length === 3, 1000);
    expect(bench.feed.status().state).toBe('live');
  });

  it('that are refused because one of their topics runs already are repeated for the others', async () => {
    bench.venue.standing.add('publicTrade.BTCUSDT');
    await live('btcusdt', 'ethusdt', 'ethbtc');
    await until(() => bench.venue.subscriptions().length === 3);
    bench.venue.trade('spot', 'BTCUSDT', 100, 1);
    bench.venue.trade('spot', 'ETHBTC', 0.05, 1);
    await until(() => trades('ethbtc').length === 1);
    expect(trades()).toHaveLength(1);
    expect(isLive()).toBe(true);
  });

  it('are repeated on a new socket where they are not answered', async () => {
    bench.venue.mute(true);
    bench.feed.start((event) => bench.events.push(event));
    bench.feed.watch(['btcusdt']);
    await until(() => JSON.stringify(bench.log.lines).includes('a subscription was not answered'), 200);
    bench.venue.mute(false);
    await until(isLive, 100);
  });

  it('are joined by a ping every 20 s, on each socket', async () => {
    await live('btcusdt', 'btcusdt.p');
    const from = bench.time.now();
    await until(() => bench.time.now() - from >= 65_000, 500);
    for (const route of ['spot', 'linear'] as const) {
      const at = sent('ping', route).map((one) => one.at);
      expect(at).toHaveLength(3);
      expect(at[1] - at[0]).toBe(20_000);
    }
    expect(bench.feed.status()).toMatchObject({ state: 'live', counters: { unknown: 0, malformed: 0, reconnects: 0 } });
  });
});

describe('a socket', () => {
  it('that says nothing more is stale, then given up', async () => {
    await live('btcusdt');
    bench.venue.mute(true);
    const from = bench.time.now();
    await until(() => bench.feed.status().state === 'stale', 500);
    expect(bench.time.now() - from).toBeLessThanOrEqual(25_000);
    await until(() => gaps().length === 1, 500);
    expect(bench.time.now() - from).toBeLessThanOrEqual(50_000);
    expect(JSON.stringify(bench.log.lines)).toMatch(/(silent|no frame) for 45 s/);
    bench.venue.mute(false);
    await until(isLive, 100);
  });

  it('that answers the pings of the protocol alone is given up as well', async () => {
    await live('btcusdt');
    const from = bench.time.now();
    bench.venue.mute(true, true);
    await until(() => JSON.stringify(bench.log.lines).includes('no frame for'), 500);
    expect(bench.time.now() - from).toBeLessThanOrEqual(90_000);
    bench.venue.mute(false);
    await until(isLive, 100);
  });

  it('that is slow loses nothing', async () => {
    await live('btcusdt', 'btcusdt.p');
    bench.venue.hold(true);
    for (let i = 0; i < 50; i++) {
      bench.venue.trade('spot', 'BTCUSDT', 100 + i, 1);
      bench.venue.trade('linear', 'BTCUSDT', 100 + i, 1);
      await bench.time.advance(200);
    }
    expect(trades()).toEqual([]);
    bench.venue.hold(false);
    await until(() => trades('btcusdt.p').length === 50 && trades().length === 50);
    expect([ids(), ids('btcusdt.p')]).toEqual([madeIds(), madeIds('linear')]);
  });

  it.each(['cut', 'closed in good order'])('that is %s is replaced, and what was missed is fetched', async (how) => {
    await live('btcusdt', 'btcusdt.p');
    bench.venue.trade('spot', 'BTCUSDT', 100, 1);
    bench.venue.trade('linear', 'BTCUSDT', 100, 1);
    await until(() => trades().length + trades('btcusdt.p').length === 2);
    if (how === 'cut') bench.venue.cutAll();
    else bench.venue.closeAll();
    await bench.wire.quiet();
    for (let i = 0; i < 30; i++) bench.venue.trade('spot', 'BTCUSDT', 101 + i, 1, { ts: bench.time.now() + i });
    for (let i = 0; i < 900; i++) bench.venue.trade('linear', 'BTCUSDT', 101 + i, 1, { ts: bench.time.now() + i });
    await until(() => trades().length === 31 && trades('btcusdt.p').length === 901);
    const last = bench.venue.trade('linear', 'BTCUSDT', 7, 1, { ts: bench.time.now() + 1000 });
    await until(() => ids('btcusdt.p').at(-1) === last.id);
    expect([ids(), ids('btcusdt.p')]).toEqual([madeIds(), madeIds('linear')]);
    expect(gaps().sort()).toEqual([false, false, true, true]);
    expect(bars()).toEqual([]);
    expect(bench.venue.requests.filter(({ path }) => path.endsWith('recent-trade')).map(({ query }) => query)).toEqual(
      expect.arrayContaining([
        { category: 'spot', symbol: 'BTCUSDT', limit: '60' },
        { category: 'linear', symbol: 'BTCUSDT', limit: '1000' },
      ]),
    );
  });

  it('passes each trade once, whatever is repeated, left out by a block, or mutated', async () => {
    await live('btcusdt');
    const random = createRandom(7);
    const made: string[] = [];
    for (let i = 0; i < 300; i++) {
      const isBlock = i % 10 === 3;
      const one = bench.venue.trade('spot', 'BTCUSDT', 100 + i, 1, { isBlock });
      if (!isBlock) made.push(one.id);
      const text = tradeFrame('spot', 'BTCUSDT', [one]);
      bench.venue.push(text);
      // Nothing that could pass for a good trade of another kind: broken JSON.
      bench.venue.push(text.slice(0, Math.floor(random() * text.length)));
      const [, other] = Object.values(BYBIT_FRAMES)[i % 5];
      bench.venue.push(mutate(other.replaceAll('BTCUSDT', 'ETHUSDT'), random));
      await bench.time.advance(10);
    }
    await until(() => ids().length >= made.length);
    expect(ids()).toEqual(made);
    const { duplicates, malformed } = bench.feed.status().counters;
    expect([duplicates, malformed > 300]).toEqual([made.length, true]);
    expect(bench.feed.status().state).toBe('live');
  });
});
