import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Asker } from '../../commands/service.ts';
import { type ChatStage, createChatStage } from '../doubles/chat-stage.ts';
import { buttonOf, member, someone, textOf } from '../doubles/command-harness.ts';
import { CHANNEL_ID } from '../doubles/discord-fixtures.ts';

const GROUP = -1001234567890;
const MINUTE = 60_000;
const ann = member(1, { userName: 'Ann', isChatAdmin: true });
const bob = member(2, { userName: 'Bob' });

let stage: ChatStage;
beforeEach(async () => {
  stage = await createChatStage();
  await stage.trade('btcusdt', 60_000);
});
afterEach(() => stage.drop());

/** Alerts on rising levels, which one trade can pass all at once. */
async function levels(count: number, asker: Asker, from = 60_100): Promise<void> {
  for (let i = 0; i < count; i++) await stage.say(`/alert btc > ${from + i}`, asker);
}

const texts = (): readonly (string | undefined)[] => stage.sentTo(GROUP).map((call) => call.text);
const press = (
  call: { readonly buttons: readonly (readonly { callback_data?: string; text: string }[])[] },
  label: string,
  asker: Asker,
) => stage.press(String(call.buttons.flat().find(({ text }) => text === label)?.callback_data), asker);

describe('many alerts in a Telegram group', { timeout: 60_000 }, () => {
  it('are one message where they fire at once, and all of them are accounted for', async () => {
    await levels(60, ann);
    await stage.trade('btcusdt', 60_500);
    await stage.deliver();
    const [digest, ...more] = stage.sentTo(GROUP);
    expect(more).toEqual([]);
    expect(digest.text).toBe(
      '🔔 60 alerts in the last minute: btcusdt +1.9\u00a0% in 1 h\n' +
        'btcusdt price > 60,100 · btcusdt price > 60,101 · btcusdt price > 60,102 · btcusdt price > 60,103 · ' +
        'btcusdt price > 60,104 · btcusdt price > 60,105 · 54 more',
    );
    expect(digest.buttons.flat().map(({ text }) => text)).toEqual(['Show all', 'Mute 1h']);
    expect(await stage.counts()).toMatchObject({ sent: 1, merged: 59, pending: 0 });
    expect(textOf(await stage.say('/why 37', bob))).toContain('Sent in one message with 59 others 0ms after it.');

    const { reply } = await press(digest, 'Show all', bob);
    expect(textOf(reply)).toMatch(/^60 alerts, page 1 of 3\n12:00:00 UTC 1 btcusdt price > 60,100 → 60,500\.00\n/);
    const next = await stage.press(buttonOf(reply, '▶'), bob);
    expect(textOf(next.edit)).toMatch(/^60 alerts, page 2 of 3\n12:00:00 UTC 21 btcusdt price > 60,120/);
  });

  it('keep to what the group may be sent where they fire one after another', async () => {
    await levels(60, ann);
    const times: number[] = [];
    stage.telegram.onCall = (method) =>
      void (/^(send|edit)(?!ChatAction)/.test(method) && times.push(stage.time.now()));
    for (let i = 0; i < 60; i++) {
      await stage.trade('btcusdt', 60_100.5 + i);
      stage.dispatcher.wake();
      await stage.pass(500);
    }
    await stage.pass(3 * MINUTE);
    expect(await stage.counts()).toMatchObject({ pending: 0, claimed: 0, failed: 0, expired: 0 });
    const { sent, merged } = await stage.counts();
    expect(sent + merged).toBe(60);
    expect(times.length).toBe(sent);
    for (const from of times)
      expect(times.filter((at) => at >= from && at < from + MINUTE).length).toBeLessThanOrEqual(20);
    expect(times.length).toBeLessThan(25);
  });

  it('are messages of their own, with a picture, where there are but two', async () => {
    await levels(2, ann);
    await stage.trade('btcusdt', 60_500);
    await stage.deliver();
    expect(stage.sentTo(GROUP).map(({ method }) => method)).toEqual(['sendPhoto', 'sendPhoto']);
  });

  it('tell the rest after a retry-after as one, and none twice', async () => {
    await levels(4, ann);
    stage.telegram.failNext('sendMessage', { status: 429, parameters: { retry_after: 30 } });
    await stage.trade('btcusdt', 60_101.5);
    await stage.deliver();
    await stage.trade('btcusdt', 60_500);
    await stage.pass(40_000);
    const { sent, merged } = await stage.counts();
    expect(sent + merged).toBe(4);
  });

  it('wait while they are muted by the button, and come as one when it is ended', async () => {
    await levels(6, ann);
    await stage.trade('btcusdt', 60_102.5);
    await stage.deliver();
    const [digest] = stage.sentTo(GROUP);
    expect(await press(digest, 'Mute 1h', bob)).toEqual({ toast: 'Only this chat’s admins may do that.' });
    const { reply } = await press(digest, 'Mute 1h', ann);
    expect(textOf(reply)).toBe(
      '🔇 All alerts of this chat are muted until 13:00 UTC. What fires meanwhile comes as one message then.',
    );
    await stage.trade('btcusdt', 60_500);
    await stage.pass(MINUTE);
    expect(stage.sentTo(GROUP)).toHaveLength(1);
    expect(textOf(await stage.say('/why 5', ann))).toContain(
      'Its message waits: all alerts are muted until 13:00 UTC.',
    );
    expect(textOf((await stage.press(buttonOf(reply, 'Unmute'), ann)).edit)).toBe(
      '🔔 All alerts of this chat can be heard again.',
    );
    await stage.deliver();
    expect(texts().at(-1)).toMatch(/^🔔 3 alerts during the mute: btcusdt \+1\.9\u00a0% in 1 h\n/);
  });
});

