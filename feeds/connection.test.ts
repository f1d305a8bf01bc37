import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { createManualClock, type ManualClock } from '../test/doubles/manual-clock.ts';
import { createSilentLog } from '../test/doubles/silent-log.ts';
import { type Connection, createConnection } from './connection.ts';

let time: ManualClock;
let server: WebSocketServer;
let clients: WebSocket[];
let connection: Connection;
let texts: string[];
let lost: { reason: string; at: number }[];
let openedAt: number[];
let outgoing: string[];

beforeEach(async () => {
  time = createManualClock(0);
  [clients, texts, lost, openedAt, outgoing] = [[], [], [], [], []];
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', (client) => clients.push(client));
  await new Promise((resolve) => server.once('listening', resolve));
});

afterEach(async () => {
  await connection.stop();
  for (const client of server.clients) client.terminate();
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

function connect(port = (server.address() as AddressInfo).port, maxAgeMs?: number): Connection {
  return createConnection({
    url: `ws://127.0.0.1:${port}/`,
    clock: time.clock,
    random: () => 1 - Number.EPSILON,
    log: createSilentLog(),
    spacingMs: 200,
    silentMs: 60_000,
    ...(maxAgeMs !== undefined && { maxAgeMs }),
    handlers: {
      onOpen: () => openedAt.push(time.now()),
      onText: (text) => texts.push(text),
      onLost: (reason) => lost.push({ reason, at: time.now() }),
      nextMessage: () => outgoing.shift(),
    },
  });
}

async function until(check: () => boolean, step = 0): Promise<void> {
  for (let turn = 0; turn < 3000 && !check(); turn++) {
    await time.advance(step);
    if (turn > 20) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect(check()).toBe(true);
}

describe('a connection', () => {
  it('takes frames of many megabytes', async () => {
    connection = connect();
    connection.start();
    await until(() => clients.length === 1);
    const large = 'x'.repeat(20 * 1024 * 1024);
    clients[0].send(large);
    await until(() => texts.length === 1);
    expect(texts[0]).toHaveLength(large.length);
  });

  it('waits longer each time for a venue that accepts and cuts at once, up to half a minute', async () => {
    server.on('connection', (client) => client.terminate());
    connection = connect();
    connection.start();
    await until(() => lost.length >= 10, 100);
    const waits = openedAt.slice(1).map((at, i) => at - lost[i].at);
    for (const [i, nominal] of [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000].entries()) {
      expect(waits[i]).toBeGreaterThan(nominal * 0.99);
      expect(waits[i]).toBeLessThan(nominal + 1500);
    }
  });

  it('keeps its messages apart, and sends none of an old socket on a new one', async () => {
    connection = connect();
    connection.start();
    await until(() => clients.length === 1 && openedAt.length === 1);
    const got: { text: string; at: number }[] = [];
    clients[0].on('message', (data) => got.push({ text: data.toString(), at: time.now() }));
    outgoing.push('a', 'b', 'c');
    connection.poke();
    connection.poke();
    await until(() => got.length === 3, 50);
    expect(got.map(({ text }) => text)).toEqual(['a', 'b', 'c']);
    for (let i = 1; i < got.length; i++) expect(got[i].at - got[i - 1].at).toBeGreaterThanOrEqual(150);
  });

  it('replaces a socket that is as old as the venue lets it be, at once', async () => {
    connection = connect(undefined, 3_600_000);
    connection.start();
    await until(() => openedAt.length === 1);
    const heartbeat = () => clients.at(-1)?.ping();
    for (let i = 0; i < 125 && openedAt.length === 1; i++) {
      heartbeat();
      await until(() => true);
      await time.advance(30_000);
    }
    await until(() => openedAt.length === 2);
    expect(lost).toEqual([{ reason: 'the planned change of socket', at: openedAt[0] + 3_600_000 }]);
    expect(openedAt[1] - lost[0].at).toBeLessThan(1000);
    expect(connection.status()).toMatchObject({ state: 'open', tries: 0, reconnects: 1 });
  });
});

describe('a venue that accepts and says nothing', () => {
  let mute: Server;
  const sockets: Socket[] = [];

  beforeEach(async () => {
    mute = createServer((socket) => sockets.push(socket));
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  });

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await new Promise<void>((resolve) => mute.close(() => resolve()));
  });

  it('is given up after a while and tried again; stopping does not wait for it', async () => {
    connection = connect((mute.address() as AddressInfo).port);
    connection.start();
    await until(() => sockets.length === 1);
    await time.advance(15_000);
    expect(lost).toEqual([{ reason: 'no answer to the handshake', at: 15_000 }]);
    await until(() => sockets.length === 2, 100);
    await connection.stop();
    expect(connection.status().state).toBe('stopped');
    await time.advance(100_000);
    expect(sockets).toHaveLength(2);
  });
});
