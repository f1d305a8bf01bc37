import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import WebSocket, { WebSocketServer } from 'ws';

/** A line between a feed and the double of its venue, of whatever protocol, on which anything may go wrong. */
export interface FaultyLine {
  readonly wsUrl: string;
  readonly restUrl: string;
  /** What is sent in place of each frame of the venue; undefined: they pass as they are. */
  bend(how: ((text: string) => readonly string[]) | undefined): void;
  /** Sends a text to every client. */
  push(text: string): void;
  /** The venue's frames wait, until they may all come in order. */
  hold(on: boolean): void;
  /** Breaks every socket; with a code it says goodbye. */
  cut(code?: number): void;
  handshake(how: 'answered' | 'refused' | 'hanging'): void;
  /** The next `n` REST requests fail; `retryAfter` in seconds. */
  failRest(n: number, status: number, retryAfter?: number): void;
  /** REST requests that failed so. */
  failed(): number;
  stop(): Promise<void>;
}

interface Pair {
  readonly client: WebSocket;
  readonly venue: WebSocket;
}

/** Headers of answers that mean something. */
const HEADERS = ['content-type', 'retry-after', 'x-mbx-used-weight-1m'];

export async function openFaultyLine(venue: { readonly wsUrl: string; readonly restUrl: string }): Promise<FaultyLine> {
  const pairs = new Set<Pair>();
  const hanging = new Set<Socket>();
  const held: { readonly pair: Pair; readonly text: string }[] = [];
  let bent: ((text: string) => readonly string[]) | undefined;
  let isHolding = false;
  let manner: Parameters<FaultyLine['handshake']>[0] = 'answered';
  let failing: { left: number; status: number; retryAfter?: number | undefined } = { left: 0, status: 500 };
  let failed = 0;
  const { origin, pathname } = new URL(venue.wsUrl);
  const prefix = pathname === '/' ? '' : pathname;

  const server = createServer((request, response) => void answer(request, response));
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket: Socket, head) => {
    socket.on('error', () => undefined);
    if (manner === 'refused') socket.destroy();
    else if (manner === 'hanging') {
      hanging.add(socket.resume());
      socket.on('end', () => socket.destroy()).on('close', () => hanging.delete(socket));
    } else sockets.handleUpgrade(request, socket, head, (client) => join(client, request.url ?? '/'));
  });

  function join(client: WebSocket, path: string): void {
    const pair: Pair = { client, venue: new WebSocket(`${origin}${path}`) };
    pairs.add(pair);
    const early: string[] = [];
    pair.venue.on('open', () => {
      for (const text of early.splice(0)) pair.venue.send(text);
    });
    client.on('message', (data) => {
      if (pair.venue.readyState === WebSocket.OPEN) pair.venue.send(String(data));
      else early.push(String(data));
    });
    pair.venue.on('message', (data) => {
      const texts = bent?.(String(data)) ?? [String(data)];
      for (const text of texts) isHolding ? held.push({ pair, text }) : client.send(text);
    });
    for (const end of [client, pair.venue]) {
      end.on('error', () => undefined);
      end.on('close', () => part(pair));
    }
  }

  function part(pair: Pair): void {
    pairs.delete(pair);
    pair.client.terminate();
    pair.venue.terminate();
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (failing.left > 0) {
      failing.left--;
      failed++;
      const { status, retryAfter } = failing;
      response.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }).end('{}');
      return;
    }
    const asked = await fetch(`${venue.restUrl}${request.url ?? '/'}`);
    const headers = HEADERS.flatMap((name) => {
      const value = asked.headers.get(name);
      return value === null ? [] : [[name, value] as const];
    });
    response.writeHead(asked.status, Object.fromEntries(headers)).end(await asked.text());
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    wsUrl: `ws://127.0.0.1:${port}${prefix}`,
    restUrl: `http://127.0.0.1:${port}`,
    bend(how) {
      bent = how;
    },
    push(text) {
      for (const { client } of pairs) client.send(text);
    },
    hold(on) {
      isHolding = on;
      if (!on) for (const { pair, text } of held.splice(0)) if (pairs.has(pair)) pair.client.send(text);
    },
    cut(code) {
      for (const pair of [...pairs]) code === undefined ? part(pair) : pair.client.close(code, 'going away');
    },
    handshake(how) {
      manner = how;
      if (how !== 'hanging') for (const socket of hanging) socket.destroy();
    },
    failRest(n, status, retryAfter) {
      failing = { left: n, status, retryAfter };
    },
    failed: () => failed,
    async stop() {
      for (const pair of [...pairs]) part(pair);
      for (const socket of hanging) socket.destroy();
      sockets.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