describe('the same alert of several people', { timeout: 60_000 }, () => {
  it('is offered instead of being saved again, and calls who wants it', async () => {
    await stage.say('/alert btc > 60100', ann);
    const offer = await stage.say('/alert btc > 60100', bob);
    expect(textOf(offer)).toBe('Ann has this alert already, number 1:\nbtcusdt price > 60,100 · sim');
    expect(await stage.press(buttonOf(offer, 'Ping me too'), bob)).toEqual({
      toast: 'I will call you when btcusdt price > 60,100 fires. Press again to stop that.',
    });
    await stage.trade('btcusdt', 60_500);
    await stage.deliver();
    const [call] = stage.sentTo(GROUP);
    expect(call.text).toMatch(/\nFor Ann and Bob\.$/);
    const mentions = (call.params.caption_entities as { type: string; user?: { id: number } }[]).flatMap(
      ({ type, user }) => (type === 'text_mention' ? [user?.id] : []),
    );
    expect(mentions).toEqual([1, 2]);
    expect(call.buttons.flat().map(({ text }) => text)).toEqual(['Why?', 'Snooze 1h', 'Delete', 'Ping me too']);
  });

  it('is one message where both have it, and each acts on their own', async () => {
    await stage.say('/settings resolve on', ann);
    await stage.say('/alert btc > 60100', ann);
    await stage.press(buttonOf(await stage.say('/alert btc > 60100', bob), 'Save my own'), bob);
    await stage.trade('btcusdt', 60_500);
    await stage.deliver();
    const [call, ...more] = stage.sentTo(GROUP);
    expect(more).toEqual([]);
    expect(call.method).toBe('sendPhoto');
    expect(call.text).toMatch(/\nFor Ann and Bob\.$/);
    expect(await stage.counts()).toMatchObject({ sent: 1, merged: 1 });
    expect(textOf(await stage.say('/why 2', bob))).toContain('Sent in one message with another 0ms after it.');
    await stage.trade('btcusdt', 60_000);
    await stage.deliver();
    // Both are over, and their message is one.
    expect(stage.sentTo(GROUP).map(({ method }) => method)).toEqual(['sendPhoto', 'editMessageCaption']);
    expect(await stage.counts()).toMatchObject({ sent: 2, merged: 1, expired: 1, pending: 0 });
    await press(call, 'Delete', bob);
    const left = await stage.rules.list(`telegram:${GROUP}`);
    expect(left.map(({ ownerId }) => ownerId)).toEqual(['telegram:1']);
  });
});

