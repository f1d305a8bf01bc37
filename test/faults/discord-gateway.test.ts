import { expect } from 'vitest';
import { createLadder, DISCORD_CHATS } from './ladder.ts';
import type { Rig } from './rig.ts';
import { scenario, times } from './scenario.ts';
import { until } from './until.ts';
import { judge, settled } from './verdict.ts';

const CUTS = times(3, 5, 20);

/** Somebody asks, and is answered. */
async function ask({ discord }: Rig): Promise<void> {
  const slash = discord.command('price', { symbol: 'btc' });
  await until('an answer', () => slash.original?.content !== undefined && slash.original.content !== '', 60_000);
}

const ladder = createLadder(CUTS + 3, DISCORD_CHATS);

scenario(
  `${CUTS} cuts of Discord’s gateway, a line that is dead without a word, and a forgotten session: commands and alerts go on`,
  { rules: ladder.rules, speed: 8 },
  async (rig) => {
    const { discord } = rig;
    await rig.start();
    await until('the gateway is there', () => discord.gateway.connected());
    for (let cut = 0; cut < CUTS; cut++) {
      discord.cutGateway();
      ladder.climb(rig);
      await until('it is back', () => discord.gateway.connected(), 60_000);
      await ask(rig);
    }
    expect(discord.gateway.resumes).toBeGreaterThan(0);
    // The line is open, and nothing comes: no answers to heartbeats, either.
    const resumed = discord.gateway.resumes;
    discord.muteGateway(true);
    const asked = ask(rig);
    asked.catch(() => {});
    ladder.climb(rig);
    await until('it gave up the dead line', () => discord.gateway.resumes > resumed, 60_000);
    await asked;
    discord.muteGateway(false);
    const identified = discord.gateway.identifies.length;
    discord.forgetSessions();
    discord.cutGateway();
    await until('it has identified anew', () => discord.gateway.identifies.length > identified, 60_000);
    await ask(rig);
    ladder.climb(rig, 2);
    await settled(rig);
    await rig.end();
    await judge(rig);
  },
);
