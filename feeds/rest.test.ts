import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createManualClock, type ManualClock } from '../test/doubles/manual-clock.ts';
import { type Wire, watchWire } from '../test/doubles/wire.ts';
import { createRest, type Rest, type RestRules } from './rest.ts';

let time: ManualClock;
let wire: Wire;
let server: Server;
let asked: { at: number; url: string; cache: string | undefined }[];
let answer: { status: number; headers: Record<string, string>; body: unknown };

beforeEach(async () => {
  time = createManualClock(600_000);
  wire = watchWire();
  [asked, answer] = [[], { status: 200, headers: {}, body: { ok: true } }];
  server = createServer((request, response) => {
    asked.push({ at: time.now(), url: request.url ?? '', cache: request.headers['cache-control'] });
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
    response.end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  wire.close();
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

const make = (rules: RestRules): Rest =>
  createRest({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, clock: time.clock, rules });

/** Lets the clock run until all are done. */
async function all<T>(promises: Promise<T>[], step = 100): Promise<PromiseSettledResult<T>[]> {
  let isDone = false;
  const done = Promise.allSettled(promises).finally(() => {
    isDone = true;
  });
  for (let turn = 0; turn < 1000 && !isDone; turn++) {
    await wire.quiet();
    if (!isDone) await time.advance(step);
  }
  return done;
}

describe('requests', () => {
  it('are spaced as the venue wants it, and carry its headers', async () => {
    const rest = make({ spacingMs: 1000, headers: { 'cache-control': 'no-cache' } });
    await all([1, 2, 3, 4, 5, 6].map((n) => rest.get('/a', { n })));
    expect(asked.map(({ url }) => url).sort()).toEqual([1, 2, 3, 4, 5, 6].map((n) => `/a?n=${n}`));
    for (const [i, { at, cache }] of asked.entries()) {
      expect(cache).toBe('no-cache');
      if (i > 0) expect(at - asked[i - 1].at).toBeGreaterThanOrEqual(1000);
    }
  });

  it('wait for the next window where the weight of a short one is spent', async () => {
    const rest = make({ budget: { weight: 10, perMs: 2000 } });
    await all(Array.from({ length: 7 }, () => rest.get('/a', {}, 3)));
    // Nine tenths of 10 hold three of 3.
    expect(asked.map(({ at }) => Math.floor((at - 600_000) / 2000))).toEqual([0, 0, 0, 1, 1, 1, 2]);
  });

  it('are refused at once where a long window is spent, by our count or by the venue’s', async () => {
    const rest = make({ budget: { weight: 100, perMs: 60_000 }, usedHeader: 'x-used' });
    answer.headers = { 'x-used': '88' };
    await rest.get('/a', {});
    await expect(rest.get('/a', {}, 3)).rejects.toMatchObject({ reason: 'rate-limited', retryAfterMs: 60_000 });
    await time.advance(60_000);
    answer.headers = {};
    await rest.get('/a', {}, 3);
    expect(asked).toHaveLength(2);
  });

  it('fail by what the body says, and heed the pause that it means', async () => {
    const rest = make({
      refusal: (body) => {
        const { code } = body as { code?: number };
        if (code === 1) return { message: 'too many', reason: 'rate-limited', retryAfterMs: 30_000 };
        return code === 2 ? { message: 'no such symbol', reason: 'refused' } : undefined;
      },
    });
    answer.body = { code: 2 };
    await expect(rest.get('/a', {})).rejects.toMatchObject({ reason: 'refused', retryable: false });
    answer.body = { code: 1 };
    await expect(rest.get('/a', {})).rejects.toMatchObject({ reason: 'rate-limited', retryAfterMs: 30_000 });
    answer.body = { code: 0 };
    await time.advance(10_000);
    await expect(rest.get('/a', {})).rejects.toMatchObject({ reason: 'rate-limited', retryAfterMs: 20_000 });
    await time.advance(20_000);
    expect(await rest.get('/a', {})).toEqual({ code: 0 });
  });

  it('rest after a status for as long as the venue wants it, unless the answer says otherwise', async () => {
    const rest = make({ pauses: { 403: 600_000 } });
    [answer.status, answer.headers] = [403, {}];
    await expect(rest.get('/a', {})).rejects.toMatchObject({ reason: 'rate-limited', retryAfterMs: 600_000 });
    await time.advance(599_000);
    await expect(rest.get('/a', {})).rejects.toMatchObject({ reason: 'rate-limited', retryAfterMs: 1000 });
    expect(asked).toHaveLength(1);
    await time.advance(1000);
    answer.headers = { 'retry-after': '7' };
    await expect(rest.get('/a', {})).rejects.toMatchObject({ reason: 'rate-limited', retryAfterMs: 7000 });
    expect(asked).toHaveLength(2);
  });

  it('are given up together, those that wait as well', async () => {
    const rest = make({ spacingMs: 3000 });
    const results = all([rest.get('/a', {}), rest.get('/b', {}), rest.get('/c', {})]);
    await wire.quiet();
    rest.abort();
    expect((await results).map(({ status }) => status).slice(1)).toEqual(['rejected', 'rejected']);
    const [later] = await all([rest.get('/d', {})]);
    expect(later.status).toBe('fulfilled');
  });
});
