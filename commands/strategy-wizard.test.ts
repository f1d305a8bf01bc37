import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TEMPLATES } from '../engine/strategies/templates.ts';
import {
  buttonOf,
  type CommandHarness,
  createCommandHarness,
  labelsOf,
  lead,
  member,
  textOf,
} from '../test/doubles/command-harness.ts';

let harness: CommandHarness;
beforeEach(async () => {
  harness = await createCommandHarness();
  await harness.trade('btcusdt', 60_000);
});
afterEach(() => harness.drop());

const stored = async () => (await harness.ports.strategies.list('telegram:100')).map(({ text }) => text);

describe('/strategy new by buttons', () => {
  it('leads from the symbol over the idea and the bars to numbers that can be moved, and keeps the strategy', async () => {
    const start = await harness.say('/strategy new');
    expect(textOf(start)).toBe('A new strategy\nFor which symbol?');
    const ideas = await lead(harness, start, 'btcusdt');
    expect(labelsOf(ideas)).toEqual([...TEMPLATES.map(({ name }) => name), '◀ Symbols', 'Type it']);
    const bars = await lead(harness, ideas, 'ma-cross');
    expect(labelsOf(bars)).toEqual(['1m', '5m', '15m', '1h (usual)', '4h', '1d', '◀ Ideas']);
    const numbers = await lead(harness, bars, '1h (usual)');
    expect(textOf(numbers)).toContain('param fast = 12 [5..30] param slow = 26 [20..100] param level = 50 [40..60]');
    // A tenth of each range, from 5 to 30, from 20 to 100 and from 40 to 60.
    expect(labelsOf(numbers)).toEqual([
      ...['▼ fast 9', '▲ fast 15', '▼ slow 20', '▲ slow 34', '▼ level 48', '▲ level 52'],
      ...['Sides: long and short', '✅ Keep it', 'Backtest', '◀ Bars'],
    ]);
    const kept = await lead(harness, numbers, '▲ fast 15', '▼ slow 20', 'Sides: long and short', '✅ Keep it');
    expect(textOf(kept)).toMatch(/^✅ ma-cross-btc · version 1\n/);
    expect(await stored()).toEqual([
      'ma-cross-btc on sim:btcusdt 1h param fast = 15 [5..30] param slow = 20 [20..100] param level = 50 [40..60] ' +
        'long when ema(fast) crosses above ema(slow) and rsi(14) > level exit long when ema(fast) < ema(slow) ' +
        'stop 2 * atr(14) target 4 * atr(14)',
    ]);
  });

  it('never leaves a range, and gives a second one another name', async () => {
    const numbers = await lead(harness, await harness.say('/strategy new'), 'btcusdt', 'scalping', '1m (usual)');
    let at = numbers;
    for (let k = 0; k < 15; k++)
      at = await lead(harness, at, labelsOf(at).find((label) => label.startsWith('▲ lean'))!);
    expect(textOf(at)).toContain('param lean = 0.6 [0.05..0.6]');
    expect(labelsOf(at)).toContain('▲ lean 0.6');
    await lead(harness, at, '✅ Keep it');
    await lead(harness, numbers, '▼ lean 0.145', '✅ Keep it');
    expect((await stored()).map((text) => text.split(' ')[0])).toEqual(['scalping-btc', 'scalping-btc-2']);
  });

  it('asks what a pair is held against, and goes back a step', async () => {
    const other = await lead(harness, await harness.say('/strategy new'), 'btcusdt', 'pairs');
    expect(textOf(other)).toMatch(/\nHeld against which symbol\?$/);
    expect(labelsOf(other)).not.toContain('btcusdt');
    const numbers = await lead(harness, other, 'ethusdt', '1h (usual)');
    expect(textOf(numbers)).toContain('ols(close, sim:ethusdt.close, length).z');
    const again = await lead(harness, numbers, '◀ Bars', '◀ Ideas', '◀ Symbols', 'ethusdt', 'trend', '15m');
    expect(textOf(again)).toContain('supertrend(length, width).direction crosses above 0');
    expect(textOf(again)).not.toContain('ols(');
  });

  it('offers a backtest of what stands there, and how it is typed', async () => {
    const numbers = await lead(harness, await harness.say('/strategy new'), 'btcusdt', 'breakout', '5m');
    const outcome = await harness.press(buttonOf(numbers, 'Backtest'));
    expect(textOf(outcome.reply)).toMatch(/btcusdt/);
    const typed = await lead(harness, await harness.say('/strategy new'), 'Type it');
    expect(textOf(typed)).toContain('/strategy new cross on btc 1h like ma-cross');
  });

  it('can only be pressed by the one who asked, and not for ever', async () => {
    const start = await harness.say('/strategy new', member(4));
    const button = buttonOf(start, 'btcusdt');
    for (const other of [member(5), member(6, { isChatAdmin: true })])
      expect((await harness.press(button, other)).toast).toMatch(/not yours/);
    const ideas = await harness.press(button, member(4));
    await harness.ports.views.prune(harness.time.now() + 1, 100);
    const late = await harness.press(buttonOf(ideas.edit, 'trend'), member(4));
    expect(late).toEqual({ toast: 'This is too old: type /strategy new again.' });
    expect(await stored()).toEqual([]);
  });

  it('fits its buttons into what Telegram takes', async () => {
    const numbers = await lead(harness, await harness.say('/strategy new'), 'btcusdt', 'mean-reversion', '4h');
    for (const { data } of numbers.buttons!.flat()) expect(data.length).toBeLessThanOrEqual(60);
  });
});
