import { describe, expect, it } from 'vitest';
import { buttonOf, member, textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';

const harness = useCommandHarness();

const reply = async (line: string) => textOf(await harness.say(line));

describe('/settings', () => {
  it('shows and changes them', async () => {
    await harness.say('/settings interval 15m');
    await harness.say('/settings quote USD');
    await harness.say('/settings venue SIM');
    expect(await reply('/settings timezone europe/berlin')).toBe(
      '✅ zone is now Europe/Berlin\nSettings of this chat\nvenue sim\ninterval 15m\nquote usd\nzone Europe/Berlin (now 13:00 CET)\nheartbeat off\n' +
        'quiet off (hours in which alerts wait, to come as one message at their end)\nresolve off (whether an alert’s message says when it is over)\n' +
        'Change one with /settings interval 15m, put it back with /settings interval default.',
    );
    await harness.say('/chart aapl');
    expect(harness.drawn.at(-1)).toMatchObject({ interval: 900_000, timeZone: 'Europe/Berlin' });
  });

  it.each([
    [
      '/settings foo',
      'There is no setting “foo”. There are venue, interval, quote, zone, heartbeat, quiet, resolve, rules.',
    ],
    ['/settings zone', 'What should zone be? For example /settings zone Europe/Berlin'],
    ['/settings venue', 'What should venue be? For example /settings venue any'],
    ['/settings venue nyse', 'I have no prices from “nyse”. I have sim; any is the first of them that knows a symbol.'],
    ['/settings interval 7x', '“7x” is no interval. Write 1m, 5m, 15m, 1h, 4h or 1d; the longest is 7d.'],
    ['/settings interval 8d', '“8d” is no interval. Write 1m, 5m, 15m, 1h, 4h or 1d; the longest is 7d.'],
    ['/settings quote xyz', 'No symbol is quoted in “xyz”. There are usdt, usd.'],
    [
      '/settings zone Marsopolis',
      '“Marsopolis” is no time zone. Write a city’s: Europe/Berlin, America/New_York, or UTC.',
    ],
    [
      '/settings rules vote 3',
      'Who may set alerts is a setting of groups, and this is none. Say it in the group that it is for.',
    ],
    ['/settings zone Berln', '“Berln” is no time zone. Did you mean Europe/Berlin?'],
    ['/settings zone europ/berlin', '“europ/berlin” is no time zone. Did you mean Europe/Berlin?'],
    ['/settings heartbeat weekly', '“weekly” is no heartbeat. Write daily 09:00, by the chat’s clock, hourly, or off.'],
    [
      '/settings 15m',
      'There is no setting “15m”. There are venue, interval, quote, zone, heartbeat, quiet, resolve, rules.',
    ],
  ])('%s is refused with what would be right', async (line, sentence) => expect(await reply(line)).toBe(sentence));

  it.each([
    ['zone Berln', 'zone Europe/Berlin', 'zone Europe/Berlin (now 13:00 CET)'],
    ['interval 7', 'interval 7m', 'interval 7m'],
    ['15m', 'interval 15m', 'interval 15m'],
    ['Europe/Berlin', 'zone Europe/Berlin', 'zone Europe/Berlin'],
    ['intervall 1h', 'interval 1h', 'interval 1h'],
  ])('%s offers %s, which works', async (text, label, shown) => {
    const { reply: changed } = await harness.press(buttonOf(await harness.say(`/settings ${text}`), label));
    expect(textOf(changed)).toContain(`\n${shown}`);
  });

  it.each([
    ['interval 5 minutes', 'interval 5m'],
    ['zone berlin', 'zone Europe/Berlin'],
    ['heartbeat daily 9am', 'heartbeat daily 09:00'],
    ['heartbeat on', 'heartbeat daily 09:00'],
    ['heartbeat off', 'heartbeat off'],
    ['zone new york', 'zone America/New_York'],
  ])('%s is understood', async (text, shown) => expect(await reply(`/settings ${text}`)).toContain(`\n${shown}`));

  it('go back to what they were', async () => {
    for (const text of ['venue sim', 'interval 4h', 'quote usd', 'zone Asia/Tokyo']) await reply(`/settings ${text}`);
    expect(await reply('/settings')).toContain('venue sim\ninterval 4h\nquote usd\nzone Asia/Tokyo');
    for (const text of ['venue any', 'interval default', 'quote off', 'zone reset']) await reply(`/settings ${text}`);
    expect(await reply('/settings')).toContain('venue any\ninterval 5m\nquote usdt\nzone UTC');
  });

  it('are changed by the chat’s admins and the bot’s alone', async () => {
    const refusal = 'Only this chat’s admins may change its settings.';
    expect(textOf(await harness.say('/settings interval 15m', member(1)))).toBe(refusal);
    expect(textOf(await harness.say('/settings', member(1)))).toContain('interval 5m');
    expect(textOf(await harness.say('/settings interval 15m', member(1, { isChatAdmin: true })))).toContain('15m');
    expect(textOf(await harness.say('/settings interval 1h', member(999)))).toContain('interval 1h');
  });
});
