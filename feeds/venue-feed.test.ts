import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { TransportError } from '../engine/errors.ts';
import type { FactEvent, FeedEvent, Trade } from '../engine/market/events.ts';
import { createManualClock, type ManualClock } from '../test/doubles/manual-clock.ts';
import { createSilentLog } from '../test/doubles/silent-log.ts';
import { type Wire, watchWire } from '../test/doubles/wire.ts';
import type { Feed } from './feed.ts';
import type { Frame, Market, Route, Venue } from './venue.ts';
import { createVenueFeed } from './venue-feed.ts';

const START = 1_700_000_040_000;
/** A venue's list is kept for ten minutes for whoever asks. */
const KEPT_MS = 600_000;
const REFUSED = { retryable: true, reason: 'unreachable' } as const;

interface Client {
  readonly socket: WebSocket;
  readonly path: string;
  readonly heard: string[];
}

let time: ManualClock;
let wire: Wire;
let server: WebSocketServer;
let clients: Client[];
let feed: Feed;
let events: FeedEvent[];
let log: ReturnType<typeof createSilentLog>;
let listed: () => Promise<readonly Market[]>;
let answers: boolean;
let restTrades: Trade[];

beforeEach(async () => {
  time = createManualClock(START);
  wire = watchWire();
  log = createSilentLog();
  [clients, events, answers, restTrades] = [[], [], true, []];
  listed = async () => [market('btcusdt', 'BTC-USDT', 'spot'), market('btcusdt.p', 'BTC-PERP', 'perpetual')];
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', (socket, request) => {
    const client: Client = { socket, path: request.url ?? '', heard: [] };
    clients.push(client);
    socket.on('close', () => clients.splice(clients.indexOf(client), 1));
    socket.on('message', (data) => {
      client.heard.push(data.toString());
      if (answers && data.toString() !== 'ping') socket.send(JSON.stringify({ kind: 'acks', acks: [{}] }));
    });
  });
  await new Promise((resolve) => server.once('listening', resolve));
});

afterEach(async () => {
  await feed.stop();
  for (const client of server.clients) client.terminate();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  wire.close();
});

function market(symbol: string, wireName: string, kind: Market['kind']): Market {
  const [base, quote] = ['btc', 'usdt'];
  return {
    instrument: `okx:${symbol}`,
    venue: 'okx',
    symbol,
    base,
    quote,
    kind,
    tick: 1,
    lot: 1,
    active: true,
    wire: wireName,
  };
}

const ROUTE: Route = { path: '/a', spacingMs: 10, batch: 10, maxTopics: 50, silentMs: 60_000 };

/** A venue whose frames are `Frame`s as JSON, with trades on one route and facts on another. */
function venueOf(more: Partial<Venue> = {}): Venue {
  return {
    name: 'okx',
    routes: { a: ROUTE, b: { ...ROUTE, path: '/b' } },
    listing: 'first',
    topics(channel, symbol, markets) {
      const found = markets.get(symbol);
      if (!found || (channel === 'facts' && found.kind !== 'perpetual')) return [];
      return [{ route: channel === 'facts' ? 'b' : 'a', name: `${channel}:${found.wire}` }];
    },
    requests: { message: (method, names, id) => JSON.stringify({ method, names, id }) },
    reader: () => ({ read: (text) => JSON.parse(text) as Frame }),
    restRules: {},
    rest: () => ({
      listed: () => listed(),
      history: async () => [],
      trades: {
        kind: 'recent',
        source: { ascending: true, recent: async () => restTrades, minuteBars: async () => [] },
      },
    }),
    quietMs: { facts: 30_000 },
    ...more,
  };
}

function begin(venue: Venue, ...symbols: string[]): void {
  const wsUrl = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  feed = createVenueFeed(venue, { wsUrl, clock: time.clock, random: () => 0, log });
  feed.start((event) => events.push(event));
  feed.watch(symbols);
}

