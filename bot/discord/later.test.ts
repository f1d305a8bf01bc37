import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CHANNEL_ID } from '../../test/doubles/discord-fixtures.ts';
import { createDiscordHarness, type DiscordHarness } from '../../test/doubles/discord-harness.ts';

const PICTURE = { png: new Uint8Array([0x89, 0x50, 0x4e, 0x47]), alt: 'the past', key: 'k1' };

let harness: DiscordHarness;
beforeEach(async () => {
  harness = await createDiscordHarness();
  await harness.platform.start(harness.service);
});
afterEach(() => harness.close());

describe('what an answer becomes in Discord', () => {
  it('is shown in place of it', async () => {
    const { discord, service } = harness;
    let asked = 0;
    service.onRun = () => ({
      text: ['saved'],
      later: async () => {
        asked++;
        return { text: ['half'], later: async () => ({ text: ['saved, 9 times'], picture: PICTURE }) };
      },
    });
    const interaction = discord.command('alert', { rule: 'x' });
    const edited = await discord.waitFor(() =>
      interaction.original?.content === 'saved, 9 times' ? interaction.original : undefined,
    );
    expect(edited.attachments).toHaveLength(1);
    expect(asked).toBe(1);
  });

  it('is shown in place of what a button left', async () => {
    const { discord, service, platform } = harness;
    service.onPress = () => ({ edit: { text: ['changed'], later: async () => ({ text: ['changed, 5 times'] }) } });
    const buttons = [[{ label: 'every 4h', data: 'a' }]];
    const id = await platform.send({ platform: 'discord', chat: CHANNEL_ID }, { text: ['noisy'], buttons }, 'n1');
    discord.press(id, 'a');
    const message = discord.messages.get(id)!;
    await discord.waitFor(() => (message.content === 'changed, 5 times' ? message : undefined));
    expect(message.edits).toBe(2);
  });
});
