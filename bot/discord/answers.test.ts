import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Message } from '../../commands/message.ts';
import { CHANNEL_ID, DM_CHANNEL_ID, GUILD_ID, THREAD_ID } from '../../test/doubles/discord-fixtures.ts';
import { createDiscordHarness, type DiscordHarness } from '../../test/doubles/discord-harness.ts';
import { EPHEMERAL, LOADING } from '../../test/doubles/discord-model.ts';

/** The signature of a PNG, and bytes that are not text. */
const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 255, 254, 13, 10, 45, 45]);
const PICTURE = { png: PNG, alt: 'ethusdt, 5m', key: 'k1' };

/** A promise that a test settles. */
function later<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

let harness: DiscordHarness;
beforeEach(async () => {
  harness = await createDiscordHarness();
  await harness.platform.start(harness.service);
});
afterEach(() => harness.close());

describe('a slash command', () => {
  it('reaches the service as typed text, and its answer the channel', async () => {
    const { discord, service } = harness;
    service.onRun = () => ({ text: ['Saved ', { bold: 'btcusdt z > 2' }] });
    const asked = discord.command('alert', { rule: ' btcusdt z>2 ', note: 'look' });
    const answer = await discord.waitFor(() => asked.original);
    expect(answer.content).toBe('Saved **btcusdt z > 2**');
    expect(answer.flags).toBe(0);
    expect(asked.callback).toBe(4);
    expect(service.calls[0]?.command).toBe('alert');
    expect(service.calls[0]?.text).toBe('look btcusdt z>2');
  });

  it('says who asks from where', async () => {
    const { discord, service } = harness;
    discord.command('alert', { rule: 'x' }, { userId: '1150000000000000001', userName: 'Bo', locale: 'de' });
    await discord.waitFor(() => service.calls[0]);
    expect(service.calls[0]?.asker).toEqual({
      address: { platform: 'discord', chat: CHANNEL_ID },
      chatTitle: 'Traders #signals',
      chatKind: 'group',
      userId: 'discord:1150000000000000001',
      userName: 'Bo',
      handle: 'Bo',
      guild: `discord:${GUILD_ID}`,
      isChatAdmin: false,
      isGuildAdmin: false,
      locale: 'de',
    });
  });

  it('takes a thread for a chat of its own', async () => {
    const { discord, service } = harness;
    discord.command('alert', { rule: 'x' }, { channelId: THREAD_ID });
    await discord.waitFor(() => service.calls[0]);
    expect(service.calls[0]?.asker.address).toEqual({ platform: 'discord', chat: THREAD_ID });
  });

  // Bits from Discord's table of permissions: ADMINISTRATOR 1<<3, MANAGE_CHANNELS 1<<4, MANAGE_GUILD 1<<5, SEND_MESSAGES 1<<11.
  it.each([
    ['8', true],
    ['16', true],
    ['32', true],
    ['2048', false],
    ['0', false],
  ])('takes permissions %s for an admin: %s', async (permissions, isAdmin) => {
    const { discord, service } = harness;
    discord.command('alert', { rule: 'x' }, { permissions });
    await discord.waitFor(() => service.calls[0]);
    expect(service.calls[0]?.asker.isChatAdmin).toBe(isAdmin);
  });

  it('is private, and by an admin, in direct messages', async () => {
    const { discord, service } = harness;
    discord.command('alert', { rule: 'x' }, { guild: false });
    await discord.waitFor(() => service.calls[0]);
    expect(service.calls[0]?.asker).toMatchObject({
      address: { chat: DM_CHANNEL_ID },
      chatKind: 'private',
      chatTitle: 'Ann',
      isChatAdmin: true,
    });
  });

  it('is deferred at once where it is slow, and edited to the answer with its picture', async () => {
    const { discord, service } = harness;
    const drawing = later<Message>();
    service.onRun = () => drawing.promise;
    const asked = discord.command('chart', { symbol: 'ethusdt', style: 'line' });
    await discord.waitFor(() => asked.original && service.calls[0]);
    expect(asked.callback).toBe(5);
    expect(asked.original?.flags).toBe(LOADING);
    expect(service.calls[0]?.text).toBe('ethusdt line');
    drawing.resolve({ text: [{ bold: 'ethusdt' }], picture: PICTURE, buttons: [[{ label: '1m', data: 'b1' }]] });
    const answer = await discord.waitFor(() => asked.original?.edits === 1 && asked.original);
    expect(answer.content).toBe('**ethusdt**');
    expect(answer.attachments.map((file) => [...file.bytes])).toEqual([[...PNG]]);
    expect(answer.attachments[0]?.description).toBe('ethusdt, 5m');
    expect(answer.buttons).toEqual([[{ label: '1m', custom_id: 'b1' }]]);
  });

  it('is deferred when the service takes longer than a second', async () => {
    const { discord, service, time } = harness;
    const slow = later<Message>();
    service.onRun = () => slow.promise;
    const asked = discord.command('alert', { rule: 'x' });
    await discord.waitFor(() => service.calls[0]);
    await time.advance(999);
    expect(asked.callback).toBeUndefined();
    await time.advance(1);
    await discord.waitFor(() => asked.callback === 5);
    slow.resolve({ text: ['at last'] });
    await discord.waitFor(() => asked.original?.content === 'at last');
    expect(discord.sent.filter((call) => call.path.startsWith('/interactions/'))).toHaveLength(1);
  });

  it('is deferred for the asker alone where the command is private', async () => {
    const { discord } = harness;
    const asked = discord.command('mine');
    const answer = await discord.waitFor(() => asked.original?.edits === 1 && asked.original);
    expect(answer.flags).toBe(EPHEMERAL);
  });

  it('is answered for the asker alone where the message is private', async () => {
    const { discord, service } = harness;
    service.onRun = () => ({ text: ['no such function'], private: true });
    const asked = discord.command('alert', { rule: 'x' });
    expect((await discord.waitFor(() => asked.original)).flags).toBe(EPHEMERAL);
  });

  it('keeps a private answer private although it was deferred for all', async () => {
    const { discord, service } = harness;
    service.onRun = () => ({ text: ['no such symbol'], private: true });
    const asked = discord.command('chart', { symbol: 'nope' });
    const answer = await discord.waitFor(() => asked.followups[0]);
    expect(answer.flags).toBe(EPHEMERAL);
    expect(answer.content).toBe('no such symbol');
    expect(asked.original?.deleted).toBe(true);
  });

  it('gets a word even where Discord refuses the answer', async () => {
    const { discord, service } = harness;
    service.onRun = () => ({ text: ['x'], buttons: [[{ label: 'bad', data: 'd'.repeat(101) }]] });
    const asked = discord.command('chart', { symbol: 'ethusdt' });
    const answer = await discord.waitFor(() => asked.original?.edits === 1 && asked.original);
    expect(answer.content).toBe('The answer could not be shown here.');
  });

  it('that Discord no longer waits for harms nobody else', async () => {
    const { discord, service } = harness;
    const slow = later<Message>();
    service.onRun = () => slow.promise;
    const late = discord.command('alert', { rule: 'late' });
    await discord.waitFor(() => service.calls[0]);
    late.expired = true;
    slow.resolve({ text: ['too late'] });
    await discord.waitFor(() => discord.sent.some((call) => call.status === 404));
    service.onRun = () => ({ text: ['in time'] });
    const next = discord.command('alert', { rule: 'next' });
    expect((await discord.waitFor(() => next.original)).content).toBe('in time');
    expect(harness.logged()).toContain('10062');
    expect(harness.logged()).not.toContain(late.token);
  });
});

