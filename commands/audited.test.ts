import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  buttonOf,
  type CommandHarness,
  createCommandHarness,
  member,
  someone,
  textOf,
} from '../test/doubles/command-harness.ts';

const CHAT = 'telegram:-1001234567890';
const admin = member(1, { isChatAdmin: true, userName: 'Ada' });
const ann = member(5, { userName: 'Ann' });

let harness: CommandHarness;
beforeEach(async () => {
  harness = await createCommandHarness({ simulator: { order: () => 0.05 } });
});
afterEach(() => harness.drop());

/** `who what subject: old → new`, oldest first. */
async function log(): Promise<readonly string[]> {
  const entries = await harness.ports.audit.newest(undefined, 100);
  return entries
    .map(({ userId, what, subject, before, after }) => `${userId} ${what} ${subject}: ${before} → ${after}`)
    .reverse();
}

it('has every change of an alert, by whoever made it', async () => {
  const saved = await harness.say('/alert btc > 70k', ann);
  const { edit: once } = await harness.press(buttonOf(saved, 'Once'), admin);
  const detail = (await harness.press(buttonOf(await harness.say('/alerts', ann), '1 ▾'), ann)).edit;
  const paused = (await harness.press(buttonOf(detail, '⏸ Pause'), admin)).edit;
  await harness.press(buttonOf(paused, '▶ Resume'), ann);
  const { edit } = await harness.press(buttonOf(once, 'Delete'), admin);
  await harness.press(buttonOf(edit, 'Undo'), ann);
  expect(await log()).toEqual([
    'telegram:5 alert.create alert 1 of telegram:5: undefined → sim:btcusdt 5m price > 70000 every 15m',
    'telegram:1 alert.change alert 1: sim:btcusdt 5m price > 70000 every 15m → sim:btcusdt 5m price > 70000 once',
    'telegram:1 alert.pause alert 1: armed → paused',
    'telegram:5 alert.resume alert 1: paused → armed',
    'telegram:1 alert.delete alert 1: sim:btcusdt 5m price > 70000 once → undefined',
    'telegram:5 alert.restore alert 1: undefined → sim:btcusdt 5m price > 70000 once',
  ]);
});

it('has names, settings, webhooks, blocks and what was made to happen, and no token', async () => {
  const define = await harness.say('/define tight = bbw(20) < 5%', ann);
  await harness.say('/define tight = bbw(20) < 4%', ann);
  await harness.press(buttonOf(define, 'Delete'), ann);
  await harness.press(buttonOf(await harness.say('/define tight', ann), 'Delete'), ann);
  await harness.say('/settings zone Europe/Berlin', admin);
  await harness.say('/settings zone Europe/Berlin', admin);
  await harness.say('/settings rules vote 2', admin);
  const token = /hooks\/(\S+)/.exec(textOf(await harness.say('/webhook new {ticker}', admin)))![1];
  await harness.say('/webhook remove 1', admin);
  await harness.say('/block 5', admin);
  await harness.say('/unblock 5', admin);
  await harness.say('/sim crash btcusdt 5%', member(999));
  const lines = await log();
  expect(lines).toEqual([
    'telegram:5 name.define tight: undefined → bbw(20) < 5%',
    'telegram:5 name.define tight: bbw(20) < 5% → bbw(20) < 4%',
    'telegram:5 name.delete tight: bbw(20) < 4% → undefined',
    'telegram:1 setting.change timeZone: UTC → Europe/Berlin',
    'telegram:1 setting.change rulePolicy: undefined → vote 2',
    'telegram:1 webhook.create webhook 1: undefined → {ticker}',
    'telegram:1 webhook.remove webhook 1: {ticker} → undefined',
    `telegram:1 role.block telegram:5: undefined → blocked in ${CHAT}`,
    `telegram:1 role.unblock telegram:5: blocked in ${CHAT} → undefined`,
    'telegram:999 sim.crash btcusdt: undefined → 0.05',
  ]);
  expect(lines.join()).not.toContain(token);
});

