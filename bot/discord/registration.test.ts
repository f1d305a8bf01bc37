import { REST } from 'discord.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ArgumentSpec, CommandSpec } from '../../commands/service.ts';
import { type DiscordDouble, startDiscordDouble } from '../../test/doubles/discord.ts';
import { APPLICATION_ID } from '../../test/doubles/discord-fixtures.ts';
import { COMMANDS, createDiscordHarness, TOKEN } from '../../test/doubles/discord-harness.ts';
import { asArray } from '../../test/doubles/discord-model.ts';
import { registerCommands } from './registration.ts';

function command(name: string, args: readonly ArgumentSpec[] = []): CommandSpec {
  return { name, summary: `The command ${name}`, slow: false, private: false, args };
}

describe('the registered commands', () => {
  let discord: DiscordDouble;
  let rest: REST;
  beforeEach(async () => {
    discord = await startDiscordDouble({ token: TOKEN });
    rest = new REST({ api: discord.apiRoot, retries: 0 }).setToken(TOKEN);
  });
  afterEach(() => discord.stop());
  const writes = () => discord.sent.filter((call) => call.method === 'PUT').length;

  it('are made from the arguments, the required ones first', async () => {
    await registerCommands(rest, APPLICATION_ID, COMMANDS);
    // STRING is 3 in Discord's table of option types; guild and bot DM are contexts 0 and 1.
    const [chart, , alert] = discord.registeredCommands();
    expect(chart).toMatchObject({
      name: 'chart',
      description: 'Draws a chart',
      contexts: [0, 1],
      integration_types: [0],
    });
    expect(chart?.options).toEqual([
      { type: 3, name: 'symbol', description: 'What to draw', required: true, autocomplete: true },
      { type: 3, name: 'interval', description: 'Of one bar', autocomplete: true },
      {
        type: 3,
        name: 'style',
        description: 'How',
        choices: [
          { name: 'candles', value: 'candles' },
          { name: 'line', value: 'line' },
        ],
      },
    ]);
    expect(asArray(alert?.options).map((option) => [option.name, option.required, option.autocomplete])).toEqual([
      ['rule', true, true],
      ['note', undefined, true],
    ]);
  });

  it('are written once, and again only when they differ', async () => {
    expect(await registerCommands(rest, APPLICATION_ID, COMMANDS)).toBe(true);
    expect(await registerCommands(rest, APPLICATION_ID, COMMANDS)).toBe(false);
    expect(await registerCommands(rest, APPLICATION_ID, [...COMMANDS].reverse())).toBe(false);
    expect(writes()).toBe(1);
    expect(await registerCommands(rest, APPLICATION_ID, COMMANDS.slice(1))).toBe(true);
    expect(discord.registeredCommands().map((each) => each.name)).toEqual(['mine', 'alert']);
  });

  it('are written again for a changed summary, argument or choice', async () => {
    const base = command('a', [{ name: 'x', kind: 'choice', description: 'd', required: false, choices: ['1', '2'] }]);
    await registerCommands(rest, APPLICATION_ID, [base]);
    const changes: CommandSpec[] = [
      { ...base, summary: 'Another' },
      command('a', [{ name: 'x', kind: 'choice', description: 'd', required: false, choices: ['1', '3'] }]),
      command('a', [{ name: 'x', kind: 'choice', description: 'd', required: true, choices: ['1', '3'] }]),
      command('a', [{ name: 'x', kind: 'symbol', description: 'd', required: true }]),
    ];
    for (const change of changes) expect(await registerCommands(rest, APPLICATION_ID, [change])).toBe(true);
  });

  it('complete a choice that is too long for a menu', async () => {
    const choices = Array.from({ length: 26 }, (_, index) => `c${index}`);
    const long = command('long', [{ name: 'x', kind: 'choice', description: 'd', required: true, choices }]);
    const menu = command('menu', [
      { name: 'x', kind: 'choice', description: 'd', required: true, choices: choices.slice(1) },
    ]);
    await registerCommands(rest, APPLICATION_ID, [long, menu]);
    const options = discord.registeredCommands().map((each) => asArray(each.options)[0]);
    expect(options[0]).toMatchObject({ autocomplete: true });
    expect(options[1]?.choices).toHaveLength(25);
  });

  it('keep to the limits on texts and numbers', async () => {
    const args: ArgumentSpec[] = Array.from({ length: 30 }, (_, index) => ({
      name: `a${index}`,
      kind: 'text',
      description: 'd'.repeat(300),
      required: false,
    }));
    await registerCommands(rest, APPLICATION_ID, [{ ...command('wide', args), summary: 's'.repeat(300) }]);
    const [wide] = discord.registeredCommands();
    expect(wide?.description).toBe(`${'s'.repeat(99)}…`);
    expect(wide?.options).toHaveLength(25);
  });
});

describe('registration', () => {
  it('that fails at the start is tried again, and the bot serves meanwhile', async () => {
    const harness = await createDiscordHarness();
    const { discord, platform, service, time } = harness;
    discord.failNext(/^GET \/applications/, { status: 503, body: 'later' });
    await platform.start(service);
    expect(platform.status().state).toBe('live');
    expect(discord.registeredCommands()).toEqual([]);
    await time.advance(60_000);
    await discord.waitFor(() => discord.registeredCommands().length === COMMANDS.length);
    await harness.close();
  });
});
