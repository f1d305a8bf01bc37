import { execFileSync } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { createClient } from '@libsql/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type BinanceDouble, startBinanceDouble } from '../doubles/binance.ts';
import { holdLock } from '../doubles/lock-holder.ts';
import { type RecordedCall, startTelegramDouble, type TelegramDouble } from '../doubles/telegram.ts';
import { type Program, startProgram, temporaryFolder } from './program.ts';

const TELEGRAM_TOKEN = '1234567:AAE-test-token-of-the-double';
const ADMIN = 4242;

const told = (call: RecordedCall, ...parts: readonly string[]): boolean =>
  call.ok && parts.every((part) => call.text?.includes(part) ?? false);

describe('the program whose database takes nothing', { timeout: 120_000 }, () => {
  let binance: BinanceDouble;
  let telegram: TelegramDouble;
  let program: Program;
  let env: Record<string, string>;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;

  beforeEach(async () => {
    folder = await temporaryFolder();
    [binance, telegram] = await Promise.all([startBinanceDouble(), startTelegramDouble({ token: TELEGRAM_TOKEN })]);
    env = {
      DATABASE_URL: `file:${folder.path}/test.db`,
      FEEDS: 'binance',
      SYMBOLS: 'btcusdt',
      BINANCE_WS_URL: binance.wsUrl,
      BINANCE_REST_URL: binance.restUrl,
      TELEGRAM_TOKEN,
      TELEGRAM_API_ROOT: telegram.apiRoot,
      ADMINS: `telegram:${ADMIN}`,
    };
    program = await startProgram(env);
    await binance.subscribed('btcusdt@trade');
    binance.trade('BTCUSDT', '60000.00', '0.5');
    for (const level of [61_000, 62_000, 63_000]) {
      telegram.say(`/alert btc > ${level} once`);
      await telegram.waitFor((call) => told(call, '✅', level.toLocaleString('en')));
    }
  });
  afterEach(async () => {
    await program.end('SIGTERM');
    await Promise.all([binance.stop(), telegram.stop()]);
    await folder.drop();
  });

  const alerts = () => telegram.sent.filter((call) => told(call, '🔔'));
  const toAdmin = (mark: string) =>
    telegram.sent.filter((call) => String(call.params.chat_id) === String(ADMIN) && told(call, mark));

  async function readiness(): Promise<{ status: number; detail: string }> {
    const response = await fetch(`${program.url}/readyz`);
    const { database } = (await response.json()) as { database: { detail?: string } };
    return { status: response.status, detail: database.detail ?? '' };
  }

  /** The kernel lets no file of the program grow past this any more, in bytes; undefined: as long as they like. */
  function limitFiles(bytes: number | undefined): void {
    execFileSync('prlimit', ['--pid', String(program.pid), `--fsize=${bytes ?? 'unlimited'}:unlimited`]);
  }

  /** Every write of the database fails from now on; the journal's beginning can still be written. */
  async function breakDisk(): Promise<void> {
    expect((await stat(`${folder.path}/test.db-wal`)).size).toBeGreaterThan(65_536);
    limitFiles(65_536);
  }

  const firings = async (): Promise<readonly string[]> => {
    const client = createClient({ url: env.DATABASE_URL! });
    const { rows } = await client.execute('SELECT id FROM firings ORDER BY id');
    client.close();
    return rows.map(({ id }) => String(id));
  };

  it('keeps what fires, says so where one looks, and sends it once the disk works again', async () => {
    await breakDisk();
    binance.trade('BTCUSDT', '61500.00', '0.5');
    await vi.waitFor(async () => {
      expect((await readiness()).detail).toMatch(/the disk reports errors; 1 firing is kept/);
    }, 20_000);
    expect((await readiness()).status).toBe(503);
    expect((await fetch(`${program.url}/healthz`)).status).toBe(200);
    // Rules are evaluated all along.
    binance.trade('BTCUSDT', '62500.00', '0.5');
    await vi.waitFor(async () => {
      expect(await (await fetch(`${program.url}/metrics`)).text()).toMatch(/^bellwether_firings_kept 2$/m);
    }, 10_000);
    await vi.waitFor(() => expect(toAdmin('I cannot store anything: the disk reports errors')).toHaveLength(1), 20_000);
    expect(alerts()).toEqual([]);
    expect(await firings()).toEqual([]);

    limitFiles(undefined);
    await telegram.waitFor((call) => told(call, '🔔', '61,000'));
    await telegram.waitFor((call) => told(call, '🔔', '62,000'));
    await vi.waitFor(() => expect(toAdmin('I can store again')).toHaveLength(1), 40_000);
    expect(toAdmin('I can store again')[0]!.text).toContain('2 alerts waited');
    expect((await readiness()).status).toBe(200);
    expect(alerts()).toHaveLength(2);
    expect(await firings()).toHaveLength(2);
  });

  it('may be killed meanwhile: the next run sends what was kept, each once', async () => {
    await breakDisk();
    binance.trade('BTCUSDT', '61500.00', '0.5');
    binance.trade('BTCUSDT', '62500.00', '0.5');
    await vi.waitFor(async () => {
      expect((await readiness()).detail).toContain('2 firings are kept');
    }, 20_000);
    await program.end('SIGKILL');
    program = await startProgram(env);
    expect(program.log.map(({ msg }) => msg)).toContain(
      'firings that the database did not take in the last run are in it now',
    );
    await telegram.waitFor((call) => told(call, '🔔', '61,000'));
    await telegram.waitFor((call) => told(call, '🔔', '62,000'));
    binance.trade('BTCUSDT', '63500.00', '0.5');
    await telegram.waitFor((call) => told(call, '🔔', '63,000'));
    expect(alerts()).toHaveLength(3);
    expect(await firings()).toHaveLength(3);
  });

  it('goes on through a lock of two seconds, and loses nothing', async () => {
    const holder = await holdLock(env.DATABASE_URL!);
    const until = Date.now() + 2_000;
    const took: number[] = [];
    binance.trade('BTCUSDT', '61500.00', '0.5');
    while (Date.now() < until) {
      binance.trade('BTCUSDT', '61400.00', '0.5');
      const asked = performance.now();
      await fetch(`${program.url}/healthz`);
      took.push(performance.now() - asked);
    }
    binance.trade('BTCUSDT', '62500.00', '0.5');
    await holder.release();
    // A connection that waits for the lock itself, as it did for 250 ms, holds up every answer for as long as it waits.
    const [median] = took.sort((a, b) => a - b).slice(took.length / 2);
    expect(median).toBeLessThan(200);
    await telegram.waitFor((call) => told(call, '🔔', '61,000'));
    await telegram.waitFor((call) => told(call, '🔔', '62,000'));
    expect(alerts()).toHaveLength(2);
    await vi.waitFor(async () => expect((await readiness()).status).toBe(200), 20_000);
    expect(toAdmin('I cannot store anything')).toEqual([]);
  });
});
