import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bar } from '../../engine/market/events.ts';
import { type BinanceDouble, startBinanceDouble } from '../doubles/binance.ts';
import { type RecordedCall, startTelegramDouble, type TelegramDouble } from '../doubles/telegram.ts';
import { type Program, startProgram, temporaryFolder } from './program.ts';

const TELEGRAM_TOKEN = '1234567:AAE-test-token-of-the-double';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** In the middle of bars of five minutes and of an hour. */
const START = Date.parse('2026-03-02T12:32:00Z');

const told = (call: RecordedCall, ...parts: readonly string[]): boolean =>
  call.ok && parts.every((part) => call.text?.includes(part) ?? false);

// In order: each goes on with what the one before left.
describe('a kill within a minute', { timeout: 120_000, shuffle: false }, () => {
  let binance: BinanceDouble;
  let telegram: TelegramDouble;
  let program: Program;
  let env: Record<string, string>;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  /** Between the machine's time and that of the venue and of the program, in ms. */
  let shift = 0;
  const setTime = (ts: number): void => {
    shift = ts - Date.now();
  };
  const now = (): number => Date.now() + shift;

  /** The program, whose clock runs from the venue's time on. */
  function start(): Promise<Program> {
    const clock = `const real = Date.now; Date.now = () => real() + ${shift};`;
    return startProgram({ ...env, NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(clock)}` });
  }

  beforeAll(async () => {
    folder = await temporaryFolder();
    setTime(START + 10_000);
    [binance, telegram] = await Promise.all([
      startBinanceDouble({ now }),
      startTelegramDouble({ token: TELEGRAM_TOKEN }),
    ]);
    // The venue has every trade of the last hours, one every 20 s at about 60,000.
    const from = START - 3 * HOUR;
    binance.preload(
      'BTCUSDT',
      Array.from({ length: 3 * 180 }, (_, i) => ({
        ts: from + i * 20_000,
        ...{ price: `${60_000 + (i % 7)}.00`, size: '0.5', buyerMaker: i % 2 === 0 },
      })),
    );
    env = {
      DATABASE_URL: `file:${folder.path}/test.db`,
      FEEDS: 'binance',
      SYMBOLS: 'btcusdt',
      BINANCE_WS_URL: binance.wsUrl,
      BINANCE_REST_URL: binance.restUrl,
      TELEGRAM_TOKEN,
      TELEGRAM_API_ROOT: telegram.apiRoot,
    };
    program = await start();
  }, 60_000);

  afterAll(async () => {
    await program?.end('SIGTERM');
    await Promise.all([binance?.stop(), telegram?.stop()]);
    await folder?.drop();
  }, 60_000);

  const alerts = (rule: string) => telegram.sent.filter((call) => told(call, '🔔', rule));

  async function alert(rule: string, answer: string): Promise<void> {
    telegram.say(`/alert ${rule}`);
    await telegram.waitFor((call) => told(call, '✅', answer));
  }

  /** Waits until a trade has come through. */
  async function seen(price: string): Promise<void> {
    const answer = telegram.waitFor((call) => told(call, price) && !told(call, '🔔'));
    const ask = setInterval(() => telegram.say('/price btc'), 200);
    await answer.finally(() => clearInterval(ask));
  }

  it('150 ms before its end loses no crossing, invents none, and names the trade', async () => {
    await binance.subscribed('btcusdt@trade');
    // Touched before anybody asked, in a minute that the kill leaves unfinished.
    binance.trade('BTCUSDT', '59500.00', '0.5');
    binance.trade('BTCUSDT', '60010.00', '0.5');
    await seen('60,010.00');
    await alert('btc < 59600 once', 'price < 59,600');
    await alert('btc > 61000 once', 'price > 61,000');
    await alert('btc > 62000 once', 'price > 62,000');
    binance.trade('BTCUSDT', '60020.00', '0.5');
    await seen('60,020.00');

    await program.end('SIGKILL');
    const end = Math.ceil(now() / MINUTE) * MINUTE;
    const crossing = binance.trade('BTCUSDT', '61100.00', '0.5', { ts: end - 150 });
    binance.trade('BTCUSDT', '60030.00', '0.5', { ts: end - 149 });
    binance.trade('BTCUSDT', '60040.00', '0.5', { ts: end + 50 });
    setTime(end + 5_000);
    program = await start();
    const fired = await telegram.waitFor((call) => told(call, '🔔', 'price > 61,000'));
    expect(fired.text).toMatch(
      /^🔔 late \d+s · .*61,100\.00.*\nI was down from .* and read the missed trades\. Now 60,040\.00/,
    );
    telegram.press(fired.messageId!, String(fired.buttons[0][0].callback_data));
    await telegram.waitFor((call) => told(call, `Trade ${crossing}`));

    await binance.subscribed('btcusdt@trade');
    binance.trade('BTCUSDT', '62100.00', '0.5');
    await telegram.waitFor((call) => told(call, '🔔', 'price > 62,000'));
    expect(alerts('price > 61,000')).toHaveLength(1);
    expect(alerts('price < 59,600')).toEqual([]);
  });

  it('leaves bars that hold every trade', async () => {
    for (const [interval, ms] of [
      ['1m', MINUTE],
      ['5m', 5 * MINUTE],
      ['1h', HOUR],
    ] as const) {
      const response = await fetch(`${program.url}/api/ohlc/btcusdt/${interval}?limit=2`);
      const { bars } = (await response.json()) as { bars: readonly Bar[] };
      expect(bars).toHaveLength(2);
      for (const { start, ...bar } of bars) {
        const own = binance.tradesOf('BTCUSDT').filter(({ ts }) => ts >= start && ts < start + ms);
        const prices = own.map(({ price }) => Number(price));
        expect(bar).toMatchObject({
          ...{ open: prices[0], high: Math.max(...prices), low: Math.min(...prices), close: prices.at(-1) },
          ...{ volume: own.length / 2, trades: own.length },
        });
      }
    }
  });

  it('between a firing and its message has the message say how late it is, and why', async () => {
    await alert('btc > 63000 once', 'price > 63,000');
    telegram.failNext('sendPhoto', { status: 429, error_code: 429, parameters: { retry_after: 20 } });
    binance.trade('BTCUSDT', '63100.00', '0.5');
    await telegram.waitFor((call) => call.method === 'sendPhoto' && !call.ok);
    await program.end('SIGKILL');
    setTime(now() + 25_000);
    program = await start();
    const fired = await telegram.waitFor((call) => told(call, '🔔', 'price > 63,000'));
    expect(fired.text).toMatch(
      /^🔔 late [2-5]\ds · .*63,100\.00.*\nI was down from \d\d:\d\d:\d\d to \d\d:\d\d:\d\d UTC, before this could be sent\./,
    );
    expect(alerts('price > 63,000')).toHaveLength(1);
  });
});