describe('a channel where the bot may not write by itself', () => {
  // VIEW_CHANNEL 1<<10 and ATTACH_FILES 1<<15, without SEND_MESSAGES 1<<11.
  const mute = { appPermissions: String((1 << 10) | (1 << 15)) };

  it('is named to the one who asks, once', async () => {
    const { discord } = harness;
    const first = discord.command('alert', { rule: 'x' }, mute);
    const remark = await discord.waitFor(() => first.followups[0]);
    expect(remark.flags).toBe(EPHEMERAL);
    expect(remark.content).toContain('missing: Send Messages)');
    const second = discord.command('alert', { rule: 'y' }, mute);
    await discord.waitFor(() => second.original);
    await harness.platform.stop();
    expect(second.followups).toEqual([]);
  });

  it('is not spoken of where all is well, or in direct messages', async () => {
    const { discord } = harness;
    const asked = [
      discord.command('alert', { rule: 'x' }),
      discord.command('alert', { rule: 'x' }, { ...mute, guild: false }),
    ];
    await discord.waitFor(() => asked.every((each) => each.original));
    await harness.platform.stop();
    expect(asked.flatMap((each) => each.followups)).toEqual([]);
  });
});

describe('suggestions', () => {
  it('come from the service, for the option that is being typed', async () => {
    const { discord, service } = harness;
    service.onComplete = () => [{ label: 'btcusdt · binance', value: 'btcusdt' }];
    const asked = discord.autocomplete('chart', 'symbol', 'bt');
    expect(await discord.waitFor(() => asked.choices)).toEqual([{ name: 'btcusdt · binance', value: 'btcusdt' }]);
    expect(service.queries[0]).toMatchObject({ command: 'chart', argument: 'symbol', typed: 'bt' });
  });

  it('say the whole text and what it means where there is a note', async () => {
    const { discord, service } = harness;
    service.onComplete = () => [
      { label: 'rsi(length=14)', value: 'btcusdt rsi', note: 'relative strength index' },
      { label: '>', value: 'btcusdt > ', note: 'is above' },
    ];
    const asked = discord.autocomplete('alert', 'rule', 'btcusdt ');
    expect(await discord.waitFor(() => asked.choices)).toEqual([
      { name: 'btcusdt rsi · relative strength index', value: 'btcusdt rsi' },
      { name: 'btcusdt > · is above', value: 'btcusdt > ' },
    ]);
  });

  it('keep to what Discord takes', async () => {
    const { discord, service } = harness;
    service.onComplete = () => [
      { label: 'l'.repeat(150), value: 'long label' },
      { label: 'long value', value: 'v'.repeat(101) },
      { label: '', value: 'bare' },
      ...Array.from({ length: 40 }, (_, index) => ({ label: `s${index}`, value: `s${index}` })),
    ];
    const asked = discord.autocomplete('chart', 'symbol', '');
    const choices = await discord.waitFor(() => asked.choices);
    expect(choices).toHaveLength(25);
    expect(choices[0]).toEqual({ name: `${'l'.repeat(99)}…`, value: 'long label' });
    expect(choices[1]).toEqual({ name: 'bare', value: 'bare' });
  });
});

