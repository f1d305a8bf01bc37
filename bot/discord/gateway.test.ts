import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../engine/clock.ts';
import { type DiscordDouble, startDiscordDouble } from '../../test/doubles/discord.ts';
import { createMemoryLogger, createScriptedService, TOKEN } from '../../test/doubles/discord-harness.ts';
import { createManualClock } from '../../test/doubles/manual-clock.ts';
import { createDiscord } from './discord.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function discordDouble(port?: number): Promise<DiscordDouble> {
  const discord = await startDiscordDouble(port === undefined ? { token: TOKEN } : { token: TOKEN, port });
  cleanups.push(discord.stop);
  return discord;
}

/** `changed` is told when the platform logs something or begins to wait for something. */
function platformAt(apiRoot: string, changed: () => void = () => {}, token = TOKEN) {
  const time = createManualClock();
  const { log, text } = createMemoryLogger(changed);
  const clock: Clock = {
    now: time.clock.now,
    after(ms, task) {
      const cancel = time.clock.after(ms, task);
      changed();
      return cancel;
    },
  };
  const platform = createDiscord({ token, apiRoot, clock, log });
  cleanups.push(platform.stop);
  return { platform, time, logged: text };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('the connection', () => {
  it('asks for servers alone, and is live when it serves', async () => {
    const discord = await discordDouble();
    const { platform, time } = platformAt(discord.apiRoot, discord.recheck);
    expect(platform.status()).toEqual({ state: 'off', lastSeen: undefined });
    await platform.start(createScriptedService(discord.recheck));
    expect(platform.status()).toEqual({ state: 'live', lastSeen: time.now() });
    // GUILDS is 1 << 0 in Discord's table of intents.
    expect(discord.gateway.identifies.map((identify) => identify.intents)).toEqual([1]);
    await platform.stop();
    expect(platform.status().state).toBe('off');
  });

  it('that breaks is resumed, and what was asked meanwhile is answered', async () => {
    const discord = await discordDouble();
    const { platform } = platformAt(discord.apiRoot, discord.recheck);
    await platform.start(createScriptedService(discord.recheck));
    discord.cutGateway();
    const meanwhile = discord.command('alert', { rule: 'while away' });
    expect((await discord.waitFor(() => meanwhile.original)).content).toBe('done');
    expect(discord.gateway.resumes).toBe(1);
    expect(discord.gateway.identifies).toHaveLength(1);
    const later = discord.command('alert', { rule: 'later' });
    expect((await discord.waitFor(() => later.original)).content).toBe('done');
    expect(platform.status().state).toBe('live');
  });

  it('is not live while it is broken', async () => {
    const discord = await discordDouble();
    const { platform } = platformAt(discord.apiRoot, discord.recheck);
    await platform.start(createScriptedService(discord.recheck));
    discord.cutGateway();
    await discord.waitFor(() => platform.status().state !== 'live');
    expect(platform.status()).toMatchObject({ state: 'connecting', detail: 'the connection was lost' });
  });

  it('whose session Discord has forgotten is made anew, after a while', async () => {
    const discord = await discordDouble();
    const { platform, time } = platformAt(discord.apiRoot, discord.recheck);
    await platform.start(createScriptedService(discord.recheck));
    discord.forgetSessions();
    discord.cutGateway(4000);
    await discord.waitFor(() => time.pending() > 0);
    expect(discord.gateway.identifies).toHaveLength(1);
    await time.advance(5_000);
    await discord.waitFor(() => discord.gateway.identifies.length === 2);
    const asked = discord.command('alert', { rule: 'x' });
    expect((await discord.waitFor(() => asked.original)).content).toBe('done');
  });

  it('is made when Discord, unreachable at first, is there', async () => {
    const port = await freePort();
    const { platform, time } = platformAt(`http://127.0.0.1:${port}/api`);
    const service = createScriptedService(() => {});
    await platform.start(service);
    expect(platform.status()).toMatchObject({ state: 'connecting', lastSeen: undefined });
    expect(platform.status().detail).toContain('try 1');
    const discord = await discordDouble(port);
    await time.advance(2_000);
    await discord.waitFor(() => discord.registeredCommands().length > 0);
    expect(platform.status().state).toBe('live');
    const asked = discord.command('alert', { rule: 'x' });
    expect((await discord.waitFor(() => asked.original)).content).toBe('done');
  });

  it('is not tried again with a token that was refused', async () => {
    const discord = await discordDouble();
    const { platform, time, logged } = platformAt(discord.apiRoot, discord.recheck, 'a.wrong.token');
    await platform.start(createScriptedService(discord.recheck));
    expect(platform.status()).toEqual({ state: 'down', detail: 'the token was refused', lastSeen: undefined });
    await time.advance(3_600_000);
    expect(discord.sent).toHaveLength(1);
    expect(logged()).not.toContain('a.wrong.token');
  });

  it('that Discord closes for a token taken back is down', async () => {
    const discord = await discordDouble();
    const { platform } = platformAt(discord.apiRoot, discord.recheck);
    await platform.start(createScriptedService(discord.recheck));
    discord.cutGateway(4004);
    await discord.waitFor(() => platform.status().state === 'down');
    expect(platform.status().detail).toBe('the token was refused');
  });

  it('is stopped while it was never made', async () => {
    const { platform, time } = platformAt(`http://127.0.0.1:${await freePort()}/api`);
    await platform.start(createScriptedService(() => {}));
    await platform.stop();
    expect(time.pending()).toBe(0);
    expect(platform.status().state).toBe('off');
  });

  it('waits for the answers under way when it is stopped', async () => {
    const discord = await discordDouble();
    const { platform } = platformAt(discord.apiRoot, discord.recheck);
    const service = createScriptedService(discord.recheck);
    let finish = () => {};
    service.onRun = () => new Promise((resolve) => (finish = () => resolve({ text: ['last words'] })));
    await platform.start(service);
    const asked = discord.command('alert', { rule: 'x' });
    await discord.waitFor(() => service.calls.length === 1);
    const stopping = platform.stop();
    finish();
    await stopping;
    expect(asked.original?.content).toBe('last words');
  });

  it('tells nobody the token', async () => {
    const discord = await discordDouble();
    const { platform, logged } = platformAt(discord.apiRoot, discord.recheck);
    await platform.start(createScriptedService(discord.recheck));
    discord.cutGateway();
    await discord.waitFor(() => discord.gateway.resumes === 1);
    expect(logged()).not.toContain(TOKEN);
    expect(logged()).not.toContain('token-of-the-bot');
  });
});