async function until(check: () => boolean, step = 10): Promise<void> {
  for (let turn = 0; turn < 3000; turn++) {
    await wire.quiet();
    if (check()) return;
    await time.advance(step);
  }
  throw new Error(`never came: ${JSON.stringify(feed.status())}`);
}

const isLive = () => feed.status().state === 'live' && clients.length > 0;
const say = (frame: Frame, path = '/a') => {
  for (const { socket, path: own } of clients) if (own === path) socket.send(JSON.stringify(frame));
};
const trade = (id: number): Trade => ({
  type: 'trade',
  instrument: 'okx:btcusdt',
  ts: time.now(),
  price: id,
  size: 1,
  side: 'buy',
  id: String(id),
});
const fact = (value: number): FactEvent => ({
  type: 'fact',
  name: 'mark',
  instrument: 'okx:btcusdt.p',
  ts: time.now(),
  value,
});
const ids = () => events.flatMap((event) => (event.type === 'trade' ? [Number(event.id)] : []));
const heard = (path: string) => clients.filter((client) => client.path === path).flatMap((client) => client.heard);

describe('routes', () => {
  it('are connected once something is wanted on them, each with its own topics', async () => {
    begin(venueOf(), 'btcusdt');
    await until(isLive);
    expect(clients.map(({ path }) => path)).toEqual(['/a']);
    feed.watch(['btcusdt.p']);
    await until(() => clients.length === 2 && isLive());
    expect(heard('/a').map((text) => JSON.parse(text).names)).toEqual([['trades:BTC-USDT'], ['trades:BTC-PERP']]);
    expect(heard('/b').map((text) => JSON.parse(text).names)).toEqual([['facts:BTC-PERP']]);
    expect(feed.status().streams).toMatchObject({ live: 3, down: 0 });
  });

  it('fail by themselves: trades go on while facts are gone', async () => {
    begin(venueOf(), 'btcusdt', 'btcusdt.p');
    await until(() => clients.length === 2 && isLive());
    server.close();
    for (const { socket, path } of [...clients]) if (path === '/b') socket.terminate();
    await until(() => feed.status().state === 'down');
    expect(feed.status().detail).toMatch(/^b: /);
    expect(feed.status().streams).toMatchObject({ live: 2, down: 1 });
    expect(feed.status().streams?.worst[0]).toMatchObject({ name: 'facts btcusdt.p', state: 'down' });
    say({ kind: 'trades', trades: [trade(1), trade(2)] });
    await until(() => ids().length === 2);
    expect(events.filter(({ type }) => type === 'gap')).toEqual([]);
  });
});

describe('a list of markets that names come from', () => {
  it('is fetched again and again before anything is asked, and what it does not have is shown', async () => {
    let tries = 0;
    const good = listed;
    listed = async () => {
      if (++tries < 3) throw new TransportError('no', { retryable: true, reason: 'unreachable' });
      return good();
    };
    begin(venueOf(), 'btcusdt', 'nope');
    expect(feed.status().state).toBe('connecting');
    await until(isLive, 100);
    expect(tries).toBe(3);
    expect(feed.status().detail).toContain('nope refused: the venue does not list it');
    listed = async () => [...(await good()), market('nope', 'NO-PE', 'spot')];
    await until(() => heard('/a').some((text) => text.includes('NO-PE')), 60_000);
    await until(() => feed.status().detail === undefined);
  });

  it('has the streams that wait for it be down after the first tries', async () => {
    listed = () => Promise.reject(new TransportError('okx.test/a cannot be asked', REFUSED));
    begin(venueOf(), 'btcusdt');
    await until(() => feed.status().state === 'down', 100);
    expect(feed.status()).toMatchObject({ detail: 'okx.test cannot be asked', streams: { down: 1, connecting: 0 } });
  });
});

