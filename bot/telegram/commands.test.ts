import { afterEach, describe, expect, it } from 'vitest';
import type { Message } from '../../commands/message.ts';
import { type Answers, connect, picture, until } from '../../test/doubles/telegram-harness.ts';

const GROUP = -1001234567890;
const group = { chatId: GROUP, chatType: 'supergroup', title: 'Traders' } as const;

describe('commands in Telegram', () => {
  let close = async () => {};
  afterEach(() => close());

  async function open(answers: Partial<Answers> = {}) {
    const bot = await connect(answers);
    close = bot.close;
    return bot;
  }

  it('hands a command over and sends what comes back', async () => {
    const { server, runs } = await open({ run: () => ({ text: ['armed'] }) });
    server.say('/alert btcusdt\nz>2 ', { userId: 7, firstName: 'Ann', languageCode: 'de' });
    const sent = await server.waitFor(({ method }) => method === 'sendMessage');
    expect(sent.params).toEqual({
      chat_id: 7,
      text: 'armed',
      entities: [],
      link_preview_options: { is_disabled: true },
    });
    expect(runs).toEqual([
      {
        asker: {
          address: { platform: 'telegram', chat: '7' },
          chatTitle: 'Ann',
          chatKind: 'private',
          userId: 'telegram:7',
          userName: 'Ann',
          isChatAdmin: true,
          locale: 'de',
        },
        command: 'alert',
        text: 'btcusdt z>2',
      },
    ]);
  });

  it('answers in a group only what is meant for it, as a reply', async () => {
    const { server, runs } = await open();
    server.say('hello /alert', group);
    server.say('/weather', group);
    server.say('/alert@other_bot x', group);
    server.say('/weather@Bellwether_Bot berlin', group);
    const id = server.say('/ALERT@bellwether_bot eth > 3000', group);
    const sent = await server.waitFor(
      ({ params }) => (params.reply_parameters as { message_id: number })?.message_id === id,
    );
    expect(sent.params.reply_parameters).toEqual({ message_id: id, allow_sending_without_reply: true });
    expect(runs.map(({ command, text }) => [command, text])).toEqual([
      ['weather', 'berlin'],
      ['alert', 'eth > 3000'],
    ]);
  });

  it('hands an unknown command of a private chat over', async () => {
    const { server, runs } = await open();
    server.say('/strat');
    await server.waitFor(({ method }) => method === 'sendMessage');
    expect(runs[0].command).toBe('strat');
  });

  it('asks who administers a group once a minute', async () => {
    const { server, runs, time } = await open();
    const asked = () => server.calls.filter(({ method }) => method === 'getChatMember').length;
    const ask = async () => {
      const id = server.say('/alert', { ...group, userId: 9 });
      await server.waitFor(({ params }) => (params.reply_parameters as { message_id: number })?.message_id === id);
    };
    server.admins.add(9);
    await ask();
    server.admins.delete(9);
    await time.advance(59_999);
    await ask();
    expect(asked()).toBe(1);
    await time.advance(1);
    await ask();
    expect(asked()).toBe(2);
    expect(runs.map(({ asker }) => asker.isChatAdmin)).toEqual([true, true, false]);
  });

  it('takes whoever speaks as the chat itself for an admin, and a foreign channel for none', async () => {
    const { server, runs } = await open();
    const stage = (id: number, title: string) => ({ sender_chat: { id, type: 'channel', title } });
    server.say('/alert 1', { ...group, userId: 1087968824, extra: stage(GROUP, 'Traders') });
    server.say('/alert 2', { ...group, userId: 136817688, extra: stage(-100777, 'Elsewhere') });
    server.say('/alert 3', { chatId: -100555, chatType: 'channel', title: 'Signals' });
    await until(() => runs.length === 3);
    const byText = (text: string) => runs.find((run) => run.text === text)!.asker;
    expect(byText('1')).toMatchObject({ userId: `telegram:${GROUP}`, userName: 'Traders', isChatAdmin: true });
    expect(byText('2')).toMatchObject({ userId: 'telegram:-100777', userName: 'Elsewhere', isChatAdmin: false });
    expect(byText('3')).toMatchObject({ userId: 'telegram:-100555', chatKind: 'channel', isChatAdmin: true });
  });

  it('answers neither bots nor copies of channel posts', async () => {
    const { server, runs } = await open();
    server.say('/alert bot', { ...group, extra: { from: { id: 5, is_bot: true, first_name: 'R2' } } });
    server.say('/alert copy', { ...group, extra: { is_automatic_forward: true } });
    server.say('/alert person', group);
    await server.waitFor(({ method }) => method === 'sendMessage');
    expect(runs.map(({ text }) => text)).toEqual(['person']);
  });

  it('stays in the topic, but not in a mere thread of replies', async () => {
    const { server, runs } = await open();
    server.say('/chart topic', { ...group, userId: 1, threadId: 45 });
    server.say('/chart thread', { ...group, userId: 2, threadId: 46, isTopic: false });
    await server.waitFor(() => server.sent.filter(({ method }) => method === 'sendMessage').length === 2);
    const address = { platform: 'telegram', chat: String(GROUP) };
    const byText = (text: string) => runs.find((run) => run.text === text)!.asker.address;
    expect(byText('topic')).toEqual({ ...address, thread: '45' });
    expect(byText('thread')).toEqual(address);
    const threads = (method: string) =>
      server.sent.filter((call) => call.method === method).map(({ params }) => params.message_thread_id);
    expect(threads('sendMessage').sort()).toEqual([45, undefined]);
    expect(threads('sendChatAction').sort()).toEqual([45, undefined]);
  });

  it('shows at once that a slow command runs, and again every four seconds', async () => {
    let finish = (_: Message) => {};
    const { server, time } = await open({ run: () => new Promise<Message>((resolve) => (finish = resolve)) });
    const actions = () => server.sent.filter(({ method }) => method === 'sendChatAction');
    server.say('/chart ethusdt 5m');
    await server.waitFor(() => actions().length === 1);
    expect(actions()[0].params).toEqual({ chat_id: 1001, action: 'upload_photo' });
    await time.advance(4000);
    await server.waitFor(() => actions().length === 2);
    finish({ text: ['here'], picture: picture('eth') });
    await server.waitFor(({ method }) => method === 'sendPhoto');
    await until(() => time.pending() === 0);
    await time.advance(20_000);
    expect(actions()).toHaveLength(2);
  });

  it('shows progress of any command that takes longer than 300 ms', async () => {
    let finish = (_: Message) => {};
    const { server, time } = await open({ run: () => new Promise<Message>((resolve) => (finish = resolve)) });
    const asked = server.waitFor(({ method }) => method === 'getChatMember');
    server.say('/alert btc', group);
    await asked;
    await time.advance(299);
    expect(server.sent).toEqual([]);
    await time.advance(1);
    const action = await server.waitFor(({ method }) => method === 'sendChatAction');
    expect(action.params).toEqual({ chat_id: GROUP, action: 'typing' });
    finish({ text: ['done'] });
    await server.waitFor(({ method }) => method === 'sendMessage');
  });

  it('lets a slow command of one user hold up no other, and keeps the order of each', async () => {
    let finish = (_: Message) => {};
    const { server, time, runs } = await open({
      run: ({ text }) => (text === 'slow' ? new Promise<Message>((resolve) => (finish = resolve)) : { text: [text] }),
    });
    server.say('/alert slow', { userId: 1 });
    server.say('/alert after', { userId: 1 });
    await until(() => runs.length === 1);
    server.say('/alert other', { userId: 2 });
    const advancing = time.advance(1000);
    await server.waitFor(({ text }) => text === 'other');
    await advancing;
    expect(runs.map(({ text }) => text)).toEqual(['slow', 'other']);
    finish({ text: ['slow'] });
    await server.waitFor(({ text }) => text === 'after');
    expect(server.sent.map(({ text }) => text).filter((text) => text !== undefined)).toEqual([
      'other',
      'slow',
      'after',
    ]);
  });

  it('waits out a short rate limit for an answer', async () => {
    const { server, time } = await open({ run: () => ({ text: ['patience'] }) });
    server.failNext('sendMessage', {
      status: 429,
      description: 'Too Many Requests: retry after 3',
      parameters: { retry_after: 3 },
    });
    server.say('/alert x');
    await server.waitFor(({ method, ok }) => method === 'sendMessage' && !ok);
    // The sign of progress, the confirmation of the update, and the wait.
    await until(() => time.pending() === 3);
    await time.advance(2999);
    expect(server.sent.filter(({ method }) => method === 'sendMessage')).toHaveLength(1);
    await time.advance(1);
    const sent = await server.waitFor(({ method, ok }) => method === 'sendMessage' && ok);
    expect(sent.text).toBe('patience');
  });
});
