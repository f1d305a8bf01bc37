import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runToEnd, startProgram, temporaryFolder } from './program.ts';

/** Each secret is a canary: none may be seen anywhere, whatever fails. */
const CANARIES = {
  telegram: '4242:AAcanaryTelegramTokenOfTheBot',
  discord: 'MTIzNDU2.canary.DiscordTokenOfTheBot',
  api: 'canary-api-token',
  ingest: 'canary-ingest-token',
  database: 'canary-database-token',
  venue: 'canary-venue-key',
} as const;
const TRACES = [
  ...Object.values(CANARIES),
  ...Object.values(CANARIES).map(encodeURIComponent),
  ...Object.values(CANARIES).map((secret) => Buffer.from(secret).toString('base64')),
  CANARIES.telegram.split(':')[1],
];

function expectNone(text: string, where: string): void {
  for (const trace of TRACES) expect(text.includes(trace) ? `${trace} in ${where}: ${text}` : '').toBe('');
}

/** An outside world that fails in every way, and says back what it was told: the URL and all headers. */
async function startEcho(): Promise<{ server: Server; url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const said = `${request.url} ${request.rawHeaders.join(' ')}`;
    asked.push(said);
    request.resume();
    if (asked.length % 5 === 4) return void request.socket.destroy();
    const status = [500, 401, 429, 418][asked.length % 4];
    const body = { ok: false, error_code: status, description: said, message: said, code: 0, msg: said };
    response.writeHead(status, said.replace(/[^\x20-\x7e]/g, '').slice(0, 500), { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

describe('the secrets of a program for which everything fails', { timeout: 90_000 }, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let echo: Awaited<ReturnType<typeof startEcho>>;
  beforeAll(async () => {
    folder = await temporaryFolder();
    echo = await startEcho();
  });
  afterAll(async () => {
    echo.server.closeAllConnections();
    echo.server.close();
    await folder.drop();
  });

  it.each(['variables', 'files'])('are seen neither in its log, nor in its answers, given as %s', async (how) => {
    const secrets = {
      TELEGRAM_TOKEN: CANARIES.telegram,
      DISCORD_TOKEN: CANARIES.discord,
      API_TOKEN: CANARIES.api,
      INGEST_TOKEN: CANARIES.ingest,
      DATABASE_AUTH_TOKEN: CANARIES.database,
    };
    const env: Record<string, string> = {};
    for (const [name, value] of Object.entries(secrets)) {
      if (how === 'variables') env[name] = value;
      else {
        env[`${name}_FILE`] = `${folder.path}/${name}`;
        await writeFile(env[`${name}_FILE`], `${value}\n`);
      }
    }
    const before = echo.asked.length;
    const program = await startProgram({
      ...env,
      DATABASE_URL: `file:${folder.path}/${how}.db`,
      TELEGRAM_API_ROOT: echo.url,
      DISCORD_API_ROOT: `${echo.url}/api`,
      FEEDS: 'sim,binance',
      BINANCE_REST_URL: `${echo.url}/${'?apikey='}${CANARIES.venue}`,
      BINANCE_WS_URL: `${echo.url.replace('http', 'ws')}/?token=${CANARIES.venue}`,
      CHART_RENDERER: 'quickchart',
      QUICKCHART_URL: echo.url,
      PRIVATE_HOSTS: '127.0.0.1',
      SYMBOLS: 'btcusdt,binance:btcusdt',
      LOG_LEVEL: 'trace',
    });
    const json = { 'content-type': 'application/json' };
    const authorization = `Bearer ${CANARIES.api}`;
    const ask = async (path: string, init: RequestInit = {}): Promise<string> => {
      const answer = await fetch(`${program.url}${path}`, init);
      return `${answer.status} ${JSON.stringify([...answer.headers])} ${await answer.text()}`;
    };
    const typed = (text: string, more: object = {}) =>
      ask('/api/console', {
        method: 'POST',
        headers: { ...json, authorization, ...more },
        body: JSON.stringify({ text }),
      });
    const seen = [
      await typed('/status'),
      await typed('/chart sim:btcusdt'),
      await typed('/venues'),
      await typed('/audit'),
      await typed('/status', { authorization: `Bearer ${CANARIES.api}x` }),
      await ask('/ingest', {
        method: 'POST',
        headers: { ...json, authorization: `Bearer ${CANARIES.ingest}` },
        body: '{',
      }),
      await ask('/ingest', { method: 'POST', headers: { ...json, authorization: 'Bearer wrong' }, body: '{}' }),
      await ask('/hooks/none', { method: 'POST', body: 'x' }),
      ...(await Promise.all(['/readyz', '/metrics', '/api/status', '/docs', '/', '/nowhere'].map((path) => ask(path)))),
    ];
    // Enough failures that each part had its own.
    const wanted = ['telegram', 'discord', 'market', 'charts'];
    const partsOf = () => new Set(program.log.filter(({ level }) => Number(level) >= 40).map(({ part }) => part));
    await expect.poll(() => wanted.filter((part) => !partsOf().has(part)), { timeout: 30_000 }).toEqual([]);
    seen.push(await ask('/readyz'), await typed('/status'));
    await program.end('SIGTERM');
    expect(echo.asked.slice(before).some((line) => line.includes(CANARIES.telegram))).toBe(true);
    expect(seen[0]).toMatch(/^200 .*Status/);
    for (const [i, answer] of seen.entries()) expectNone(answer, `answer ${i}`);
    expectNone(JSON.stringify(program.log), 'the log');
  });

  it.each<Readonly<Record<string, string>>>([
    { DATABASE_URL: `http://127.0.0.1:9/?authToken=${CANARIES.database}` },
    { DATABASE_URL: `https://ann:${CANARIES.database}@127.0.0.1:9/`, DATABASE_AUTH_TOKEN: CANARIES.database },
    { DATABASE_URL: `postgres://ann:${CANARIES.database}@db.example/bot` },
    { TELEGRAM_TOKEN: `not-one-${CANARIES.venue}` },
    { QUICKCHART_URL: `ftp://ann:${CANARIES.venue}@charts.example` },
    { BINANCE_REST_URL: `ws://x.example/?key=${CANARIES.venue}` },
  ])('are not said where the start fails: %j', async (env) => {
    const { code, stdout, stderr } = await runToEnd({ FEEDS: 'ingest', ...env });
    expect(code).toBe(1);
    expect(stderr).toContain('bellwether:');
    expectNone(stdout + stderr, 'what was printed');
  });
});
