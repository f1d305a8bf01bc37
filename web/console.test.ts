import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWeb, type WebFixture } from '../test/browser/web-fixture.ts';
import { splitCommand } from './routes/console.ts';

const TOKEN = 'correct-horse';
const PNG = Uint8Array.from([
  0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 7, 208, 0, 0, 4, 176,
]);
const JSON_TYPE = { 'content-type': 'application/json' };

let web: WebFixture;
beforeAll(async () => {
  web = await startWeb({ apiToken: TOKEN, png: PNG });
});
afterAll(() => web.server.stop());

const run = (text: string, headers: Record<string, string> = {}) =>
  web.send('/api/console', { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify({ text }) });

interface Answer {
  readonly messages: readonly {
    id: string;
    text: unknown[];
    picture?: { url: string; width: number; height: number };
  }[];
}

describe('the console', () => {
  it('runs a command as the operator and gives its picture and buttons', async () => {
    const reply = await run('/chart ethusdt 5m');
    expect(reply.status).toBe(200);
    expect(web.ports.calls.at(-1)).toMatchObject({
      command: 'chart',
      text: 'ethusdt 5m',
      asker: { address: { platform: 'page', chat: 'local' }, userId: 'console:operator', isChatAdmin: true },
    });
    const [message] = (reply.json() as Answer).messages;
    expect(message!.picture).toMatchObject({ width: 2000, height: 1200 });
    const picture = await web.send(`/${message!.picture!.url}`);
    expect([picture.status, picture.headers['content-type'], picture.headers['content-length']]).toEqual([
      200,
      'image/png',
      '24',
    ]);
  });

  it('shows later what an answer has become', async () => {
    const { service } = web.ports;
    const { run: before } = service;
    service.run = async () => ({ text: ['saved'], later: async () => ({ text: ['saved, 9 times'] }) });
    try {
      const [message] = ((await run('/alert btc > 1')).json() as Answer).messages;
      expect(message!.text).toEqual(['saved']);
      const history = ((await web.send('/api/console')).json() as Answer).messages;
      expect(history.find(({ id }) => id === message!.id)!.text).toEqual(['saved, 9 times']);
    } finally {
      service.run = before;
    }
  });

  it('replaces the message that a button was on', async () => {
    const [message] = ((await run('/chart ethusdt 5m')).json() as Answer).messages;
    const body = JSON.stringify({ data: 'c1h', message: message!.id });
    const reply = await web.send('/api/console/press', { method: 'POST', headers: JSON_TYPE, body });
    expect(reply.json()).toMatchObject({
      edit: {
        id: message!.id,
        text: [{ bold: 'ethusdt 1h' }, expect.anything(), expect.anything(), expect.anything()],
      },
    });
    const history = ((await web.send('/api/console')).json() as Answer).messages;
    expect(history.find((known) => known.id === message!.id)!.text[0]).toEqual({ bold: 'ethusdt 1h' });
  });

  it('completes', async () => {
    const reply = await web.send('/api/console/complete?command=chart&argument=symbol&typed=et');
    expect(reply.json()).toEqual({ suggestions: [{ label: 'ethusdt · binance', value: 'ethusdt' }] });
  });

  it.each([
    ['{"text": 5}', 400, 'bad-request'],
    ['{"text": "   "}', 400, 'bad-request'],
    ['not json', 400, 'bad-request'],
    ['{"text": "/"}', 400, 'no-command'],
    [JSON.stringify({ text: 'x'.repeat(70_000) }), 413, 'too-large'],
  ])('refuses the body %.30s with %i', async (body, status, code) => {
    const reply = await web.send('/api/console', { method: 'POST', headers: JSON_TYPE, body });
    expect([reply.status, (reply.json() as { error: { code: string } }).error.code]).toEqual([status, code]);
  });
});

