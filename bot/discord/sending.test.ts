import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChatPlatform } from '../../commands/platform.ts';
import type { ChatAddress } from '../../commands/service.ts';
import { TransportError } from '../../engine/errors.ts';
import { CHANNEL_ID, DM_CHANNEL_ID, THREAD_ID, USER_ID } from '../../test/doubles/discord-fixtures.ts';
import {
  createDiscordHarness,
  createMemoryLogger,
  type DiscordHarness,
  TOKEN,
} from '../../test/doubles/discord-harness.ts';
import { createManualClock } from '../../test/doubles/manual-clock.ts';
import { createDiscord } from './discord.ts';

const HERE: ChatAddress = { platform: 'discord', chat: CHANNEL_ID };
const POST = /^POST \/channels\/\d+\/messages$/;
const PICTURE = { png: new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 255]), alt: 'a chart', key: 'k' };

async function failureOf(sending: Promise<string>): Promise<TransportError> {
  const error = await sending.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof TransportError)) throw new Error(`not a TransportError: ${String(error)}`);
  return error;
}

let harness: DiscordHarness;
let platform: ChatPlatform;
beforeEach(async () => {
  harness = await createDiscordHarness();
  platform = harness.platform;
});
afterEach(() => harness.close());

it('a user is written to in a channel that Discord names', async () => {
  const address = await platform.privateChat!(USER_ID);
  expect(address).toEqual({ platform: 'discord', chat: DM_CHANNEL_ID });
  expect((await failureOf(platform.privateChat!('1').then(({ chat }) => chat))).retryable).toBe(false);
});

