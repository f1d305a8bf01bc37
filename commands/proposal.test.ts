import { describe, expect, it } from 'vitest';
import { HOUR } from '../engine/market/interval.ts';
import { buttonOf, labelsOf, member, textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';
import type { Message } from './message.ts';

const CHAT = 'telegram:-1001234567890';
const admin = member(1, { isChatAdmin: true, userName: 'Ada' });
const [ann, bo, cy] = [member(5, { userName: 'Ann' }), member(6, { userName: 'Bo' }), member(7, { userName: 'Cy' })];

const harness = useCommandHarness();

const policy = (value: string) => harness.say(`/settings rules ${value}`, admin);
const rules = () => harness.rules.list(CHAT);

describe('who may set alerts', () => {
  it('is everyone at first, and whoever the chat’s admins say', async () => {
    expect(textOf(await harness.say('/alert btc > 70k', ann))).toContain('✅');
    expect(textOf(await harness.say('/settings rules admins', ann))).toBe(
      'Only this chat’s admins may change its settings.',
    );
    expect(textOf(await policy('admins'))).toContain('rules is now admins');
    expect(textOf(await policy('vote 03'))).toContain('rules is now vote 3');
    expect(textOf(await policy('default'))).toContain('rules is now everyone');
  });

  it.each(['vote', 'vote 0', 'vote 51', 'nobody', '3'])('is not %s', async (value) => {
    expect(textOf(await policy(value))).toContain('does not say who may set alerts');
  });

  it('concerns neither the admins nor private chats', async () => {
    await policy('admins');
    expect(textOf(await harness.say('/alert btc > 70k', admin))).toContain('✅');
    await harness.say('/settings rules admins');
    expect(textOf(await harness.say('/alert btc > 70k'))).toContain('✅');
  });
});

describe('a proposal', () => {
  it('shows the alert and what it takes, and sets nothing', async () => {
    await policy('vote 2');
    const proposal = await harness.say('/alert btc > 70k once', ann);
    expect(textOf(proposal)).toContain('🗳 Ann proposes btcusdt price > 70,000 once');
    expect(textOf(proposal)).toContain('2 more members, or an admin, can arm it until 16 Jan 12:00 UTC.');
    expect(labelsOf(proposal)).toEqual(['👍 0 of 2', 'Approve', 'Turn down']);
    expect(proposal.private).toBeUndefined();
    expect(await rules()).toEqual([]);
    await harness.trade('btcusdt', 71_000);
    expect(await harness.owed(ann)).toEqual([]);
  });

  it('is armed by an admin, in the name of the one who proposed it', async () => {
    await policy('admins');
    const proposal = await harness.say('/alert btc > 60100', ann);
    expect(textOf(proposal)).toContain('An admin can arm it until');
    expect(labelsOf(proposal)).toEqual(['Approve', 'Turn down']);
    const approve = buttonOf(proposal, 'Approve');
    for (const other of [ann, bo])
      expect(await harness.press(approve, other)).toEqual({ toast: 'Only this chat’s admins may do that.' });
    const { edit } = await harness.press(approve, admin);
    expect(textOf(edit)).toContain('Proposed by Ann, approved by Ada.');
    expect(await rules()).toMatchObject([{ ownerId: 'telegram:5', text: 'sim:btcusdt 5m price > 60100 every 15m' }]);
    await harness.trade('btcusdt', 60_150);
    expect(await harness.owed(ann)).toHaveLength(1);
    expect(await harness.press(buttonOf(edit, 'Delete'), bo)).toEqual({ toast: 'That button is not yours.' });
    expect((await harness.press(buttonOf(edit, 'Delete'), ann)).toast).toContain('is deleted');
  });

  it('is armed by so many distinct members, the proposer not among them', async () => {
    await policy('vote 2');
    const proposal = await harness.say('/alert btc > 70k', ann);
    const up = buttonOf(proposal, '👍 0 of 2');
    expect(await harness.press(up, ann)).toEqual({ toast: 'You proposed it: the others vote.' });
    const first = await harness.press(up, bo);
    expect([first.toast, labelsOf(first.edit)[0]]).toEqual(['Your vote is counted: 1 of 2.', '👍 1 of 2']);
    expect((await harness.press(up, bo)).toast).toBe('Your vote counts already: 1 of 2.');
    expect(await rules()).toEqual([]);
    const { toast, edit } = await harness.press(buttonOf(first.edit, '👍 1 of 2'), cy);
    expect([toast, textOf(edit)]).toEqual(['It is armed.', expect.stringContaining('approved by 2 votes.')]);
    expect(await rules()).toMatchObject([{ ownerId: 'telegram:5' }]);
    expect(await harness.press(up, member(8))).toEqual({ toast: 'It is armed already.' });
    expect(await rules()).toHaveLength(1);
  });

  it('becomes one alert, however many decide at the same moment', async () => {
    await policy('vote 1');
    const proposal = await harness.say('/alert btc > 70k', ann);
    const [up, approve] = [buttonOf(proposal, '👍 0 of 1'), buttonOf(proposal, 'Approve')];
    await Promise.all([
      harness.press(up, bo),
      harness.press(approve, admin),
      harness.press(up, cy),
      harness.press(approve, admin),
    ]);
    expect(await rules()).toHaveLength(1);
  });

  it('is withdrawn by its proposer, turned down by an admin, and by nobody else', async () => {
    await policy('vote 2');
    const [one, two] = [await harness.say('/alert btc > 70k', ann), await harness.say('/alert btc > 71k', ann)];
    expect(await harness.press(buttonOf(one, 'Turn down'), bo)).toEqual({ toast: 'That button is not yours.' });
    expect(textOf((await harness.press(buttonOf(one, 'Turn down'), ann)).edit)).toContain('is withdrawn.');
    expect(textOf((await harness.press(buttonOf(two, 'Turn down'), admin)).edit)).toContain('was turned down by Ada.');
    for (const proposal of [one, two])
      expect(await harness.press(buttonOf(proposal, 'Approve'), admin)).toEqual({ toast: 'It was turned down.' });
    expect(await rules()).toEqual([]);
  });

  it('is over after 24 hours', async () => {
    await policy('vote 1');
    const proposal = await harness.say('/alert btc > 70k', ann);
    await harness.time.advance(24 * HOUR - 1);
    expect((await harness.press(buttonOf(proposal, '👍 0 of 1'), ann)).toast).toContain('the others vote');
    await harness.time.advance(1);
    for (const [label, who] of [
      ['👍 0 of 1', bo],
      ['Approve', admin],
    ] as const) {
      const { toast, edit } = await harness.press(buttonOf(proposal, label), who);
      expect([toast, textOf(edit)]).toEqual([
        'Its 24 hours are over: propose it again.',
        expect.stringContaining('⌛'),
      ]);
    }
    expect(await rules()).toEqual([]);
  });

  it('can be voted on by nobody who is blocked', async () => {
    await policy('vote 1');
    const proposal = await harness.say('/alert btc > 70k', ann);
    await harness.say('/block 6', admin);
    expect((await harness.press(buttonOf(proposal, '👍 0 of 1'), bo)).toast).toContain('You are blocked');
    expect(await rules()).toEqual([]);
  });

  it('is one of three of a member at most', async () => {
    await policy('admins');
    for (const level of ['70k', '71k', '72k']) await harness.say(`/alert btc > ${level}`, ann);
    expect(textOf(await harness.say('/alert btc > 73k', ann))).toBe(
      'You have 3 open proposals, and that is the most. One that is decided, withdrawn or 24 hours old makes room.',
    );
    expect(textOf(await harness.say('/alert btc > 73k', bo))).toContain('🗳 Bo proposes');
  });

  it('stays open where its alert could not be stored', async () => {
    await policy('admins');
    const proposal = await harness.say('/alert btc > 70k', ann);
    const { create } = harness.rules;
    const broken = () => Promise.reject(new Error('the disk is full'));
    Object.assign(harness.ports.rules, { create: broken });
    expect((await harness.press(buttonOf(proposal, 'Approve'), admin)).toast).toContain('Something went wrong');
    Object.assign(harness.ports.rules, { create });
    expect((await harness.press(buttonOf(proposal, 'Approve'), admin)).toast).toBe('It is armed.');
  });

  it('came by buttons as well as typed', async () => {
    await policy('admins');
    const step = async (message: Message | undefined, label: string) =>
      (await harness.press(buttonOf(message, label), ann)).edit;
    const levels = await step(await step(await harness.say('/alert', ann), 'btcusdt'), 'RSI');
    expect(textOf(await step(levels, '< 30'))).toContain('🗳 Ann proposes');
    expect(await rules()).toEqual([]);
  });
});
