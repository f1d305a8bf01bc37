import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CommandHarness, createCommandHarness, member, textOf } from '../test/doubles/command-harness.ts';

let harness: CommandHarness;
beforeEach(async () => {
  harness = await createCommandHarness();
});
afterEach(() => harness.drop());

const reply = async (line: string) => textOf(await harness.say(line));

describe('/settings', () => {
  it('shows and changes them', async () => {
    await harness.say('/settings interval 15m');
    await harness.say('/settings quote USD');
    await harness.say('/settings venue SIM');
    expect(await reply('/settings timezone europe/berlin')).toBe(
      'Settings of this chat\nvenue sim\ninterval 15m\nquote usd\nzone Europe/Berlin (now 13:00 CET)\n' +
        'Change one with /settings interval 15m.',
    );
    await harness.say('/chart aapl');
    expect(harness.drawn.at(-1)).toMatchObject({ interval: 900_000, timeZone: 'Europe/Berlin' });
  });

  it.each([
    ['/settings foo', 'There is no setting “foo”. There are venue, interval, quote, zone.'],
    ['/settings zone', 'What should zone be? For example /settings zone Europe/Berlin'],
    ['/settings venue', 'What should venue be? For example /settings venue sim'],
    ['/settings venue nyse', 'I have no prices from “nyse”. I have sim.'],
    ['/settings interval 7x', '“7x” is no interval. Write 1m, 5m, 15m, 1h, 4h or 1d.'],
    ['/settings quote xyz', 'No symbol is quoted in “xyz”. Write usdt or usd.'],
    ['/settings zone Mars', '“Mars” is no time zone. Write Europe/Berlin, America/New_York or UTC.'],
  ])('%s is refused with what would be right', async (line, sentence) => expect(await reply(line)).toBe(sentence));

  it('are changed by the chat’s admins and the bot’s alone', async () => {
    const refusal = 'Only this chat’s admins may change its settings.';
    expect(textOf(await harness.say('/settings interval 15m', member(1)))).toBe(refusal);
    expect(textOf(await harness.say('/settings', member(1)))).toContain('interval 5m');
    expect(textOf(await harness.say('/settings interval 15m', member(1, { isChatAdmin: true })))).toContain('15m');
    expect(textOf(await harness.say('/settings interval 1h', member(999)))).toContain('interval 1h');
  });
});