describe('a delivery', () => {
  it('needs no gateway, and gives the id of the message', async () => {
    const id = await platform.send(HERE, { text: ['hello'] }, 'n1');
    expect(harness.discord.messages.get(id)).toMatchObject({ content: 'hello', channelId: CHANNEL_ID, flags: 0 });
    expect(harness.discord.gateway.identifies).toEqual([]);
    expect(platform.status().lastSeen).toBe(harness.time.now());
  });

  it('mentions nobody, whoever is named in it', async () => {
    await platform.send(HERE, { text: ['@everyone <@123>'] }, 'n1');
    expect(harness.discord.sent[0]?.body.allowed_mentions).toEqual({ parse: [] });
    expect(harness.discord.sent[0]?.body.content).toBe('\\@everyone \\<\\@123>');
  });

  it('calls whom it names on purpose, and nobody of another platform', async () => {
    const people = [
      { mention: 'discord:77', name: 'Ann' },
      { mention: 'telegram:78', name: 'Bob' },
    ];
    await platform.send(HERE, { text: ['For ', people[0], ' and ', people[1], '.'] }, 'n1');
    expect(harness.discord.sent[0]?.body.content).toBe('For <@77> and Bob.');
    expect(harness.discord.sent[0]?.body.allowed_mentions).toEqual({ parse: [], users: ['77'] });
  });

  it('can be given other words as long as it is there, and keeps its picture', async () => {
    const png = new Uint8Array([1, 2, 3]);
    const id = await platform.send(HERE, { text: ['fired'], picture: { png, alt: 'a chart', key: 'k' } }, 'n1');
    expect(await platform.amend!(HERE, id, { text: ['over'] })).toBe(true);
    const message = harness.discord.messages.get(id);
    expect(message).toMatchObject({ content: 'over', edits: 1 });
    expect(message?.attachments).toHaveLength(1);
    expect(await platform.amend!(HERE, '999', { text: ['over'] })).toBe(false);
  });

  it('that is tried again under its nonce stays one message', async () => {
    const first = await platform.send(HERE, { text: ['once'] }, 'delivery-77');
    const second = await platform.send(HERE, { text: ['once'] }, 'delivery-77');
    expect(second).toBe(first);
    expect(harness.discord.messages.size).toBe(1);
    expect(await platform.send(HERE, { text: ['once'] }, 'delivery-78')).not.toBe(first);
  });

  it('carries its file byte for byte, under its name', async () => {
    const file = {
      name: 'sim-btcusdt-trades.csv',
      bytes: Buffer.from('ts,price\r\n1,2\r\n'),
      type: 'text/csv',
    } as const;
    const id = await platform.send(HERE, { text: ['trades'], file }, 'n1');
    const [attached] = harness.discord.messages.get(id)!.attachments;
    expect(attached?.filename).toBe(file.name);
    expect(Buffer.from(attached!.bytes).toString()).toBe('ts,price\r\n1,2\r\n');
  });

  it('carries its picture byte for byte, with its description', async () => {
    const id = await platform.send(HERE, { text: ['look'], picture: PICTURE }, 'n1');
    const [file] = harness.discord.messages.get(id)!.attachments;
    expect([...file!.bytes]).toEqual([...PICTURE.png]);
    expect(file).toMatchObject({ description: 'a chart', filename: 'chart.png' });
  });

  it('can be silent', async () => {
    const id = await platform.send(HERE, { text: ['psst'], silent: true }, 'n1');
    // SUPPRESS_NOTIFICATIONS is 1 << 12 in Discord's table of message flags.
    expect(harness.discord.messages.get(id)?.flags).toBe(4096);
  });

  it('goes to a thread by the id of the thread', async () => {
    const id = await platform.send({ ...HERE, thread: THREAD_ID }, { text: ['in'] }, 'n1');
    expect(harness.discord.messages.get(id)?.channelId).toBe(THREAD_ID);
  });

  it('keeps to five rows of five buttons, each of its own data, with labels of eighty characters', async () => {
    const row = Array.from({ length: 7 }, (_, index) => ({ label: 'x'.repeat(100), data: `b${index}` }));
    const more = Array.from({ length: 6 }, (_, index) => [
      { label: 'same', data: 'b0' },
      { label: 'y', data: `c${index}` },
    ]);
    const id = await platform.send(HERE, { text: ['pick'], buttons: [row, ...more] }, 'n1');
    const { buttons } = harness.discord.messages.get(id)!;
    expect(buttons.map((each) => each.map((button) => button.custom_id))).toEqual([
      ['b0', 'b1', 'b2', 'b3', 'b4'],
      ['b5', 'b6'],
      ['c0'],
      ['c1'],
      ['c2'],
    ]);
    expect(buttons[0]?.[0]?.label).toBe(`${'x'.repeat(79)}…`);
  });

  it('arrives in words where only its picture is not allowed', async () => {
    harness.discord.failNext(POST, { status: 403, body: { code: 50013, message: 'Missing Permissions' } });
    const id = await platform.send(HERE, { text: ['look'], picture: PICTURE }, 'n1');
    expect(harness.discord.messages.get(id)).toMatchObject({ content: 'look', attachments: [] });
    expect(harness.discord.sent).toHaveLength(2);
  });
});

