import { expect, it } from 'vitest';
import { startBinanceDouble } from '../doubles/binance.ts';
import { startTelegramDouble } from '../doubles/telegram.ts';
import { startProgram, temporaryFolder } from './program.ts';

const TELEGRAM_TOKEN = '1234567:AAE-test-token-of-the-double';

it('an alert that Telegram never takes is logged with the reason, and counted in the metrics and in /status', {
  timeout: 60_000,
}, async () => {
  const folder = await temporaryFolder();
  const [binance, telegram] = await Promise.all([startBinanceDouble(), startTelegramDouble({ token: TELEGRAM_TOKEN })]);
  const program = await startProgram({
    DATABASE_URL: `file:${folder.path}/test.db`,
    FEEDS: 'binance',
    SYMBOLS: 'btcusdt',
    BINANCE_WS_URL: binance.wsUrl,
    BINANCE_REST_URL: binance.restUrl,
    TELEGRAM_TOKEN,
    TELEGRAM_API_ROOT: telegram.apiRoot,
  });
  const failed = async (platform: string): Promise<string | undefined> => {
    const text = await (await fetch(`${program.url}/metrics`)).text();
    return new RegExp(`^bellwether_deliveries_failed_total\\{platform="${platform}"\\} (\\d+)$`, 'm').exec(text)?.[1];
  };
  await binance.subscribed('btcusdt@trade');
  binance.trade('BTCUSDT', '60000.00', '0.5');
  telegram.say('/alert btc > 61000 once');
  await telegram.waitFor((call) => call.text?.includes('✅') === true);
  expect([await failed('telegram'), await failed('page')]).toEqual(['0', '0']);

  const description = 'Bad Request: not enough rights to send anything to the chat';
  telegram.failNext('sendPhoto', { description });
  binance.trade('BTCUSDT', '61001.00', '0.1');
  await telegram.waitFor((call) => call.method === 'sendPhoto' && !call.ok);
  telegram.say('/price btc');
  await telegram.waitFor((call) => call.text?.includes('61,001') === true);
  telegram.say('/status');
  await telegram.waitFor((call) => call.text?.includes('1 failed') === true);
  expect([await failed('telegram'), await failed('page')]).toEqual(['1', '0']);
  expect(await program.end('SIGTERM')).toBe(0);
  expect(program.log).toContainEqual(
    expect.objectContaining({ part: 'delivery', level: 40, reason: expect.stringContaining('not enough rights') }),
  );
  await Promise.all([binance.stop(), telegram.stop()]);
  await folder.drop();
});
