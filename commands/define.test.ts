import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  buttonOf,
  type CommandHarness,
  createCommandHarness,
  member,
  someone,
  textOf,
} from '../test/doubles/command-harness.ts';

let bot: CommandHarness;
beforeEach(async () => {
  bot = await createCommandHarness();
});
afterEach(() => bot.drop());

const say = async (line: string, asker = someone()): Promise<string> => textOf(await bot.say(line, asker));
const labels = async (line: string) => ((await bot.say(line)).buttons ?? []).flat().map((button) => button.label);

describe('/define', () => {
  it('gives a condition a name that an alert can be written with', async () => {
    expect(await say('/define Tight = bbw(20)  <  5%')).toBe(
      '✅ tight = bbw(20) < 5%\nA condition, to be written where one belongs: /alert btcusdt tight once',
    );
    const saved = await say('/alert eth 15m TIGHT and rsi < 30 once');
    expect(saved).toContain('ethusdt bbw < 5% and rsi < 30');
    const [rule] = await bot.rules.list('telegram:100');
    expect(rule.text).toBe('sim:ethusdt 15m bbw(20, 2) < 5% and rsi(14) < 30 once');
  });

  it('gives a number a name that an alert, a chart and a message can be written with', async () => {
    expect(await say('/define pace = ema(9) - ema(21)')).toContain('A number, to be written where one belongs');
    expect(await say('/define top := 70k')).toContain(
      'A fixed number, to be written where one belongs: /alert btcusdt price > top',
    );
    expect(await say('/alert btc pace > 0 and price < top "pace {pace}"')).toContain('btcusdt');
    const [rule] = await bot.rules.list('telegram:100');
    expect(rule.text).toBe('sim:btcusdt 5m ema(9) - ema(21) > 0 and price < 70000 every 15m "pace {ema(9) - ema(21)}"');
    await bot.say('/chart btc pace');
    expect(bot.drawn.at(-1)?.series.map(({ label }) => label)).toEqual(['ema(9) - ema(21)']);
  });

  it('belongs to its chat', async () => {
    await bot.say('/define tight = bbw(20) < 5%');
    expect(await say('/alert btc tight', member(7))).toContain('no series or symbol tight');
    expect(await say('/defines', member(7))).toContain('Nothing is defined yet');
  });

  it('keeps the old meaning in alerts, and says in how many', async () => {
    await bot.say('/define tight = bbw(20) < 5%');
    await bot.say('/define calm = tight and rsi > 40');
    await bot.say('/alert btc tight');
    await bot.say('/alert eth calm once');
    await bot.say('/alert sol rsi < 30');
    expect(await say('/define tight = bbw(20) < 4%')).toBe(
      '✅ tight = bbw(20) < 4%\nBefore: bbw(20) < 5%\n2 alerts of this chat were written with it and keep what it meant then.\nMade of it, and changed with it: calm.',
    );
    expect((await bot.rules.list('telegram:100')).map(({ text }) => text)).toEqual([
      'sim:btcusdt 5m bbw(20, 2) < 5% every 15m',
      'sim:ethusdt 5m bbw(20, 2) < 5% and rsi(14) > 40 once',
      'sim:solusdt 5m rsi(14) < 30 every 15m',
    ]);
    await bot.say('/alert aapl calm once');
    expect((await bot.rules.list('telegram:100')).at(-1)?.text).toContain('bbw(20, 2) < 4% and rsi(14) > 40');
  });

  it('shows what a name means, and its older versions', async () => {
    await bot.say('/define tight = bbw(20) < 5%');
    await bot.time.advance(60_000);
    await bot.say('/define tight = bbw(20) < 4%');
    await bot.say('/define calm = tight and rsi > 40');
    await bot.say('/alert btc calm');
    expect(await say('/define TIGHT')).toBe(
      [
        'tight = bbw(20) < 4%',
        'a condition · Ada, 12:01 UTC',
        'calm is made of it.',
        '1 alert of this chat was written with it.',
        'Before:',
        'bbw(20) < 5% · Ada, 12:00 UTC',
      ].join('\n'),
    );
    expect(await say('/define calm')).toContain('\nMade of tight.');
  });

  it('says when nothing changes', async () => {
    await bot.say('/define tight = bbw(20) < 5%');
    expect(await say('/define tight=bbw(20) < 5%')).toBe('That is what tight means already.');
  });

  it.each([
    ['/define rsi = close', 'rsi is a series or function already'],
    ['/define btc = close', 'btc is a symbol: sim:btcusdt'],
    ['/define once = rsi < 30', 'once is a word of the language'],
    ['/define 2x = close', 'begins with no digit'],
    ['/define x = x + 1', 'x would be made of itself'],
    ['/define x = rsi < 30 once', 'once'],
    ['/define x =', 'what is x?'],
    ['/define x = rsi > 120', 'runs from 0 to 100'],
    ['/define x(n) = sma(n)', 'a definition takes no parameters'],
    ['/define', 'What shall I call what?'],
    ['/define nothing', 'Nothing is called “nothing” here.'],
    [`/define x = ${'close + '.repeat(64)}close`, 'parts, the limit is 64'],
    [`/define x = ${'  close  + '.repeat(1)}${'1'.repeat(18)} + ${'open + '.repeat(70)}close`, 'limit'],
  ])('refuses %s', async (line, why) => {
    expect(await say(line)).toContain(why);
    expect(await bot.ports.definitions.list('telegram:100')).toEqual([]);
  });

  it('marks the place in what was typed and offers the whole of it corrected', async () => {
    const answer = await bot.say('/define low_rsi = rsy(14) < 30');
    expect(textOf(answer)).toContain('low_rsi = rsy(14) < 30\n··········^^^');
    await bot.press(buttonOf(answer, 'low_rsi = rsi(14) < 30'));
    expect(await say('/define low_rsi')).toContain('low_rsi = rsi(14) < 30');
  });

  it('offers the = that was left out, and the name that was meant', async () => {
    expect(await labels('/define tight bbw(20) < 5%')).toEqual(['tight = bbw(20) < 5%']);
    await bot.say('/define tight = bbw(20) < 5%');
    expect(await labels('/define tigth')).toEqual(['tight']);
    expect(await labels('/alert btc tigth')).toEqual(['btc tight']);
  });

  it('refuses a change that what is made of it cannot bear, and a circle over two', async () => {
    await bot.say('/define pace = ema(9) - ema(21)');
    await bot.say('/define steep = pace > 2');
    expect(await say('/define pace = rsi < 30')).toContain('steep is made of it and could no longer be read');
    expect(await say('/define pace = 1 + steep')).toContain('in steep: pace would be made of itself');
    expect(await say('/define pace')).toContain('pace = ema(9) - ema(21)');
  });

  it('holds the limits on what stands behind the names', async () => {
    await bot.say(`/define wide = ${Array(31).fill('close').join(' + ')}`);
    expect(await say('/define wider = wide + wide')).toContain('parts, the limit is 64');
    expect(await say('/alert btc wide > 0 and wide > 5')).toContain('parts, the limit is 64');
  });

  it('refuses the hundred-and-first', async () => {
    const base = { chatKey: 'telegram:100', text: 'close', authorId: 'telegram:100' };
    for (let i = 0; i < 100; i++) await bot.ports.definitions.save({ ...base, name: `name${i}` });
    expect(await say('/define one_more = close')).toContain('This chat has 100 definitions, and that is the most.');
    expect(await say('/define name7 = open')).toContain('✅');
  });
});

