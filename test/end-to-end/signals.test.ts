import { writeFile } from 'node:fs/promises';
import { createClient } from '@libsql/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type BinanceDouble, startBinanceDouble } from '../doubles/binance.ts';
import { type RecordedCall, startTelegramDouble, type TelegramDouble } from '../doubles/telegram.ts';
import { type Program, startProgram, temporaryFolder } from './program.ts';

const TELEGRAM_TOKEN = '1234567:AAE-test-token-of-the-double';

const told = (call: RecordedCall, ...parts: readonly string[]): boolean =>
  call.ok && parts.every((part) => call.text?.includes(part) ?? false);

describe('the program at a signal', { timeout: 120_000 }, () => {
  let binance: BinanceDouble;
  let telegram: TelegramDouble;
  let program: Program;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let file: string;
  let database: string;

  beforeEach(async () => {
    folder = await temporaryFolder();
    file = `${folder.path}/settings.env`;
    database = `file:${folder.path}/test.db`;
    [binance, telegram] = await Promise.all([startBinanceDouble(), startTelegramDouble({ token: TELEGRAM_TOKEN })]);
    await settings({});
    program = await startProgram({ ENV_FILE: file });
    await binance.subscribed('btcusdt@trade');
  });
  afterEach(async () => {
    await program.end('SIGKILL');
    await Promise.all([binance.stop(), telegram.stop()]);
    await folder.drop();
  });

  async function settings(more: Readonly<Record<string, string>>): Promise<void> {
    const all = {
      ...{ DATABASE_URL: database, FEEDS: 'binance', SYMBOLS: 'btcusdt', TELEGRAM_TOKEN },
      ...{ BINANCE_WS_URL: binance.wsUrl, BINANCE_REST_URL: binance.restUrl, TELEGRAM_API_ROOT: telegram.apiRoot },
      ...more,
    };
    await writeFile(
      file,
      Object.entries(all)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    );
  }

  async function owed(): Promise<readonly string[]> {
    const client = createClient({ url: database });
    const { rows } = await client.execute('SELECT state FROM deliveries ORDER BY id');
    client.close();
    return rows.map(({ state }) => String(state));
  }

  /** An alert that fires, and whose message the platform has but does not answer until `let go`. */
  async function messageInFlight(): Promise<() => void> {
    telegram.say('/alert btc > 61000 once');
    await telegram.waitFor((call) => told(call, '✅', '61,000'));
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const begun = new Promise<void>((resolve) => {
      telegram.onCall = (method) => {
        if (!method.startsWith('send')) return undefined;
        resolve();
        return held;
      };
    });
    binance.trade('BTCUSDT', '60000.00', '0.5');
    binance.trade('BTCUSDT', '61500.00', '0.5');
    await begun;
    return letGo;
  }

  it('SIGHUP reads the settings again, and /reload does so for those who are admins by then', async () => {
    telegram.say('/reload', { userId: 77 });
    await telegram.waitFor((call) => told(call, 'Only those that ADMINS names may'));
    await settings({ ADMINS: 'telegram:77', LOG_LEVEL: 'debug', FEEDS: 'binance,sim' });
    program.signal('SIGHUP');
    const entry = await vi.waitFor(() => {
      const found = program.log.find(({ msg }) => msg === 'the settings were read again');
      expect(found).toBeDefined();
      return found;
    }, 10_000);
    expect(entry).toMatchObject({
      changed: [
        { name: 'ADMINS', from: 'none', to: 'telegram:77' },
        { name: 'LOG_LEVEL', from: 'info', to: 'debug' },
      ],
      needRestart: ['FEEDS'],
    });
    telegram.say('/reload', { userId: 77 });
    await telegram.waitFor((call) => told(call, 'Needs a restart: FEEDS'));
    await settings({ ADMINS: 'telegram:77,nobody' });
    program.signal('SIGHUP');
    await vi.waitFor(() => {
      const reasons = program.log.map(({ reason }) => String(reason));
      expect(reasons).toContainEqual(expect.stringContaining('ADMINS must be a list'));
    }, 10_000);
    telegram.say('/reload', { userId: 77 });
    await telegram.waitFor((call) => told(call, 'Nothing was changed: ADMINS must be a list'));
    expect((await fetch(`${program.url}/readyz`)).status).toBe(200);
  });

  it('SIGTERM waits for a message that is being sent, notes it, and ends with 0', async () => {
    const letGo = await messageInFlight();
    program.signal('SIGTERM');
    await vi.waitFor(() => expect(program.log.map(({ msg }) => msg)).toContain('stopping'), 10_000);
    letGo();
    expect(await program.ended()).toBe(0);
    expect(await owed()).toEqual(['sent']);
  });

  it('a second SIGTERM ends it at once, and what was not noted goes out with the next start', async () => {
    await messageInFlight();
    program.signal('SIGTERM');
    await vi.waitFor(() => expect(program.log.map(({ msg }) => msg)).toContain('stopping'), 10_000);
    const asked = performance.now();
    program.signal('SIGTERM');
    expect(await program.ended()).toBe(1);
    expect(performance.now() - asked).toBeLessThan(1_500);
    telegram.onCall = undefined;
    program = await startProgram({ ENV_FILE: file });
    await telegram.waitFor((call) => told(call, '🔔', '61,000'));
    await vi.waitFor(async () => expect(await owed()).toEqual(['sent']), 10_000);
  });
});
