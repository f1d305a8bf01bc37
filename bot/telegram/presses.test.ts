import { afterEach, describe, expect, it } from 'vitest';
import type { Message } from '../../commands/message.ts';
import type { PressOutcome } from '../../commands/service.ts';
import { connect, picture, until } from '../../test/doubles/telegram-harness.ts';

const GROUP = -1001234567890;
const address = { platform: 'telegram', chat: String(GROUP), thread: '45' };
const withButtons: Message = {
  text: ['pick'],
  buttons: [
    [
      { label: 'A', data: 'a' },
      { label: 'B', data: 'b' },
    ],
  ],
};

describe('buttons in Telegram', () => {
  let close = async () => {};
  afterEach(() => close());

  async function open(press: (data: string) => PressOutcome | Promise<PressOutcome>) {
    const bot = await connect({ press: ({ data }) => press(data) });
    close = bot.close;
    const post = async (message: Message) => Number(await bot.telegram.send(address, message, 'n1'));
    return { ...bot, post };
  }

  it('says who pressed what, and where', async () => {
    const { server, presses, post } = await open(() => ({}));
    const id = await post(withButtons);
    server.admins.add(8);
    server.press(id, 'a', { userId: 8 });
    await server.waitFor(({ method }) => method === 'answerCallbackQuery');
    expect(presses[0]).toMatchObject({
      data: 'a',
      asker: { address, userId: 'telegram:8', isChatAdmin: true, chatKind: 'group' },
    });
  });

  it('answers with the toast, cut at 200 characters', async () => {
    const { server, post } = await open(() => ({ toast: 'x'.repeat(300) }));
    const query = server.press(await post(withButtons), 'a');
    const answer = await server.waitFor(({ method }) => method === 'answerCallbackQuery');
    expect(answer.params).toEqual({ callback_query_id: query, text: `${'x'.repeat(199)}…` });
  });

  it('answers empty after two seconds, and still does what comes of it', async () => {
    let finish = (_: PressOutcome) => {};
    const { server, time, presses, post } = await open(() => new Promise((resolve) => (finish = resolve)));
    const id = await post(withButtons);
    server.press(id, 'a');
    await until(() => presses.length === 1);
    await time.advance(1999);
    expect(server.sent.some(({ method }) => method === 'answerCallbackQuery')).toBe(false);
    await time.advance(1);
    const answer = await server.waitFor(({ method }) => method === 'answerCallbackQuery');
    expect(answer.text).toBeUndefined();
    finish({ toast: 'too late', edit: { text: ['new'] } });
    const edit = await server.waitFor(({ method }) => method === 'editMessageText');
    expect(edit).toMatchObject({ ok: true, text: 'new', messageId: id });
    expect(server.sent.filter(({ method }) => method === 'answerCallbackQuery')).toHaveLength(1);
  });

  it('says a toast that came too late as a message, where nothing else is said', async () => {
    let finish = (_: PressOutcome) => {};
    const { server, time, presses, post } = await open(() => new Promise((resolve) => (finish = resolve)));
    server.press(await post(withButtons), 'a');
    await until(() => presses.length === 1);
    await time.advance(2000);
    await server.waitFor(({ method }) => method === 'answerCallbackQuery');
    finish({ toast: 'snoozed' });
    const sent = await server.waitFor(({ text }) => text === 'snoozed');
    expect(sent.params).toMatchObject({ message_thread_id: 45, disable_notification: true });
  });

  it('edits text, with its entities and buttons', async () => {
    const edit = { text: [{ bold: 'B' }, ' it is'], buttons: [[{ label: 'C', data: 'c' }]] };
    const { server, post } = await open(() => ({ edit }));
    const id = await post(withButtons);
    server.press(id, 'b');
    const call = await server.waitFor(({ method }) => method === 'editMessageText');
    expect(call.params).toEqual({
      chat_id: GROUP,
      message_id: id,
      text: 'B it is',
      entities: [{ type: 'bold', offset: 0, length: 1 }],
      link_preview_options: { is_disabled: true },
      reply_markup: { inline_keyboard: [[{ text: 'C', callback_data: 'c' }]] },
    });
    expect(call.ok).toBe(true);
  });

  it('changes the picture of a chart in place, and takes an upload from before again', async () => {
    const charts: Record<string, Message> = {
      '1h': { text: ['hour'], picture: picture('eth-1h', 2) },
      '5m': { text: ['five'], picture: picture('eth-5m', 1) },
    };
    const { server, post } = await open((data) => ({ edit: charts[data] }));
    const id = await post(charts['5m']);
    server.press(id, '1h');
    const first = await server.waitFor(({ method }) => method === 'editMessageMedia');
    expect(first).toMatchObject({ ok: true, text: 'hour', messageId: id });
    expect(first.picture).toEqual(charts['1h'].picture!.png);
    server.press(id, '5m');
    const second = await server.waitFor(({ method, text }) => method === 'editMessageMedia' && text === 'five');
    expect(second.ok).toBe(true);
    expect(second.files).toEqual({});
  });

  it('edits the caption where the picture stays', async () => {
    const { server, post } = await open(() => ({ edit: { text: ['seen'] } }));
    const id = await post({ text: ['fired'], picture: picture('eth') });
    server.press(id, 'a');
    const call = await server.waitFor(({ method }) => method === 'editMessageCaption');
    expect(call).toMatchObject({ ok: true, text: 'seen', messageId: id });
  });

  it('cuts a new caption at 1024 characters', async () => {
    const { server, post } = await open(() => ({ edit: { text: ['c'.repeat(1025)] } }));
    server.press(await post({ text: ['fired'], picture: picture('eth') }), 'a');
    const call = await server.waitFor(({ method }) => method === 'editMessageCaption');
    expect(call).toMatchObject({ ok: true, text: `${'c'.repeat(1023)}…` });
  });

  it('turns a text into a picture, or edits the text where the picture is refused', async () => {
    const edit = { text: ['chart'], picture: picture('eth') };
    const { server, post } = await open(() => ({ edit }));
    const [first, second] = [await post(withButtons), await post(withButtons)];
    server.press(first, 'a');
    expect(await server.waitFor(({ method }) => method === 'editMessageMedia')).toMatchObject({ ok: true });
    server.failNext('editMessageMedia', {
      status: 400,
      description: 'Bad Request: not enough rights to send photos to the chat',
    });
    server.press(second, 'a');
    const plain = await server.waitFor(({ method }) => method === 'editMessageText');
    expect(plain).toMatchObject({ ok: true, text: 'chart', messageId: second });
  });

  it('takes an edit that changes nothing for done', async () => {
    const { server, log, post } = await open(() => ({ edit: withButtons, reply: { text: ['next'] } }));
    server.press(await post(withButtons), 'a');
    const call = await server.waitFor(({ method }) => method === 'editMessageText');
    expect(call.failure?.description).toMatch('message is not modified');
    await server.waitFor(({ text }) => text === 'next');
    expect(log.lines.filter(({ level }) => level === 'error' || level === 'warn')).toEqual([]);
  });

  it('says anew what it can no longer edit', async () => {
    const { server, post } = await open((data) => ({ edit: { text: [`new ${data}`] } }));
    const id = await post(withButtons);
    server.press(id, 'old', { isInaccessible: true });
    await server.waitFor(({ method, text }) => method === 'sendMessage' && text === 'new old');
    expect(server.sent.some(({ method }) => method === 'editMessageText')).toBe(false);
    server.failNext('editMessageText', { status: 400, description: "Bad Request: message can't be edited" });
    server.press(id, 'locked');
    const sent = await server.waitFor(({ method, text }) => method === 'sendMessage' && text === 'new locked');
    expect(sent.params.message_thread_id).toBe(45);
  });

  it('replies in the same topic', async () => {
    const { server, post } = await open(() => ({ reply: { text: ['why'] } }));
    server.press(await post(withButtons), 'a');
    const sent = await server.waitFor(({ text }) => text === 'why');
    expect(sent.params).toMatchObject({ chat_id: GROUP, message_thread_id: 45 });
  });

  it('removes the message, or its buttons where it is too old to be deleted', async () => {
    const { server, post } = await open(() => ({ remove: true }));
    const [first, second] = [await post(withButtons), await post(withButtons)];
    server.press(first, 'a');
    expect(await server.waitFor(({ method }) => method === 'deleteMessage')).toMatchObject({
      ok: true,
      messageId: first,
    });
    server.failNext('deleteMessage', {
      status: 400,
      description: "Bad Request: message can't be deleted for everyone",
    });
    server.press(second, 'a');
    const call = await server.waitFor(({ method }) => method === 'editMessageReplyMarkup');
    expect(call).toMatchObject({ ok: true, messageId: second, buttons: [] });
  });

  it('answers the press even where the service breaks its promise and throws', async () => {
    const { server, log, post } = await open(() => {
      throw new Error('a defect');
    });
    server.press(await post(withButtons), 'a');
    const answer = await server.waitFor(({ method }) => method === 'answerCallbackQuery');
    expect(answer.text).toBeUndefined();
    await until(() => log.lines.some(({ level }) => level === 'error'));
  });
});
