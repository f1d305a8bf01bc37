import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type App, startApp } from '../../app/app.ts';
import { createLogger } from '../../app/part-logger.ts';
import { readConfig } from '../../config.ts';
import type { Clock } from '../../engine/clock.ts';
import { type BinanceDouble, startBinanceDouble } from '../doubles/binance.ts';
import { type RecordedCall, startTelegramDouble, type TelegramDouble } from '../doubles/telegram.ts';
import { temporaryFolder } from './program.ts';

const TOKEN = '1234567:AAE-test-token-of-the-double';
/** So much faster than the machine's runs the time of the program and of the venue. */
const SPEED = 12;
const START = Date.parse('2026-03-02T12:00:10Z');

describe('a venue that cannot be heard', { timeout: 60_000, shuffle: false }, () => {
  let binance: BinanceDouble;
  let telegram: TelegramDouble;
  let app: App;
  let trading: ReturnType<typeof setInterval> | undefined;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  const begun = Date.now();
  const now = () => START + (Date.now() - begun) * SPEED;
  const clock: Clock = {
    now,
    after(ms, task) {
      const timer = setTimeout(task, ms / SPEED);
      return () => clearTimeout(timer);
    },
  };

  const start = () =>
    startApp({
      config: readConfig({
        DATABASE_URL: `file:${folder.path}/test.db`,
        FEEDS: 'binance',
        SYMBOLS: 'btcusdt',
        HTTP_PORT: '0',
        BINANCE_WS_URL: binance.wsUrl,
        BINANCE_REST_URL: binance.restUrl,
        TELEGRAM_TOKEN: TOKEN,
        TELEGRAM_API_ROOT: telegram.apiRoot,
        LOG_LEVEL: 'error',
      }),
      clock,
      log: createLogger('silent'),
    });
  const told = (call: RecordedCall, ...parts: readonly string[]): boolean =>
    call.ok && parts.every((part) => call.text?.includes(part) ?? false);
  const saying = (...parts: readonly string[]) => telegram.sent.filter((call) => told(call, ...parts));
  const pass = (ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve));

  beforeAll(async () => {
    folder = await temporaryFolder();
    [binance, telegram] = await Promise.all([startBinanceDouble({ now }), startTelegramDouble({ token: TOKEN })]);
    const from = START - 3 * 3_600_000;
    binance.preload(
      'BTCUSDT',
      Array.from({ length: 3 * 180 }, (_, i) => ({
        ...{ ts: from + i * 20_000, price: `${60_000 + (i % 7)}.00`, size: '0.5', buyerMaker: i % 2 === 0 },
      })),
    );
    app = await start();
    await binance.subscribed('btcusdt@trade');
    // A market in which something happens: a socket without a word is one that may be dead.
    trading = setInterval(() => binance.trade('BTCUSDT', '60002.00', '0.1'), 400);
  }, 60_000);

  afterAll(async () => {
    clearInterval(trading);
    await app?.stop();
    await Promise.all([binance?.stop(), telegram?.stop()]);
    await folder?.drop();
  }, 60_000);

  it('for 90 seconds is told once, what crossed meanwhile is told late with the reason, and its end is told with the count', async () => {
    for (const rule of ['btc 1m price > 61000', 'btc 1m price > 62000']) {
      telegram.say(`/alert ${rule}`);
      await telegram.waitFor((call) => told(call, '✅', `price > ${rule.slice(-5, -3)},000`));
    }
    binance.refuseConnections(true);
    binance.cutAll();
    const down = telegram.waitFor((call) => told(call, 'No trades from binance'));
    await pass(45_000);
    binance.trade('BTCUSDT', '61100.00', '0.5');
    binance.trade('BTCUSDT', '60002.00', '0.5');
    expect((await down).text).toMatch(
      /^⚠️ No trades from binance for 1m\d*s?; 2 alerts are blind\. I am reconnecting \(try \d+\) and will check what was missed\.$/,
    );
    await pass(25_000);
    binance.refuseConnections(false);
    const fired = await telegram.waitFor((call) => told(call, '🔔', 'price > 61,000'));
    expect(fired.text).toMatch(
      /^🔔 late (\dm)?(\d+s)? · btcusdt price > 61,000 → 61,100\.00, 12:\d\d:\d\d UTC\nbinance was silent from 12:\d\d(:\d\d)? to 12:\d\d(:\d\d)? UTC; I read the missed trades\. Now 60,002\.00/,
    );
    const back = await telegram.waitFor((call) => told(call, 'binance is back'));
    expect(back.text).toMatch(/^✅ binance is back after \dm\d*s?\. 1 alert fired meanwhile, above\.$/);
    // In this order, each once.
    const order = telegram.sent.filter((call) => /^(⚠️|🔔|✅ binance)/.test(call.text ?? ''));
    expect(order.map(({ text }) => text!.slice(0, 2))).toEqual(['⚠️', '🔔', '✅ '].map((mark) => mark.slice(0, 2)));
  });

  it('shows in the chat’s status when it is over', async () => {
    telegram.say('/status');
    const status = await telegram.waitFor((call) => told(call, 'Status'));
    expect(status.text).toMatch(/last outage: binance, \dm\d*s? at 12:\d\d UTC, 1 alert fired meanwhile/);
  });

  it('does not happen again while all is well', async () => {
    await pass(120_000);
    expect(saying('No trades')).toHaveLength(1);
  });
});
