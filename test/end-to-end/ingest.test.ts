import { spawn } from 'node:child_process';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Program, startProgram, temporaryFolder } from './program.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const MINUTE = 60_000;

interface Span {
  readonly bold?: string;
  readonly code?: string;
}
interface Shown {
  readonly text: readonly (string | Span)[];
  readonly picture?: { readonly url: string };
}
interface Bar {
  readonly start: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

const textOf = (message: Shown): string =>
  message.text.map((span) => (typeof span === 'string' ? span : (span.bold ?? span.code ?? ''))).join('');

describe('prices that are handed in', { timeout: 90_000 }, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let env: Record<string, string>;
  let program: Program;

  beforeAll(async () => {
    folder = await temporaryFolder();
    env = { DATABASE_URL: `file:${folder.path}/test.db`, FEEDS: 'ingest', LOG_LEVEL: 'info' };
    program = await startProgram(env);
  }, 60_000);
  afterAll(async () => {
    await program?.end('SIGTERM');
    await folder?.drop();
  }, 60_000);

  async function say(text: string): Promise<Shown> {
    const headers = { 'content-type': 'application/json' };
    const reply = await fetch(`${program.url}/api/console`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ text }),
    });
    return ((await reply.json()) as { messages: Shown[] }).messages[0];
  }

  async function heard(): Promise<string[]> {
    const reply = await fetch(`${program.url}/api/console`);
    return ((await reply.json()) as { messages: Shown[] }).messages.map(textOf);
  }

  /** As an old Python client posts: one object a request, HTTP/1.1 with a length, no token, and it looks at the status alone. */
  function plainPost(record: object): Promise<number | undefined> {
    const body = JSON.stringify(record);
    const headers = {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(body),
      Connection: 'close',
    };
    return new Promise((resolve, reject) => {
      const sent = request(`${program.url}/ingest`, { method: 'POST', headers }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode));
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  const state = (
    stock_symbol: string,
    prices: readonly [number, number, number, number],
    volume: number,
    ms: number,
  ) => ({
    ...{ stock_symbol, opening_price: prices[0], high: prices[1], low: prices[2], closing_price: prices[3], volume },
    timestamp: Math.floor(ms / 1000),
  });

  function generate(...args: string[]): Promise<{ code: number | null; out: string }> {
    const { PATH = '', HOME = '' } = process.env;
    const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/generate.ts', '--url', program.url, ...args], {
      cwd: ROOT,
      env: { PATH, HOME },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (out += String(chunk)));
    return new Promise((resolve) => child.once('close', (code) => resolve({ code, out })));
  }

  const bars = async (symbol: string, query = ''): Promise<readonly Bar[]> =>
    ((await (await fetch(`${program.url}/api/ohlc/${symbol}/1m${query}`)).json()) as { bars: Bar[] }).bars;

  it('fill /price and /chart from a plain client, and fire alerts at once', async () => {
    expect(textOf(await say('/price nvda'))).toContain('I know no symbol');
    expect(await plainPost(state('NVDA', [100, 101, 99, 100.5], 1_000, Date.now()))).toBe(200);
    expect(textOf(await say('/price nvda'))).toContain('100.5');
    expect(textOf(await say('/alert nvda price > 110 once'))).toContain('✅');
    // The high alone crosses it.
    expect(await plainPost(state('NVDA', [100, 111, 99, 105], 1_500, Date.now()))).toBe(200);
    await expect.poll(heard, { timeout: 10_000 }).toContainEqual(expect.stringMatching(/^🔔 nvda price > 110 → 111/));
    const chart = await say('/chart nvda 1m');
    expect(textOf(chart)).toContain('nvda 1m · ingest · 105');
    expect(chart.picture?.url).toMatch(/pictures/);
    const told = await bars('nvda');
    expect(Math.max(...told.map((bar) => bar.high))).toBe(111);
    // The second post may have begun a minute of its own.
    expect(told.reduce((sum, bar) => sum + bar.volume, 0)).toBe(
      told.filter((bar) => bar.volume > 0).length > 1 ? 2_500 : 1_500,
    );
    expect(await plainPost({ stock_symbol: 'NVDA' })).toBe(400);
  });

  it('fill them from the generator, one object a request and lines', async () => {
    expect(await generate('--rate', '200', '--count', '200', '--seed', 'a')).toEqual({
      code: 0,
      out: 'sent 200, failed 0\n',
    });
    expect(await generate('--rate', '4000', '--count', '4000', '--ndjson')).toEqual({
      code: 0,
      out: 'sent 4000, failed 0\n',
    });
    expect(textOf(await say('/price aapl'))).toMatch(/^aapl \d+\.\d+ · ingest/);
    const chart = await say('/chart aapl 1m');
    expect(textOf(chart)).toContain('aapl 1m · ingest');
    expect(chart.picture).toBeDefined();
    expect((await bars('aapl')).at(-1)?.volume).toBeGreaterThan(0);
  });

  it('tell a generator that nobody listens', async () => {
    const { code, out } = await generate('--rate', '100', '--count', '1', '--url', `${program.url}/nowhere`);
    expect(code).toBe(1);
    expect(out).toMatch(/sent 0, failed 1[\s\S]*404/);
  });

  it('stay after a restart: days, minutes that are over, and the symbols', async () => {
    const day = Date.UTC(2020, 0, 2);
    const past = Math.floor(Date.now() / MINUTE) * MINUTE - 30 * MINUTE;
    expect(await plainPost({ ...state('ORCL', [50, 55, 49, 54], 9_000, day), interval: '1d' })).toBe(200);
    for (const [volume, close] of [
      [10, 61],
      [30, 62],
    ]) {
      expect(await plainPost(state('ORCL', [60, 63, 59, close], volume, past + volume * 1000))).toBe(200);
    }
    const daily = async () =>
      (await (await fetch(`${program.url}/api/ohlc/orcl/1d?from=${day}&to=${day + 86_400_000}`)).json()) as {
        bars: Bar[];
      };
    const wanted = { start: day, open: 50, high: 55, low: 49, close: 54, volume: 9_000 };
    const minute = { start: past, open: 60, high: 63, low: 59, close: 62, volume: 30 };
    const range = `?from=${past}&to=${past + MINUTE}`;
    await expect.poll(daily, { timeout: 10_000 }).toMatchObject({ instrument: 'ingest:orcl', bars: [wanted] });
    await expect.poll(() => bars('orcl', range), { timeout: 10_000 }).toMatchObject([minute]);
    expect(await program.end('SIGTERM')).toBe(0);
    program = await startProgram(env);
    expect(await daily()).toMatchObject({ bars: [wanted] });
    expect(await bars('orcl', range)).toMatchObject([minute]);
    expect(textOf(await say('/price orcl'))).toContain('62');
  });

  it('are not missing after a kill in the middle of a minute, where they were stored', async () => {
    const send = (size: number, id: string) =>
      plainPost({ symbol: 'ttausdt', ts: Date.now(), price: 10, size, side: 'buy', id });
    expect(await send(60, 'first')).toBe(200);
    const stored = async () =>
      ((await (await fetch(`${program.url}/api/trades/ttausdt`)).json()) as { trades: unknown[] }).trades;
    await expect.poll(stored, { timeout: 10_000 }).toHaveLength(1);
    await program.end('SIGKILL');
    program = await startProgram(env);
    // A day holds both, whenever the minute ends.
    expect(textOf(await say('/alert ttausdt 1d volume > 100'))).toContain('✅');
    expect(await send(60, 'first')).toBe(200);
    expect(await send(50, 'second')).toBe(200);
    await expect
      .poll(heard, { timeout: 20_000 })
      .toContainEqual(expect.stringMatching(/^🔔 ttausdt volume > 100 → 110/));
    expect(await stored()).toHaveLength(2);
  });

  it('come through a webhook as messages of its chat', async () => {
    const made = textOf(await say('/webhook new {ticker} {strategy.order.action} at {close}'));
    const path = /\/hooks\/[\w-]+/.exec(made)?.[0];
    const body = '{"ticker": "NVDA", "strategy": {"order": {"action": "sell"}}, "close": 105}';
    const reply = await fetch(`${program.url}${path}`, { method: 'POST', body });
    expect([reply.status, await reply.json()]).toEqual([200, { ok: true }]);
    await expect.poll(heard, { timeout: 10_000 }).toContain('📨 NVDA sell at 105');
  });
});
