import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandHarness, createCommandHarness, someone, textOf } from '../test/doubles/command-harness.ts';
import { createCommandService } from './create-service.ts';
import type { CommandPorts, FeedReport } from './ports.ts';

let harness: CommandHarness;
beforeAll(async () => {
  harness = await createCommandHarness();
});
afterAll(() => harness.drop());

const feed = (name: string, state: string, detail?: string): FeedReport => ({
  ...{ name, state, ageMs: undefined, detail },
  ...{ sinceMs: 0, watched: 0 },
});
const VENUES = [
  { name: 'sim', about: 'a simulated market' },
  { name: 'kraken', about: 'Kraken' },
  { name: 'tape:<file>', about: 'replays a recording' },
];

async function reply(over: Partial<CommandPorts>): Promise<string> {
  const service = createCommandService({ ...harness.ports, ...over });
  return textOf(await service.run({ asker: someone(), command: 'venues', text: '' }));
}

describe('/venues', () => {
  it('tells the configured venues with their state and markets, and how others are turned on', async () => {
    expect(await reply({ venues: async () => VENUES })).toBe(
      [
        'Venues',
        '🟢 sim: live, 4 markets',
        '',
        'Could be turned on, by adding it to the operator’s FEEDS:',
        '⚪ kraken · Kraken',
        '⚪ tape:<file> · replays a recording',
        'For example FEEDS=sim,kraken',
      ].join('\n'),
    );
  });

  it('does not count what a venue has not told', async () => {
    const { market } = harness.ports;
    const feeds = () => [feed('kraken', 'down', 'no route'), feed('tape', 'live'), ...market.feeds()];
    const text = await reply({ venues: async () => VENUES, market: { ...market, feeds, unlisted: () => ['kraken'] } });
    expect(text).toBe(
      [
        'Venues',
        '🔴 kraken: down, its markets are not known yet (no route)',
        '🟢 tape: live',
        '🟢 sim: live, 4 markets',
      ].join('\n'),
    );
  });

  it('lists a kind that stands for many in one line, without those that are there', async () => {
    const members = Array.from({ length: 153 }, (_, i) => `ccxt:x${i}`);
    const { market } = harness.ports;
    const feeds = () => [...market.feeds(), feed('ccxt:x0', 'live')];
    const venues = async () => [{ name: 'ccxt:<id>', about: 'more exchanges', members }];
    const text = await reply({ venues, market: { ...market, feeds } });
    expect(text).toContain('🟢 ccxt:x0: live, 0 markets');
    expect(text).toContain(`⚪ ccxt:<id> · more exchanges: ${members.slice(1, 151).join(', ')} and 2 more`);
    expect(text).toMatch(/FEEDS=sim,ccxt:x0,ccxt:x1$/);
  });

  it('tells of the configured ones alone where nothing else is known', async () =>
    expect(await reply({})).toBe('Venues\n🟢 sim: live, 4 markets'));
});