describe('a delivery that fails', () => {
  it('is rate limited with the time that Discord names, and not tried again by itself', async () => {
    harness.discord.failNext(POST, {
      status: 429,
      headers: { 'retry-after': '7', 'x-ratelimit-scope': 'user' },
      body: { message: 'You are being rate limited.', retry_after: 7, global: false },
    });
    const error = await failureOf(platform.send(HERE, { text: ['x'] }, 'n1'));
    expect(error).toMatchObject({ reason: 'rate-limited', retryable: true });
    // Seven seconds, and the 50 ms that discord.js adds for the way.
    expect(error.retryAfterMs).toBeGreaterThanOrEqual(7_000);
    expect(error.retryAfterMs).toBeLessThanOrEqual(7_100);
    expect(harness.discord.sent).toHaveLength(1);
  });

  it('does not hold up another channel', async () => {
    harness.discord.failNext(POST, { status: 429, headers: { 'retry-after': '60' }, body: { retry_after: 60 } });
    await failureOf(platform.send(HERE, { text: ['x'] }, 'n1'));
    const other = await platform.send({ platform: 'discord', chat: DM_CHANNEL_ID }, { text: ['y'] }, 'n2');
    expect(harness.discord.messages.get(other)?.content).toBe('y');
  });

  it('for the limit over all holds every channel without asking again', async () => {
    harness.discord.failNext(POST, {
      status: 429,
      headers: { 'retry-after': '60', 'x-ratelimit-global': 'true', 'x-ratelimit-scope': 'global' },
      body: { retry_after: 60, global: true },
    });
    await failureOf(platform.send(HERE, { text: ['x'] }, 'n1'));
    const error = await failureOf(platform.send({ platform: 'discord', chat: DM_CHANNEL_ID }, { text: ['y'] }, 'n2'));
    expect(error.reason).toBe('rate-limited');
    expect(error.retryAfterMs).toBeGreaterThan(50_000);
    expect(harness.discord.sent).toHaveLength(1);
  });

  // Codes from Discord's table of JSON error codes.
  it.each([
    [403, 50001, 'Missing Access', 'blocked', false],
    [403, 50013, 'Missing Permissions', 'blocked', false],
    [403, 50007, 'Cannot send messages to this user', 'blocked', false],
    [404, 10003, 'Unknown Channel', 'blocked', false],
    [400, 50035, 'Invalid Form Body', 'refused', false],
    [413, 40005, 'Request entity too large', 'refused', false],
  ] as const)('with %i (%i) is %s: %s', async (status, code, message, reason, retryable) => {
    harness.discord.failNext(POST, { status, body: { code, message } });
    const error = await failureOf(platform.send(HERE, { text: ['x'] }, 'n1'));
    expect(error).toMatchObject({ reason, retryable });
    expect(error.message).toContain(String(code));
    expect(harness.discord.sent).toHaveLength(1);
  });

  it('because its channel is gone is blocked', async () => {
    const error = await failureOf(
      platform.send({ platform: 'discord', chat: '1100000000000000099' }, { text: ['x'] }, 'n1'),
    );
    expect(error).toMatchObject({ reason: 'blocked', retryable: false });
  });

  it('because it says nothing is refused', async () => {
    expect(await failureOf(platform.send(HERE, { text: [] }, 'n1'))).toMatchObject({
      reason: 'refused',
      retryable: false,
    });
  });

  it.each([500, 502, 503])('with %i may be tried later', async (status) => {
    harness.discord.failNext(POST, { status, body: 'upstream' });
    const error = await failureOf(platform.send(HERE, { text: ['x'] }, 'n1'));
    expect(error).toMatchObject({ reason: 'unreachable', retryable: true });
    expect(harness.discord.sent).toHaveLength(1);
  });

  it('on a line that breaks may be tried later', async () => {
    harness.discord.failNext(POST, 'cut');
    expect(await failureOf(platform.send(HERE, { text: ['x'] }, 'n1'))).toMatchObject({
      reason: 'unreachable',
      retryable: true,
    });
  });

  it('at a gate before Discord may be tried later: the address is shut out, not the chat', async () => {
    harness.discord.failNext(POST, { status: 403, body: '<html>error code: 1015</html>' });
    const error = await failureOf(platform.send(HERE, { text: ['x'] }, 'n1'));
    expect(error).toMatchObject({ reason: 'unreachable', retryable: true, retryAfterMs: 600_000 });
  });
});

describe('the token', () => {
  it('that is refused shows in the status, and is not offered again', async () => {
    const { log, text } = createMemoryLogger();
    const wrong = createDiscord({
      token: 'wrong.token',
      apiRoot: harness.discord.apiRoot,
      clock: createManualClock().clock,
      log,
    });
    for (const nonce of ['n1', 'n2']) {
      const error = await failureOf(wrong.send(HERE, { text: ['x'] }, nonce));
      expect(error).toMatchObject({ reason: 'unreachable', retryable: true, message: 'the token was refused' });
    }
    expect(harness.discord.sent).toHaveLength(1);
    expect(wrong.status()).toMatchObject({ state: 'down', detail: 'the token was refused' });
    expect(text()).not.toContain('wrong.token');
    await wrong.stop();
  });

  it('is in no error', async () => {
    harness.discord.failNext(POST, 'cut');
    const error = await failureOf(platform.send(HERE, { text: ['x'] }, 'n1'));
    const parts = [error.message, error.stack, String(error.cause), JSON.stringify(error.cause), JSON.stringify(error)];
    expect(parts.join(' ')).not.toContain(TOKEN);
  });
});
