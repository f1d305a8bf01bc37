import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Message } from '../../commands/message.ts';
import type { ChatPlatform } from '../../commands/platform.ts';
import type { ChatAddress } from '../../commands/service.ts';
import {
  APPLICATION_ID,
  CHANNEL_ID,
  DM_CHANNEL_ID,
  NEWS_ID,
  THREAD_ID,
  USER_ID,
} from '../../test/doubles/discord-fixtures.ts';
import {
  createDiscordHarness,
  createMemoryLogger,
  type DiscordHarness,
  TOKEN,
} from '../../test/doubles/discord-harness.ts';
import { createDiscord } from './discord.ts';

const HERE: ChatAddress = { platform: 'discord', chat: CHANNEL_ID };
const NEWS: ChatAddress = { platform: 'discord', chat: NEWS_ID };
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let harness: DiscordHarness;
let platform: ChatPlatform;
beforeEach(async () => {
  harness = await createDiscordHarness();
  platform = harness.platform;
});
afterEach(() => harness.close());

const signal = (more: Partial<Message> = {}): Message => ({ text: ['long btcusdt'], byline: 'ma-cross', ...more });

/** The message of an id that the platform gave, whoever sent it. */
const sentAs = (id: string) => harness.discord.messages.get(id.split('/').at(-1) ?? '');
const calls = (route: RegExp): number =>
  harness.discord.sent.filter(({ method, path }) => route.test(`${method} ${path}`)).length;

