import { Agent } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startWeb, type WebFixture } from '../test/browser/web-fixture.ts';

let web: WebFixture;
beforeEach(async () => {
  web = await startWeb({ apiToken: 'correct-horse', ingestToken: 'battery-staple', names: ['bot.example.org'] });
});
afterEach(() => web.server.stop());

const JSON_TYPE = { 'content-type': 'application/json' };
const codeOf = (body: string): string => (JSON.parse(body) as { error: { code: string } }).error.code;

/** Pages of other sites, as a browser lets them ask: by their own name, and by one that their DNS leads here. */
const foreign = (port: number) =>
  [
    ['another site', { host: `127.0.0.1:${port}`, origin: 'https://evil.example' }],
    ['a page without an origin', { host: `127.0.0.1:${port}`, origin: 'null' }],
    ['another program of this machine', { host: `127.0.0.1:${port}`, origin: 'http://127.0.0.1:1' }],
    ['a rebound name', { host: `evil.example:${port}`, origin: `http://evil.example:${port}` }],
    [
      'a rebound name that ends like an address',
      { host: '127.0.0.1.evil.example', origin: 'http://127.0.0.1.evil.example' },
    ],
    ['a rebound name like the operator’s', { host: 'xbot.example.org', origin: 'http://xbot.example.org' }],
    ['a site that sends no origin', { host: `127.0.0.1:${port}`, 'sec-fetch-site': 'cross-site' }],
  ] as const;

/** Pages of this server, and what is no browser. */
const own = (port: number) =>
  [
    ['its page by address', { host: `127.0.0.1:${port}`, origin: `http://127.0.0.1:${port}` }],
    ['its page by this machine’s name', { host: `localhost:${port}`, origin: `http://localhost:${port}` }],
    ['its page by IPv6', { host: `[::1]:${port}`, origin: `http://[::1]:${port}` }],
    ['its page by the operator’s name', { host: 'Bot.Example.org', origin: 'https://Bot.Example.org' }],
    ['a program', { host: `anything.example:${port}` }],
  ] as const;

/** Every route that changes something, with what lets one in. */
const CHANGES = [
  [
    '/ingest',
    { ...JSON_TYPE, authorization: 'Bearer battery-staple' },
    '{"symbol":"btcusdt","ts":1,"price":1,"size":1}',
  ],
  ['/hooks/good-token', {}, 'hello'],
  ['/api/console', { ...JSON_TYPE, authorization: 'Bearer correct-horse' }, '{"text":"/help"}'],
  ['/api/console/press', { ...JSON_TYPE, authorization: 'Bearer correct-horse' }, '{"data":"x"}'],
] as const;

