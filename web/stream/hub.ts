import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '../../engine/clock.ts';
import { formatInterval } from '../../engine/market/interval.ts';
import type { PagePlatform } from '../page-platform.ts';
import type { Logger, StreamEvent, WebPorts } from '../ports.ts';
import type { StatusReader } from '../status.ts';
import { createStreamClient, type StreamClient } from './client.ts';
import type { Outgoing } from './queue.ts';
import { parseStreamRequest } from './request.ts';

const PING_EVERY_MS = 20_000;
const STATUS_EVERY_MS = 5_000;
/** Time for a client to answer the closing handshake. */
const CLOSE_GRACE_MS = 1_000;
const MAX_CLIENTS = 500;
const MAX_CLIENTS_PER_ADDRESS = 50;
const MAX_SYMBOLS = 500;
/** Requests that one client may send in `STATUS_EVERY_MS`. */
const MAX_REQUESTS = 100;
const MAX_REQUEST_BYTES = 16 * 1024;

export interface StreamHub {
  /** Takes a socket over that asks to become a WebSocket. `mayUseConsole` was decided by its HTTP headers. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, mayUseConsole: boolean): void;
  size(): number;
  start(): void;
  /** Says goodbye to every client and waits until they are gone. */
  stop(): Promise<void>;
}