describe('a message under another name', () => {
  it('comes by a webhook that the bot makes once, buttons and picture included', async () => {
    const picture = { png: new Uint8Array([0x89, 0x50, 0, 255]), alt: 'a chart', key: 'k' };
    const buttons = [[{ label: 'Ledger', data: 'b1' }]];
    const id = await platform.send(HERE, signal({ picture, buttons, silent: true }), 'n1');
    const [hook, ...others] = harness.discord.webhooks.values();
    expect(others).toEqual([]);
    expect(hook).toMatchObject({ channelId: CHANNEL_ID, name: 'Bellwether', madeBy: APPLICATION_ID });
    expect(sentAs(id)).toMatchObject({ webhookId: hook?.id, byline: 'ma-cross', content: 'long btcusdt', flags: 4096 });
    expect([...sentAs(id)!.attachments[0]!.bytes]).toEqual([...picture.png]);
    expect(sentAs(id)?.buttons[0]?.[0]?.custom_id).toBe('b1');

    const second = await platform.send(HERE, signal({ byline: 'dips' }), 'n2');
    expect(sentAs(second)).toMatchObject({ webhookId: hook?.id, byline: 'dips' });
    expect([calls(/^POST .*\/webhooks$/), calls(/^POST .*\/messages$/)]).toEqual([1, 0]);
  });

  it('asks nobody to be called, and says nothing of the bot’s own token', async () => {
    await platform.send(HERE, signal({ text: ['@everyone'] }), 'n1');
    const [post] = harness.discord.sent.filter(({ path, method }) => method === 'POST' && /^\/webhooks\//.test(path));
    expect(post?.body.allowed_mentions).toEqual({ parse: [] });
    expect(post?.authorization).toBeUndefined();
  });

  it('goes on through the same webhook after a restart, and so does its change', async () => {
    const id = await platform.send(HERE, signal(), 'n1');
    const { log, text } = createMemoryLogger();
    const next = createDiscord({ token: TOKEN, apiRoot: harness.discord.apiRoot, clock: harness.time.clock, log });
    expect(await next.amend!(HERE, id, signal({ text: ['over'] }))).toBe(true);
    expect(sentAs(id)).toMatchObject({ content: 'over', edits: 1 });
    const later = await next.send(HERE, signal(), 'n2');
    expect(sentAs(later)?.webhookId).toBe(sentAs(id)?.webhookId);
    expect(harness.discord.webhooks.size).toBe(1);
    await next.stop();
    expect(text()).toBe('');
  });

  it('goes through a new webhook where somebody deleted the old one, whose messages can no longer be changed', async () => {
    const first = await platform.send(HERE, signal(), 'n1');
    harness.discord.deleteWebhook(sentAs(first)!.webhookId!);
    const second = await platform.send(HERE, signal(), 'n2');
    expect(sentAs(second)?.byline).toBe('ma-cross');
    expect(sentAs(second)?.webhookId).not.toBe(sentAs(first)?.webhookId);
    expect(await platform.amend!(HERE, first, signal({ text: ['over'] }))).toBe(false);
    expect(await platform.amend!(HERE, second, signal({ text: ['over'] }))).toBe(true);
  });

  it('never uses a webhook of somebody else', async () => {
    const theirs = harness.discord.addWebhook(CHANNEL_ID, 'Bellwether', USER_ID);
    const id = await platform.send(HERE, signal(), 'n1');
    expect(sentAs(id)?.webhookId).not.toBe(theirs.id);
    expect(harness.discord.webhooks.size).toBe(2);
  });

  it('comes from the bot, once, where it may make no webhook, and by one as soon as it may', async () => {
    harness.discord.rights.manageWebhooks = false;
    const id = await platform.send(HERE, signal(), 'n1');
    expect(await platform.send(HERE, signal(), 'n1')).toBe(id);
    expect(sentAs(id)).toMatchObject({ content: 'long btcusdt' });
    expect(sentAs(id)?.webhookId).toBeUndefined();
    expect(await platform.amend!(HERE, id, signal({ text: ['over'] }))).toBe(true);
    // Refusals count against the bot's address: it does not ask each time.
    expect(calls(/^GET .*\/webhooks$/)).toBe(1);
    harness.discord.rights.manageWebhooks = true;
    await harness.time.advance(10 * MINUTE);
    expect(sentAs(await platform.send(HERE, signal(), 'n2'))?.byline).toBe('ma-cross');
    expect(platform.status().state).not.toBe('down');
  });

  it('comes from the bot where a channel has all the webhooks that it can have, and in private', async () => {
    for (let n = 0; n < 15; n++) harness.discord.addWebhook(CHANNEL_ID, `hook ${n}`, USER_ID);
    const private_ = { platform: 'discord', chat: DM_CHANNEL_ID };
    for (const place of [HERE, private_]) {
      expect(sentAs(await platform.send(place, signal(), `n${place.chat}`))?.webhookId).toBeUndefined();
    }
  });

  it('stands in its thread, and is changed there', async () => {
    const thread = { platform: 'discord', chat: THREAD_ID };
    const id = await platform.send(thread, signal(), 'n1');
    expect(sentAs(id)).toMatchObject({ channelId: THREAD_ID, byline: 'ma-cross' });
    expect([...harness.discord.webhooks.values()].map(({ channelId }) => channelId)).toEqual([CHANNEL_ID]);
    expect(await platform.amend!(thread, id, signal({ text: ['over'] }))).toBe(true);
  });

  // Discord refuses names with "discord" or "clyde" in them.
  it.each(['my-discord', 'clyde2'])('that Discord does not take (%s) has the webhook’s own', async (byline) => {
    expect(sentAs(await platform.send(HERE, signal({ byline }), 'n1'))?.byline).toBe('Bellwether');
  });

  it('waits as any other where Discord asks for it, and is not sent twice meanwhile', async () => {
    await platform.send(HERE, signal(), 'n1');
    harness.discord.failNext(/^POST \/webhooks\/\d+\/[^/]+$/, {
      ...{ status: 429, headers: { 'retry-after': '7' } },
      body: { message: 'rate limited', retry_after: 7, global: false },
    });
    await expect(platform.send(HERE, signal(), 'n2')).rejects.toMatchObject({
      reason: 'rate-limited',
      retryable: true,
    });
    expect(harness.discord.messages.size).toBe(1);
  });

  it('keeps its token out of errors and of the log', async () => {
    await platform.send(NEWS, signal(), 'n1');
    const [{ token }] = harness.discord.webhooks.values();
    const route = /^(POST|PATCH) \/webhooks\//;
    const seen: unknown[] = [];
    for (const failure of [
      'cut',
      { status: 500, body: 'upstream' },
      { status: 400, body: { code: 1, message: 'no' } },
    ] as const) {
      harness.discord.failNext(route, failure);
      seen.push(await platform.send(NEWS, signal(), 'n2').catch((error: unknown) => error));
    }
    harness.discord.failNext(/crosspost$/, 'cut');
    await platform.send(NEWS, signal({ publish: true }), 'n3');
    await harness.discord.waitFor(() => harness.logged() !== '');
    const told = seen.flatMap((error) =>
      error instanceof Error ? [error.message, error.stack, JSON.stringify(error), JSON.stringify(error.cause)] : [],
    );
    expect(told.length).toBe(12);
    expect([...told, harness.logged()].join(' ')).not.toContain(token);
  });

  it('shows the bot as at work when only its webhook’s token is no longer right', async () => {
    await platform.send(HERE, signal(), 'n1');
    harness.discord.failNext(/^POST \/webhooks\//, {
      status: 401,
      body: { code: 50027, message: 'Invalid Webhook Token' },
    });
    expect(sentAs(await platform.send(HERE, signal(), 'n2'))?.byline).toBe('ma-cross');
    expect(platform.status().detail).toBeUndefined();
  });
});

