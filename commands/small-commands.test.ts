import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CATALOG } from '../engine/series/catalog.ts';
import { type CommandHarness, createCommandHarness, member, SCRIPTS, textOf } from '../test/doubles/command-harness.ts';
import { COMMANDS } from './registry.ts';

let harness: CommandHarness;
beforeEach(async () => {
  harness = await createCommandHarness();
});
afterEach(() => harness.drop());

const reply = async (line: string) => textOf(await harness.say(line));

describe('/start', () => {
  it('says that prices are simulated in a demonstration, else where they come from', async () => {
    expect(await reply('/start')).toContain('This is a demonstration on simulated prices.');
    const other = await createCommandHarness({ demonstration: false });
    expect(textOf(await other.say('/start'))).toContain('My prices come from sim.');
    await other.drop();
  });
});

describe('/help', () => {
  it('lists every command and indicator on one phone’s screen, in private', async () => {
    const answer = await harness.say('/help');
    const lines = textOf(answer).split('\n');
    for (const { name } of COMMANDS.slice(2)) expect(lines.some((line) => line.startsWith(`/${name} `))).toBe(true);
    for (const { name } of CATALOG) expect(textOf(answer)).toContain(` ${name}`);
    expect(answer.private).toBe(true);
    // A phone shows some 40 letters a line.
    expect(lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / 40)), 0)).toBeLessThanOrEqual(18);
  });

  it('tells of one command all that can be typed', async () => {
    for (const { name, usage, examples } of COMMANDS) {
      const text = await reply(`/help /${name}`);
      for (const line of [usage, ...examples]) expect(text).toContain(line);
    }
  });

  it('tells of one indicator what it is, under any of its names', async () => {
    for (const entry of CATALOG) {
      const text = await reply(`/help ${entry.name.toUpperCase()}`);
      for (const part of [entry.summary, entry.example, entry.source, ...entry.fields]) expect(text).toContain(part);
    }
    expect(await reply('/help bollinger')).toBe(await reply('/help bb'));
  });

  it('says that it knows no such thing', async () => {
    expect(await reply('/help nonsense')).toBe('I know no command and no indicator “nonsense”. /help lists both.');
  });
});

describe('/price', () => {
  it('tells the last price, the day’s growth, range and volume', async () => {
    await harness.say('/price btc');
    await harness.trade('btcusdt', 60_600);
    // The script turns once in four hours, by 1 %, with wicks of 1; a day is 1440 minutes of 10, and the trade is 1.
    expect(await reply('/price btc')).toBe(
      'btcusdt 60,600.00 +1.0\u00a0% (24 h)\n59,399.00 to 60,601.00 · volume 14.4k btc · sim',
    );
  });

  it('counts what happens now into the range', async () => {
    await harness.say('/price btc');
    await harness.trade('btcusdt', 61_000);
    await harness.trade('btcusdt', 60_000);
    expect(await reply('/price btc')).toContain('59,399.00 to 61,000.00');
  });

  it('takes several symbols, ten at most', async () => {
    expect(
      (await reply('/price btc, eth sol aapl')).split('\n').filter((line) => line.includes('(24 h)')),
    ).toHaveLength(4);
    const many = await reply(`/price ${Array(12).fill('btc').join(' ')}`);
    expect(many.split('\n').filter((line) => line.includes('(24 h)'))).toHaveLength(10);
    expect(many).toContain('That is 10, the most I show at once.');
  });

  it('says how old a price is', async () => {
    await harness.say('/price btc');
    await harness.trade('btcusdt', 60_600);
    await harness.time.advance(5 * 60_000);
    expect(await reply('/price btc')).toMatch(/ · 5m old$/);
  });

  it('says that there is no trade yet', async () => {
    harness.market.symbols.add([
      { ...harness.market.symbols.get('sim:btcusdt')!, instrument: 'sim:newusdt', symbol: 'newusdt', base: 'new' },
    ]);
    expect(await reply('/price new')).toBe('newusdt · sim · no trade yet, I have just subscribed');
  });

  it('names the symbol that it does not know', async () => {
    expect(await reply('/price')).toBe('Which symbol? For example /price btcusdt');
    const answer = await harness.say('/price btc etj');
    expect(answer.text[1]).toEqual({ pre: 'btc etj\n····^^^' });
    expect(answer.buttons?.flat().map((button) => button.label)).toEqual(['btc ethusdt']);
  });

  it('writes numbers in the language of the one who began the chat', async () => {
    expect(SCRIPTS.btcusdt(harness.time.now())).toBe(60_000);
    expect(textOf(await harness.say('/price btc', member(1, { locale: 'de' })))).toContain('btcusdt 60.000,00 ');
    expect(textOf(await harness.say('/price btc', member(2, { locale: 'no such thing' })))).toContain('60.000,00');
  });
});

describe('/status', () => {
  it('tells how feeds, platforms, alerts and messages are doing', async () => {
    await harness.say('/alert btc > 60500');
    await harness.say('/alert btc > 70k');
    await harness.trade('btcusdt', 60_600);
    harness.venue.state('stale');
    expect(await reply('/status')).toBe(
      [
        'Status',
        '🟠 sim prices: stale',
        '🟢 telegram chat: live, heard 2s ago',
        'alerts of this chat: 1 fired, 1 armed',
        'messages: 0 sent in 24 h, 1 waiting, 0 failed',
      ].join('\n'),
    );
    await harness.owed();
    expect(await reply('/status')).toContain('messages: 1 sent in 24 h, 0 waiting');
  });
});

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
