import { createClient } from '@libsql/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type App, startApp } from '../../app/app.ts';
import { createLogger } from '../../app/part-logger.ts';
import { systemClock } from '../../app/system-clock.ts';
import { readConfig } from '../../config.ts';
import { type BinanceDouble, startBinanceDouble } from '../doubles/binance.ts';
import { type RecordedCall, startTelegramDouble, type TelegramDouble } from '../doubles/telegram.ts';
import { temporaryFolder } from './program.ts';

const TOKEN = '1234567:AAE-test-token-of-the-double';
const GROUP = { chatId: -500, chatType: 'group', title: 'traders' } as const;
const SUPERGROUP = { chatId: -1_000_000_000_500, chatType: 'supergroup', title: 'traders' } as const;

describe('a group that becomes a supergroup', { timeout: 60_000, shuffle: false }, () => {
  let binance: BinanceDouble;
  let telegram: TelegramDouble;
  let app: App;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;

  beforeAll(async () => {
    folder = await temporaryFolder();
    [binance, telegram] = await Promise.all([startBinanceDouble(), startTelegramDouble({ token: TOKEN })]);
    app = await startApp({
      config: readConfig({
        DATABASE_URL: `file:${folder.path}/test.db`,
        FEEDS: 'binance',
        SYMBOLS: 'btcusdt',
        HTTP_PORT: '0',
        BINANCE_WS_URL: binance.wsUrl,
        BINANCE_REST_URL: binance.restUrl,
        TELEGRAM_TOKEN: TOKEN,
        TELEGRAM_API_ROOT: telegram.apiRoot,
      }),
      clock: systemClock,
      log: createLogger('silent'),
    });
    await binance.subscribed('btcusdt@trade');
    binance.trade('BTCUSDT', '60000.00', '0.5');
  }, 60_000);

  afterAll(async () => {
    await app?.stop();
    await Promise.all([binance?.stop(), telegram?.stop()]);
    await folder?.drop();
  }, 60_000);

  const inChat = (call: RecordedCall, chatId: number, ...words: readonly string[]): boolean =>
    String(call.params.chat_id) === String(chatId) && words.every((word) => call.text?.includes(word) === true);

  it('keeps its alerts at once, before anything was sent to it', async () => {
    for (const level of ['61,000', '62,000']) {
      telegram.say(`/alert btc > ${level.replace(',', '')} once`, GROUP);
      await telegram.waitFor((call) => inChat(call, GROUP.chatId, '✅', level));
    }
    binance.trade('BTCUSDT', '61001.00', '0.1');
    await telegram.waitFor((call) => inChat(call, GROUP.chatId, '🔔', '61,000'));
    telegram.say('', { ...GROUP, extra: { text: undefined, migrate_to_chat_id: SUPERGROUP.chatId } });
    const message = { ...SUPERGROUP, extra: { text: undefined, migrate_from_chat_id: GROUP.chatId } };
    telegram.say('', message);
    telegram.say('/alerts', SUPERGROUP);
    await telegram.waitFor((call) => inChat(call, SUPERGROUP.chatId, '61,000', '62,000'));
  });

  it('gets there what was committed under its old id meanwhile', async () => {
    const client = createClient({ url: `file:${folder.path}/test.db` });
    const columns = 'firing_id, kind, payload, priority, queued_at, due_at, created_at';
    await client.execute(
      `INSERT INTO deliveries (dedupe_key, chat_key, ${columns}) SELECT 'late', 'telegram:-500', ${columns} FROM deliveries LIMIT 1`,
    );
    // What is new wakes the dispatcher, which then finds the old one.
    binance.trade('BTCUSDT', '62001.00', '0.1');
    await telegram.waitFor((call) => inChat(call, SUPERGROUP.chatId, '🔔', '62,000'));
    await telegram.waitFor((call) => inChat(call, SUPERGROUP.chatId, '🔔', '61,000'));
    const { rows } = await client.execute("SELECT chat_key FROM deliveries WHERE dedupe_key = 'late'");
    client.close();
    expect(rows[0].chat_key).toBe(`telegram:${SUPERGROUP.chatId}`);
    expect(telegram.sent.filter((call) => !call.ok)).toEqual([]);
  });
});