describe('an alert that fires all the time', { timeout: 60_000 }, () => {
  it('is paused with one notice, and a button makes it quieter and has it go on', async () => {
    await stage.say('/alert btc > 60100 every 1s', ann);
    for (let i = 0; i < 30; i++) {
      await stage.time.advance(4_000);
      await stage.trade('btcusdt', i % 2 === 0 ? 60_200 : 60_000);
    }
    await stage.pass(5_000);
    const [rule] = await stage.rules.list(`telegram:${GROUP}`);
    expect(stage.rules.view(rule.id)?.state).toBe('armed');
    for (let i = 0; i < 10; i++) {
      await stage.time.advance(4_000);
      await stage.trade('btcusdt', i % 2 === 0 ? 60_200 : 60_000);
      stage.dispatcher.wake();
    }
    await stage.pass(2 * MINUTE);
    expect(stage.rules.view(rule.id)?.state).toBe('paused');
    const notices = stage.sentTo(GROUP).filter((call) => call.text?.startsWith('⏸'));
    expect(notices.map(({ text }) => text)).toEqual([
      '⏸ btcusdt price > 60,100 every 1s fired 16 times in 2m5s, so I have paused it. One of these makes it quieter and has it go on:',
    ]);
    expect(notices[0].buttons.map((row) => row.map(({ text }) => text))).toEqual([
      ['rearm 60,040'],
      ['on close'],
      ['every 1h'],
      ['Go on as it is', 'Delete'],
    ]);
    const alerts = await stage.say('/alerts 1', ann);
    expect(textOf(alerts)).toContain('⏸ Paused. It fired 16 times in 2m5s.');
    await press(notices[0], 'every 1h', ann);
    const [changed] = await stage.rules.list(`telegram:${GROUP}`);
    expect(changed.text).toBe('sim:btcusdt 5m price > 60100 every 1h');
    expect(stage.rules.view(rule.id)?.state).toBe('armed');
  });
});

describe('the message of an alert that is over', { timeout: 60_000 }, () => {
  it('says so where the chat wants it, on Telegram', async () => {
    await stage.say('/settings resolve on', ann);
    await levels(1, ann);
    await stage.trade('btcusdt', 60_500);
    await stage.deliver();
    await stage.time.advance(7 * MINUTE);
    await stage.trade('btcusdt', 60_000);
    await stage.deliver();
    const [sent, edited, ...more] = stage.sentTo(GROUP);
    expect(more).toEqual([]);
    expect([sent.method, edited.method]).toEqual(['sendPhoto', 'editMessageCaption']);
    expect(edited.messageId).toBe(sent.messageId);
    expect(edited.text).toBe('✅ btcusdt price > 60,100 → 60,500.00 · resolved 12:07 UTC after 7m\n12:00:00 UTC · sim');
    expect(await stage.counts()).toMatchObject({ sent: 2, pending: 0 });
  });

  it('waits for its alert, and leaves digests and deleted alerts alone', async () => {
    await stage.say('/settings resolve on', ann);
    await stage.say('/mute btc 1h', ann);
    await levels(1, ann);
    await stage.trade('btcusdt', 60_500);
    await stage.trade('btcusdt', 60_000);
    await stage.pass(MINUTE);
    expect(stage.sentTo(GROUP)).toEqual([]);
    await stage.say('/unmute', ann);
    await stage.pass(10_000);
    expect(stage.sentTo(GROUP).map(({ method }) => method)).toEqual(['sendPhoto', 'editMessageCaption']);

    await levels(3, ann, 60_700);
    await stage.trade('btcusdt', 60_800);
    await stage.deliver();
    await stage.trade('btcusdt', 60_000);
    await stage.pass(10_000);
    expect(
      stage
        .sentTo(GROUP)
        .map(({ method }) => method)
        .slice(2),
    ).toEqual(['sendMessage']);
    expect(await stage.counts()).toMatchObject({ pending: 0, expired: 4 - 1 });
  });
});

describe('on Discord', { timeout: 60_000 }, () => {
  const dora = someone({
    ...{ address: { platform: 'discord', chat: CHANNEL_ID }, chatTitle: 'Traders', chatKind: 'group' },
    ...{ userId: 'discord:700', userName: 'Dora', isChatAdmin: true },
  });

  it('alerts that are due together are one message, and a single one says when it is over', async () => {
    await stage.say('/settings resolve on', dora);
    await levels(20, dora);
    await stage.trade('btcusdt', 60_500);
    await stage.deliver();
    const messages = [...stage.discord.messages.values()];
    expect(messages.map(({ content }) => content.split('\n')[0])).toEqual([
      '🔔 **20 alerts in the last minute**: btcusdt +1.9\u00a0% in 1 h',
    ]);
    const offer = await stage.say('/alert btc > 60600', dora);
    expect(textOf(offer)).toContain('✅');
    await stage.trade('btcusdt', 60_700);
    await stage.deliver();
    await stage.time.advance(3 * MINUTE);
    await stage.trade('btcusdt', 60_550);
    await stage.pass(10_000);
    const last = [...stage.discord.messages.values()].at(-1);
    expect(last?.content).toContain('resolved 12\\:03 UTC after 3m');
    expect(last?.attachments).toHaveLength(1);
  });
});
