import { Agent } from 'node:http';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError, TransportError, UserError } from '../engine/errors.ts';
import { startWeb, type WebFixture } from '../test/browser/web-fixture.ts';

let web: WebFixture;
beforeAll(async () => {
  web = await startWeb();
});
afterAll(() => web.server.stop());

describe('the operating routes', () => {
  it('says that the process lives', async () => {
    const reply = await web.send('/healthz');
    expect([reply.status, reply.json()]).toEqual([200, { status: 'ok' }]);
  });

  it('is ready while a feed brings data, and 503 once the database is not migrated or takes nothing', async () => {
    const ready = await web.send('/readyz');
    expect([ready.status, ready.json()]).toEqual([200, expect.objectContaining({ ready: true, state: 'ok' })]);
    const before = web.ports.health();
    web.ports.setHealth({ ...before, database: { migrated: false, detail: 'migration 3 failed' } });
    const broken = await web.send('/readyz');
    web.ports.setHealth(before);
    expect([broken.status, broken.json()]).toEqual([
      503,
      expect.objectContaining({ ready: false, database: { migrated: false, detail: 'migration 3 failed' } }),
    ]);
    const full = { migrated: true, detail: 'nothing can be stored: the disk is full' };
    web.ports.setHealth({ ...before, database: full });
    const degraded = await web.send('/readyz');
    web.ports.setHealth(before);
    expect([degraded.status, degraded.json()]).toEqual([
      503,
      expect.objectContaining({ ready: false, state: 'degraded', database: full }),
    ]);
  });

  it('gives the numbers of the program and its own in the text format of Prometheus', async () => {
    await web.send('/healthz');
    const first = await web.send('/metrics');
    expect(first.headers['content-type']).toContain('text/plain; version=0.0.4');
    expect(first.body).toContain('# TYPE bellwether_trades_total counter');
    expect(first.body).toContain('bellwether_trades_total{venue="binance"} 41');
    expect(first.body).toContain('bellwether_outbox{state="pending"} 2');
    expect(first.body).toMatch(
      /bellwether_http_request_duration_seconds_count\{method="GET",route="\/healthz",status="200"\} \d/,
    );
    expect(first.body).toContain('process_cpu_seconds_total');
    const second = await web.send('/metrics');
    expect(second.body, 'a total is read, not added up').toContain('bellwether_trades_total{venue="binance"} 41');
  });

  it('counts unknown paths under one label, so that visitors cannot fill the registry', async () => {
    await web.send('/no/such/path-1');
    const { body } = await web.send('/metrics');
    expect(body).toContain('route="other",status="404"');
    expect(body).not.toContain('path-1');
  });
});

