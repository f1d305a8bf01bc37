import { afterEach, describe, expect, it } from 'vitest';
import { createManualClock } from '../../test/doubles/manual-clock.ts';
import { createSilentLog } from '../../test/doubles/silent-log.ts';
import { startTelegramDouble, type TelegramDouble } from '../../test/doubles/telegram.ts';
import { connect, createScriptedService, TOKEN, until } from '../../test/doubles/telegram-harness.ts';
import { createTelegram } from './telegram.ts';

describe('the connection to Telegram', () => {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  async function open(parts: Parameters<typeof connect>[1] = {}) {
    const bot = await connect({}, parts);
    closing.push(bot.close);
    return bot;
  }

  /** A bot for a server that may not be there. */
  function build(apiRoot: string, token = TOKEN) {
    const time = createManualClock();
    const log = createSilentLog();
    const telegram = createTelegram({ token, apiRoot, clock: time.clock, log, random: () => 0.5 });
    closing.push(() => telegram.stop());
    return { time, log, telegram };
  }

  async function serve(port = 0): Promise<TelegramDouble> {
    const server = await startTelegramDouble({ token: TOKEN, port });
    closing.push(() => server.stop());
    return server;
  }

  it('is off, live, and off again', async () => {
    const { server, telegram, time } = await open();
    expect(telegram.status()).toEqual({ state: 'live', lastSeen: time.now() });
    await server.waitFor(({ method }) => method === 'setMyCommands');
    await telegram.stop();
    expect(telegram.status().state).toBe('off');
  });

  it('registers the commands for private chats and groups, and only when they have changed', async () => {
    const { server, telegram, log, service } = await open();
    const registered = () => log.lines.filter(({ message }) => message === 'the Telegram commands are registered');
    await until(() => registered().length === 1);
    const written = server.calls.filter(({ method }) => method === 'setMyCommands').map(({ params }) => params);
    const commands = [
      { command: 'chart', description: 'what chart does' },
      { command: 'alert', description: 'what alert does' },
    ];
    expect(written).toEqual([
      { commands, scope: { type: 'all_private_chats' } },
      { commands, scope: { type: 'all_group_chats' } },
    ]);
    await telegram.stop();
    await telegram.start(service);
    await until(() => registered().length === 2);
    expect(server.calls.filter(({ method }) => method === 'setMyCommands')).toHaveLength(2);
  });

  it('deals with an update once, however often it comes', async () => {
    const { server, runs } = await open();
    const chat = { id: 7, type: 'private', first_name: 'Ann' };
    const message = {
      message_id: 1,
      date: 1,
      chat,
      from: { id: 7, is_bot: false, first_name: 'Ann' },
      text: '/alert one',
    };
    server.push({ update_id: 9000, message });
    server.push({ update_id: 9000, message });
    server.push({ update_id: 9001, message: { ...message, text: '/alert two' } });
    server.push({ update_id: 9000, message });
    await until(() => runs.some(({ text }) => text === 'two') && server.waiting().length === 0);
    expect(runs.map(({ text }) => text)).toEqual(['one', 'two']);
  });

  it('leaves an update with Telegram until it is dealt with', async () => {
    let finish = () => {};
    const bot = await connect({ run: () => new Promise((resolve) => (finish = () => resolve({ text: ['done'] }))) });
    closing.push(bot.close);
    const { server, runs } = bot;
    server.say('/alert x');
    await until(() => runs.length === 1);
    expect(server.waiting()).toHaveLength(1);
    finish();
    await until(() => server.waiting().length === 0);
  });

  it('confirms what it has dealt with when it stops', async () => {
    const { server, telegram } = await open();
    server.say('/alert x');
    await server.waitFor(({ method }) => method === 'sendMessage');
    await telegram.stop();
    expect(server.waiting()).toEqual([]);
  });

  it('waits with stopping for the answer that is on its way', async () => {
    let finish = () => {};
    const bot = await connect({ run: () => new Promise((resolve) => (finish = () => resolve({ text: ['done'] }))) });
    closing.push(() => bot.server.stop());
    bot.server.say('/alert x');
    await until(() => bot.runs.length === 1);
    // Past the time that polling itself waits for what it fetched.
    await bot.time.advance(1000);
    const order: string[] = [];
    const polls = bot.server.offsets.length;
    const stopped = bot.telegram.stop().then(() => order.push('stopped'));
    await until(() => bot.server.offsets.length > polls);
    let turns = 0;
    await until(() => ++turns > 50);
    order.push('answered');
    finish();
    await stopped;
    expect(order).toEqual(['answered', 'stopped']);
    expect(bot.server.sent.at(-1)).toMatchObject({ method: 'sendMessage', text: 'done', ok: true });
  });

  it('is down where the token is refused', async () => {
    const server = await serve();
    const { telegram, log } = build(server.apiRoot, '42:wrong');
    await telegram.start(createScriptedService().service);
    expect(telegram.status()).toEqual({ state: 'down', lastSeen: undefined, detail: 'the token was refused' });
    expect(JSON.stringify(log.lines)).not.toContain('42:wrong');
  });

  it('goes down and polls no more where another program polls', async () => {
    const { server, telegram } = await open();
    await until(() => server.offsets.length === 1);
    const other = await fetch(`${server.apiRoot}/bot${TOKEN}/getUpdates`);
    expect((await other.json()) as object).toEqual({ ok: true, result: [] });
    await until(() => telegram.status().state === 'down');
    expect(telegram.status().detail).toBe('another program polls with this token: polling stopped');
    expect(server.offsets).toHaveLength(2);
    await expect(
      telegram.send({ platform: 'telegram', chat: '7' }, { text: ['still sends'] }, 'd'),
    ).resolves.toBeDefined();
  });

  it('starts where Telegram cannot be reached, and serves once it can', async () => {
    const first = await startTelegramDouble({ token: TOKEN });
    await first.stop();
    const { telegram, time, log } = build(first.apiRoot);
    const { service, runs } = createScriptedService();
    await telegram.start(service);
    expect(telegram.status()).toMatchObject({ state: 'connecting', lastSeen: undefined });
    expect(telegram.status().detail).toMatch(/^cannot be reached \(try 1\)/);
    const server = await serve(first.port);
    await until(() => time.pending() > 0);
    await time.advance(1000);
    await until(() => telegram.status().state === 'live');
    server.say('/alert x');
    await until(() => runs.length === 1);
    expect(JSON.stringify([log.lines, telegram.status()])).not.toContain(TOKEN);
  });

  it('comes back after the connection was cut', async () => {
    const { server, telegram, time, runs } = await open();
    await until(() => server.offsets.length === 1);
    server.cut();
    await until(() => telegram.status().state === 'connecting');
    await until(() => time.pending() > 0);
    await time.advance(1000);
    await until(() => telegram.status().state === 'live');
    server.say('/alert after');
    await until(() => runs.length === 1);
  });

  it('waits as long as Telegram says where it polls too often', async () => {
    const { server, telegram, time, runs } = await open();
    await until(() => server.offsets.length === 1);
    server.failNext('getUpdates', { status: 429, parameters: { retry_after: 20 } });
    server.say('/alert one');
    await until(() => telegram.status().state === 'connecting');
    await until(() => time.pending() > 0);
    const polls = server.offsets.length;
    await time.advance(19_999);
    expect(server.offsets).toHaveLength(polls);
    await time.advance(1);
    await until(() => telegram.status().state === 'live');
    expect(runs).toHaveLength(1);
  });

  it('tells when it is thrown out of a chat or let in', async () => {
    const told: [string, boolean][] = [];
    const { server } = await open({ onMembership: (key, active) => told.push([key, active]) });
    const member = (status: string, rest: object = {}) => ({
      my_chat_member: {
        chat: { id: -100, type: 'supergroup', title: 'T' },
        from: { id: 1 },
        date: 1,
        new_chat_member: { status, ...rest },
      },
    });
    server.push(member('kicked'));
    server.push(member('administrator'));
    server.push(member('restricted', { is_member: false }));
    server.push(member('restricted', { is_member: true }));
    await until(() => told.length === 4);
    expect(told).toEqual([false, true, false, true].map((active) => ['telegram:-100', active]));
  });

  it('tells of a group that became a supergroup, from either of the two chats, before it takes commands there', async () => {
    const told: string[] = [];
    let carry = (): void => {};
    const carried = new Promise<void>((resolve) => {
      carry = resolve;
    });
    const { server, runs } = await open({
      async onMoved(from, to) {
        told.push(`${from} > ${to}`);
        await carried;
      },
    });
    server.say('', { chatId: -500, chatType: 'group', extra: { text: undefined, migrate_to_chat_id: -100500 } });
    server.say('', { chatId: -100600, extra: { text: undefined, migrate_from_chat_id: -600 } });
    server.say('/alert one', { chatId: -100500 });
    await until(() => told.length > 0);
    expect(runs).toEqual([]);
    carry();
    await until(() => runs.length === 1);
    expect(told).toEqual(['telegram:-500 > telegram:-100500', 'telegram:-600 > telegram:-100600']);
  });
});