describe('a message that is published', () => {
  const isPublished = (id: string): boolean => ((sentAs(id)?.flags ?? 0) & 1) === 1;
  const publish = (nonce: string, more: Partial<Message> = {}) =>
    platform.send(NEWS, { text: ['long btcusdt'], publish: true, ...more }, nonce);

  it.each([undefined, 'ma-cross'])('is handed on from an announcement channel, sent as %s', async (byline) => {
    const id = await publish('n1', byline === undefined ? {} : { byline });
    await harness.discord.waitFor(() => isPublished(id));
  });

  it('stays in any other channel', async () => {
    const id = await platform.send(HERE, { text: ['x'], publish: true }, 'n1');
    await platform.send(HERE, { text: ['y'] }, 'n2');
    expect([isPublished(id), calls(/crosspost$/)]).toEqual([false, 0]);
  });

  it('is sent all the same where it cannot be published, which the log says', async () => {
    harness.discord.rights.manageMessages = false;
    const id = await publish('n1', { byline: 'ma-cross' });
    await harness.discord.waitFor(() => harness.logged().includes('could not be published'));
    expect(sentAs(id)?.content).toBe('long btcusdt');
    expect(isPublished(id)).toBe(false);
  });

  // Discord's limit: ten an hour in a channel.
  it('is one of ten in an hour; the eleventh is not tried', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 11; n++) ids.push(await publish(`n${n}`));
    await harness.discord.waitFor(() => harness.logged().includes('ten within an hour'));
    await harness.discord.waitFor(() => ids.filter(isPublished).length === 10);
    expect(calls(/crosspost$/)).toBe(10);
    await harness.time.advance(HOUR);
    const next = await publish('later');
    await harness.discord.waitFor(() => isPublished(next));
  });

  it('that was changed too often waits for its next change by itself', async () => {
    const id = await publish('n1');
    harness.discord.failNext(/^PATCH /, {
      ...{ status: 429, headers: { 'retry-after': '1', 'x-ratelimit-scope': 'shared' } },
      body: { code: 20028, message: 'write rate limit', retry_after: 1163.097, global: false },
    });
    await expect(platform.amend!(NEWS, id, { text: ['over'] })).rejects.toMatchObject({ reason: 'not-yet' });
  });
});