describe('a feed of which nothing is watched', () => {
  it('connects until the list of markets is there, and is live then', async () => {
    begin(venueOf());
    expect(feed.status()).toMatchObject({ state: 'connecting' });
    await feed.instruments();
    expect(feed.status()).toMatchObject({ state: 'live', detail: 'nothing watched' });
  });

  it('is down with the reason where the list cannot be had, from the second try on', async () => {
    listed = () => Promise.reject(new TransportError('okx.test/list?a=b answered 451 {"code":0}', REFUSED));
    begin(venueOf());
    await expect(feed.instruments()).rejects.toThrow('451');
    expect(feed.status()).toMatchObject({ state: 'connecting', detail: 'okx.test answered 451' });
    await time.advance(1_000);
    await expect(feed.instruments()).rejects.toThrow('451');
    expect(feed.status()).toMatchObject({ state: 'down', tries: 2, since: START + 1_000 });
  });

  it('is down where a list that was there cannot be had anew, until it can', async () => {
    const good = listed;
    begin(venueOf());
    await feed.instruments();
    listed = () => Promise.reject(new TypeError('no such field'));
    await time.advance(KEPT_MS + 1);
    await expect(feed.instruments()).rejects.toThrow('no such field');
    expect(feed.status()).toMatchObject({ state: 'down', detail: 'the answer cannot be read' });
    listed = good;
    await feed.instruments();
    expect(feed.status()).toMatchObject({ state: 'live', tries: 0 });
  });

  it('is live whatever becomes of the list while a socket is open', async () => {
    begin(venueOf(), 'btcusdt');
    await until(isLive);
    listed = () => Promise.reject(new TransportError('okx.test/a cannot be asked', REFUSED));
    await time.advance(KEPT_MS + 1);
    await expect(feed.instruments()).rejects.toThrow('cannot be asked');
    await until(isLive);
    expect(feed.status().detail).toBeUndefined();
  });
});

describe('signs of life', () => {
  it('are asked for by the venue’s own ping', async () => {
    begin(venueOf({ routes: { a: { ...ROUTE, ping: { text: 'ping', everyMs: 20_000 } } } }), 'btcusdt');
    await until(isLive);
    const from = time.now();
    await until(() => heard('/a').filter((text) => text === 'ping').length === 3, 1000);
    expect(Math.round((time.now() - from) / 1000)).toBeGreaterThanOrEqual(60);
    say({ kind: 'alive' });
    await wire.quiet();
    expect(feed.status().counters.unknown).toBe(0);
  });

  it('are frames, where the venue sends them all the time: without any the socket is replaced', async () => {
    begin(venueOf({ routes: { a: { ...ROUTE, framesWithinMs: 5_000 } } }), 'btcusdt');
    await until(isLive);
    for (let second = 0; second < 20; second++) {
      say({ kind: 'alive' });
      await wire.quiet();
      await time.advance(1000);
    }
    expect(feed.status().counters.reconnects).toBe(0);
    await until(() => feed.status().counters.reconnects === 1, 1000);
    expect(log.lines.some(({ fields }) => JSON.stringify(fields).includes('no frame for'))).toBe(true);
  });

  it('are carried by a topic of their own on every socket, where the venue has it so', async () => {
    begin(venueOf({ routes: { a: { ...ROUTE, always: ['heartbeats'] } } }), 'btcusdt');
    await until(isLive);
    expect(
      heard('/a')
        .flatMap((text) => JSON.parse(text).names)
        .sort(),
    ).toEqual(['heartbeats', 'trades:BTC-USDT']);
  });

  it('do not keep a stream from going stale: that is by its own messages', async () => {
    begin(venueOf(), 'btcusdt', 'btcusdt.p');
    await until(() => clients.length === 2 && isLive());
    say({ kind: 'facts', facts: [fact(1)] }, '/b');
    await until(() => events.length === 1);
    expect(events).toEqual([{ ...fact(1), ts: START + (events[0].type === 'fact' ? events[0].ts - START : 0) }]);
    for (let i = 0; i < 31; i++) {
      say({ kind: 'alive' }, '/b');
      await wire.quiet();
      await time.advance(1000);
    }
    expect(feed.status().streams).toMatchObject({ live: 2, stale: 1, worst: [{ name: 'facts btcusdt.p' }] });
    expect(feed.status().state).toBe('live');
  });
});

