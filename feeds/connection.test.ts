import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { createManualClock, type ManualClock } from '../test/doubles/manual-clock.ts';
import { createSilentLog } from '../test/doubles/silent-log.ts';
import { come } from '../test/doubles/wire.ts';
import { type Connection, createConnection } from './connection.ts';

let time: ManualClock;
let server: WebSocketServer;
let clients: WebSocket[];
let connection: Connection;
let texts: string[];
let lost: { reason: string; at: number }[];
let openedAt: number[];
let outgoing: string[];
let sent: { text: string; at: number }[];

beforeEach(async () => {
  time = createManualClock(0);
  [clients, texts, lost, openedAt, outgoing, sent] = [[], [], [], [], [], []];
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', (client) => clients.push(client));
  await new Promise((resolve) => server.once('listening', resolve));
});

afterEach(async () => {
  await connection.stop();
  for (const client of server.clients) client.terminate();
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

function connect(port = (server.address() as AddressInfo).port): Connection {
  return createConnection({
    url: `ws://127.0.0.1:${port}/`,
    clock: time.clock,
    random: () => 1 - Number.EPSILON,
    log: createSilentLog(),
    spacingMs: 200,
    silentMs: 60_000,
    handlers: {
      onOpen: () => openedAt.push(time.now()),
      onText: (text) => texts.push(text),
      onLost: (reason) => lost.push({ reason, at: time.now() }),
      nextMessage() {
        const text = outgoing.shift();
        if (text !== undefined) sent.push({ text, at: time.now() });
        return text;
      },
    },
  });
}

/** Lets the time pass until the next try to connect begins; the sockets say nothing meanwhile. */
async function tryAgain(): Promise<void> {
  const [opens, losses] = [openedAt.length, lost.length];
  const hasTried = () => openedAt.length > opens || lost.length > losses;
  while (connection.status().state === 'waiting' && !hasTried()) await time.advance(100);
}

describe('a connection', () => {
  it('takes frames of many megabytes', async () => {
    connection = connect();
    connection.start();
    await come(() => clients.length === 1);
    const large = 'x'.repeat(20 * 1024 * 1024);
    clients[0].send(large);
    await come(() => texts.length === 1);
    expect(texts[0]).toHaveLength(large.length);
  });

  it('waits longer each time for a venue that accepts and cuts at once, up to half a minute', async () => {
    server.on('connection', (client) => client.terminate());
    connection = connect();
    connection.start();
    await come(() => lost.length === 1);
    for (let cut = 2; cut <= 10; cut++) {
      await tryAgain();
      await come(() => lost.length === cut);
    }
    const waits = openedAt.slice(1).map((at, i) => at - lost[i].at);
    for (const [i, nominal] of [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000].entries()) {
      expect(waits[i]).toBeGreaterThan(nominal * 0.99);
      expect(waits[i]).toBeLessThanOrEqual(nominal + 100);
    }
  });

  it('keeps its messages apart, and sends none of an old socket on a new one', async () => {
    connection = connect();
    connection.start();
    await come(() => clients.length === 1 && openedAt.length === 1);
    const got: string[] = [];
    clients[0].on('message', (data) => got.push(data.toString()));
    outgoing.push('a', 'b', 'c');
    connection.poke();
    connection.poke();
    await time.advance(1000);
    await come(() => got.length === 3);
    expect(got).toEqual(['a', 'b', 'c']);
    expect(sent).toEqual([
      { text: 'a', at: 0 },
      { text: 'b', at: 200 },
      { text: 'c', at: 400 },
    ]);
    connection.replace('the test wants it');
    await tryAgain();
    await come(() => clients.length === 2 && openedAt.length === 2);
    clients[1].on('message', (data) => got.push(data.toString()));
    outgoing.push('d');
    connection.poke();
    await come(() => got.length > 3);
    expect(got).toEqual(['a', 'b', 'c', 'd']);
  });

  it('replaces a socket that lived long at once, when it is told to', async () => {
    connection = connect();
    connection.start();
    await come(() => openedAt.length === 1 && clients.length === 1);
    await time.advance(10_000);
    connection.replace('frames are missing');
    await time.advance(0);
    await come(() => openedAt.length === 2);
    expect(lost).toEqual([{ reason: 'frames are missing', at: 10_000 }]);
    expect(openedAt[1]).toBe(10_000);
    expect(connection.status()).toMatchObject({ state: 'open', tries: 0, reconnects: 1 });
  });
});

describe('how far a line is heard', () => {
  it('is asked for once by a ping, and known by its answer, which stands behind all that was held up', async () => {
    connection = connect();
    connection.start();
    await come(() => clients.length === 1 && openedAt.length === 1);
    expect(connection.heardUntil(0)).toBe(0);
    const pings: string[] = [];
    clients[0].on('ping', (payload) => pings.push(payload.toString()));
    await time.advance(5_000);
    clients[0].pause();
    for (let i = 0; i < 5; i++) expect(connection.heardUntil(5_000)).toBe(0);
    await time.advance(3_000);
    expect(connection.heardUntil(8_000)).toBe(0);
    for (let i = 0; i < 20; i++) clients[0].send(`held up ${i}`);
    await come(() => texts.length === 20);
    expect(connection.heardUntil(8_000)).toBe(0);
    clients[0].resume();
    await come(() => connection.heardUntil(0) === 5_000);
    expect(pings).toEqual(['1']);
    // What follows on that counts by itself.
    await time.advance(500);
    clients[0].send('live');
    await come(() => texts.length === 21);
    expect(connection.heardUntil(8_500)).toBe(8_500);
  });

  it('is no matter while no socket is open', () => {
    connection = connect();
    expect(connection.heardUntil(1_000)).toBe(Number.POSITIVE_INFINITY);
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
    await come(() => sockets.length === 1);
    await time.advance(15_000);
    expect(lost).toEqual([{ reason: 'no answer to the handshake', at: 15_000 }]);
    await tryAgain();
    await come(() => sockets.length === 2);
    await connection.stop();
    expect(connection.status().state).toBe('stopped');
    await time.advance(100_000);
    expect(sockets).toHaveLength(2);
  });
});
