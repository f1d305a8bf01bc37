import { expect, it, onTestFinished } from 'vitest';
import { MINUTE } from '../../engine/market/interval.ts';
import { startBinanceDouble } from '../doubles/binance.ts';
import { type RecordedCall, startTelegramDouble } from '../doubles/telegram.ts';
import { startProgram, temporaryFolder } from './program.ts';

const TELEGRAM_TOKEN = '1234567:AAE-test-token-of-the-double';
const SPIKE = 'spike on btc 1s long when close > 61000 exit when close < 50000 stop at 60500 target at 62000';

/** Numbers are kept together with their units by spaces that do not break. */
const plain = (text: string | undefined): string => (text ?? '').replaceAll('\u00a0', ' ');

it('a signal that was committed is sent after a kill before it was, once, and what comes of it is told in its message', {
  timeout: 90_000,
}, async () => {
  const folder = await temporaryFolder();
  const [binance, telegram] = await Promise.all([startBinanceDouble(), startTelegramDouble({ token: TELEGRAM_TOKEN })]);
  const env = {
    ...{ DATABASE_URL: `file:${folder.path}/test.db`, FEEDS: 'binance', SYMBOLS: 'btcusdt' },
    ...{ BINANCE_WS_URL: binance.wsUrl, BINANCE_REST_URL: binance.restUrl },
    ...{ TELEGRAM_TOKEN, TELEGRAM_API_ROOT: telegram.apiRoot },
  };
  const has = (call: RecordedCall, ...parts: readonly string[]): boolean =>
    call.ok && parts.every((part) => plain(call.text).includes(part));
  const signals = (): readonly RecordedCall[] => telegram.sent.filter((call) => has(call, '🟢', 'long btcusdt'));
  const price = (value: string): unknown => binance.trade('BTCUSDT', value, '0.5');
  const end = Math.floor(Date.now() / MINUTE) * MINUTE;
  const flat = { open: 60_000, high: 60_000, low: 60_000, close: 60_000, volume: 3, trades: 12 };
  const history = Array.from({ length: 60 }, (_, i) => ({ start: end - (60 - i) * MINUTE, ...flat }));
  binance.setHistory('BTCUSDT', history);
  let program = await startProgram(env);
  // Also where the time runs out: nothing is left running.
  onTestFinished(async () => {
    await program.end('SIGKILL');
    await Promise.all([binance.stop(), telegram.stop()]);
    await folder.drop();
  });
  await binance.subscribed('btcusdt@trade');
  telegram.say(`/strategy new ${SPIKE}`);
  await telegram.waitFor((call) => has(call, '✅', 'spike', 'version 1'));
  telegram.say('/feed add spike');
  await telegram.waitFor((call) => has(call, '✅', 'Feed 1: spike'));

  // The message is on its way when the program dies, and the platform never has it.
  let reached = (): void => {};
  const sending = new Promise<void>((resolve) => {
    reached = resolve;
  });
  telegram.onCall = (method) => {
    if (method !== 'sendPhoto') return;
    reached();
    return new Promise<void>(() => {});
  };
  price('60000.00');
  price('61050.00');
  await sending;
  await program.end('SIGKILL');
  telegram.onCall = undefined;
  expect(signals()).toEqual([]);

  program = await startProgram(env);
  const first = await telegram.waitFor((call) => call.method === 'sendPhoto' && has(call, 'at 61,050.00 · 1s · spike'));
  expect(first.picture?.subarray(1, 4)).toEqual(new Uint8Array([0x50, 0x4e, 0x47]));
  await binance.subscribed('btcusdt@trade');
  price('61100.00');
  await telegram.waitFor((call) => call.method === 'editMessageCaption' && has(call, 'entry 61,100.00'));
  price('62000.00');
  const over = await telegram.waitFor((call) => has(call, '✅', 'target 62,000.00'));
  expect(over.params.message_id).toBe(first.messageId);
  expect(signals().filter(({ method }) => method === 'sendPhoto')).toEqual([first]);
  const answer = await fetch(`${program.url}/api/signals`);
  const known = ((await answer.json()) as { signals: Record<string, unknown>[] }).signals;
  expect(known.map(({ strategy, price: at }) => [strategy, at])).toEqual([['spike', 61_050]]);
  expect(await program.end('SIGTERM')).toBe(0);
});