describe('a page of another site', () => {
  it.each(CHANGES)('cannot POST %s, even if it had the token', async (path, headers, body) => {
    for (const [who, page] of foreign(web.port)) {
      const reply = await web.send(path, { method: 'POST', headers: { ...headers, ...page }, body });
      expect([who, reply.status, codeOf(reply.body)]).toEqual([who, 403, expect.stringMatching(/^bad-(origin|host)$/)]);
    }
    expect([web.ports.calls.length, web.ports.presses.length]).toEqual([0, 0]);
    for (const [who, page] of own(web.port)) {
      const reply = await web.send(path, { method: 'POST', headers: { ...headers, ...page }, body });
      expect(reply.status, who).not.toBe(403);
    }
  });

  const open = (headers: Record<string, string>) =>
    new Promise<number>((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${web.port}/api/stream`, { headers });
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
      socket.on('open', () => {
        socket.terminate();
        resolve(101);
      });
      socket.on('error', () => undefined);
    });

  it('cannot listen to the stream', async () => {
    for (const [who, headers] of foreign(web.port)) expect([who, await open(headers)]).toEqual([who, 403]);
    for (const [who, headers] of own(web.port)) expect([who, await open(headers)]).toEqual([who, 101]);
  });

  it('can listen by no name of a proxy, whose own pages can', async () => {
    const page = { host: 'shop.example', origin: 'https://shop.example', 'x-forwarded-for': '203.0.113.9' };
    expect(await open(page)).toBe(101);
    expect(await open({ ...page, origin: 'https://evil.example' })).toBe(403);
    const post = { method: 'POST', headers: page, body: 'hello' };
    expect((await web.send('/hooks/good-token', post)).status).toBe(403);
  });

  it('is given no leave to read an answer', async () => {
    for (const [path, method] of [
      ['/api/symbols', 'GET'],
      ['/api/console', 'OPTIONS'],
      ['/ingest', 'OPTIONS'],
    ]) {
      const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
      const reply = await web.send(path, { method, headers });
      expect(Object.keys(reply.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });
});

describe('every answer', () => {
  it.each<readonly [number, string, object]>([
    [200, '/', {}],
    [200, '/healthz', {}],
    [200, '/metrics', {}],
    [200, '/api/symbols', {}],
    [404, '/nowhere', {}],
    [405, '/metrics', { method: 'POST' }],
    [426, '/api/stream', {}],
    [400, '/api/ohlc/btcusdt/0m', {}],
    [401, '/api/console', { headers: { authorization: 'Bearer wrong-one' } }],
    [403, '/hooks/x', { method: 'POST', headers: { origin: 'https://evil.example' } }],
    [404, '/hooks/unknown-one', { method: 'POST', body: 'x' }],
    [413, '/hooks/x', { method: 'POST', body: 'x'.repeat(40_000) }],
  ])('has the safe headers: %i of %s', async (status, path, sending) => {
    const { headers, ...reply } = await web.send(path, sending);
    expect(reply.status).toBe(status);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
    });
    const policy = String(headers['content-security-policy']);
    for (const part of [
      "default-src 'none'",
      "script-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'none'",
    ])
      expect(policy).toContain(part);
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
  });

  it('is refused for a second where an address asks for too much, but not for prices', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 20 });
    const many = await Promise.all(Array.from({ length: 2_010 }, () => web.send('/healthz', { agent })));
    expect(many.filter(({ status }) => status === 200)).toHaveLength(2_000);
    expect(codeOf(many.find(({ status }) => status === 429)!.body)).toBe('too-many-requests');
    const headers = { ...JSON_TYPE, authorization: 'Bearer battery-staple' };
    const body = '{"symbol":"btcusdt","ts":1,"price":1,"size":1}';
    expect((await web.send('/ingest', { method: 'POST', headers, body })).status).toBe(200);
    await web.clock.advance(1_000);
    expect((await web.send('/healthz', { agent })).status).toBe(200);
    agent.destroy();
  });

  it('takes wrong tokens of the console ever more slowly, and the right one always', async () => {
    const ask = (token: string) => web.send('/api/console', { headers: { authorization: `Bearer ${token}` } });
    const statuses: number[] = [];
    for (let i = 0; i < 35; i++) statuses.push((await ask(`wrong-${i}`)).status);
    expect([statuses.filter((status) => status === 401).length, statuses[34]]).toEqual([30, 429]);
    expect((await ask('correct-horse')).status).toBe(200);
  });
});

describe('a method that a path does not take', () => {
  it.each([
    ['POST', '/metrics', 'GET, HEAD'],
    ['OPTIONS', '/metrics', 'GET, HEAD'],
    ['DELETE', '/api/ohlc/btcusdt/5m', 'GET, HEAD'],
    ['POST', '/', 'GET, HEAD'],
    ['POST', '/api/stream', 'GET, HEAD'],
    ['GET', '/ingest', 'POST'],
    ['GET', '/hooks/x', 'POST'],
    ['PUT', '/api/console', 'GET, HEAD, POST'],
  ])('is told which it takes: %s %s', async (method, path, allow) => {
    const headers = { ...JSON_TYPE, authorization: 'Bearer correct-horse' };
    const reply = await web.send(path, { method, headers });
    expect([reply.status, reply.headers.allow, reply.json()]).toEqual([
      405,
      allow,
      { error: { code: 'bad-method', message: `${path} does not take ${method}.`, hint: `It takes ${allow}.` } },
    ]);
  });

  it('is no route to the metrics, and what is nowhere takes none', async () => {
    expect((await web.send('/nowhere', { method: 'PUT' })).status).toBe(404);
    await web.send('/hooks/secret-token');
    const { body } = await web.send('/metrics');
    expect(body).toContain('method="GET",route="other",status="405"');
    expect(body).not.toContain('secret-token');
  });

  it('is an upgrade where the stream is asked for without one', async () => {
    const reply = await web.send('/api/stream');
    expect([reply.status, reply.headers.upgrade, codeOf(reply.body)]).toEqual([426, 'websocket', 'upgrade-required']);
  });
});

describe('a body', () => {
  /** What goes over the wire, and the status of what comes back. */
  const raw = (lines: readonly string[], body = ''): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(web.port, '127.0.0.1', () => socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`));
      socket.on('data', (data) => {
        resolve(String(data).split('\r\n', 1)[0]);
        socket.destroy();
      });
      socket.on('error', reject);
    });
  const HEADERS = ['host: localhost', 'content-type: application/json', 'authorization: Bearer correct-horse'];
  const chunked = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;

  it.each([
    ['POST', '/hooks/x', 404],
    ['POST', '/hooks/known', 400],
    ['POST', '/api/console', 400],
    ['POST', '/api/console/press', 400],
    ['POST', '/ingest', 401],
    ['PUT', '/api/console', 405],
    ['OPTIONS', '/api/console', 405],
    ['DELETE', '/api/console/press', 405],
    ['POST', '/nowhere', 404],
  ])('that is not there is no fault of ours: %s %s', async (method, path, status) => {
    for (const length of [[], ['content-length: 0'], ['transfer-encoding: chunked']]) {
      const end = length[0]?.startsWith('transfer') === true ? '0\r\n\r\n' : '';
      const answer = await raw([`${method} ${path} HTTP/1.1`, ...HEADERS, ...length], end);
      expect([length, answer]).toEqual([length, expect.stringMatching(`^HTTP/1.1 ${status} `)]);
    }
    expect(web.logger.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('may come in chunks, and be too large so', async () => {
    const head = [...HEADERS, 'transfer-encoding: chunked'];
    const send = (path: string, text: string) => raw([`POST ${path} HTTP/1.1`, ...head], chunked(text));
    expect(await send('/hooks/known', 'hello')).toMatch('200');
    expect(web.ports.hooked).toEqual(['hello']);
    expect(await send('/api/console', '{"text":"/help"}')).toMatch('200');
    expect(await send('/hooks/known', 'x'.repeat(40_000))).toMatch('413');
    expect(await send('/api/console', `{"text":"${'x'.repeat(70_000)}"}`)).toMatch('413');
  });

  it('that is cut off is forgotten without a word', async () => {
    const socket = connect(web.port, '127.0.0.1');
    socket.write(['POST /hooks/known HTTP/1.1', ...HEADERS, 'content-length: 100', '', 'half'].join('\r\n'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(web.ports.hooked).toEqual([]);
    expect(web.logger.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

describe('what is too large', () => {
  it('is refused: a header, and a message to the stream', async () => {
    const raw = await new Promise<string>((resolve) => {
      const socket = connect(web.port, '127.0.0.1', () => {
        socket.write(`GET /healthz HTTP/1.1\r\nhost: localhost\r\nx-long: ${'x'.repeat(20_000)}\r\n\r\n`);
      });
      socket.on('data', (data) => resolve(String(data)));
      socket.on('error', () => resolve('reset'));
    });
    expect(raw).toMatch(/^HTTP\/1\.1 431/);
    const socket = new WebSocket(`ws://127.0.0.1:${web.port}/api/stream`);
    const code = await new Promise<number>((resolve) => {
      socket.on('open', () => socket.send('x'.repeat(17 * 1024)));
      socket.on('close', resolve);
    });
    expect(code).toBe(1009);
  });
});
