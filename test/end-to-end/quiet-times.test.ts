import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ChatStage, createChatStage } from '../doubles/chat-stage.ts';
import { member, textOf } from '../doubles/command-harness.ts';

const GROUP = -1001234567890;
const HOUR = 3_600_000;
const ann = member(1, { userName: 'Ann', isChatAdmin: true });

let stage: ChatStage;
beforeEach(async () => {
  stage = await createChatStage();
  await stage.trade('btcusdt', 60_000);
});
afterEach(() => stage.drop());

async function levels(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await stage.say(`/alert btc > ${60_100 + i}`, ann);
}

const texts = (): readonly (string | undefined)[] => stage.sentTo(GROUP).map((call) => call.text);

describe('a symbol that is muted', { timeout: 60_000 }, () => {
  it('is not heard until its time is over, others are', async () => {
    await stage.trade('ethusdt', 3_000);
    await levels(3);
    await stage.say('/alert eth > 3010', ann);
    expect(textOf(await stage.say('/mute btc 2h', ann))).toBe(
      '🔇 btcusdt is muted until 14:00 UTC. What fires meanwhile comes as one message then.',
    );
    expect(textOf(await stage.say('/alerts', ann))).toContain('1 🔇 btcusdt price > 60,100 · muted until 14:00 UTC');
    await stage.trade('btcusdt', 60_500);
    await stage.trade('ethusdt', 3_011);
    await stage.deliver();
    expect(texts()).toEqual([expect.stringContaining('ethusdt price > 3,010')]);
    expect(textOf(await stage.say('/why 1', ann))).toContain('Its message waits: btcusdt is muted until 14:00 UTC.');
    await stage.time.advance(2 * HOUR);
    await stage.deliver();
    expect(texts()).toHaveLength(2);
    expect(texts()[1]).toMatch(/^🔔 3 alerts while btcusdt was muted/);
    expect(textOf(await stage.say('/why 2', ann))).toMatch(
      /Sent in one message with 2 others 2h.* after it; it waited: btcusdt/,
    );
  });
});

describe('quiet hours', { timeout: 60_000 }, () => {
  it('let alerts wait until they are over, which then are listed', async () => {
    // 12:00 UTC is 13:00 in Berlin.
    await stage.say('/settings zone Europe/Berlin', ann);
    expect(textOf(await stage.say('/settings quiet 12:30-15:00', ann))).toContain('quiet is now 12:30-15:00');
    await levels(2);
    await stage.trade('btcusdt', 60_500);
    await stage.pass(2_000);
    expect(stage.sentTo(GROUP)).toEqual([]);
    expect(textOf(await stage.say('/why 1', ann))).toContain('Its message waits: quiet hours until 15:00 CET.');
    expect(textOf(await stage.say('/alerts', ann))).toContain('🔇 Quiet hours until 15:00 CET.');
    await stage.time.advance(2 * HOUR);
    await stage.deliver();
    expect(texts()).toEqual([
      '🔔 2 alerts in the quiet hours\n13:00 btcusdt price > 60,100 · 13:00 btcusdt price > 60,101',
    ]);
    expect(await stage.counts()).toMatchObject({ sent: 1, merged: 1, pending: 0, expired: 0 });
  });

  it('end at once where they are switched off', async () => {
    await stage.say('/settings quiet 11-13', ann);
    await levels(1);
    await stage.trade('btcusdt', 60_500);
    await stage.deliver();
    expect(stage.sentTo(GROUP)).toEqual([]);
    await stage.say('/settings quiet off', ann);
    await stage.deliver();
    expect(texts()).toEqual([expect.stringContaining('btcusdt price > 60,100')]);
  });

  it('make no sound with what else is sent', async () => {
    await stage.say('/settings quiet 11-13', ann);
    const now = stage.time.now();
    const base = { kind: 'hook', payload: { text: 'posted' }, priority: 20, dueAt: now, createdAt: now };
    await stage.outbox.enqueue([{ ...base, chatKey: `telegram:${GROUP}`, dedupeKey: 'hook-1' }]);
    await stage.deliver();
    expect(stage.sentTo(GROUP).map(({ params }) => [params.text, params.disable_notification])).toEqual([
      ['📨 posted', true],
    ]);
  });
});
