import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type App, startApp } from '../../app/app.ts';
import { createLogger } from '../../app/part-logger.ts';
import { readConfig } from '../../config.ts';
import type { Clock } from '../../engine/clock.ts';
import type { Bar } from '../../engine/market/events.ts';
import { type BinanceDouble, startBinanceDouble } from '../doubles/binance.ts';
import { startTelegramDouble, type TelegramDouble } from '../doubles/telegram.ts';
import { temporaryFolder } from './program.ts';

const TOKEN = '1234567:AAE-test-token-of-the-double';
const MINUTE = 60_000;
/** A whole hour. */
const START = Date.parse('2026-03-02T12:00:00Z');

const bar = (minute: number, low: number, high: number): Bar => ({
  start: START + minute * MINUTE,
  open: 60_000,
  high,
  low,
  close: 60_000,
  volume: 3,
  trades: 12,
});

describe('hours in which the program did not run', { timeout: 60_000, shuffle: false }, () => {
  let binance: BinanceDouble;
  let telegram: TelegramDouble;
  let app: App;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let shift = START + 30_000 - Date.now();
  const now = () => Date.now() + shift;
  const clock: Clock = {
    now,
    after(ms, task) {
      const timer = setTimeout(task, ms);
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
  const fired = () => telegram.sent.filter((call) => call.text?.startsWith('🔔') === true).map((call) => call.text);

  beforeAll(async () => {
    folder = await temporaryFolder();
    binance = await startBinanceDouble({ now });
    telegram = await startTelegramDouble({ token: TOKEN });
    binance.setHistory(
      'BTCUSDT',
      Array.from({ length: 300 }, (_, i) => bar(i - 300, 59_990, 60_010)),
    );
    app = await start();
  }, 60_000);

  afterAll(async () => {
    await app?.stop();
    await Promise.all([binance?.stop(), telegram?.stop()]);
    await folder?.drop();
  }, 60_000);

  it('are made up for from the venue’s minutes: what was touched is told once, late or in one list, and what was not is silent', async () => {
    await binance.subscribed('btcusdt@trade');
    const rules = [
      'btc > 61000 once',
      'btc < 59000 once',
      'btc > 61500 once',
      'btc < 58950 once late within 3h',
      'btc < 59100',
    ];
    for (const rule of rules) {
      telegram.say(`/alert ${rule}`);
      const level = rule.split(' ')[2].replace(/(\d{3})$/, ',$1');
      await telegram.waitFor((call) => call.text?.includes('✅') === true && call.text.includes(level));
    }
    await app.stop();

    shift += 3 * 60 * MINUTE;
    binance.setHistory(
      'BTCUSDT',
      Array.from({ length: 480 }, (_, i) =>
        i === 371 ? bar(71, 58_900, 60_010) : i === 447 ? bar(147, 59_990, 61_200) : bar(i - 300, 59_990, 60_010),
      ),
    );
    // The venue answers badly at first.
    binance.failRest(1, 503, undefined, 'klines');
    app = await start();
    const first = await telegram.waitFor(
      (call) => call.text?.startsWith('🔔') === true && call.text.includes('58,950'),
    );
    const second = await telegram.waitFor(
      (call) => call.text?.startsWith('🔔') === true && call.text.includes('61,000'),
    );
    expect(first.text).toMatch(
      /late 1h4[89]m · .*\nI was down from 12:00 to 15:00 UTC and read the missed prices\. Now 60,000\.00/,
    );
    expect(second.text).toMatch(/late 3[23]m/);
    // Two that are older than their hour, in one message.
    const list = await telegram.waitFor((call) => call.text?.includes('Missed while I was down') === true);
    expect(list.text).toBe(
      [
        '🔔 Missed while I was down from 12:00 to 15:00 UTC: 2 alerts fired, too long ago to be told one by one.',
        '2 btcusdt price < 59,000 → 58,900.00 at 13:11:39 UTC',
        '5 btcusdt price < 59,100 → 58,900.00 at 13:11:39 UTC',
        'For older news one by one: late within 12h in the alert.',
      ].join('\n'),
    );

    await binance.subscribed('btcusdt@trade');
    binance.trade('BTCUSDT', '60001.00', '0.5');
    telegram.say('/alerts');
    await telegram.waitFor((call) => call.text?.includes('61,500') === true && call.text.includes('done'));
    expect(fired()).toHaveLength(3);
    telegram.say('/why 2');
    await telegram.waitFor((call) => call.text?.includes('58,900.00, binance') === true && call.text.includes('Told'));
  });

  it('leave the bars without a hole', async () => {
    const response = await fetch(`http://127.0.0.1:${app.port}/api/ohlc/btcusdt/1m?limit=200`);
    const body = (await response.json()) as { bars: { start: number }[] };
    const starts = body.bars.map(({ start }) => start);
    expect(starts.length).toBeGreaterThan(190);
    expect(starts.slice(1).every((at, i) => at - starts[i]! === MINUTE)).toBe(true);
  });
});
