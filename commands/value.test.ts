import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  buttonOf,
  type CommandHarness,
  createCommandHarness,
  HARNESS_NOW,
  SCRIPTS,
  textOf,
} from '../test/doubles/command-harness.ts';

const MINUTE = 60_000;

let bot: CommandHarness;
beforeEach(async () => {
  bot = await createCommandHarness();
});
afterEach(() => bot.drop());

const say = async (line: string): Promise<string> => textOf(await bot.say(line));
/** The newest `count` closes of a symbol, oldest first. */
const closes = (symbol: string, interval: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => SCRIPTS[symbol](HARNESS_NOW - (count - 1 - i) * interval));
const price = (value: number): string =>
  value.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const mean = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length;

describe('/value', () => {
  it('tells the value now, at the last close, and its range', async () => {
    const hours = closes('btcusdt', 60 * MINUTE, 102);
    const means = Array.from({ length: 100 }, (_, i) => mean(hours.slice(i, i + 3)));
    const closed = price(mean(hours.slice(-3)));
    await bot.trade('btcusdt', 63_000);
    const present = mean([...hours.slice(-2), 63_000]);
    const now = price(present);
    const [low, high] = [Math.min(...means, present), Math.max(...means, present)].map(price);
    const expected = `btcusdt 1h · sim\nsma(3) ${now} · at the last close ${closed} · ${low} to ${high} in 100 bars`;
    expect(await say('/value btc sma(3) 1h')).toBe(expected);
    expect(await say('/value 1h btc sma(3)')).toBe(expected);
    expect(await say('/value btcusdt 1h sma(3)')).toBe(expected);
  });

  it('tells several, in the chat’s interval, and the price where nothing else is named', async () => {
    const several = await say('/value eth rsi(14), z, close - ema(20)');
    expect(several.split('\n').map((line) => line.split(' ')[0])).toEqual(['ethusdt', 'rsi', 'z', 'close']);
    expect(several).toMatch(/^ethusdt 5m · sim\nrsi [\d.]+ · at the last close/);
    await bot.trade('btcusdt', 60_500);
    expect(await say('/value btc')).toContain('price 60,500.00 · at the last close 60,000.00');
  });

  it('tells a ratio of two instruments', async () => {
    const [btc, eth] = ['btcusdt', 'ethusdt'].map((symbol) => closes(symbol, 5 * MINUTE, 1)[0]);
    expect(await say('/value btcusdt/ethusdt')).toMatch(
      new RegExp(`^btcusdt/ethusdt 5m · sim\nbtcusdt/ethusdt ${btc / eth} · `),
    );
    await bot.trade('btcusdt', 60_003);
    expect(await say('/value btcusdt/ethusdt')).toContain(
      `btcusdt/ethusdt ${Number((60_003 / eth).toPrecision(5))} · `,
    );
    const [, written] = (await say('/value 1h rsi(btc/eth, 14)')).split('\n');
    expect(await say('/value btc/eth 1h rsi')).toBe(`btcusdt/ethusdt 1h · sim\n${written}`);
    expect(await say('/value btc/eth rsi 1h')).toBe(`btcusdt/ethusdt 1h · sim\n${written}`);
    expect(await say('/value z(btcusdt/ethusdt, 60)')).toContain('z(btcusdt/ethusdt, 60)');
  });

  it('counts a longer bar with what it has so far', async () => {
    await bot.time.advance(7 * MINUTE);
    await bot.trade('btcusdt', 61_000);
    expect(await say('/value btc close@1h - close')).toMatch(/\nclose@1h - close 0 · /);
  });

  it('knows what the chat has defined', async () => {
    await bot.say('/define pace = ema(9) - ema(21)');
    const [, plain] = (await say('/value btc ema(9) - ema(21)')).split('\n');
    expect((await say('/value btc pace')).split('\n')[1]).toBe(plain);
    await bot.say('/define tight = bbw(20) < 5%');
    expect(await say('/value btc tight')).toContain('\ntight: true now');
  });

  it('has a button that draws it', async () => {
    const answer = await bot.say('/value eth 15m rsi(7), z(btcusdt/ethusdt, 60)');
    await bot.press(buttonOf(answer, 'Chart'));
    expect(bot.drawn.at(-1)).toMatchObject({ symbol: 'ethusdt', interval: 15 * MINUTE });
    expect(bot.drawn.at(-1)?.series.map(({ label }) => label)).toEqual(['rsi(7)', 'z(btcusdt/ethusdt, 60)']);
    await bot.press(buttonOf(await bot.say('/value btc'), 'Chart'));
    expect(bot.drawn.at(-1)).toMatchObject({ symbol: 'btcusdt', series: [] });
  });

  it.each([
    ['/value', 'The value of what?'],
    ['/value rsi(14)', 'which symbol'],
    ['/value btc 1 + (rsi < 30)', 'true or false'],
    ['/value btc 5', 'a fixed number is no series'],
    ['/value zzz rsi', 'no symbol zzz'],
    [`/value btc ${Array(9).fill('rsi').join(', ')}`, 'That is 9 values, and 8 is the most.'],
  ])('refuses %s', async (line, why) => {
    expect((await say(line)).toLowerCase()).toContain(why.toLowerCase());
  });

  it('marks the place and offers the whole text corrected', async () => {
    const answer = await bot.say('/value btc rsy(14) 1h');
    expect(textOf(answer)).toContain('btc rsy(14) 1h\n····^^^');
    const { reply } = await bot.press(buttonOf(answer, 'btc rsi(14) 1h'));
    expect(textOf(reply)).toContain('btcusdt 1h · sim\nrsi ');
  });
});
