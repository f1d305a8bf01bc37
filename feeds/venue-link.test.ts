import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { createManualClock } from '../test/doubles/manual-clock.ts';
import { createSilentLog } from '../test/doubles/silent-log.ts';
import { watchWire } from '../test/doubles/wire.ts';
import { createLink } from './venue-link.ts';

it('keeps to the requests that the venue takes on a socket: many at once, then one every so often; pings besides', async () => {
  const time = createManualClock();
  const wire = watchWire();
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const heard: { at: number; text: string }[] = [];
  server.on('connection', (socket) => {
    socket.on('message', (data) => {
      heard.push({ at: time.now(), text: String(data) });
      const { names } = JSON.parse(String(data)) as { names?: string[] };
      if (names) socket.send(JSON.stringify(names));
    });
  });
  const wanted = new Set<string>();
  const link = createLink({
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    route: {
      path: '',
      spacingMs: 100,
      quota: { burst: 5, everyMs: 10_000 },
      batch: 10,
      maxTopics: 1000,
      silentMs: 60_000,
      ping: { text: '{}', everyMs: 2_000 },
    },
    requests: { message: (method, names) => JSON.stringify({ method, names }) },
    wanted,
    clock: time.clock,
    random: () => 0,
    log: createSilentLog(),
    onOpen: () => undefined,
    onText: (text) => link.subscriptions.answered({ names: JSON.parse(text) as string[] }),
    onLost: () => undefined,
    onSubscribed: () => undefined,
  });
  link.start();
  for (let i = 0; i < 590; i++) {
    wanted.add(`topic ${i}`);
    link.poke();
    await wire.quiet();
    await time.advance(100);
  }
  await link.stop();
  server.close();
  wire.close();
  const [first] = heard;
  const asked = heard.filter(({ text }) => text !== '{}');
  // 5 at once, then those of 10, 20, 30, 40 and 50 s; all topics that came meanwhile go into one, or wait.
  expect(asked.map(({ at }) => Math.floor((at - first.at) / 10_000))).toEqual([0, 0, 0, 0, 0, 1, 2, 3, 4, 5]);
  expect(heard.length - asked.length).toBeGreaterThanOrEqual(28);
});