describe('a button', () => {
  const address = { platform: 'discord', chat: CHANNEL_ID };
  const original: Message = { text: ['5m'], picture: PICTURE, buttons: [[{ label: '1h', data: 'to-1h' }]] };

  async function press() {
    const id = await harness.platform.send(address, original, 'n1');
    return { id, pressed: harness.discord.press(id, 'to-1h'), message: harness.discord.messages.get(id)! };
  }

  it('changes its message, the new picture in place of the old', async () => {
    const { discord, service } = harness;
    const next = new Uint8Array([1, 2, 3, 0, 255]);
    service.onPress = () => ({ edit: { text: ['1h'], picture: { png: next, alt: '1h', key: 'k2' } } });
    const { pressed, message } = await press();
    await discord.waitFor(() => message.edits === 1);
    expect(pressed.callback).toBe(7);
    expect(service.presses[0]?.data).toBe('to-1h');
    expect(message.content).toBe('1h');
    expect(message.attachments.map((file) => [...file.bytes])).toEqual([[...next]]);
    expect(message.buttons).toEqual([]);
  });

  it('takes the picture away where the new message has none', async () => {
    harness.service.onPress = () => ({ edit: { text: ['gone'] } });
    const { message } = await press();
    await harness.discord.waitFor(() => message.edits === 1);
    expect(message.attachments).toEqual([]);
  });

  it('is acknowledged after a second, and its message changed when the answer is there', async () => {
    const { discord, service, time } = harness;
    const slow = later<{ edit: Message }>();
    service.onPress = () => slow.promise;
    const { pressed, message } = await press();
    await discord.waitFor(() => service.presses[0]);
    await time.advance(1_000);
    await discord.waitFor(() => pressed.callback === 6);
    slow.resolve({ edit: { text: ['1h'], picture: PICTURE } });
    await discord.waitFor(() => message.edits === 1);
    expect(message.content).toBe('1h');
    expect(message.attachments).toHaveLength(1);
  });

  it('answers with a message, for the one who pressed where it is private', async () => {
    harness.service.onPress = () => ({ reply: { text: ['because'], private: true } });
    const { pressed, message } = await press();
    const reply = await harness.discord.waitFor(() => pressed.original);
    expect(reply.content).toBe('because');
    expect(reply.flags).toBe(EPHEMERAL);
    expect(message.edits).toBe(0);
  });

  it('changes, answers and notes in one go', async () => {
    harness.service.onPress = () => ({ edit: { text: ['new'] }, reply: { text: ['more'] }, toast: 'noted' });
    const { pressed, message } = await press();
    await harness.discord.waitFor(() => pressed.followups.length === 2);
    expect(message.content).toBe('new');
    expect(pressed.followups.map(({ content, flags }) => [content, flags])).toEqual([
      ['more', 0],
      ['noted', EPHEMERAL],
    ]);
  });

  it('takes its message away and says so', async () => {
    harness.service.onPress = () => ({ remove: true, toast: 'deleted' });
    const { pressed, message } = await press();
    await harness.discord.waitFor(() => pressed.followups[0]);
    expect(message.deleted).toBe(true);
    expect(pressed.followups[0]?.content).toBe('deleted');
  });

  it('says so where Discord refuses the new message', async () => {
    harness.service.onPress = () => ({ edit: { text: ['x'], buttons: [[{ label: 'bad', data: 'd'.repeat(101) }]] } });
    const { pressed, message } = await press();
    const note = await harness.discord.waitFor(() => pressed.original);
    expect(note).toMatchObject({ content: 'The answer could not be shown here.', flags: EPHEMERAL });
    expect(message.edits).toBe(0);
  });

  it('is answered even where nothing follows from it', async () => {
    const { pressed } = await press();
    await harness.discord.waitFor(() => pressed.callback === 6);
    expect(pressed.followups).toEqual([]);
  });
});
