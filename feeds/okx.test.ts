import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bar, BarsEvent, FactEvent, FeedEvent, Trade } from '../engine/market/events.ts';
import { createManualClock, type ManualClock } from '../test/doubles/manual-clock.ts';
import { type OkxDouble, startOkxDouble } from '../test/doubles/okx.ts';
import { createSilentLog } from '../test/doubles/silent-log.ts';
import { type Wire, watchWire } from '../test/doubles/wire.ts';
import type { Feed } from './feed.ts';
import { okx } from './okx.ts';
import { createVenueFeed } from './venue-feed.ts';

/** A full minute. */
const START = 1_700_000_040_000;
const MINUTE = 60_000;
const FACTS = [
  'funding-rate:BTC-USDT-SWAP',
  'index-tickers:BTC-USDT',
  'liquidation-orders:SWAP',
  'mark-price:BTC-USDT-SWAP',
  'open-interest:BTC-USDT-SWAP',
];

let time: ManualClock;
let wire: Wire;
let venue: OkxDouble;
let feed: Feed;
let log: ReturnType<typeof createSilentLog>;
let events: FeedEvent[];

beforeEach(async () => {
  time = createManualClock(START);
  wire = watchWire();
  venue = await startOkxDouble({ now: time.now });
  log = createSilentLog();
  events = [];
  const { wsUrl, restUrl } = venue;
  feed = createVenueFeed(okx, { wsUrl, restUrl, clock: time.clock, random: () => 0, log });
});

afterEach(async () => {
  await feed.stop();
  await venue.stop();
  wire.close();
});

/** Lets the sockets say all that they have to say, then the clock run by `step`, and so on until `check` holds. */
async function until(check: () => boolean, step = 10): Promise<void> {
  for (let turn = 0; turn < 5000; turn++) {
    await wire.quiet();
    if (check()) return;
    await time.advance(step);
  }
  throw new Error(`never came: ${JSON.stringify(feed.status())} ${JSON.stringify(events.slice(-5))}`);
}

async function settled<T>(promise: Promise<T>): Promise<T> {
  let isDone = false;
  const done = () => {
    isDone = true;
  };
  promise.then(done, done);
  await until(() => isDone);
  return promise;
}

async function live(...symbols: string[]): Promise<void> {
  feed.start((event) => events.push(event));
  feed.watch(symbols);
  await until(() => feed.status().state === 'live' && venue.subscriptions().length >= symbols.length);
}

const of = <T extends FeedEvent['type']>(type: T) =>
  events.filter((event): event is Extract<FeedEvent, { type: T }> => event.type === type);
const trades = (): Trade[] => of('trade');
const ids = () => trades().map(({ id }) => Number(id));
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const said = (text: string) => venue.inbound.filter((one) => one.text.includes(text));

/** The minutes that trades make, and those that came as bars: a plain loop. */
function minutesOf(list: readonly FeedEvent[]): Map<number, Omit<Bar, 'trades'>> {
  const minutes = new Map<number, Omit<Bar, 'trades'>>();
  for (const event of list) {
    if (event.type === 'bars') for (const bar of event.bars) minutes.set(bar.start, bar);
    if (event.type !== 'trade') continue;
    const { ts, price, size } = event;
    const start = ts - (ts % MINUTE);
    const old = minutes.get(start) ?? { start, open: price, high: price, low: price, close: price, volume: 0 };
    const [high, low] = [Math.max(old.high, price), Math.min(old.low, price)];
    minutes.set(start, { ...old, high, low, close: price, volume: old.volume + size });
  }
  return minutes;
}

function expectSameBars(bars: readonly Bar[], list: readonly FeedEvent[]): void {
  const minutes = minutesOf(list);
  for (const { start, open, high, low, close, volume } of bars) {
    const ours = minutes.get(start);
    if (volume === 0) expect(ours?.volume ?? 0).toBe(0);
    else expect(ours).toMatchObject({ open, high, low, close, volume: expect.closeTo(volume, 6) });
  }
}