describe('frames', () => {
  it('that hold several things are taken in order, and old trades only where they go on from something', async () => {
    begin(venueOf(), 'btcusdt');
    await until(isLive);
    say({
      kind: 'many',
      frames: [
        { kind: 'trades', snapshot: true, trades: [trade(1), trade(2)] },
        { kind: 'trades', trades: [trade(3)] },
        { kind: 'malformed', reason: 'a bad row' },
        { kind: 'trades', trades: [trade(4), trade(5)] },
      ],
    });
    await until(() => ids().length === 3);
    say({ kind: 'trades', snapshot: true, trades: [trade(4), trade(5), trade(6)] });
    await until(() => ids().length === 4);
    expect(ids()).toEqual([3, 4, 5, 6]);
    expect(feed.status().counters).toMatchObject({ malformed: 1, duplicates: 2 });
  });

  it('that are numbered replace the socket where one is missing, and what was missed is fetched', async () => {
    begin(venueOf(), 'btcusdt');
    await until(isLive);
    say({ kind: 'trades', trades: [trade(1)], serial: 7 });
    say({ kind: 'trades', trades: [trade(2)], serial: 8 });
    await until(() => ids().length === 2);
    restTrades = [1, 2, 3, 4].map(trade);
    say({ kind: 'trades', trades: [trade(4)], serial: 10 });
    await until(() => ids().length === 4 && isLive());
    expect(ids()).toEqual([1, 2, 3, 4]);
    expect(feed.status().counters.reconnects).toBe(1);
    say({ kind: 'trades', trades: [trade(5)], serial: 0 });
    await until(() => ids().length === 5);
  });

  it('of a venue that does not answer a subscription end in another socket', async () => {
    answers = false;
    begin(venueOf(), 'btcusdt');
    await until(() => clients.length === 1 && heard('/a').length === 1);
    const from = time.now();
    await until(() => feed.status().counters.reconnects === 1, 500);
    expect(time.now() - from).toBeLessThan(12_000);
    answers = true;
    await until(isLive, 500);
  });

  it('that ask to leave have a new socket carry all before the old one goes', async () => {
    begin(venueOf(), 'btcusdt');
    await until(isLive);
    await time.advance(60_000);
    say({ kind: 'leave', reason: 'maintenance' });
    let id = 0;
    let most = 0;
    await until(() => {
      say({ kind: 'trades', trades: [trade(++id)] });
      most = Math.max(most, clients.length);
      return most === 2 && clients.length === 1;
    }, 100);
    await until(() => ids().length === id);
    expect(ids()).toEqual(Array.from({ length: id }, (_, i) => i + 1));
    expect(events.filter(({ type }) => type === 'gap')).toEqual([]);
  });
});

describe('facts that no stream brings', () => {
  it('are fetched for each watched symbol, again and again, until the feed stops', async () => {
    const asked: string[] = [];
    const venue = venueOf();
    const poll = {
      everyMs: 60_000,
      async facts(symbol: string) {
        asked.push(symbol);
        if (asked.length === 1) throw new TransportError('no', { retryable: true, reason: 'unreachable' });
        return symbol === 'btcusdt.p' ? [fact(asked.length)] : [];
      },
    };
    begin({ ...venue, rest: (tools) => ({ ...venue.rest(tools), poll }) }, 'btcusdt', 'btcusdt.p');
    await until(() => clients.length === 2 && isLive());
    await time.advance(60_000);
    expect(asked).toEqual(['btcusdt', 'btcusdt.p']);
    await time.advance(60_000);
    expect(events.flatMap((event) => (event.type === 'fact' ? [event.value] : []))).toEqual([2, 4]);
    await feed.stop();
    await time.advance(120_000);
    expect(asked).toHaveLength(4);
  });
});
