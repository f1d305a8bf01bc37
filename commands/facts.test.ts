import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CommandHarness, createCommandHarness, HARNESS_NOW, textOf } from '../test/doubles/command-harness.ts';

const MINUTE = 60_000;

let bot: CommandHarness;
beforeEach(async () => {
  bot = await createCommandHarness();
});
afterEach(() => bot.drop());

const say = async (line: string): Promise<string> => textOf(await bot.say(line));
const tell = (name: string, value: number, instrument: string | undefined = 'sim:btcusdt') =>
  bot.venue.sink()({ type: 'fact', name, instrument, ts: bot.time.now(), value });

describe('a fact in the chat', () => {
  it('is waited for until its first value comes, and then makes an alert fire', async () => {
    expect(await say('/alert btc funding > 0.01%')).toContain('It waits for data: no value of funding has come yet.');
    expect(await say('/alerts')).toContain('waits for data: no value of funding has come yet');
    tell('funding', 0.00005);
    expect(await say('/alerts')).toMatch(/funding > 0\.01% · \+0\.0050\s%/);
    await bot.time.advance(MINUTE);
    tell('funding', 0.00015);
    await bot.time.advance(MINUTE);
    const [message] = await bot.owed();
    expect(textOf(message)).toContain('funding > 0.01%');
    expect(textOf(message)).toContain('0.0150');
  });

  it('is told in the message of an alert as it was when that fired', async () => {
    tell('oi', 4);
    await say('/alert btc oi > 5 "open interest {oi}, funding {funding}"');
    await bot.time.advance(MINUTE);
    tell('oi', 6);
    await bot.time.advance(MINUTE);
    tell('oi', 7);
    const [message] = await bot.owed();
    expect(textOf(message)).toContain('open interest 6, funding n/a');
  });

  it('has a value that one can ask for', async () => {
    expect(await say('/value btc funding')).toContain('funding has no value yet: nobody has told funding');
    tell('funding', 0.0001);
    expect(await say('/value btc funding, sentiment')).toMatch(/funding \+0\.0100\s%\nsentiment has no value yet/);
  });

  it('may have any name, once somebody has told it', async () => {
    expect(await say('/alert btc mood > 3')).toContain('mood');
    expect(await say('/alerts')).toContain('No alerts yet');
    tell('mood', 2);
    expect(await say('/alert btc mood > 3')).toContain('Now 2');
    expect(await say('/alert btc moood > 3')).toContain('did you mean');
  });

  it('is drawn in steps in a pane of its own', async () => {
    await bot.trade('btcusdt', 60_000);
    tell('oi', 7);
    await say('/chart btc 5m oi');
    const { series } = bot.drawn[bot.drawn.length - 1];
    expect(series.map(({ label, scale }) => [label, scale])).toEqual([['oi', 'volume']]);
    expect(series[0].lines[0]).toMatchObject({ form: 'stairs' });
    expect(series[0].lines[0].values.filter(Number.isFinite)).toEqual([7]);
  });

  it('is explained', async () => {
    expect(await say('/help funding')).toContain('/alert btcusdt.p funding > 0.01%');
    expect(await say('/alert btc sentiment > 2')).toContain('runs from -1 to 1');
    expect(await say('/alert btc inflation > 3%')).toContain('write 3');
  });

  it('from the future is refused', () => {
    const before = bot.market.counters().refused;
    bot.venue.sink()({ type: 'fact', name: 'oi', instrument: undefined, ts: HARNESS_NOW + 10 * MINUTE, value: 1 });
    expect(bot.market.counters().refused).toBe(before + 1);
  });
});