describe('what is asked for', () => {
  it('is the trades of a market, and the facts of a swap, in few messages', async () => {
    await live('btcusdt', 'btcusdt.p');
    expect(venue.subscriptions()).toEqual([...FACTS, 'trades:BTC-USDT', 'trades:BTC-USDT-SWAP'].sort());
    expect(said('subscribe')).toHaveLength(1);
    expect(JSON.parse(said('subscribe')[0].text).args).toContainEqual({
      channel: 'liquidation-orders',
      instType: 'SWAP',
    });
    feed.unwatch(['btcusdt.p']);
    await until(() => venue.subscriptions().length === 1);
    expect(venue.subscriptions()).toEqual(['trades:BTC-USDT']);
    expect(feed.status().counters.unknown).toBe(0);
  });

  it('is no market that the venue does not list', async () => {
    await live('btcusdt');
    feed.watch(['nosuchusdt']);
    await time.advance(1000);
    expect(venue.subscriptions()).toEqual(['trades:BTC-USDT']);
    expect(feed.status().detail).toContain('nosuchusdt refused: the venue does not list it');
  });

  it.each([true, false])('goes on without what is refused, wherever the error comes (first: %s)', async (isFirst) => {
    venue.manners.errorsFirst = isFirst;
    venue.refused.add('open-interest:BTC-USDT-SWAP').add('mark-price:BTC-USDT-SWAP');
    await live('btcusdt', 'btcusdt.p', 'btcusd.p');
    const all = venue.subscriptions();
    expect(all).toHaveLength(3 + 10 - 1 - 2);
    expect(feed.status().detail).toContain('facts of btcusdt.p refused: 60018');
    expect(feed.status().streams).toMatchObject({ live: 4, down: 1 });
    venue.trade('BTC-USD-SWAP', 40_000, 4, { side: 'sell' });
    await until(() => trades().length === 1);
    expect(trades()[0]).toMatchObject({ instrument: 'okx:btcusd.p', size: 0.01, side: 'sell' });
    venue.refused.clear();
    await until(() => venue.subscriptions().length === 12, 1000);
    expect(feed.status()).toMatchObject({ state: 'live', streams: { live: 5, down: 0 } });
  });

  it('stays within 480 requests in any hour, however often people change their mind', async () => {
    await live('btcusdt');
    for (let i = 0; time.now() < START + 2 * 3_600_000; i++) {
      feed[i % 2 === 0 ? 'watch' : 'unwatch'](['ethusdt']);
      await time.advance(2_000);
      if (i % 10 === 0) await wire.quiet();
    }
    const asked = said('subscribe').map(({ at }) => at);
    expect(asked.length).toBeGreaterThan(480);
    for (const from of asked) {
      expect(asked.filter((at) => at >= from && at < from + 3_600_000).length).toBeLessThanOrEqual(480);
    }
    expect(feed.status().counters.reconnects).toBe(0);
  });

  it('is asked again on a new socket where no answer comes', async () => {
    venue.manners.mute = true;
    feed.start((event) => events.push(event));
    feed.watch(['btcusdt']);
    await until(() => said('subscribe').length === 1);
    expect(feed.status().state).toBe('resyncing');
    venue.manners.mute = false;
    await until(() => feed.status().state === 'live', 500);
    expect(feed.status().counters.reconnects).toBe(1);
  });
});

