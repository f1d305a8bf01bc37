import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseRule } from '../engine/language/parse.ts';
import { testScope } from '../engine/language/test-scope.ts';
import {
  buttonOf,
  type CommandHarness,
  createCommandHarness,
  labelsOf,
  lead,
  member,
  someone,
  textOf,
} from '../test/doubles/command-harness.ts';
import { roundNumbers, SUBJECTS } from './alert-choices.ts';

let harness: CommandHarness;
beforeEach(async () => {
  harness = await createCommandHarness();
  await harness.trade('btcusdt', 60_000);
});
afterEach(() => harness.drop());

const rulesOf = async (chat: string) => (await harness.rules.list(chat)).map(({ text }) => text);

describe('/alert by buttons', () => {
  it('leads from the symbol over what and which level to a running alert, and can undo it', async () => {
    const start = await harness.say('/alert');
    expect(textOf(start)).toBe('A new alert\nWhich symbol?');
    expect(labelsOf(start)).toEqual(['btcusdt', 'ethusdt', 'solusdt', 'aapl', 'Other: type it']);
    const what = await lead(harness, start, 'btcusdt');
    expect(textOf(what)).toBe('btcusdt · now 60,000.00\nWhat of it?');
    const levels = await lead(harness, what, 'Price');
    expect(labelsOf(levels)).toEqual([
      ...['> 60,600.00 (+1 %)', '> 61,200.00 (+2 %)', '> 63,000.00 (+5 %)'],
      ...['< 59,400.00 (−1 %)', '< 58,800.00 (−2 %)', '< 57,000.00 (−5 %)'],
      ...['> 65,000.00', '< 55,000.00', '◀ What', 'Type it'],
    ]);
    const saved = await lead(harness, levels, '> 63,000.00 (+5 %)');
    expect(textOf(saved)).toMatch(/^✅ btcusdt price > 63,000 · sim\nNow 60,000\.00; fires near 63,000\.00/);
    expect(await rulesOf('telegram:100')).toEqual(['sim:btcusdt 5m price > 63000 every 15m']);
    await harness.press(buttonOf(saved, 'Delete'));
    expect(await rulesOf('telegram:100')).toEqual([]);
  });

  it('says what a series is now beside its levels', async () => {
    const levels = await lead(harness, await harness.say('/alert'), 'btcusdt', 'RSI');
    expect(textOf(levels)).toMatch(
      /^btcusdt · now 60,000\.00 · rsi\(14\) [\d.]+\nWhen the relative strength index is$/,
    );
    await lead(harness, levels, '1h > 70');
    expect(await rulesOf('telegram:100')).toEqual(['sim:btcusdt 1h rsi(14) > 70 every 15m']);
  });

  it('goes back, shows more, and begins with the second step where a symbol is given', async () => {
    const what = await harness.say('/alert eth');
    expect(textOf(what)).toBe('ethusdt\nWhat of it?');
    const more = await lead(harness, what, 'More…');
    expect(labelsOf(more)).toContain('MACD');
    expect(labelsOf(await lead(harness, more, '◀ What'))).toContain('EMA cross');
    const start = await lead(harness, what, '◀ Symbols');
    const levels = await lead(harness, start, 'btcusdt', 'Volume', '◀ What', 'EMA cross');
    await lead(harness, levels, '20 above 50');
    expect(await rulesOf('telegram:100')).toEqual(['sim:btcusdt 5m ema(20) crosses above ema(50) on close']);
  });

  it('offers first what the chat’s alerts watch already', async () => {
    await harness.say('/alert sol > 500');
    expect(labelsOf(await harness.say('/alert')).slice(0, 2)).toEqual(['solusdt', 'btcusdt']);
  });

  it('says how to type what has no button', async () => {
    const start = await harness.say('/alert');
    expect(textOf(await lead(harness, start, 'Other: type it'))).toContain('/alert SYMBOL');
    expect(textOf(await lead(harness, await harness.say('/alert btc'), 'Type it'))).toContain(
      '/alert btcusdt rsi < 30',
    );
  });

  it('can only be pressed by the one who asked, not even by an admin', async () => {
    const start = await harness.say('/alert', member(4));
    const button = buttonOf(start, 'btcusdt');
    for (const other of [member(5), member(6, { isChatAdmin: true })])
      expect((await harness.press(button, other)).toast).toMatch(/not yours/);
    expect((await harness.press(button, member(4))).edit).toBeDefined();
  });

  it('says so where there is no price yet, and where a message is too old', async () => {
    const what = await harness.say('/alert aapl');
    expect(await harness.press(buttonOf(what, 'Price'))).toEqual({ toast: 'There is no price of aapl yet.' });
    await harness.ports.views.prune(harness.time.now() + 1, 100);
    expect(await harness.press(buttonOf(what, 'RSI'))).toEqual({ toast: 'This is too old: type /alert again.' });
  });

  it('fits its buttons into what Telegram takes, for the longest user and many messages', async () => {
    const asker = someone({ userId: 'telegram:9007199254740991' });
    const levels = await harness.press(buttonOf(await harness.say('/alert btc', asker), 'Price'), asker);
    for (const { data } of levels.edit!.buttons!.flat()) expect(data.length).toBeLessThanOrEqual(60);
  });
});

describe('the choices', () => {
  it('are rules, whatever the price', () => {
    for (const last of [0.00001234, 0.5, 1, 99.99, 60_000, 1_234_567]) {
      for (const subject of SUBJECTS) {
        const choices = subject.choices({ last, tick: undefined, price: String });
        expect(choices.length).toBeGreaterThan(1);
        for (const { condition } of choices) expect(() => parseRule(`btcusdt ${condition}`, testScope())).not.toThrow();
      }
    }
  });

  it.each([
    // The next multiples of 1, 2, 2.5 or 5 times a power of ten, as one would say them.
    [60_000, 55_000, 65_000],
    [64_402.1, 60_000, 65_000],
    [3_412.55, 3_250, 3_500],
    [99.9, 95, 105],
    [1, 0.9, 1.1],
    [0.0123, 0.012, 0.013],
  ])('name round numbers around %d', (last, below, above) => {
    expect(roundNumbers(last)).toEqual([below, above]);
  });
});