describe('the market routes', () => {
  it('lists what is watched', async () => {
    const { symbols } = (await web.send('/api/symbols')).json() as { symbols: object[] };
    expect(symbols).toHaveLength(4);
    expect(symbols[0]).toEqual({
      instrument: 'binance:btcusdt',
      symbol: 'btcusdt',
      venue: 'binance',
      base: 'btc',
      quote: 'usdt',
      kind: 'spot',
      price: 64_402.1,
      ts: 1_700_000_000_000,
      state: 'live',
    });
  });

  it('gives bars as JSON, the last `limit` of them', async () => {
    const reply = await web.send('/api/ohlc/btcusdt/5m?limit=3');
    const body = reply.json() as { bars: { start: number; close: number }[] };
    expect(reply.status).toBe(200);
    expect(body).toMatchObject({ instrument: 'binance:btcusdt', interval: '5m' });
    expect(body.bars).toHaveLength(3);
    expect(Object.keys(body.bars[0]!)).toEqual(['start', 'open', 'high', 'low', 'close', 'volume', 'trades']);
    expect(body.bars[2]!.close).toBeCloseTo(64_402.1, 6);
    expect(body.bars[1]!.start - body.bars[0]!.start).toBe(300_000);
  });

  it('gives bars as CSV by Accept and by format, the format winning', async () => {
    const byAccept = await web.send('/api/ohlc/binance:btcusdt/5m?limit=2', { headers: { accept: 'text/csv' } });
    expect(byAccept.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(byAccept.headers['content-disposition']).toBe('attachment; filename="binance-btcusdt-5m.csv"');
    const lines = byAccept.body.trimEnd().split('\r\n');
    expect(lines[0]).toBe('start,open,high,low,close,volume,trades');
    expect(lines).toHaveLength(3);
    expect((await web.send('/api/ohlc/btcusdt/5m?format=csv')).headers['content-type']).toContain('text/csv');
    const json = await web.send('/api/ohlc/btcusdt/5m?format=json', { headers: { accept: 'text/csv' } });
    expect(json.headers['content-type']).toContain('application/json');
  });

  it('gives JSON to a browser that takes anything', async () => {
    const headers = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
    expect((await web.send('/api/ohlc/btcusdt/5m', { headers })).headers['content-type']).toContain('application/json');
  });

  it.each([
    ['/api/ohlc/btcusd/5m', 404, 'unknown-symbol', 'Did you mean btcusdt?'],
    ['/api/ohlc/btcusdt/0m', 400, 'bad-interval', 'For example 1m, 5m, 1h or 1d.'],
    ['/api/ohlc/btcusdt/5m?from=9&to=9', 400, 'bad-range', undefined],
    ['/api/ohlc/btcusdt/5m?limit=0', 400, 'bad-request', undefined],
    ['/api/ohlc/btcusdt/5m?limit=9999', 400, 'bad-request', undefined],
    ['/api/ohlc/btcusdt/5m?from=yesterday', 400, 'bad-request', undefined],
    ['/api/ohlc/btcusdt/5m?format=xml', 400, 'bad-request', undefined],
    ['/api/series', 400, 'bad-request', undefined],
    ['/api/series?expr=rsy(14)', 400, 'unknown-name', 'Did you mean rsi?'],
    ['/api/series?expr=close&symbol=zzz', 404, 'unknown-symbol', undefined],
    ['/nowhere', 404, 'not-found', 'What there is stands in /docs.'],
  ])('refuses %s with %i %s', async (path, status, code, hint) => {
    const reply = await web.send(path);
    const { error } = reply.json() as { error: { code: string; message: string; hint?: string } };
    expect([reply.status, error.code, error.hint]).toEqual([status, code, hint]);
    expect(error.message).not.toBe('');
  });

  it.each([
    ['/api/ohlc/btcusdt/5m?limit=abc', 'limit must be a whole number from 1 to 5000 (it is "abc").'],
    ['/api/ohlc/btcusdt/5m?limit=9999', 'limit must be a whole number from 1 to 5000 (it is "9999").'],
    ['/api/ohlc/btcusdt/5m?limit=1.5', 'limit must be a whole number from 1 to 5000 (it is "1.5").'],
    ['/api/ohlc/btcusdt/5m?limit=2&limit=3', 'limit must be given once.'],
    ['/api/ohlc/btcusdt/5m?from=null', 'from must be a time in ms since the epoch (it is "null").'],
    ['/api/ohlc/btcusdt/5m?from=', 'from must be a time in ms since the epoch (it is "").'],
    ['/api/ohlc/btcusdt/5m?format=xml', 'format must be json or csv (it is "xml").'],
    [`/api/ohlc/${'x'.repeat(65)}/5m`, 'symbol must have at most 64 characters.'],
    ['/api/trades/btcusdt?limit=0', 'limit must be a whole number above 0 (it is "0").'],
    ['/api/series', 'expr is missing.'],
    ['/api/series?expr=', 'expr must not be empty (it is "").'],
    ['/api/series?expr=a&expr=b', 'expr must be given once.'],
    ['/api/stats/btcusdt?bars=few', 'bars must be a whole number from 12 to 5000 (it is "few").'],
    ['/api/signals?limit=-1', 'limit must be a whole number from 1 to 1000 (it is "-1").'],
    ['/api/console/complete?command=alert', 'argument is missing.'],
  ])('says in one sentence what is wrong with %s', async (path, message) => {
    const reply = await web.send(path);
    expect([reply.status, reply.json()]).toEqual([400, { error: { code: 'bad-request', message } }]);
  });

  it('describes from, to and limit as the whole numbers that they are', async () => {
    const { paths } = (await web.send('/openapi.json')).json() as {
      paths: Record<string, { get?: { parameters?: { name: string; required?: boolean; schema: object }[] } }>;
    };
    const found = Object.values(paths).flatMap(({ get }) => get?.parameters ?? []);
    const numbers = found.filter(({ name }) => ['from', 'to', 'limit', 'bars'].includes(name));
    expect(numbers.length).toBeGreaterThan(8);
    for (const { schema, required } of numbers) expect([schema, required]).toMatchObject([{ type: 'integer' }, false]);
    const usual = { type: 'integer', minimum: 1, maximum: 5_000, default: 500 };
    expect(numbers.map(({ schema }) => schema)).toContainEqual(expect.objectContaining(usual));
  });

  it('says which characters of an expression are wrong', async () => {
    const said = { code: 'unknown-symbol', message: 'no symbol `zzz`', hint: 'did you mean btc?', span: [8, 11] };
    const { code, message, hint } = said;
    web.ports.failNext(new UserError(code, message, { hint, span: [8, 11] }));
    const reply = await web.send('/api/ohlc/btcusdt/5m');
    expect([reply.status, reply.json()]).toEqual([400, { error: said }]);
  });

  it('gives a series with its canonical text and null before the warm-up', async () => {
    const reply = await web.send('/api/series?expr=rsi(%2014%20)&symbol=btcusdt&interval=5m');
    expect(reply.json()).toEqual({
      expr: 'rsi(14)',
      instrument: 'binance:btcusdt',
      interval: '5m',
      points: [
        [1_700_000_000_000, null],
        [1_700_000_300_000, 48.25],
      ],
    });
  });

  it('hides what went wrong inside behind a reference that stands in the log', async () => {
    web.ports.failNext(new Error('SQLITE_CORRUPT in /secret/path'));
    const reply = await web.send('/api/ohlc/btcusdt/5m');
    const { error } = reply.json() as { error: { code: string; message: string } };
    expect([reply.status, error.code]).toEqual([500, 'internal']);
    const reference = /reference ([0-9a-f]{8})/.exec(error.message)?.[1];
    expect(web.logger.lines).toContainEqual(
      expect.objectContaining({ level: 'error', details: expect.objectContaining({ reference }) }),
    );
    expect(reply.body).not.toContain('secret');
  });

  it('answers 503 where a source cannot be reached', async () => {
    web.ports.failNext(new TransportError('connect ECONNREFUSED', { retryable: true, reason: 'unreachable' }));
    expect((await web.send('/api/ohlc/btcusdt/5m')).status).toBe(503);
  });
});

describe('the page and its papers', () => {
  it('sends the page with a policy without inline code, and 304 to whoever has it', async () => {
    const reply = await web.send('/');
    expect(reply.status).toBe(200);
    expect(reply.headers['content-security-policy']).toMatch(/default-src 'none'.*script-src 'self'/);
    expect(reply.headers['content-security-policy']).not.toContain('unsafe');
    expect(reply.headers['cache-control']).toBe('no-cache');
    expect(reply.body).not.toMatch(/<script(?![^>]*src=)|<style|\sstyle=|\son\w+=/);
    const again = await web.send('/', { headers: { 'if-none-match': `W/"x", ${reply.headers.etag}` } });
    expect([again.status, again.body]).toEqual([304, '']);
  });

  it('has every file that the page names', async () => {
    const { body } = await web.send('/');
    const names = [...body.matchAll(/(?:href|src)="(page\/[^"]+)"/g)].map((match) => match[1]!);
    const css = (await web.send('/page/style.css')).body;
    const fonts = [...css.matchAll(/url\(["']([^"']+)["']\)/g)].map((match) => `page/${match[1]}`);
    expect(fonts).toHaveLength(2);
    for (const name of [...names, ...fonts]) expect((await web.send(`/${name}`)).status, name).toBe(200);
  });

  it('describes its routes in OpenAPI and for people', async () => {
    const document = (await web.send('/openapi.json')).json() as { openapi: string; paths: object };
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining([
        '/healthz',
        '/readyz',
        '/metrics',
        '/api/symbols',
        '/api/ohlc/{symbol}/{interval}',
        '/api/series',
      ]),
    );
    const page = await web.send('/docs', { headers: { accept: 'text/html' } });
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.body).toContain('/api/ohlc/{symbol}/{interval}');
    const json = await web.send('/docs', { headers: { accept: 'application/json' } });
    expect(json.json()).toMatchObject({ openapi: '3.1.0' });
  });

  it('tells the page everything at once, the day of each market included', async () => {
    const status = (await web.send('/api/status')).json() as { symbols: { day: { closes: number[] } }[] };
    expect(status).toMatchObject({
      name: 'Bellwether',
      state: 'ok',
      console: true,
      outbox: { pending: 2, sent: 1_204 },
    });
    expect(status.symbols[0]!.day.closes.length).toBeGreaterThan(90);
  });
});

