import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bar } from '../../engine/market/events.ts';
import { type BinanceDouble, startBinanceDouble } from '../doubles/binance.ts';
import { type DiscordDouble, startDiscordDouble } from '../doubles/discord.ts';
import { type RecordedCall, startTelegramDouble, type TelegramDouble } from '../doubles/telegram.ts';
import { type Program, startProgram, temporaryFolder } from './program.ts';

const TELEGRAM_TOKEN = '1234567:AAE-test-token-of-the-double';
const DISCORD_TOKEN = 'MTEwMDAwMDAwMDAwMDAwMDAwMQ.test.token-of-the-double';
const MINUTE = 60_000;

/** Minutes before now at a price of about 60,000, none of which reaches 60,100. */
function quietHistory(count: number): Bar[] {
  const end = Math.floor(Date.now() / MINUTE) * MINUTE;
  return Array.from({ length: count }, (_, i) => {
    const price = 60_000 + Math.round(Math.sin(i / 9) * 40);
    return {
      start: end - (count - i) * MINUTE,
      open: price,
      high: price + 5,
      low: price - 5,
      close: price,
      volume: 3,
      trades: 12,
    };
  });
}

const told = (call: RecordedCall, ...parts: readonly string[]): boolean =>
  parts.every((part) => call.text?.includes(part) ?? false);

