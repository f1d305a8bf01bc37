import { afterEach, describe, expect, it } from 'vitest';
import type { Message } from '../../commands/message.ts';
import { connect, picture } from '../../test/doubles/telegram-harness.ts';

describe('what an answer becomes in Telegram', () => {
  let close = async () => {};
  afterEach(() => close());

  /** A message that becomes another when the test says so. */
  function growing(text: string) {
    let tell = (_: Message | undefined) => {};
    const later = new Promise<Message | undefined>((resolve) => {
      tell = resolve;
    });
    return { message: { text: [text], later: () => later }, tell };
  }

  it('is shown in place of it, and others are answered meanwhile', async () => {
    const { message, tell } = growing('saved');
    const bot = await connect({ run: ({ command }) => (command === 'alert' ? message : { text: ['pong'] }) });
    close = bot.close;
    bot.server.say('/alert x');
    const sent = await bot.server.waitFor(({ text }) => text === 'saved');
    bot.server.say('/weather');
    await bot.server.waitFor(({ text }) => text === 'pong');
    tell({ text: ['saved, 9 times'], picture: picture('past') });
    const edited = await bot.server.waitFor(({ method }) => method === 'editMessageMedia');
    expect(edited).toMatchObject({ ok: true, text: 'saved, 9 times', messageId: sent.messageId });
    expect(edited.picture).toEqual(picture('past').png);
  });

  it('is shown in place of what a button left, whose buttons work meanwhile', async () => {
    const { message, tell } = growing('changed');
    const bot = await connect({
      press: ({ data }) => (data === 'a' ? { edit: message } : { toast: 'pressed' }),
    });
    close = bot.close;
    const id = Number(await bot.telegram.send({ platform: 'telegram', chat: '7' }, { text: ['first'] }, 'n1'));
    bot.server.press(id, 'a');
    await bot.server.waitFor(({ text }) => text === 'changed');
    bot.server.press(id, 'b');
    await bot.server.waitFor(({ method, params }) => method === 'answerCallbackQuery' && params.text === 'pressed');
    tell({ text: ['changed, 5 times'] });
    expect(await bot.server.waitFor(({ text }) => text === 'changed, 5 times')).toMatchObject({
      ...{ ok: true, method: 'editMessageText', messageId: id },
    });
  });

  it('may become something else in its turn; what is too long for a caption stays a text, with the picture behind it', async () => {
    const [half, whole] = [growing('half'), growing('some')];
    const bot = await connect({ run: () => whole.message });
    close = bot.close;
    bot.server.say('/alert x');
    const { messageId } = await bot.server.waitFor(({ text }) => text === 'some');
    whole.tell(half.message);
    expect(await bot.server.waitFor(({ text }) => text === 'half')).toMatchObject({
      method: 'editMessageText',
      messageId,
    });
    const long = 'all '.repeat(300);
    half.tell({ text: [long], picture: picture('past') });
    const photo = await bot.server.waitFor(({ method }) => method === 'sendPhoto');
    expect(photo.picture).toEqual(picture('past').png);
    const edits = bot.server.calls.filter(({ method }) => method === 'editMessageText');
    expect(edits.map((edit) => [edit.messageId, edit.text?.trim()])).toEqual([
      [messageId, 'half'],
      [messageId, long.trim()],
    ]);
  });

  it('may be nothing', async () => {
    const { message, tell } = growing('saved');
    const bot = await connect({ run: ({ command }) => (command === 'alert' ? message : { text: ['pong'] }) });
    close = bot.close;
    bot.server.say('/alert x');
    await bot.server.waitFor(({ text }) => text === 'saved');
    tell(undefined);
    bot.server.say('/weather');
    await bot.server.waitFor(({ text }) => text === 'pong');
    expect(bot.server.calls.filter(({ method }) => method.startsWith('edit'))).toEqual([]);
  });
});
