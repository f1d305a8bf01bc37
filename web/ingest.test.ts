import { request } from 'node:http';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Reply, startWeb, type WebFixture } from '../test/browser/web-fixture.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const LINES_TYPE = { 'content-type': 'application/x-ndjson' };

let web: WebFixture;
beforeEach(async () => {
  web = await startWeb();
});
afterEach(() => web.server.stop());

const post = (body: unknown, headers: Record<string, string> = JSON_TYPE): Promise<Reply> =>
  web.send('/ingest', { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) });

describe('POST /ingest', () => {
  it('takes one object, a list and lines, and says which were refused and why', async () => {
    expect((await post({ a: 1 })).json()).toEqual({ accepted: 1, rejected: [] });
    const list = await post([{ a: 2 }, 5, { wrong: 'so' }, { a: 3 }]);
    expect([list.status, list.json()]).toEqual([
      200,
      {
        accepted: 2,
        rejected: [
          { index: 1, reason: 'must be an object' },
          { index: 2, reason: 'wrong is so' },
        ],
      },
    ]);
    const lines = await post('{"a": 4}\nx\n{"a": 5}', LINES_TYPE);
    expect(lines.json()).toEqual({ accepted: 2, rejected: [{ index: 1, reason: 'the line is not JSON' }] });
    expect(web.ports.posted).toEqual([1, 2, 3, 4, 5].map((a) => ({ a })));
  });

  it('answers 400 where nothing was taken', async () => {
    const reply = await post([{ wrong: 'so' }]);
    expect([reply.status, reply.json()]).toEqual([
      400,
      { accepted: 0, rejected: [{ index: 0, reason: 'wrong is so' }] },
    ]);
    expect((await post([])).status).toBe(400);
  });

  it('gives every item its index, whatever JSON it is', async () => {
    const item = fc.oneof(fc.jsonValue(), fc.record({ wrong: fc.string({ unit: 'grapheme-ascii' }) }));
    await fc.assert(
      fc.asyncProperty(fc.array(item, { minLength: 1, maxLength: 20 }), async (items) => {
        const json = JSON.parse(JSON.stringify(items)) as unknown[];
        const isGood = (value: unknown) => typeof value === 'object' && value !== null && !('wrong' in value);
        for (const headers of [JSON_TYPE, LINES_TYPE]) {
          const body =
            headers === JSON_TYPE ? JSON.stringify(json) : json.map((value) => JSON.stringify(value)).join('\n');
          const reply = await post(body, headers);
          const { accepted, rejected } = reply.json() as { accepted: number; rejected: { index: number }[] };
          expect(accepted).toBe(json.filter(isGood).length);
          expect(rejected.map(({ index }) => index)).toEqual(json.flatMap((value, i) => (isGood(value) ? [] : [i])));
          expect(reply.status).toBe(accepted > 0 ? 200 : 400);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('tells of a thousand refused items and counts the others', async () => {
    const { rejected, more } = (await post(Array.from({ length: 1_500 }, () => 1))).json() as {
      rejected: unknown[];
      more: number;
    };
    expect([rejected.length, more]).toEqual([1_000, 500]);
  });

  it.each([
    ['no JSON', '{"a"', JSON_TYPE, 400, 'bad-request'],
    ['a form', 'a=1', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'bad-media-type'],
    ['a text', '{}', { 'content-type': 'text/plain' }, 415, 'bad-media-type'],
    ['another site', '{}', { ...JSON_TYPE, origin: 'https://evil.example' }, 403, 'bad-origin'],
    ['a name that points here', '{}', { ...JSON_TYPE, host: 'evil.example' }, 403, 'bad-host'],
    ['somebody behind a proxy', '{}', { ...JSON_TYPE, 'x-forwarded-for': '1.2.3.4' }, 403, 'forbidden'],
    ['too much', `[${'1,'.repeat(600_000)}1]`, JSON_TYPE, 413, 'too-large'],
  ] as const)('refuses %s', async (_, body, headers, status, code) => {
    const reply = await post(body, headers);
    expect([reply.status, reply.json()]).toEqual([status, { error: expect.objectContaining({ code }) }]);
    expect(web.ports.posted).toEqual([]);
  });

  it('takes lines as they come, before the request has ended', async () => {
    const reply = new Promise<string>((resolve, reject) => {
      const sent = request({ port: web.port, path: '/ingest', method: 'POST', headers: LINES_TYPE }, (response) => {
        response.on('data', (chunk) => resolve(String(chunk)));
      });
      sent.on('error', reject);
      const { post: take } = web.ports.ingest;
      web.ports.ingest.post = (value) => {
        // The end comes only once the first line was taken.
        if (JSON.stringify(value) === '{"a":1}') sent.end('{"a":2}\n');
        return take(value);
      };
      sent.write('{"a":1}\n');
    });
    expect(JSON.parse(await reply)).toEqual({ accepted: 2, rejected: [] });
  });

  it('lets others have the thread between slices', async () => {
    let pauses = 0;
    const { pause } = web.ports.ingest;
    web.ports.ingest.pause = () => {
      pauses++;
      return pause();
    };
    await post(Array.from({ length: 1_000 }, (_, a) => ({ a })));
    expect(pauses).toBe(5);
  });

  it('keeps who comes back too soon waiting, and says for how long', async () => {
    const many = '{"a":1}\n'.repeat(50_000);
    const send = () => post(many, LINES_TYPE);
    expect((await send()).status).toBe(200);
    // 20,000 more than may be taken at once: half a second until others may follow.
    const second = send();
    await expect.poll(() => web.ports.posted.length).toBeGreaterThanOrEqual(80_000);
    const reply = await post({ a: 1 });
    expect([reply.status, reply.headers['retry-after'], reply.json()]).toEqual([
      429,
      '1',
      { error: expect.objectContaining({ code: 'too-many-requests' }) },
    ]);
    for (let i = 0; i < 200; i++) {
      await web.clock.advance(100);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await second).json()).toEqual({ accepted: 50_000, rejected: [] });
    expect((await post({ a: 1 })).status).toBe(200);
  });
});

describe('INGEST_TOKEN', () => {
  const bearer = (token: string) => ({ ...JSON_TYPE, authorization: `Bearer ${token}` });
  beforeEach(async () => {
    await web.server.stop();
    web = await startWeb({ ingestToken: 'correct-horse', apiToken: 'another-horse' });
  });

  it('opens the address to whoever sends it, from anywhere, and to nobody else', async () => {
    expect((await post({ a: 1 }, { ...bearer('correct-horse'), 'x-forwarded-for': '1.2.3.4' })).status).toBe(200);
    for (const headers of [JSON_TYPE, bearer('wrong'), bearer('another-horse')]) {
      const reply = await post({ a: 1 }, headers);
      expect([reply.status, reply.json()]).toEqual([401, { error: expect.objectContaining({ code: 'unauthorized' }) }]);
    }
    expect(web.ports.posted).toHaveLength(1);
  });

  it('is not to be guessed quickly', async () => {
    for (let i = 0; i < 30; i++) expect((await post({}, bearer(`guess ${i}`))).status).toBe(401);
    expect((await post({}, bearer('guess 30'))).status).toBe(429);
    expect((await post({}, bearer('correct-horse'))).status).toBe(200);
  });
});

describe('POST /hooks/<token>', () => {
  const call = (token: string, body: string, headers: Record<string, string> = {}) =>
    web.send(`/hooks/${token}`, { method: 'POST', headers, body });

  it('takes a text and JSON of whatever type, from anywhere', async () => {
    const reply = await call('known', 'AAPL crossed', { 'content-type': 'text/plain', 'x-forwarded-for': '1.2.3.4' });
    expect([reply.status, reply.json()]).toEqual([200, { ok: true }]);
    await call('known', '{"a":1}', JSON_TYPE);
    expect(web.ports.hooked).toEqual(['AAPL crossed', '{"a":1}']);
  });

  it.each([
    ['unknown', 'x', 404, 'not-found'],
    ['known', '', 400, 'bad-request'],
    ['busy', 'x', 429, 'too-many-requests'],
    ['known', 'x'.repeat(40_000), 413, 'too-large'],
  ])('refuses %s with %#', async (token, body, status, code) => {
    const reply = await call(token, body);
    expect([reply.status, reply.json()]).toEqual([status, { error: expect.objectContaining({ code }) }]);
    if (status === 429) expect(reply.headers['retry-after']).toBe('10');
  });

  it('does not let tokens be guessed quickly', async () => {
    for (let i = 0; i < 31; i++) await call(`guess${i}`, 'x');
    expect((await call('known', 'x')).status).toBe(429);
    await web.clock.advance(2_000);
    expect((await call('known', 'x')).status).toBe(200);
  });

  it('does not let many be guessed at once either, and counts no right one', async () => {
    for (let i = 0; i < 40; i++) expect((await call('known', 'x')).status).toBe(200);
    const { hooks } = web.ports;
    const { call: before } = hooks;
    let looked = 0;
    hooks.call = async (...args) => {
      looked++;
      await new Promise((resolve) => setTimeout(resolve, 20));
      return before(...args);
    };
    const statuses = await Promise.all(Array.from({ length: 100 }, async (_, i) => (await call(`g${i}`, 'x')).status));
    expect([looked, statuses.filter((status) => status === 404).length]).toEqual([30, 30]);
    expect(statuses.filter((status) => status === 429)).toHaveLength(70);
  });
});

describe('the description', () => {
  it('tells of both addresses', async () => {
    const { paths } = (await web.send('/openapi.json')).json() as { paths: Record<string, unknown> };
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/ingest', '/hooks/{token}']));
    expect((await web.send('/docs', { headers: { accept: 'text/html' } })).body).toContain('POST /ingest');
  });
});
