import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import { startWeb, type WebFixture } from '../../test/browser/web-fixture.ts';
import { PAGE_ADDRESS } from '../page-platform.ts';

let web: WebFixture;
const sockets: WebSocket[] = [];

beforeEach(async () => {
  web = await startWeb();
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await web.server.stop();
});

interface Received {
  readonly type: string;
  readonly [key: string]: unknown;
}

interface Client {
  readonly socket: WebSocket;
  readonly received: Received[];
  say(request: unknown): void;
  /** Resolves with the first message, past or to come, that fits. */
  until(fits: (message: Received) => boolean): Promise<Received>;
}

async function join(options: ClientOptions = {}): Promise<Client> {
  const socket = new WebSocket(`ws://127.0.0.1:${web.port}/api/stream`, options);
  sockets.push(socket);
  const received: Received[] = [];
  const waiting = new Set<() => void>();
  socket.on('message', (data) => {
    received.push(JSON.parse(String(data)) as Received);
    for (const look of waiting) look();
  });
  await once(socket, 'open');
  return {
    socket,
    received,
    say: (request) => socket.send(typeof request === 'string' ? request : JSON.stringify(request)),
    until(fits) {
      return new Promise((resolve) => {
        const look = () => {
          const found = received.find(fits);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      });
    },
  };
}

/** Everything that was sent before has arrived once this has. */
async function caughtUp(client: Client): Promise<void> {
  const before = client.received.filter((message) => message.type === 'pong').length;
  client.say({ action: 'ping' });
  await client.until(() => client.received.filter((message) => message.type === 'pong').length > before);
}

const trade = (instrument: string, price: number) =>
  ({ type: 'trade', instrument, ts: 1_700_000_000_000, price, size: 1, side: 'buy', id: String(price) }) as const;

describe('the live stream', () => {
  it('tells the state to whoever joins', async () => {
    const client = await join();
    expect(await client.until((message) => message.type === 'status')).toMatchObject({
      state: 'ok',
      outbox: { pending: 2 },
    });
  });

  it('sends what was subscribed and nothing else, until it is unsubscribed', async () => {
    const client = await join();
    client.say({ action: 'subscribe', symbols: ['btcusdt'] });
    expect(await client.until((message) => message.type === 'subscribed')).toMatchObject({
      symbols: ['binance:btcusdt'],
    });
    web.ports.emit(trade('binance:ethusdt', 1));
    web.ports.emit(trade('binance:btcusdt', 2));
    web.ports.emit({
      type: 'bar',
      instrument: 'binance:btcusdt',
      interval: 300_000,
      start: 0,
      open: 1,
      high: 2,
      low: 1,
      close: 2,
      volume: 3,
      trades: 4,
      bought: 1,
    });
    web.ports.emit({ type: 'firing', id: 'r1.1', ts: 5, instrument: 'binance:btcusdt', rule: 'btcusdt > 1', price: 2 });
    client.say({ action: 'unsubscribe', symbols: ['btcusdt'] });
    await client.until((message) => message.type === 'unsubscribed');
    web.ports.emit(trade('binance:btcusdt', 3));
    await caughtUp(client);
    const market = client.received.filter((message) => ['trade', 'bar', 'firing'].includes(message.type));
    expect(market[1]).not.toHaveProperty('bought');
    expect(market).toEqual([
      trade('binance:btcusdt', 2),
      expect.objectContaining({ type: 'bar', interval: '5m', close: 2 }),
      expect.objectContaining({ type: 'firing', id: 'r1.1' }),
    ]);
  });

  it.each([
    [{ action: 'subscribe', symbols: ['btcusd'] }, 'unknown-symbol'],
    [{ action: 'dance' }, 'bad-request'],
    [{ action: 'subscribe', symbols: 'btcusdt' }, 'bad-request'],
    ['{', 'bad-request'],
  ])('answers %j with the error %s and goes on', async (request, code) => {
    const client = await join();
    client.say(request);
    expect(await client.until((message) => message.type === 'error')).toMatchObject({
      code,
      message: expect.stringMatching(/./),
    });
    await caughtUp(client);
  });

  it('thins trades out to the newest for whoever wants the latest alone', async () => {
    const client = await join();
    client.say({ action: 'subscribe', symbols: ['*'], trades: 'latest' });
    await client.until((message) => message.type === 'subscribed');
    for (let price = 1; price <= 50; price++) web.ports.emit(trade('binance:btcusdt', price));
    await caughtUp(client);
    expect(client.received.some((message) => message.type === 'trade')).toBe(false);
    await web.clock.advance(250);
    expect(await client.until((message) => message.type === 'trade')).toEqual(trade('binance:btcusdt', 50));
  });

  it('drops what a client that does not read cannot take, but no firing', async () => {
    const slow = await join();
    slow.say({ action: 'subscribe', symbols: ['*'] });
    await slow.until((message) => message.type === 'subscribed');
    slow.socket.pause();
    const padding = 'x'.repeat(2_000);
    const total = 20_000;
    for (let n = 1; n <= total; n++) web.ports.emit({ ...trade('binance:btcusdt', n), id: padding });
    web.ports.emit({ type: 'firing', id: 'last', ts: 5, instrument: 'binance:btcusdt', rule: 'btcusdt > 1', price: 2 });
    slow.socket.resume();
    await slow.until((message) => message.type === 'firing');
    const trades = slow.received.filter((message) => message.type === 'trade');
    const lagged = slow.received.filter((message) => message.type === 'lagged');
    const skipped = lagged.reduce((sum, message) => sum + (message.skipped as number), 0);
    expect(skipped).toBeGreaterThan(0);
    expect(trades.length + skipped).toBe(total);
    expect(trades.at(-1)?.price, 'the newest price is never the one left out').toBe(total);
  });

  it('sends one state for many changes at once', async () => {
    const client = await join();
    await client.until((message) => message.type === 'status');
    for (let n = 0; n < 20; n++) web.ports.emit({ type: 'status' });
    await caughtUp(client);
    expect(client.received.filter((message) => message.type === 'status')).toHaveLength(2);
  });

  it('closes a client that no longer answers pings', async () => {
    const client = await join({ autoPong: false });
    await client.until((message) => message.type === 'status');
    const closed = once(client.socket, 'close');
    await web.clock.advance(20_000);
    await web.clock.advance(20_000);
    expect((await closed)[0]).toBe(1006);
  });

  it('closes a client that asks without end', async () => {
    const client = await join();
    const closed = once(client.socket, 'close');
    for (let n = 0; n < 200; n++) client.say({ action: 'ping' });
    expect((await closed)[0]).toBe(1008);
  });

  it('says goodbye when the server stops', async () => {
    const client = await join();
    const closed = once(client.socket, 'close');
    await web.server.stop();
    expect((await closed)[0]).toBe(1001);
  });
});

async function refusal(path: string, options: ClientOptions): Promise<number> {
  const socket = new WebSocket(`ws://127.0.0.1:${web.port}${path}`, options);
  sockets.push(socket);
  socket.on('error', () => undefined);
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
  return response.statusCode;
}

describe('who may join the stream', () => {
  it('refuses the page of another site', async () => {
    expect(await refusal('/api/stream', { origin: 'https://evil.example' })).toBe(403);
    expect(await refusal('/api/stream', { origin: 'null' })).toBe(403);
  });

  it('answers 404 on any other path', async () => {
    expect(await refusal('/api/other', {})).toBe(404);
  });

  it('passes the messages of the console to its own page alone', async () => {
    const own = await join({ origin: `http://127.0.0.1:${web.port}` });
    const proxied = { host: 'bot.example', 'x-forwarded-for': '203.0.113.9' };
    const far = await join({ origin: 'http://bot.example', headers: proxied });
    const quiet = await join();
    for (const client of [own, far]) client.say({ action: 'console' });
    expect(await far.until((message) => message.type === 'error')).toMatchObject({ code: 'forbidden' });
    await caughtUp(own);
    await web.page.send(PAGE_ADDRESS, { text: ['fired'] }, 'n1');
    expect(await own.until((message) => message.type === 'message')).toMatchObject({
      message: { text: ['fired'], pushed: true },
    });
    for (const client of [far, quiet]) {
      await caughtUp(client);
      expect(client.received.some((message) => message.type === 'message')).toBe(false);
    }
  });
});