describe('starting and stopping', () => {
  it('names HTTP_PORT where the port is taken', async () => {
    const blocker = createServer();
    const port = await new Promise<number>((resolve) => {
      blocker.listen(0, '127.0.0.1', () => resolve((blocker.address() as { port: number }).port));
    });
    const { createWebServer } = await import('./server.ts');
    const { clock, ports, page, logger } = web;
    const server = createWebServer({ host: '127.0.0.1', port, version: '0', ports, page, clock: clock.clock, logger });
    const failure = await server.start().catch((error: unknown) => error);
    blocker.close();
    expect(failure).toBeInstanceOf(ConfigError);
    expect((failure as Error).message).toBe(`HTTP_PORT: port ${port} on 127.0.0.1 is in use by another program`);
  });

  it('finishes a request that runs when it is stopped, then takes no more', async () => {
    const own = await startWeb();
    let release: (bars: []) => void = () => undefined;
    const asked = new Promise<void>((resolve) => {
      Object.assign(own.ports, {
        bars: () => {
          resolve();
          return new Promise<[]>((done) => {
            release = done;
          });
        },
      });
    });
    // A client that would use its connection again must not hold the stop up.
    const agent = new Agent({ keepAlive: true });
    const running = own.send('/api/ohlc/btcusdt/5m', { agent });
    await asked;
    const stopped = own.server.stop();
    release([]);
    expect((await running).status).toBe(200);
    await stopped;
    agent.destroy();
    await expect(own.send('/healthz')).rejects.toThrow('ECONNREFUSED');
    await own.server.stop();
  });
});
