import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { Message } from '../../commands/message.ts';
import { TransportError } from '../../engine/errors.ts';
import { connect, picture, TOKEN } from '../../test/doubles/telegram-harness.ts';

const address = { platform: 'telegram', chat: '-1001234567890' };
const text: Message = { text: [{ bold: 'btcusdt' }, ' fired'] };
const chart: Message = { ...text, picture: picture('btc') };

describe('messages to Telegram', () => {
  let close = async () => {};
  afterEach(() => close());

  async function open() {
    const bot = await connect();
    close = bot.close;
    const deliver = (message: Message) => bot.telegram.send(address, message, 'delivery-1');
    const failure = async (message: Message = text) => {
      const error = await deliver(message).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (!(error instanceof TransportError)) throw new Error(`not a TransportError: ${error}`);
      return error;
    };
    return { ...bot, deliver, failure };
  }

  it('go into their topic, silently if asked, with their buttons, and give their id', async () => {
    const { server, telegram } = await open();
    const message: Message = {
      ...text,
      silent: true,
      buttons: [[{ label: 'Why?', data: 'w1' }], [{ label: 'Snooze', data: 's1' }]],
    };
    const id = await telegram.send({ ...address, thread: '45' }, message, 'd');
    expect(server.sent[0].params).toEqual({
      chat_id: -1001234567890,
      message_thread_id: 45,
      text: 'btcusdt fired',
      entities: [{ type: 'bold', offset: 0, length: 7 }],
      disable_notification: true,
      link_preview_options: { is_disabled: true },
      reply_markup: {
        inline_keyboard: [[{ text: 'Why?', callback_data: 'w1' }], [{ text: 'Snooze', callback_data: 's1' }]],
      },
    });
    expect(id).toBe(String(server.sent[0].messageId));
  });

  it('call whom they name on purpose, and nobody of another platform', async () => {
    const { server, deliver } = await open();
    const people = [
      { mention: 'telegram:77', name: 'Ann' },
      { mention: 'discord:78', name: 'Bob' },
    ];
    await deliver({ text: ['For ', people[0], ' and ', people[1], '.'] });
    expect(server.sent[0].text).toBe('For Ann and Bob.');
    expect(server.sent[0].params.entities).toEqual([
      { type: 'text_mention', offset: 4, length: 3, user: { id: 77, is_bot: false, first_name: 'Ann' } },
    ]);
  });

  it('can be given other words, with a picture or without, as long as they are there', async () => {
    const { server, telegram, deliver } = await open();
    const amend = (id: string) => telegram.amend!(address, id, { text: [{ bold: 'over' }] });
    const [withPicture, bare] = [await deliver(chart), await deliver(text)];
    expect([await amend(withPicture), await amend(bare), await amend(bare), await amend('9999')]).toEqual([
      true,
      true,
      true,
      false,
    ]);
    const done = server.sent.filter(({ method, ok }) => method.startsWith('edit') && ok);
    expect(done.map(({ method, messageId, text: words }) => [method, String(messageId), words])).toEqual([
      ['editMessageCaption', withPicture, 'over'],
      ['editMessageText', bare, 'over'],
    ]);
    server.failNext('editMessageCaption', { status: 429, parameters: { retry_after: 7 } });
    await expect(amend(withPicture)).rejects.toMatchObject({ reason: 'rate-limited', retryAfterMs: 7_000 });
  });

  it('leave out buttons that Telegram would refuse the message for', async () => {
    const { server, deliver } = await open();
    const button = (label: string, data: string) => ({ label, data });
    const long = 'ä'.repeat(33);
    const row = Array.from({ length: 9 }, (_, at) => button(`b${at}`, `d${at}`));
    await deliver({
      ...text,
      buttons: [[button('ok', 'ä'.repeat(32)), button('long', long), button(' ', 'x'), button('none', '')], row],
    });
    expect(server.sent[0].ok).toBe(true);
    expect(server.sent[0].buttons.map((line) => line.length)).toEqual([1, 8, 1]);
  });

  it('upload a picture once and send it again by its id', async () => {
    const { server, deliver } = await open();
    await deliver(chart);
    await deliver({ ...chart, text: ['again'] });
    const [first, second] = server.sent;
    expect(first).toMatchObject({ method: 'sendPhoto', ok: true, text: 'btcusdt fired' });
    expect(first.picture).toEqual(chart.picture!.png);
    expect(Object.values(first.files).map(({ name }) => name)).toEqual(['chart.png']);
    expect(first.params.caption_entities).toEqual([{ type: 'bold', offset: 0, length: 7 }]);
    expect(second).toMatchObject({ method: 'sendPhoto', ok: true, text: 'again', files: {} });
    expect(second.params.photo).toBe('photo-1');
  });

  it('send a file as a document, with the words as its caption', async () => {
    const { server, deliver } = await open();
    const bytes = Buffer.from('ts,price\r\n1,2\r\n');
    const file = { name: 'sim-btcusdt-trades.csv', bytes, type: 'text/csv' } as const;
    const id = await deliver({ text: [{ bold: 'btcusdt' }, ' trades'], file });
    expect(server.sent[0]).toMatchObject({ method: 'sendDocument', ok: true, text: 'btcusdt trades' });
    const [sent] = Object.values(server.sent[0].files);
    expect([sent.name, Buffer.from(sent.bytes)]).toEqual([file.name, bytes]);
    expect(id).toBe(String(server.sent[0].messageId));
  });

  it('upload a picture again that Telegram has forgotten', async () => {
    const { server, deliver } = await open();
    await deliver(chart);
    server.forgetPhotos();
    await deliver(chart);
    expect(server.sent.map(({ ok, picture: bytes }) => [ok, bytes !== undefined])).toEqual([
      [true, true],
      [false, false],
      [true, true],
    ]);
  });

  it('put a text that is too long for a caption below its picture', async () => {
    const { server, deliver } = await open();
    const buttons = [[{ label: 'Why?', data: 'w' }]];
    const id = await deliver({ ...chart, text: ['y'.repeat(1025)], buttons });
    expect(server.sent.map(({ method, text: words, buttons: rows }) => [method, words?.length, rows.length])).toEqual([
      ['sendPhoto', 0, 0],
      ['sendMessage', 1025, 1],
    ]);
    expect(id).toBe(String(server.sent[1].messageId));
  });

  it('do not repeat that picture when only the text has to be tried again', async () => {
    const { server, deliver, failure } = await open();
    const message = { ...chart, text: ['y'.repeat(1025)] };
    server.failNext('sendMessage', { status: 429, parameters: { retry_after: 1 } });
    expect((await failure(message)).reason).toBe('rate-limited');
    await deliver(message);
    expect(server.sent.map(({ method, ok }) => [method, ok])).toEqual([
      ['sendPhoto', true],
      ['sendMessage', false],
      ['sendMessage', true],
    ]);
  });

  it('are cut at 4096 characters', async () => {
    const { server, deliver } = await open();
    await deliver({ text: ['z'.repeat(5000)] });
    expect(server.sent[0].text).toBe(`${'z'.repeat(4095)}…`);
  });

  it('go out plain where the formatting is refused, and as text where the picture is', async () => {
    const { server, deliver } = await open();
    server.failNext('sendPhoto', { description: "Bad Request: can't parse entities: unsupported" });
    await deliver(chart);
    expect(server.sent[1]).toMatchObject({ ok: true, text: 'btcusdt fired' });
    expect(server.sent[1].params.caption_entities).toEqual([]);
    await deliver({ ...text, picture: picture('too wide', 1, 9000, 1200) });
    expect(server.sent.slice(2).map(({ method, ok }) => [method, ok])).toEqual([
      ['sendPhoto', false],
      ['sendMessage', true],
    ]);
  });

  it('fail with when to come back after too many', async () => {
    const { server, failure } = await open();
    server.failNext('sendMessage', {
      status: 429,
      description: 'Too Many Requests: retry after 7',
      parameters: { retry_after: 7 },
    });
    expect(await failure()).toMatchObject({ reason: 'rate-limited', retryable: true, retryAfterMs: 7000 });
    expect(server.sent).toHaveLength(1);
  });

  it.each([
    [403, 'Forbidden: bot was blocked by the user', 'blocked', false],
    [403, 'Forbidden: bot was kicked from the supergroup chat', 'blocked', false],
    [400, 'Bad Request: chat not found', 'refused', false],
    [401, 'Unauthorized', 'unreachable', true],
    [502, 'Bad Gateway', 'unreachable', true],
  ])('fail with the right reason after %i %s', async (status, description, reason, retryable) => {
    const { server, failure } = await open();
    server.failNext('sendPhoto', { status, description });
    expect(await failure(chart)).toMatchObject({ reason, retryable });
    expect(server.sent).toHaveLength(1);
  });

  it('fail with the new id of a chat that has moved', async () => {
    const { server, failure } = await open();
    const description = 'Bad Request: group chat was upgraded to a supergroup chat';
    server.failNext('sendMessage', { description, parameters: { migrate_to_chat_id: -1009999999999 } });
    expect(await failure()).toMatchObject({ reason: 'moved', retryable: false, movedTo: '-1009999999999' });
  });

  it('fail as unreachable, without the token, where the network does', async () => {
    const { server, failure, log } = await open();
    await server.stop();
    const error = await failure();
    expect(error).toMatchObject({ reason: 'unreachable', retryable: true });
    expect((error.cause as Error).message).toContain('ECONNREFUSED');
    const told = [error.message, error.stack, (error.cause as Error).message, (error.cause as Error).stack];
    expect(JSON.stringify([told, log.lines])).not.toContain(TOKEN);
  });

  it('show any text as it is, never formatted by what is in it', async () => {
    const { server, deliver } = await open();
    const signs = fc.constantFrom('*', '_', '`', '<b>', '[x](y)', '\\', '&', '>', '@somebody', '\n', '🔔', 'a', '42');
    const words = fc.oneof(
      fc.array(signs, { maxLength: 40 }).map((list) => list.join('')),
      fc.string({ unit: 'binary' }),
    );
    await fc.assert(
      fc.asyncProperty(words, words, fc.boolean(), async (plain, bold, isPhoto) => {
        const before = server.sent.length;
        await deliver({ text: ['·', plain, { bold }], ...(isPhoto && { picture: picture('same') }) });
        const call = server.sent[server.sent.length - 1];
        expect(server.sent.length).toBe(before + 1);
        expect(call.ok).toBe(true);
        expect(call.params).not.toHaveProperty('parse_mode');
        expect(call.text?.replaceAll('\u2060', '')).toBe(`·${plain}${bold}`.replaceAll('\u2060', ''));
        const entities = (call.params.entities ?? call.params.caption_entities) as {
          type: string;
          offset: number;
          length: number;
        }[];
        const marked = entities.map(({ type, offset, length }) => [type, call.text?.slice(offset, offset + length)]);
        expect(marked.map(([type, part]) => [type, part?.replaceAll('\u2060', '')])).toEqual(
          bold === '' ? [] : [['bold', bold.replaceAll('\u2060', '')]],
        );
      }),
      { numRuns: 60 },
    );
  });
});
