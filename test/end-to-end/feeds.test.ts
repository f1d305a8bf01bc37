import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bar } from '../../engine/market/events.ts';
import { MINUTE } from '../../engine/market/interval.ts';
import { type BinanceDouble, startBinanceDouble } from '../doubles/binance.ts';
import { type DiscordDouble, startDiscordDouble } from '../doubles/discord.ts';
import { CHANNEL_ID, NEWS_ID } from '../doubles/discord-fixtures.ts';
import type { DoubleMessage } from '../doubles/discord-model.ts';
import { type RecordedCall, startTelegramDouble, type TelegramDouble } from '../doubles/telegram.ts';
import { type Program, startProgram, temporaryFolder } from './program.ts';

const TELEGRAM_TOKEN = '1234567:AAE-test-token-of-the-double';
const DISCORD_TOKEN = 'MTEwMDAwMDAwMDAwMDAwMDAwMQ.test.token-of-the-double';
const GROUP = -1001234567890;
const TOPIC = 45;
const ADMIN = 7;
/** MANAGE_GUILD. */
const MANAGES = String(1n << 5n);
const SPIKE = 'spike on btc 1s long when close > 61000 exit when close < 50000 stop at 60500 target at 62000';
const NOTE = 'Signals are no advice';

/** What is left of a long trade: each fill 0.05 % worse than its price, and 0.1 % of both for fees. */
function resultOf(entry: number, exit: number): number {
  const [paid, got] = [entry * 1.0005, exit * 0.9995];
  return (got - paid - 0.001 * (paid + got)) / paid;
}

/** Numbers are kept together with their units by spaces that do not break. */
const plain = (text: string | undefined): string => (text ?? '').replaceAll('\u00a0', ' ');

/** Minutes before now that stand at 60,000. */
function quietHistory(count: number): Bar[] {
  const end = Math.floor(Date.now() / MINUTE) * MINUTE;
  const at = { open: 60_000, high: 60_000, low: 60_000, close: 60_000, volume: 3, trades: 12 };
  return Array.from({ length: count }, (_, i) => ({ start: end - (count - i) * MINUTE, ...at }));
}