it('has feeds that are added and removed, by a command and by a button', async () => {
  await harness.say('/strategy new dip on btc 1m long when close < open exit when close > open', admin);
  const added = await harness.say('/feed add dip', admin);
  await harness.press(buttonOf(added, 'Remove'), admin);
  await harness.say('/feed remove 1', admin);
  const words = expect.stringMatching(/dip in telegram:-1001234567890: dip on sim:btcusdt 1m long when close < open/);
  const entries = (await harness.ports.audit.newest(CHAT, 9)).filter(({ what }) => what.startsWith('feed.'));
  expect(entries.reverse()).toMatchObject([
    { userId: 'telegram:1', what: 'feed.add', subject: 'feed 1', after: words },
    { userId: 'telegram:1', what: 'feed.remove', subject: 'feed 1', before: words },
  ]);
});

it('has proposals, each vote once, and what came of them', async () => {
  await harness.say('/settings rules vote 2', admin);
  const proposal = await harness.say('/alert btc > 70k', ann);
  const up = buttonOf(proposal, '👍 0 of 2');
  for (const user of [6, 6, 7]) await harness.press(up, member(user));
  expect((await log()).slice(1)).toEqual([
    'telegram:5 proposal.make proposal 1: undefined → sim:btcusdt 5m price > 70000 every 15m',
    'telegram:6 proposal.vote proposal 1: undefined → vote 1',
    'telegram:7 proposal.vote proposal 1: undefined → vote 2',
    'telegram:7 proposal.decide proposal 1: open → approved',
    'telegram:7 alert.create alert 1 of telegram:5: undefined → sim:btcusdt 5m price > 70000 every 15m',
  ]);
});

describe('/audit', () => {
  beforeEach(async () => {
    await harness.say('/alert btc > 70k', ann);
    await harness.say('/alert eth > 4k', someone());
  });

  it('shows a chat’s own changes to its admins, to them alone', async () => {
    const shown = await harness.say('/audit', admin);
    expect(shown.private).toBe(true);
    expect(textOf(shown)).toBe(
      'Changes in this chat, newest first\n' +
        '12:00 UTC Ann (telegram:5) · alert.create alert 1 of telegram:5: sim:btcusdt 5m price > 70000 every 15m',
    );
    expect(textOf(await harness.say('/audit', ann))).toBe('Only this chat’s admins may see who changed what.');
  });

  it('shows all chats’ to those that ADMINS names, but not where others read along', async () => {
    const alone = someone({ userId: 'telegram:999', address: { platform: 'telegram', chat: '999' } });
    expect(textOf(await harness.say('/audit', alone))).toMatch(/^Changes in all chats[\s\S]*ethusdt[\s\S]*btcusdt/);
    expect(textOf(await harness.say('/audit', member(999)))).not.toContain('ethusdt');
  });

  it('tells of mutes and calls, too', async () => {
    await harness.say('/mute eth 2h', admin);
    await harness.say('/unmute eth', admin);
    const what = (await harness.ports.audit.newest(CHAT, 9)).map((entry) => [
      entry.what,
      entry.subject,
      entry.userName,
    ]);
    expect(what.slice(0, 2)).toEqual([
      ['mute.end', 'ethusdt', admin.userName],
      ['mute.set', 'ethusdt', admin.userName],
    ]);
  });

  it('shows so many, and fits into one message', async () => {
    for (let i = 0; i < 60; i++) {
      const entry = {
        chatKey: CHAT,
        userId: 'telegram:5',
        userName: 'Ann',
        what: 'x',
        subject: `n${i}`,
        before: undefined,
      };
      await harness.ports.audit.add({ ...entry, after: 'long '.repeat(100) });
    }
    const lines = textOf(await harness.say('/audit 50', admin)).split('\n');
    expect(lines).toHaveLength(51);
    expect(lines.join('\n').length).toBeLessThan(4_096);
    expect(textOf(await harness.say('/audit 2', admin)).split('\n')).toHaveLength(3);
    expect(textOf(await harness.say('/audit all', admin))).toContain('is no number of changes. Write 1 to 50.');
  });
});