describe('who may not use the console', () => {
  const own = () => ({ host: `localhost:${web.port}` });

  it.each([
    ['a rebound name', () => ({ host: `evil.example:${web.port}` }), 'bad-host'],
    [
      'a rebound name that agrees with its origin',
      () => ({ host: 'evil.example', origin: 'http://evil.example' }),
      'bad-host',
    ],
    ['a name that begins like this machine', () => ({ host: 'localhost.evil.example' }), 'bad-host'],
    ['a name that begins like an address', () => ({ host: '127.0.0.1.evil.example' }), 'bad-host'],
    ['another origin', () => ({ ...own(), origin: 'https://evil.example' }), 'bad-origin'],
    ['another port of this machine', () => ({ ...own(), origin: 'http://localhost:1' }), 'bad-origin'],
    ['an opaque origin', () => ({ ...own(), origin: 'null' }), 'bad-origin'],
    ['another site without an origin', () => ({ ...own(), 'sec-fetch-site': 'cross-site' }), 'bad-origin'],
    ['a proxy', () => ({ ...own(), 'x-forwarded-for': '127.0.0.1' }), 'forbidden'],
    ['a proxy of the standard kind', () => ({ ...own(), forwarded: 'for=127.0.0.1' }), 'forbidden'],
    ['a wrong token', () => ({ ...own(), authorization: 'Bearer wrong' }), 'unauthorized'],
  ])('refuses %s on every console route, and runs nothing', async (_, headers, code) => {
    const before = [web.ports.calls.length, web.ports.presses.length];
    const status = code === 'unauthorized' ? 401 : 403;
    const press = { method: 'POST', headers: { ...JSON_TYPE, ...headers() }, body: JSON.stringify({ data: 'alert' }) };
    const replies = [
      await run('/chart ethusdt', headers()),
      await web.send('/api/console/press', press),
      await web.send('/api/console', { headers: headers() }),
      await web.send('/api/console/complete?command=chart&argument=symbol', { headers: headers() }),
    ];
    for (const reply of replies) {
      expect([reply.status, (reply.json() as { error: { code: string } }).error.code]).toEqual([status, code]);
    }
    expect([web.ports.calls.length, web.ports.presses.length]).toEqual(before);
    expect((await web.send('/api/status', { headers: headers() })).json()).toMatchObject({ console: false });
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', ''])(
    'refuses a body of type "%s", as a form could send it',
    async (type) => {
      const before = web.ports.calls.length;
      const headers: Record<string, string> = type === '' ? {} : { 'content-type': type };
      const reply = await web.send('/api/console', { method: 'POST', headers, body: '{"text":"/help"}' });
      expect(reply.status).toBe(415);
      expect(web.ports.calls).toHaveLength(before);
    },
  );

  it('lets in whoever opens it by a name of this machine or brings the token', async () => {
    for (const host of ['localhost', '127.0.0.1', '[::1]']) {
      const named = { host: `${host}:${web.port}`, origin: `http://${host}:${web.port}` };
      expect((await run('/help', named)).status, host).toBe(200);
    }
    const token = { host: 'bot.example', 'x-forwarded-for': '203.0.113.9', authorization: `Bearer ${TOKEN}` };
    expect((await run('/help', token)).status).toBe(200);
  });

  it('takes no token where none is set', async () => {
    const open = await startWeb();
    const reply = await open.send('/api/console', { headers: { authorization: 'Bearer undefined' } });
    await open.server.stop();
    expect(reply.status).toBe(401);
  });
});

describe('splitCommand', () => {
  it.each([
    ['/chart ethusdt 5m', { command: 'chart', text: 'ethusdt 5m' }],
    ['  /ALERT@bellwether_bot btc z>2 ', { command: 'alert', text: 'btc z>2' }],
    ['help', { command: 'help', text: '' }],
    ['/alert\nbtc > 70k', { command: 'alert', text: 'btc > 70k' }],
    ['/unknown x', { command: 'unknown', text: 'x' }],
    ['btc', { command: 'btc', text: '' }],
    ['good morning', { command: 'good', text: 'morning' }],
    ['/', undefined],
  ])('reads %j', (text, expected) => {
    expect(splitCommand(text)).toEqual(expected);
  });
});
