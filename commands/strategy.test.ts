import { describe, expect, it } from 'vitest';
import { buttonOf, type CommandHarness, member, textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';

const harness = useCommandHarness();

const RULES = 'long when rsi(14) < 30 exit when rsi(14) > 60 stop 2%';
const text = async (line: string, asker?: Parameters<CommandHarness['say']>[1]): Promise<string> =>
  textOf(await harness.say(line, asker));

describe('/strategy', () => {
  it('makes one, shows it in its canonical text, counts its versions, and removes it', async () => {
    expect(await text('/strategy')).toContain('No strategies yet');
    expect(await text(`/strategy new Dips on btc 1h ${RULES}`)).toBe(
      '✅ dips · version 1\ndips on sim:btcusdt 1h long when rsi(14) < 30 exit long when rsi(14) > 60 stop 2%',
    );
    expect(await text(`/strategy new dips on btc 1h ${RULES}`)).toBe('That is what dips says already.');
    expect(await text(`/strategy new dips on btc, eth 1h ${RULES}`)).toContain('dips · version 2');
    expect(await text('/strategy list')).toContain('dips (version 2) on sim:btcusdt, sim:ethusdt 1h long when');
    expect(await text('/strategy show dips')).toContain('on sim:btcusdt, sim:ethusdt 1h');
    expect(await text('/strategy remove dips')).toBe('🗑 dips is removed.');
    expect(await text('/strategy')).toContain('No strategies yet');
    expect(await text(`/strategy new dips on btc 1h ${RULES}`)).toContain('version 3');
  });

  it('lists templates, shows one, and makes a strategy like one', async () => {
    const templates = await text('/strategy templates');
    for (const name of [
      'ma-cross',
      'momentum',
      'mean-reversion',
      'breakout',
      'scalping',
      'pairs',
      'trend',
      'squeeze',
    ]) {
      expect(templates).toContain(`\n${name} · `);
    }
    expect(await text('/strategy show trend')).toContain('long when supertrend(length, width).direction');
    expect(await text('/strategy new cross on btc 1h like ma-cross')).toContain(
      'cross on sim:btcusdt 1h param fast = 12 [5..30]',
    );
    expect(await text('/strategy new both on eth 1h like pairs vs btcusdt')).toContain(
      'ols(close, sim:btcusdt.close, length).z',
    );
    expect(await text('/strategy new both on eth 1h like pairs')).toContain('holds its symbol against another one');
    expect(await text('/strategy new x on eth 1h like ma-crosss')).toContain('Did you mean ma-cross');
  });

  it('says where one makes no sense, and offers what is meant', async () => {
    const message = await harness.say('/strategy new dips on btc 1h long when rsi < 30 exit when rsi < 50');
    expect(textOf(message)).toContain('This strategy exits before it enters');
    const slip = await harness.say('/strategy new dips on btc 1h long when rsi < 30 stpo 2%');
    expect(
      slip.buttons
        ?.flat()
        .map(({ label }) => label)
        .join(),
    ).toContain('stop 2%');
    expect(await text('/strategy new ma-cross on btc 1h like ma-cross')).toContain('is the name of a template');
    expect(await text('/strategy sow dips')).toContain('I can make, list, show, suggest, publish, take and remove');
  });

  it.each([
    [
      'n = 14 [1..999999999999] long when sma(n) > close exit when sma(n) < close',
      'n cannot run from 1 to 999999999999: ',
    ],
    [
      'n = 14 [0..30] long when sma(n) > close exit when sma(n) < close',
      'length of sma is 1 to 5000, not 0; from 1 to 30 it can',
    ],
    ['p = 60000 [1..90000000] long when close > p exit when close < 100', 'these are more than 1000000 whole numbers'],
    ['far = 3% [1%..200%] long when close > 5 stop far', 'far cannot run from 1% to 200%: '],
  ])('refuses a range that it cannot be read in: %s', async (rules, why) => {
    expect(await text(`/strategy new q on btc 1h param ${rules}`)).toContain(why);
    expect(await text('/strategy list')).toContain('No strategies yet');
  });

  it('takes ranges that meet where each can be right beside the other', async () => {
    const rules =
      'param fast = 9 [5..30] param slow = 21 [20..50] long when ema(fast) > ema(slow) exit when ema(fast) < ema(slow)';
    expect(await text(`/strategy new q on btc 1h ${rules}`)).toContain('q · version 1');
  });

  it('is changed and removed by its owner and admins alone', async () => {
    const made = await harness.say(`/strategy new dips on btc 1h ${RULES}`, member(30));
    expect(await text(`/strategy new dips on eth 1h ${RULES}`, member(31))).toContain('somebody else');
    expect(await text('/strategy remove dips', member(31))).toContain('somebody else');
    const button = buttonOf(made, 'Remove');
    expect((await harness.press(button, member(31))).toast).not.toContain('is removed');
    expect((await harness.press(button, member(30))).toast).toBe('dips is removed.');
    expect((await harness.press(button, member(30))).toast).toBe('This strategy no longer holds.');
  });
});