export interface StreamHubOptions {
  readonly ports: WebPorts;
  readonly page: PagePlatform;
  readonly status: StatusReader;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Passes what happens on to every WebSocket that asked for it. */
export function createStreamHub({ ports, page, status, clock, logger }: StreamHubOptions): StreamHub {
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_REQUEST_BYTES, perMessageDeflate: false });
  const clients = new Map<StreamClient, { readonly address: string; readonly holder: string; requests: number }>();
  const cancels = new Map<string, () => void>();
  let connections = 0;
  let nudged = false;

  const reply = (client: StreamClient, body: object) =>
    client.send({ kind: 'other', key: '', json: JSON.stringify(body) });

  function onEvent(event: StreamEvent): void {
    if (clients.size === 0) return;
    if (event.type === 'status') {
      nudge();
      return;
    }
    let message: Outgoing | undefined;
    for (const client of clients.keys()) {
      if (!client.symbols.has(event.instrument) && !client.symbols.has('*')) continue;
      message ??= toOutgoing(event);
      client.send(message);
    }
  }

  /** Several changes at once make one message. */
  function nudge(): void {
    if (nudged) return;
    nudged = true;
    queueMicrotask(() => {
      nudged = false;
      void sendStatus([...clients.keys()]);
    });
  }

  async function sendStatus(to: readonly StreamClient[]): Promise<void> {
    if (to.length === 0) return;
    try {
      const json = JSON.stringify(await status.live());
      for (const client of to) client.send({ kind: 'status', key: '', json });
    } catch (error) {
      logger.warn({ err: error }, 'the status could not be read');
    }
  }

  /** What a client follows stays watched; `*` is whatever is watched anyway. */
  function need(client: StreamClient): void {
    const holder = clients.get(client)?.holder;
    if (holder !== undefined)
      ports.need(
        holder,
        [...client.symbols].filter((instrument) => instrument !== '*'),
      );
  }

  function subscribe(client: StreamClient, symbols: readonly string[]): void {
    const added: string[] = [];
    for (const symbol of symbols) {
      const instrument = symbol === '*' ? '*' : ports.resolve(symbol);
      if (instrument === undefined) {
        const near = ports.suggest(symbol)[0];
        const hint = near === undefined ? {} : { hint: `Did you mean ${near}?` };
        reply(client, { type: 'error', code: 'unknown-symbol', message: `There is no symbol ${symbol}.`, ...hint });
      } else if (client.symbols.size >= MAX_SYMBOLS && !client.symbols.has(instrument)) {
        reply(client, { type: 'error', code: 'too-many-symbols', message: `At most ${MAX_SYMBOLS} symbols.` });
        break;
      } else {
        client.symbols.add(instrument);
        added.push(instrument);
      }
    }
    need(client);
    if (added.length > 0) reply(client, { type: 'subscribed', symbols: added });
  }

  function onMessage(client: StreamClient, text: string, mayUseConsole: boolean): void {
    const request = parseStreamRequest(text);
    switch (request.action) {
      case 'subscribe':
        if (request.trades !== undefined) client.latestOnly = request.trades === 'latest';
        subscribe(client, request.symbols);
        return;
      case 'unsubscribe': {
        const gone = request.symbols.map((symbol) => (symbol === '*' ? '*' : (ports.resolve(symbol) ?? symbol)));
        for (const instrument of gone) client.symbols.delete(instrument);
        need(client);
        reply(client, { type: 'unsubscribed', symbols: gone });
        return;
      }
      case 'console':
        client.wantsConsole = mayUseConsole;
        if (!mayUseConsole)
          reply(client, { type: 'error', code: 'forbidden', message: 'The console is not open to you.' });
        return;
      case 'ping':
        reply(client, { type: 'pong' });
        return;
      default:
        reply(client, { type: 'error', code: 'bad-request', message: request.reason });
    }
  }

  function onConnection(socket: WebSocket, address: string, mayUseConsole: boolean): void {
    const client = createStreamClient(socket, clock);
    const entry = { address, holder: `stream ${++connections}`, requests: 0 };
    clients.set(client, entry);
    socket.on('pong', () => {
      client.alive = true;
    });
    socket.on('message', (data) => {
      client.alive = true;
      if (++entry.requests > MAX_REQUESTS) socket.close(1008, 'too many requests');
      else onMessage(client, String(data), mayUseConsole);
    });
    socket.on('error', (error) => logger.debug({ err: error }, 'a stream client failed'));
    socket.on('close', () => {
      client.close();
      clients.delete(client);
      ports.need(entry.holder, []);
    });
    void sendStatus([client]);
  }

  function every(name: string, ms: number, task: () => void): void {
    cancels.set(
      name,
      clock.after(ms, () => {
        every(name, ms, task);
        task();
      }),
    );
  }

  function ping(): void {
    for (const client of clients.keys()) {
      if (!client.alive) client.socket.terminate();
      else {
        client.alive = false;
        client.socket.ping();
      }
    }
  }

  return {
    size: () => clients.size,
    accept(request, socket, head, mayUseConsole) {
      const address = request.socket.remoteAddress ?? '';
      const same = [...clients.values()].filter((entry) => entry.address === address).length;
      if (clients.size >= MAX_CLIENTS || same >= MAX_CLIENTS_PER_ADDRESS) {
        socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, socket, head, (opened) => onConnection(opened, address, mayUseConsole));
    },
    start() {
      every('ping', PING_EVERY_MS, ping);
      every('status', STATUS_EVERY_MS, () => {
        for (const entry of clients.values()) entry.requests = 0;
        void sendStatus([...clients.keys()]);
      });
      cancels.set('events', ports.subscribe(onEvent));
      cancels.set(
        'page',
        page.subscribe((event) => {
          const message: Outgoing = { kind: 'other', key: '', json: JSON.stringify(event) };
          for (const client of clients.keys()) if (client.wantsConsole) client.send(message);
        }),
      );
    },
    async stop() {
      for (const cancel of cancels.values()) cancel();
      cancels.clear();
      const cancelGrace = clock.after(CLOSE_GRACE_MS, () => {
        for (const client of clients.keys()) client.socket.terminate();
      });
      const gone = [...clients.keys()].map(
        (client) => new Promise<void>((resolve) => client.socket.once('close', () => resolve())),
      );
      for (const client of clients.keys()) client.socket.close(1001, 'the server stops');
      await Promise.all(gone);
      cancelGrace();
      server.close();
    },
  };
}

function toOutgoing(event: Exclude<StreamEvent, { type: 'status' }>): Outgoing {
  const kind = event.type === 'trade' || event.type === 'bar' ? event.type : 'other';
  const body = event.type === 'bar' ? { ...event, bought: undefined, interval: formatInterval(event.interval) } : event;
  return { kind, key: event.instrument, json: JSON.stringify(body) };
}