// In order: each goes on with what the one before left.
describe('a feed of signals', { timeout: 60_000, shuffle: false }, () => {
  let binance: BinanceDouble;
  let telegram: TelegramDouble;
  let discord: DiscordDouble;
  let program: Program;
  let env: Record<string, string>;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let first: RecordedCall;
  let second: RecordedCall;

  beforeAll(async () => {
    folder = await temporaryFolder();
    [binance, telegram, discord] = await Promise.all([
      startBinanceDouble(),
      startTelegramDouble({ token: TELEGRAM_TOKEN }),
      startDiscordDouble({ token: DISCORD_TOKEN }),
    ]);
    telegram.admins.add(ADMIN);
    binance.setHistory('BTCUSDT', quietHistory(400));
    env = {
      ...{ DATABASE_URL: `file:${folder.path}/test.db`, FEEDS: 'binance', SYMBOLS: 'btcusdt' },
      ...{ BINANCE_WS_URL: binance.wsUrl, BINANCE_REST_URL: binance.restUrl },
      ...{ TELEGRAM_TOKEN, TELEGRAM_API_ROOT: telegram.apiRoot, DISCORD_TOKEN, DISCORD_API_ROOT: discord.apiRoot },
    };
    program = await startProgram(env);
    await binance.subscribed('btcusdt@trade');
  }, 60_000);

  afterAll(async () => {
    await program?.end('SIGTERM');
    await Promise.all([binance?.stop(), telegram?.stop(), discord?.stop()]);
    await folder?.drop();
  }, 60_000);

  const price = (value: string): unknown => binance.trade('BTCUSDT', value, '0.5');
  const inTopic = (text: string, userId = ADMIN): unknown =>
    telegram.say(text, { chatId: GROUP, threadId: TOPIC, userId, chatType: 'supergroup', title: 'Traders' });
  const has = (call: RecordedCall, ...parts: readonly string[]): boolean =>
    call.ok && parts.every((part) => plain(call.text).includes(part));
  const inNews = (): readonly DoubleMessage[] =>
    [...discord.messages.values()].filter(({ channelId }) => channelId === NEWS_ID);
  const photos = (): readonly RecordedCall[] =>
    telegram.sent.filter((call) => call.method === 'sendPhoto' && has(call, 'long btcusdt'));

  async function signals(): Promise<readonly Record<string, unknown>[]> {
    const answer = await fetch(`${program.url}/api/signals`);
    return ((await answer.json()) as { signals: Record<string, unknown>[] }).signals;
  }

  async function onPage(text: string): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    await fetch(`${program.url}/api/console`, { method: 'POST', headers, body: JSON.stringify({ text }) });
  }

  /** What came by itself: its words, and whether it has a picture. */
  async function pushed(): Promise<readonly (readonly [string, boolean])[]> {
    const answer = await fetch(`${program.url}/api/console`);
    type Shown = { readonly pushed: boolean; readonly text: readonly (string | object)[]; readonly picture?: unknown };
    const { messages } = (await answer.json()) as { messages: readonly Shown[] };
    return messages
      .filter((message) => message.pushed)
      .map(({ text, picture }) => [
        plain(text.map((span) => (typeof span === 'string' ? span : Object.values(span)[0])).join('')),
        picture !== undefined,
      ]);
  }

  /** Of the newest seconds; the last one may still run. */
  async function closes(): Promise<readonly number[]> {
    const answer = await fetch(`${program.url}/api/ohlc/btcusdt/1s?limit=5`);
    return ((await answer.json()) as { bars: Bar[] }).bars.map(({ close }) => close);
  }

  it('begins with a command of an admin, in a topic and in another channel of a server', async () => {
    inTopic(`/strategy new ${SPIKE}`);
    await telegram.waitFor((call) => has(call, '✅', 'spike'));
    inTopic('/feed add spike', 31);
    await telegram.waitFor((call) => has(call, 'Only'));
    inTopic('/feed add spikes');
    await telegram.waitFor((call) => has(call, 'No strategy is called “spikes” here. Did you mean spike?'));
    inTopic('/feed add spike');
    const added = await telegram.waitFor((call) => has(call, '✅', 'Feed 1: spike', 'on btcusdt'));
    expect(added.params.message_thread_id).toBe(TOPIC);

    const made = discord.command('strategy', { what: `new ${SPIKE}` });
    await discord.waitFor(() => made.original?.content.includes('✅'));
    const refused = discord.command('feed', { action: 'add', what: `spike to <#${NEWS_ID}>` });
    await discord.waitFor(() => refused.original?.content.includes('Only'));
    const slash = discord.command('feed', { action: 'add', what: `spike to <#${NEWS_ID}>` }, { permissions: MANAGES });
    await discord.waitFor(() => slash.original?.content.includes('→ #news'));
    expect(inNews()).toEqual([]);

    await onPage(`/strategy new ${SPIKE}`);
    await onPage('/feed add spike');
  });

  it('posts a signal with its chart and levels, says once that it is no advice, and tells in place when it is filled', async () => {
    price('60000.00');
    price('61050.00');
    first = await telegram.waitFor((call) => call.method === 'sendPhoto' && has(call, '🟢', 'long btcusdt'));
    expect(first.params.message_thread_id).toBe(TOPIC);
    expect(first.picture?.subarray(1, 4)).toEqual(new Uint8Array([0x50, 0x4e, 0x47]));
    expect(plain(first.text)).toContain('at 61,050.00 · 1s · spike');
    // 60500 / 61050 - 1 and 62000 / 61050 - 1.
    expect(plain(first.text)).toContain('stop 60,500.00 (−0.90 %) · target 62,000.00 (+1.56 %)');
    expect(plain(first.text)).toContain('Too few past signals for a confidence');
    expect(plain(first.text)).toContain('because of close 61,050.00');
    expect(plain(first.text)).toContain(NOTE);
    expect(first.buttons.flat().map(({ text }) => text)).toEqual(['Ledger', 'Mute btcusdt 2h']);
    const message = await discord.waitFor(() => inNews()[0]);
    expect(message.content).toContain('🟢 **long btcusdt**');
    expect(message.cards[0]).toContain('stop 60,500.00');
    expect(message.cards[0]).toContain(NOTE);
    expect(message.attachments).toHaveLength(1);

    price('61100.00');
    const filled = await telegram.waitFor(
      (call) => call.method === 'editMessageCaption' && has(call, 'entry 61,100.00'),
    );
    expect(filled.params.message_id).toBe(first.messageId);
    await discord.waitFor(() => inNews()[0].cards[0]?.includes('entry 61,100.00'));
  });

  it('tells in place what came of it, and so does the ledger', async () => {
    price('62000.00');
    const over = await telegram.waitFor((call) => has(call, '✅', 'target 62,000.00'));
    // Paid 61100 * 1.0005 = 61130.55, got 62000 * 0.9995 = 61969; (838.45 - 0.001 * 123099.55) / 61130.55 = 0.011702
    expect(resultOf(61_100, 62_000)).toBeCloseTo(715.35045 / 61_130.55, 12);
    expect(plain(over.text)).toContain('+1.17 % after costs');
    expect(plain(over.text)).toContain(NOTE);
    expect(over.params.message_id).toBe(first.messageId);
    await discord.waitFor(() => plain(inNews()[0].content).includes('+1.17 %'));
    expect(inNews()).toHaveLength(1);
    expect(inNews()[0].attachments).toHaveLength(1);
    const onThePage = [expect.stringMatching(/^✅ long btcusdt: target 62,000.00 → \+1.17 %/), true];
    await expect.poll(pushed, { timeout: 20_000 }).toEqual([onThePage]);

    const known = await signals();
    expect(known.map(({ strategy, side, price: at }) => [strategy, side, at])).toEqual([
      ['spike', 'long', 61_050],
      ['spike', 'long', 61_050],
      ['spike', 'long', 61_050],
    ]);
    const outcome = { what: 'target', price: 62_000, result: expect.closeTo(resultOf(61_100, 62_000), 12) };
    const fill = expect.objectContaining({ price: 61_100 });
    expect(known.map((signal) => signal.fill)).toEqual([fill, fill, fill]);
    expect(known.map((signal) => signal.outcome)).toEqual([
      expect.objectContaining(outcome),
      expect.objectContaining(outcome),
      expect.objectContaining(outcome),
    ]);
    inTopic('/ledger');
    await telegram.waitFor((call) => has(call, 'spike', '1 signal since', 'exit', '+1.17 %', 'won 1 of 1'));
    inTopic('/ledger verify');
    await telegram.waitFor((call) => has(call, 'The ledger is whole'));
  });

  it('goes on after a kill in the middle of a signal, and loses and doubles nothing', async () => {
    price('60600.00');
    // The bar has to close below before it can close above again.
    await expect.poll(async () => (await closes()).slice(-3), { timeout: 20_000 }).toEqual([60_600, 60_600, 60_600]);
    price('61060.00');
    second = await telegram.waitFor((call) => call.method === 'sendPhoto' && has(call, 'at 61,060.00'));
    expect(plain(second.text)).not.toContain(NOTE);
    price('61080.00');
    await telegram.waitFor((call) => has(call, 'entry 61,080.00'));
    await discord.waitFor(() => inNews()[1]?.cards[0]?.includes('entry 61,080.00'));
    await program.end('SIGKILL');
    program = await startProgram(env);
    await binance.subscribed('btcusdt@trade');
    inTopic('/feed list');
    await telegram.waitFor((call) => has(call, 'Feeds', 'spike', '1 open'));
    price('60400.00');
    const over = await telegram.waitFor((call) => has(call, '❌', 'stop 60,400.00'));
    expect(over.params.message_id).toBe(second.messageId);
    await discord.waitFor(() => inNews()[1].content.includes('stop 60,400.00'));
    expect(photos()).toHaveLength(2);
    expect(inNews()).toHaveLength(2);
    const [newest] = await signals();
    const result = expect.closeTo(resultOf(61_080, 60_400), 12);
    expect(newest.outcome).toMatchObject({ what: 'stop', price: 60_400, result });
    expect(await signals()).toHaveLength(6);
  });

  it('ends with a command', async () => {
    inTopic('/feed remove 1');
    await telegram.waitFor((call) => has(call, 'Feed 1: spike', 'is removed'));
    inTopic('/feed list');
    await telegram.waitFor((call) => has(call, 'No feed yet'));
    expect(
      [...discord.messages.values()].some(
        ({ channelId, content }) => channelId === CHANNEL_ID && content.includes('🟢'),
      ),
    ).toBe(false);
  });
});