describe('what may be done to a definition', () => {
  const [owner, other, admin] = [member(1), member(2), member(3, { isChatAdmin: true })];

  it('is changed by its owner and by admins, who do not become its owner', async () => {
    await bot.say('/define tight = bbw(20) < 5%', owner);
    expect(await say('/define tight = bbw(20) < 1%', other)).toContain('somebody else’s'.replace('’', "'"));
    expect(await say('/define tight = bbw(20) < 4%', admin)).toContain('✅');
    expect(await say('/define tight = bbw(20) < 3%', other)).toContain('Only its owner and admins change it');
    expect(await say('/define tight = bbw(20) < 3%', owner)).toContain('✅');
  });

  it('is deleted by its owner and by admins, by a button', async () => {
    const saved = await bot.say('/define tight = bbw(20) < 5%', owner);
    await bot.say('/alert btc tight', owner);
    expect((await bot.press(buttonOf(saved, 'Delete'), other)).toast).toBe('That button is not yours.');
    const gone = await bot.press(buttonOf(saved, 'Delete'), admin);
    expect(textOf(gone.edit)).toBe(
      '🗑 tight = bbw(20) < 5% is deleted.\n1 alert of this chat was written with it and keeps what it meant then.',
    );
    expect((await bot.press(buttonOf(saved, 'Delete'), owner)).toast).toBe('This definition no longer holds.');
    expect(await say('/alert eth tight', owner)).toContain('no series or symbol tight');
    expect(await say('/define tight', owner)).toContain(
      'tight is deleted and means nothing now.\nBefore:\nbbw(20) < 5%',
    );
    expect(await bot.rules.list('telegram:-1001234567890')).toHaveLength(1);
  });

  it('is not deleted by the button of an older version, nor while another is made of it', async () => {
    const first = await bot.say('/define tight = bbw(20) < 5%');
    const second = await bot.say('/define tight = bbw(20) < 4%');
    await bot.say('/define calm = tight and rsi > 40');
    expect((await bot.press(buttonOf(first, 'Delete'))).toast).toBe('This definition no longer holds.');
    expect((await bot.press(buttonOf(second, 'Delete'))).toast).toContain('calm is made of it');
    expect(await say('/define tight')).toContain('tight = bbw(20) < 4%');
  });
});

describe('/defines', () => {
  it('lists names with their texts, who wrote them and when', async () => {
    await bot.say('/define tight = bbw(20) < 5%', member(1));
    await bot.say('/define pace = ema(9) - ema(21)', member(2));
    expect(await say('/defines', member(3))).toBe(
      'Definitions 2 of 100\npace = ema(9) - ema(21) · user 2, 12:00 UTC\ntight = bbw(20) < 5% · user 1, 12:00 UTC',
    );
  });

  it('goes on to further pages', async () => {
    const base = { chatKey: 'telegram:100', text: 'close', authorId: 'telegram:100' };
    for (let i = 10; i < 30; i++) await bot.ports.definitions.save({ ...base, name: `name${i}` });
    const list = await bot.say('/defines');
    expect(textOf(list).split('\n')).toHaveLength(16);
    const second = (await bot.press(buttonOf(list, '▶'))).edit;
    expect(
      textOf(second)
        .split('\n')
        .slice(1)
        .map((line) => line.split(' ')[0]),
    ).toEqual([...['name25', 'name26', 'name27', 'name28', 'name29']]);
    expect(textOf((await bot.press(buttonOf(second, '◀'))).edit)).toBe(textOf(list));
  });
});
