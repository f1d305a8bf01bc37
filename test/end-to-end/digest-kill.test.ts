import { expect, it } from 'vitest';
import { createChatStore } from '../../db/chats.ts';
import { openDatabase } from '../../db/open.ts';
import { createRuleStore } from '../../db/rules.ts';
import { quietLog } from '../../db/temp-database.ts';
import { startBinanceDouble } from '../doubles/binance.ts';
import { startTelegramDouble } from '../doubles/telegram.ts';
import { startProgram, temporaryFolder } from './program.ts';

const TELEGRAM_TOKEN = '1234567:AAE-test-token-of-the-double';
const GROUP = -1001234567890;
const COUNT = 60;

/** A group with alerts on rising levels, as an earlier run left them. */
async function seed(url: string): Promise<void> {
  const database = await openDatabase({ url, log: quietLog, now: Date.now });
  const chatKey = `telegram:${GROUP}`;
  const settings = { venue: undefined, interval: 300_000, quote: 'usdt', timeZone: 'UTC', locale: 'en' };
  await createChatStore(database).ensure({ key: chatKey, title: 'Traders', kind: 'group', ...settings });
  const rules = createRuleStore(database);
  const now = Date.now();
  for (let i = 0; i < COUNT; i++) {
    const saved = { state: 'armed', since: now, watchesFrom: now, truth: false, firings: 0 } as const;
    const text = `binance:btcusdt 5m price > ${60_100 + i} every 15m`;
    await rules.insert({ chatKey, ownerId: 'telegram:1', text, instrument: 'binance:btcusdt', saved, createdAt: now });
  }
  await database.close();
}

async function statesIn(url: string): Promise<Readonly<Record<string, number>>> {
  const database = await openDatabase({ url, log: quietLog, now: Date.now });
  const { rows } = await database.client.execute('SELECT state, count(*) AS n FROM deliveries GROUP BY state');
  await database.close();
  return Object.fromEntries(rows.map(({ state, n }) => [String(state), Number(n)]));
}

it('60 alerts of a group are one message, and the same one after a kill in the middle of it', {
  timeout: 90_000,
}, async () => {
  const folder = await temporaryFolder();
  const url = `file:${folder.path}/test.db`;
  await seed(url);
  const [binance, telegram] = await Promise.all([startBinanceDouble(), startTelegramDouble({ token: TELEGRAM_TOKEN })]);
  const env = {
    ...{ DATABASE_URL: url, FEEDS: 'binance', SYMBOLS: 'btcusdt', TELEGRAM_TOKEN, TELEGRAM_API_ROOT: telegram.apiRoot },
    ...{ BINANCE_WS_URL: binance.wsUrl, BINANCE_REST_URL: binance.restUrl },
  };
  let program = await startProgram(env);
  await binance.subscribed('btcusdt@trade');
  binance.trade('BTCUSDT', '60000.00', '0.5');
  telegram.say('/price btc', { chatId: GROUP, userId: 1 });
  await telegram.waitFor((call) => call.text?.includes('60,000') === true);

  // Taken, and never answered: nobody can know whether it is there.
  const tried: string[] = [];
  let reached = (): void => {};
  const sending = new Promise<void>((resolve) => {
    reached = resolve;
  });
  telegram.onCall = (method, { text }) => {
    if (method !== 'sendMessage' || !String(text).startsWith('🔔')) return;
    tried.push(String(text));
    reached();
    return new Promise<void>(() => {});
  };
  binance.trade('BTCUSDT', '60500.00', '0.1');
  await sending;
  await program.end('SIGKILL');
  telegram.onCall = undefined;
  program = await startProgram(env);
  const isAlert = (text: string | undefined): boolean => text?.startsWith('🔔') === true;
  const digest = await telegram.waitFor((call) => call.ok && isAlert(call.text));
  const names = (text: string | undefined) => text?.split('\n')[1];
  expect(digest.text).toMatch(/^🔔 60 alerts in the last (minute|\d+ minutes)/);
  expect(names(digest.text)).toBe(names(tried[0]));
  expect(names(digest.text)).toMatch(/^btcusdt price > 60,100 · btcusdt price > 60,101 · .* · 54 more$/);

  const [showAll] = digest.buttons.flat();
  telegram.press(digest.messageId!, String(showAll.callback_data), { userId: 1 });
  await telegram.waitFor((call) => call.text?.startsWith('60 alerts, page 1 of 3') === true);
  expect(await program.end('SIGTERM')).toBe(0);
  expect(telegram.sent.filter((call) => call.ok && isAlert(call.text))).toHaveLength(1);
  expect(await statesIn(url)).toEqual({ sent: 1, merged: COUNT - 1 });
  await Promise.all([binance.stop(), telegram.stop()]);
  await folder.drop();
});