// In order: each goes on with what the one before left.
describe('the way of a trade', { timeout: 120_000, shuffle: false }, () => {
  let binance: BinanceDouble;
  let telegram: TelegramDouble;
  let discord: DiscordDouble;
  let program: Program;
  let env: Record<string, string>;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;

  beforeAll(async () => {
    folder = await temporaryFolder();
    [binance, telegram, discord] = await Promise.all([
      startBinanceDouble(),
      startTelegramDouble({ token: TELEGRAM_TOKEN }),
      startDiscordDouble({ token: DISCORD_TOKEN }),
    ]);
    for (const symbol of ['BTCUSDT', 'ETHUSDT']) binance.setHistory(symbol, quietHistory(400));
    env = {
      DATABASE_URL: `file:${folder.path}/test.db`,
      FEEDS: 'binance',
      SYMBOLS: 'btcusdt',
      BINANCE_WS_URL: binance.wsUrl,
      BINANCE_REST_URL: binance.restUrl,
      TELEGRAM_TOKEN,
      TELEGRAM_API_ROOT: telegram.apiRoot,
      DISCORD_TOKEN,
      DISCORD_API_ROOT: discord.apiRoot,
    };
    program = await startProgram(env);
  }, 60_000);

  afterAll(async () => {
    await program?.end('SIGTERM');
    await Promise.all([binance?.stop(), telegram?.stop(), discord?.stop()]);
    await folder?.drop();
  }, 60_000);

  const alertsSent = (symbolAndRule: string): readonly RecordedCall[] =>
    telegram.sent.filter((call) => call.ok && call.text?.startsWith('🔔') === true && told(call, symbolAndRule));

  const discordAlerts = (rule: string): readonly string[] =>
    [...discord.messages.values()]
      .map((message) => message.content)
      .filter((content) => content.includes('🔔') && content.includes(rule));

  async function alertOnBoth(rule: string, answer: string): Promise<void> {
    telegram.say(`/alert ${rule}`);
    const slash = discord.command('alert', { rule });
    await telegram.waitFor((call) => told(call, '✅', answer));
    await discord.waitFor(() => slash.original?.content.includes('✅'));
  }

  it('leads from a command over a crossing to a message with a picture, on both platforms', async () => {
    await binance.subscribed('btcusdt@trade');
    binance.trade('BTCUSDT', '60010.00', '0.5');
    telegram.say('/alert btcusdt > 60100');
    await telegram.waitFor((call) => told(call, '✅', 'btcusdt price > 60,100'));
    const slash = discord.command('alert', { rule: 'btc crosses above 60100 every 1h' });
    await discord.waitFor(() => slash.original?.content.includes('✅'));

    binance.trade('BTCUSDT', '60099.99', '0.1');
    binance.trade('BTCUSDT', '60150.00', '0.2');
    const alert = await telegram.waitFor(
      (call) => call.method === 'sendPhoto' && told(call, '🔔', 'btcusdt price > 60,100'),
    );
    expect(alert.picture?.subarray(1, 4)).toEqual(new Uint8Array([0x50, 0x4e, 0x47]));
    expect(alert.text).toContain('60,150.00');
    expect(alert.buttons.flat().map((button) => button.text)).toEqual(['Why?', 'Snooze 1h', 'Delete']);
    const message = await discord.waitFor(() =>
      [...discord.messages.values()].find((item) => item.content.includes('🔔')),
    );
    expect(message.attachments).toHaveLength(1);
    expect(alertsSent('price > 60,100').map((call) => call.text)).toHaveLength(1);

    const [why] = alert.buttons.flat();
    telegram.press(alert.messageId!, String(why.callback_data));
    const answer = await telegram.waitFor((call) => call.method === 'sendMessage' && told(call, 'before: 60,099.99'));
    expect(answer.text).toContain('60,150');
  });

  it('goes on after a kill: what happened meanwhile is told once', async () => {
    await alertOnBoth('btc > 61000 once', 'price > 61,000');
    await program.end('SIGKILL');
    binance.trade('BTCUSDT', '61100.00', '0.2');
    binance.trade('BTCUSDT', '60500.00', '0.2');
    program = await startProgram(env);
    const alert = await telegram.waitFor((call) => told(call, '🔔', 'price > 61,000'));
    expect(alert.text).toContain('61,100.00');
    binance.trade('BTCUSDT', '61200.00', '0.2');
    telegram.say('/alerts');
    await telegram.waitFor((call) => told(call, 'price > 61,000', 'done'));
    expect(alertsSent('price > 61,000').map((call) => call.text)).toHaveLength(1);
    await discord.waitFor(() => discordAlerts('price > 61,000').length > 0);
    expect(discordAlerts('price > 61,000')).toEqual([expect.stringContaining('61,100.00')]);
    expect(alertsSent('price > 60,100').map((call) => call.text)).toHaveLength(1);
  });

  it('goes on after the venue cut the line: what it missed is fetched and told once, in order', async () => {
    await alertOnBoth('btc > 62000 once', 'price > 62,000');
    binance.refuseConnections(true);
    binance.cutAll();
    const first = binance.trade('BTCUSDT', '62050.00', '0.2');
    binance.trade('BTCUSDT', '60500.00', '0.2');
    binance.refuseConnections(false);
    const alert = await telegram.waitFor((call) => told(call, '🔔', 'price > 62,000'));
    expect(alert.text).toContain('62,050.00');
    telegram.press(alert.messageId!, String(alert.buttons[0][0].callback_data));
    await telegram.waitFor((call) => told(call, `Trade ${first}`));
    expect(alertsSent('price > 62,000').map((call) => call.text)).toHaveLength(1);
    await discord.waitFor(() => discordAlerts('price > 62,000').length > 0);
    expect(discordAlerts('price > 62,000')).toEqual([expect.stringContaining('62,050.00')]);
  });

  it('sends after a kill what was committed and not yet sent', async () => {
    telegram.say('/alert btc > 63000 once');
    await telegram.waitFor((call) => told(call, '✅', 'price > 63,000'));
    let reached = (): void => {};
    const sending = new Promise<void>((resolve) => {
      reached = resolve;
    });
    // The platform takes the call and never answers it: nobody can know whether the message is there.
    telegram.onCall = (method, params) => {
      if (!method.startsWith('send') || !JSON.stringify(params).includes('63,000')) return;
      reached();
      return new Promise<void>(() => {});
    };
    binance.trade('BTCUSDT', '63050.00', '0.2');
    binance.trade('BTCUSDT', '60500.00', '0.2');
    await sending;
    await program.end('SIGKILL');
    telegram.onCall = undefined;
    program = await startProgram(env);
    const alert = await telegram.waitFor((call) => call.ok && told(call, '🔔', 'price > 63,000'));
    expect(alert.text).toContain('63,050.00');
  });

  it('ends at once and cleanly on SIGTERM', async () => {
    telegram.say('/status');
    await telegram.waitFor((call) => told(call, 'Status', 'binance'));
    expect(await program.end('SIGTERM')).toBe(0);
    expect(program.log.filter((entry) => Number(entry.level) >= 50)).toEqual([]);
    program = await startProgram(env);
  });
});
