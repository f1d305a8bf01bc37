import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBinanceDouble } from '../doubles/binance.ts';
import { runToEnd, startProgram, temporaryFolder } from './program.ts';

/** What the program says before it ends: one line, and nothing of its insides. */
async function refusal(env: Readonly<Record<string, string>>): Promise<string> {
  const { code, stderr } = await runToEnd(env);
  expect(code).toBe(1);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).not.toMatch(/\bat .*:\d+:\d+/);
  return stderr;
}

async function ask(url: string, text: string): Promise<string> {
  const response = await fetch(`${url}/api/console`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
  });
  const { messages } = (await response.json()) as { messages: { text: (string | Record<string, string>)[] }[] };
  return messages
    .flatMap((message) => message.text.map((span) => (typeof span === 'string' ? span : Object.values(span)[0])))
    .join('');
}

describe('the start', { timeout: 60_000 }, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let database: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
    database = `file:${folder.path}/test.db`;
  });
  afterAll(() => folder.drop());

  it.each([
    [{ HTTP_PORT: 'eighty' }, /HTTP_PORT must be a number from 0 to 65535/],
    [{ FEEDS: 'binnance' }, /FEEDS.*binnance; did you mean binance\? There are: sim, binance/],
    [{ TELEGRAM_TOKEN: 'secret-nonsense' }, /TELEGRAM_TOKEN must look like/],
    [{ DISCORD_API_ROOT: 'http://127.0.0.1:9' }, /DISCORD_API_ROOT must end in \/api/],
    [{ BINANCE_WS_URL: 'http://127.0.0.1' }, /BINANCE_WS_URL must be a URL that starts with ws/],
    [{ CHART_RENDERER: 'quickchart' }, /QUICKCHART_URL must be set/],
    [{ ADMINS: 'me' }, /ADMINS must be a list like telegram:123/],
    [{ FEEDS: 'tape:/nowhere/at-all.ndjson', LOG_LEVEL: 'loud' }, /LOG_LEVEL must be/],
    [{ DATABASE_AUTH_TOKEN_FILE: '/nowhere/at-all' }, /DATABASE_AUTH_TOKEN_FILE cannot be read/],
  ])('is refused in one line that names the variable: %j', async (env, wanted) => {
    const line = await refusal({ DATABASE_URL: database, ...env });
    expect(line).toMatch(wanted);
    expect(line).not.toContain('secret-nonsense');
  });

  it('is refused where the port is in use', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    expect(await refusal({ DATABASE_URL: database, HTTP_PORT: String(port) })).toMatch(/HTTP_PORT.*in use/);
    await new Promise((resolve) => server.close(resolve));
  });

  it('is refused where the database’s folder cannot be made or its file is none', async () => {
    await writeFile(`${folder.path}/file`, 'no folder');
    expect(await refusal({ DATABASE_URL: `file:${folder.path}/file/test.db` })).toMatch(/DATABASE_URL/);
    await mkdir(`${folder.path}/closed`);
    await chmod(`${folder.path}/closed`, 0o500);
    await writeFile(
      `${folder.path}/text.db`,
      'this is a letter, and a rather long one, but not a database at all'.repeat(20),
    );
    expect(await refusal({ DATABASE_URL: `file:${folder.path}/text.db` })).toMatch(/DATABASE_URL.*no database/);
  });
});

describe('a running program', { timeout: 60_000 }, () => {
  it('answers every kind of wrong input with a sentence, and goes on', async () => {
    const folder = await temporaryFolder();
    const binance = await startBinanceDouble();
    const program = await startProgram({
      DATABASE_URL: `file:${folder.path}/test.db`,
      FEEDS: 'sim,binance',
      SYMBOLS: 'binance:btcusdt,nosuchthing',
      INGEST_TOKENS: 'long-enough',
      BINANCE_WS_URL: binance.wsUrl,
      BINANCE_REST_URL: binance.restUrl,
    });
    await binance.subscribed('btcusdt@trade');
    const warnings = program.log.filter(({ level }) => level === 40).map(({ msg }) => String(msg));
    expect(warnings).toContain('INGEST_TOKENS is not a setting; did you mean INGEST_TOKEN?');
    for (const frame of [
      '{',
      '{"stream":"btcusdt@trade","data":{"e":"trade","s":"BTCUSDT","p":"NaN"}}',
      '[]',
      'null',
      '\u0000',
      '"x"',
    ]) {
      binance.push(frame);
    }
    const cases: [string, RegExp][] = [
      ['/price nosuchcoin', /I know no symbol “nosuchcoin”/],
      ['/alert nosuchcoin > 1', /nosuchcoin/],
      ['/alert btcusdt rsy(14) < 30', /no function `?rsy`?.*rsi/s],
      ['/alert btcusdt rsi(14)@7x < 30', /interval/],
      ['/alert btcusdt (close > open) > 3', /./],
      ['/alert btcusdt rsi > 120', /0 to 100/],
      [`/alert btcusdt ${Array.from({ length: 80 }, () => 'close').join('+')} > 1`, /64/],
      ['/alert', /./],
      ['/chart', /Which symbol/],
      ['/chart btcusdt nosuchoverlay', /nosuchoverlay/],
      ['/settings zone Mars', /no time zone/],
      ['/nosuchcommand', /no command/],
    ];
    for (const [text, wanted] of cases) {
      const answer = await ask(program.url, text);
      expect(answer, text).toMatch(wanted);
      expect(answer, text).not.toMatch(/reference|undefined|NaN|\[object/);
    }
    expect(await ask(program.url, '/price btcusdt')).toMatch(/btcusdt/);
    expect((await fetch(`${program.url}/healthz`)).status).toBe(200);
    expect(await program.end('SIGTERM')).toBe(0);
    await binance.stop();
    await folder.drop();
  });
});
