import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CommandHarness, createCommandHarness } from '../../test/doubles/command-harness.ts';
import { createManualClock } from '../../test/doubles/manual-clock.ts';
import { createSilentLog } from '../../test/doubles/silent-log.ts';
import { startTelegramDouble, type TelegramDouble } from '../../test/doubles/telegram.ts';
import { TOKEN } from '../../test/doubles/telegram-harness.ts';
import { createTelegram } from './telegram.ts';

// The real commands behind the real platform: who may what is decided by what comes over the wire.
const GROUP = -1001234567890;
const CHANNEL = -1005550000000;
/** GroupAnonymousBot, as the Bot API documents it for `Message.sender_chat`. */
const ANONYMOUS = 1087968824;

let harness: CommandHarness;
let server: TelegramDouble;
let stop: () => Promise<void>;
beforeEach(async () => {
  harness = await createCommandHarness();
  server = await startTelegramDouble({ token: TOKEN });
  const parts = { token: TOKEN, apiRoot: server.apiRoot, clock: createManualClock().clock };
  const telegram = createTelegram({ ...parts, log: createSilentLog(), random: () => 0.5 });
  await telegram.start(harness.service);
  stop = () => telegram.stop();
});
afterEach(async () => {
  await stop();
  await server.stop();
  await harness.drop();
});

const rules = (chat = GROUP) => harness.rules.list(`telegram:${chat}`);

/** What is answered to a message that somebody writes. */
async function say(text: string, options: Parameters<TelegramDouble['say']>[1] = {}) {
  const id = server.say(text, { chatId: GROUP, ...options });
  const isAnswer = ({ params }: { params: Record<string, unknown> }) =>
    (params.reply_parameters as { message_id?: number } | undefined)?.message_id === id;
  return server.waitFor((call) => call.method.startsWith('send') && call.method !== 'sendChatAction' && isAnswer(call));
}

/** What is answered to the press of a button. */
async function press(message: Awaited<ReturnType<typeof say>>, label: string, userId: number) {
  const button = message.buttons.flat().find(({ text }) => text === label)!;
  const id = server.press(message.messageId!, button.callback_data!, { userId });
  return server.waitFor(({ method, params }) => method === 'answerCallbackQuery' && params.callback_query_id === id);
}

describe('whoever speaks as the chat', () => {
  const as = (from: number, sender: number) => ({
    userId: from,
    extra: { sender_chat: { id: sender, type: 'supergroup', title: 'Traders' } },
  });

  it('is an admin where Telegram says so: its stand-in for unnamed admins, and the chat itself', async () => {
    expect((await say('/settings interval 15m', as(ANONYMOUS, GROUP))).text).toContain('interval is now 15m');
  });

  it.each([
    ['another chat behind the stand-in', as(ANONYMOUS, CHANNEL)],
    ['the chat itself, but behind a user', as(77, GROUP)],
    ['a member', { userId: 77 }],
  ])('is none: %s', async (_who, options) => {
    expect((await say('/settings interval 15m', options)).text).toBe(
      'Only this chat’s admins may change its settings.',
    );
  });

  it('owns what they set together with the named admins, and no member has it', async () => {
    const saved = await say('/alert btc > 70k', as(ANONYMOUS, GROUP));
    expect((await press(saved, 'Delete', 5)).text).toBe('That button is not yours.');
    expect(await rules()).toHaveLength(1);
    server.admins.add(8);
    expect((await press(saved, 'Delete', 8)).text).toContain('is deleted');
  });
});

describe('a channel', () => {
  it('is spoken for by its posts, and by none of its readers', async () => {
    const saved = await say('/alert btc > 70k', { chatId: CHANNEL, chatType: 'channel', title: 'Signals' });
    expect(saved.text).toContain('✅');
    for (const label of ['Chart', 'Once', 'Delete'])
      expect((await press(saved, label, 5)).text).toMatch(/^Only this channel’s admins may/);
    expect(await rules(CHANNEL)).toMatchObject([{ text: 'sim:btcusdt 5m price > 70000 every 15m' }]);
    server.admins.add(8);
    expect((await press(saved, 'Delete', 8)).text).toContain('is deleted');
  });
});

describe('a button', () => {
  it('does nothing for others, for whoever is blocked, and where it was forwarded to', async () => {
    const saved = await say('/alert btc > 70k', { userId: 5 });
    expect((await press(saved, 'Delete', 6)).text).toBe('That button is not yours.');
    server.admins.add(8);
    await say('/block 5', { userId: 8 });
    expect((await press(saved, 'Delete', 5)).text).toContain('You are blocked');
    const data = saved.buttons.flat().find(({ text }) => text === 'Delete')!.callback_data!;
    // In another group, where the one who presses is an admin, and in a topic of the same one.
    const elsewhere = await say('/alert eth > 4k', { userId: 8, chatId: GROUP - 1 });
    const topic = await say('/alert eth > 4k', { userId: 8, threadId: 45 });
    for (const { messageId } of [elsewhere, topic]) {
      const id = server.press(messageId!, data, { userId: 8 });
      const answer = await server.waitFor(({ params }) => params.callback_query_id === id);
      expect(answer.text).toContain('This button no longer works here.');
    }
    expect(await rules()).toHaveLength(1);
  });

  it('is obeyed once, however often Telegram tells of the press', async () => {
    const list = await say('/alerts', { userId: 5 });
    const wizard = list.buttons.flat().find(({ text }) => text === 'New');
    expect(wizard).toBeUndefined();
    const saved = await say('/alert btc > 70k', { userId: 5 });
    const data = saved.buttons.flat().find(({ text }) => text === 'Chart')!.callback_data!;
    const from = { id: 5, is_bot: false, first_name: 'user 5' };
    const query = { id: 'query-twice', from, chat_instance: '1', data, message: saved.result };
    server.push({ callback_query: query });
    server.push({ callback_query: query });
    const third = server.press(saved.messageId!, data, { userId: 5 });
    await server.waitFor(({ params }) => params.callback_query_id === third);
    await server.waitFor(() => harness.drawn.length >= 2);
    expect(harness.drawn).toHaveLength(2);
  });
});

it('blocks whoever wrote the message that is replied to', async () => {
  server.admins.add(8);
  await say('/alert btc > 70k', { userId: 5, firstName: 'Ann' });
  const from = { id: 5, is_bot: false, first_name: 'Ann' };
  const reply_to_message = {
    message_id: 7,
    date: 1,
    chat: { id: GROUP, type: 'supergroup', title: 'x' },
    from,
    text: 'x',
  };
  const answer = await say('/block', { userId: 8, extra: { reply_to_message } });
  expect(answer.text).toContain('🚫 Ann is blocked here');
  expect((await say('/alerts', { userId: 5 })).text).toContain('You are blocked');
});

it('knows people by the names that they are called by', async () => {
  server.admins.add(8);
  const extra = { from: { id: 5, is_bot: false, first_name: 'Ann', username: 'Ann_T' } };
  await say('/alerts', { userId: 5, extra });
  expect((await say('/block @ann_t', { userId: 8 })).text).toContain('🚫 Ann is blocked here');
  expect((await say('/block @nobody_here', { userId: 8 })).text).toMatch(/I have not seen “@.?nobody_here” yet\./);
});