describe('trades', () => {
  it('come in the base, with the side of the taker, several fills in one', async () => {
    await live('btcusdt', 'btcusdt.p', 'btcusd.p');
    venue.trade('BTC-USDT', 64_000.1, 0.5, { side: 'sell', ts: START + 5 });
    venue.trade('BTC-USDT-SWAP', 64_010, 50, { fills: 3, ts: START + 6 });
    venue.trade('BTC-USD-SWAP', 64_000, 32, { ts: START + 7 });
    await until(() => trades().length === 3);
    const common = { type: 'trade', side: 'buy' };
    expect(trades()).toEqual([
      { ...common, instrument: 'okx:btcusdt', ts: START + 5, price: 64_000.1, size: 0.5, side: 'sell', id: '7001' },
      { ...common, instrument: 'okx:btcusdt.p', ts: START + 6, price: 64_010, size: 1.5, id: '7003' },
      { ...common, instrument: 'okx:btcusd.p', ts: START + 7, price: 64_000, size: 0.05, id: '7001' },
    ]);
  });

  it('pass once and in order, whatever is repeated', async () => {
    await live('btcusdt');
    const [a, b, c] = [1, 2, 3].map((n) => venue.trade('BTC-USDT', n, 1, { fills: 2, send: false }));
    for (const text of [a, a, b, a, c, b, c]) venue.push(text);
    await until(() => feed.status().counters.duplicates === 4);
    expect(ids()).toEqual([7002, 7004, 7006]);
  });

  it('are none the less all there where the venue swaps them, or begins its ids anew', async () => {
    await live('btcusdt');
    const [a, b] = [1, 2].map((n) => venue.trade('BTC-USDT', n, 1, { send: false }));
    for (const text of [b, a, b]) venue.push(text);
    for (const id of ['1', '2']) venue.push(a.replace('"tradeId":"7001"', `"tradeId":"${id}"`));
    await until(() => trades().length === 4);
    expect([ids(), feed.status().counters.duplicates]).toEqual([[7002, 7001, 1, 2], 1]);
  });

  it('go on after frames that cannot be read', async () => {
    await live('btcusdt');
    const good = venue.trade('BTC-USDT', 100, 1);
    for (let i = 0; i < 3; i++) venue.push(good.replace('"px":"100"', '"px":"-1"'));
    for (const text of ['nonsense', '{"arg":{"channel":"tickers","instId":"BTC-USDT"},"data":[]}']) venue.push(text);
    venue.trade('BTC-USDT', 101, 1);
    await until(() => trades().length === 2);
    expect(feed.status().counters).toMatchObject({ malformed: 4, unknown: 1, trades: 2 });
    expect(log.lines.filter(({ message }) => message === 'a message cannot be read')).toHaveLength(1);
  });

  it('that were missed are fetched, page by page, before those that came meanwhile; bars are as the venue has them', async () => {
    await live('btcusdt.p');
    for (let i = 0; i < 50; i++) {
      venue.trade('BTC-USDT-SWAP', 100 + i, 2, { fills: 1 + (i % 3), ts: START + i * 100 });
    }
    await until(() => trades().length === 50);
    venue.cutAll();
    // REST tells of each fill by itself.
    for (let i = 0; i < 400; i++) {
      venue.trade('BTC-USDT-SWAP', 200 + (i % 17), 3, { fills: 2, ts: START + 10_000 + i * 200 });
    }
    await until(() => venue.subscriptions().includes('trades:BTC-USDT-SWAP'));
    venue.trade('BTC-USDT-SWAP', 500, 1, { fills: 2, ts: START + 95_000 });
    await until(() => feed.status().state === 'live' && trades().at(-1)?.price === 500);
    expect(venue.requests.filter(({ path }) => path.endsWith('/history-trades')).length).toBeGreaterThanOrEqual(3);
    // 800 fills that were missed, by their own ids; the live one by its last.
    expect(ids().slice(50)).toEqual([...range(7100, 7899), 7901]);
    expect(of('gap').map(({ open }) => open)).toEqual([true, false]);
    expect(of('bars')).toEqual([]);
    await time.advance(START + 3 * MINUTE - time.now());
    const bars = await settled(feed.history('btcusdt.p', MINUTE, START, START + 2 * MINUTE));
    expect(bars.map(({ start }) => start)).toEqual([START, START + MINUTE]);
    expect(bars[0].volume).toBeGreaterThan(10);
    expectSameBars(bars, events);
  });

  it('of a very long hole come as bars of minutes and the trades of the running one', async () => {
    await live('btcusdt');
    venue.trade('BTC-USDT', 100, 1);
    await until(() => trades().length === 1);
    venue.manners.refuseConnections = true;
    venue.cutAll();
    await until(() => feed.status().tries > 0);
    for (let i = 0; i < 10_500; i++) {
      venue.trade('BTC-USDT', 200 + (i % 7), 1, { ts: START + 1000 + i * 40, send: false });
    }
    await time.advance(START + 425_000 - time.now());
    venue.manners.refuseConnections = false;
    await until(() => venue.subscriptions().length === 1, 100);
    venue.trade('BTC-USDT', 999, 1);
    await until(() => trades().at(-1)?.price === 999 && feed.status().state === 'live', 50);
    const [told] = of('bars') as BarsEvent[];
    expect(told.bars.map(({ start }) => start)).toEqual(range(0, 6).map((i) => START + i * MINUTE));
    const after = trades().slice(1);
    expect(after[0].ts).toBe(START + 7 * MINUTE);
    expect(ids().slice(1)).toEqual(range(Number(after[0].id), 17_502));
    await time.advance(START + 9 * MINUTE - time.now());
    const bars = await settled(feed.history('btcusdt', MINUTE, START, START + 8 * MINUTE));
    expect(bars).toHaveLength(8);
    expectSameBars(bars, events);
  });

  it('wait while REST wants a pause or fails, however it says so', async () => {
    await live('btcusdt');
    venue.trade('BTC-USDT', 100, 1);
    await until(() => trades().length === 1);
    venue.failRest(1, { status: 429, code: '50011', retryAfter: 20, what: '/trades' });
    venue.cutAll();
    venue.trade('BTC-USDT', 101, 1);
    const asked = () => venue.requests.filter(({ path }) => path.endsWith('/trades'));
    await until(() => asked().length === 1);
    await time.advance(19_000);
    expect([asked().length, trades().length, feed.status().state]).toEqual([1, 1, 'resyncing']);
    // Status 200, and the limit in the body: a pause of two seconds.
    venue.failRest(1, { status: 200, code: '50011', what: '/trades' });
    await until(() => asked().length === 2);
    venue.failRest(1, { status: 403, retryAfter: 5, what: '/trades' });
    await until(() => asked().length === 3);
    await until(() => trades().length === 2);
    expect(ids()).toEqual([7001, 7002]);
    const [first, second, third, fourth] = asked().map(({ at }) => at);
    expect([second - first >= 20_000, third - second >= 2_000, fourth - third >= 5_000]).toEqual([true, true, true]);
  });
});

