import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CommandHarness, createCommandHarness } from '../../test/doubles/command-harness.ts';
import { type DiscordDouble, startDiscordDouble } from '../../test/doubles/discord.ts';
import { type Actor, CHANNEL_ID, THREAD_ID } from '../../test/doubles/discord-fixtures.ts';
import { createMemoryLogger, TOKEN } from '../../test/doubles/discord-harness.ts';
import type { DoubleInteraction } from '../../test/doubles/discord-interactions.ts';
import { createManualClock } from '../../test/doubles/manual-clock.ts';
import { createDiscord } from './discord.ts';

// The real commands behind the real platform: who may what is decided by what comes over the wire.
const [ann, bo] = [{ userId: '1150000000000000001' }, { userId: '1150000000000000002' }];
/** MANAGE_GUILD, 1 << 5. */
const admin = { userId: '1150000000000000009', permissions: '32' };

let harness: CommandHarness;
let discord: DiscordDouble;
let stop: () => Promise<void>;
beforeEach(async () => {
  harness = await createCommandHarness();
  discord = await startDiscordDouble({ token: TOKEN });
  const { log } = createMemoryLogger(discord.recheck);
  const platform = createDiscord({ token: TOKEN, apiRoot: discord.apiRoot, clock: createManualClock().clock, log });
  await platform.start(harness.service);
  await discord.waitFor(() => discord.registeredCommands().length > 0);
  stop = () => platform.stop();
});
afterEach(async () => {
  await stop();
  await discord.stop();
  await harness.drop();
});

const rules = (channel = CHANNEL_ID) => harness.rules.list(`discord:${channel}`);

/** What everybody, or the one who asked, reads in the end. */
async function say(name: string, options: Record<string, string>, actor: Actor = ann) {
  const asked = discord.command(name, options, actor);
  return discord.waitFor(() => {
    const shown = asked.followups[0] ?? asked.original;
    return shown !== undefined && shown.content !== '' && !shown.deleted && shown;
  });
}

const idOf = (message: Awaited<ReturnType<typeof say>>, label: string) =>
  message.buttons.flat().find((button) => button.label === label)!.custom_id!;

async function said(interaction: DoubleInteraction): Promise<string> {
  const message = await discord.waitFor(
    () => interaction.followups[0] ?? (interaction.callback === 4 && interaction.original),
  );
  return message.content;
}

describe('a button in Discord', () => {
  it('does nothing for others and for whoever is blocked, and is the admins’ too', async () => {
    const saved = await say('alert', { rule: 'btc > 70k' });
    const press = async (actor: Actor) => said(discord.press(saved.id, idOf(saved, 'Delete'), actor));
    expect(await press(bo)).toBe('That button is not yours.');
    await say('block', { user: `<@${ann.userId}>` }, admin);
    expect(await press(ann)).toContain('You are blocked');
    expect((await say('alerts', {}, ann)).content).toContain('You are blocked');
    expect(await rules()).toHaveLength(1);
    discord.press(saved.id, idOf(saved, 'Delete'), admin);
    await expect.poll(async () => (await rules()).length).toBe(0);
  });

  it('does nothing in another channel', async () => {
    const saved = await say('alert', { rule: 'btc > 70k' });
    const elsewhere = { ...admin, channelId: THREAD_ID };
    expect(await said(discord.press(saved.id, idOf(saved, 'Delete'), elsewhere))).toContain('no longer works here');
    expect(await rules()).toHaveLength(1);
  });

  it('and a command are obeyed once, however often the gateway tells of them', async () => {
    const saved = await say('alert', { rule: 'btc > 70k' });
    const drawn = discord.press(saved.id, idOf(saved, 'Chart'), ann);
    discord.replay(drawn);
    await said(drawn);
    const asked = discord.command('alert', { rule: 'eth > 4k' }, ann);
    discord.replay(asked);
    await discord.waitFor(() => asked.original);
    await say('status', {});
    expect(harness.drawn).toHaveLength(1);
    expect(discord.sent.filter(({ path }) => path.startsWith(`/interactions/${asked.id}/`))).toHaveLength(1);
    expect(await rules()).toHaveLength(2);
  });
});

it('lets admins of the channel alone change what is theirs', async () => {
  expect((await say('settings', { setting: 'interval', value: '15m' })).content).toContain('Only this chat’s admins');
  expect((await say('settings', { setting: 'interval', value: '15m' }, admin)).content).toContain('interval is now');
  expect((await say('block', { user: bo.userId })).content).toContain('Only this chat’s admins');
  expect((await say('audit', {})).content).toContain('Only this chat’s admins');
});

it('lets a vote be counted once for each member', async () => {
  await say('settings', { setting: 'rules', value: 'vote 2' }, admin);
  const proposal = await say('alert', { rule: 'btc > 70k' }, ann);
  expect(proposal.content).toContain('Ann proposes');
  const up = idOf(proposal, '👍 0 of 2');
  for (const expected of ['Your vote is counted: 1 of 2', 'Your vote counts already: 1 of 2']) {
    const id = discord.messages.get(proposal.id)!.buttons.flat()[0].custom_id!;
    expect(await said(discord.press(proposal.id, id, bo))).toContain(expected);
  }
  expect(await rules()).toEqual([]);
  discord.press(proposal.id, up, { userId: '1150000000000000003' });
  await expect.poll(async () => (await rules()).length).toBe(1);
  expect((await rules())[0].ownerId).toBe(`discord:${ann.userId}`);
});