describe('facts', () => {
  it('of a watched swap are told, and of no other', async () => {
    await live('btcusdt.p');
    const row = { instId: 'BTC-USDT-SWAP', instType: 'SWAP', ts: String(START) };
    const rate = { fundingRate: '0.0001', fundingTime: String(START + 3_600_000), nextFundingTime: '9' };
    const details = [{ side: 'buy', posSide: 'short', bkPx: '64000', sz: '7', ts: String(START) }];
    venue.row('funding-rate:BTC-USDT-SWAP', { ...row, ...rate });
    venue.row('mark-price:BTC-USDT-SWAP', { ...row, markPx: '64001.5' });
    venue.row('index-tickers:BTC-USDT', { instId: 'BTC-USDT', idxPx: '64002.5', ts: String(START) });
    venue.row('open-interest:BTC-USDT-SWAP', { ...row, oi: '300', oiCcy: '3' });
    venue.row('liquidation-orders:SWAP', { instId: 'BTC-USDT-SWAP', details });
    venue.row('liquidation-orders:SWAP', { instId: 'BTC-USD-SWAP', details });
    await until(() => of('fact').length >= 6);
    await time.advance(1000);
    const told = (of('fact') as FactEvent[]).map(({ name, instrument, ts, value }) => [name, instrument, ts, value]);
    expect(told).toEqual([
      ['funding', 'okx:btcusdt.p', START, 0.0001],
      ['next_funding', 'okx:btcusdt.p', START, START + 3_600_000],
      ['mark', 'okx:btcusdt.p', START, 64_001.5],
      ['index', 'okx:btcusdt.p', START, 64_002.5],
      ['oi', 'okx:btcusdt.p', START, 3],
      ['liquidations', 'okx:btcusdt.p', START, 0.07],
    ]);
  });
});
