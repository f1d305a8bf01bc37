import { describe, expect, it } from 'vitest';
import { buttonOf, textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';

const harness = useCommandHarness();

describe('the list of alerts', () => {
  it('says how each fires where it is not as every alert does', async () => {
    await harness.say('/settings zone Europe/Berlin');
    for (const rule of ['btc > 61k', 'btc > 62k once', 'btc > 63k on close', 'btc > 64k every 1h for 5m silent'])
      await harness.say(`/alert ${rule}`);
    await harness.say('/alert btc > 65k until 2026-01-20 18:00 "to the moon"');
    await harness.say('/alert btc 5m rsi < 20 rearm 30');
    const lines = textOf(await harness.say('/alerts')).split('\n');
    for (const start of [
      '1 btcusdt price > 61,000 · 60,000.00',
      '2 btcusdt price > 62,000 · once · 60,000.00',
      '3 btcusdt price > 63,000 · on close · 60,000.00',
      '4 btcusdt price > 64,000 · every 1h for 5m silent · 60,000.00',
      '5 btcusdt price > 65,000 · until 20 Jan 18:00 CET · 60,000.00',
      '6 btcusdt rsi < 20 · rearm 30 · ',
    ])
      expect(
        lines.some((line) => line.startsWith(start)),
        `${start} in ${lines.join('\n')}`,
      ).toBe(true);
  });

  it('says what the open bar has met, and tells near prices apart', async () => {
    await harness.say('/alert btc close > 61k on close');
    await harness.say('/alert btc > 62,010');
    await harness.say('/alert btc > 62,000.01');
    await harness.time.advance(1_000);
    await harness.trade('btcusdt', 62_000);
    expect(
      textOf(await harness.say('/alerts'))
        .split('\n')
        .slice(1),
    ).toEqual([
      '1 btcusdt close > 61,000 · on close · 62,000.00 · met, waits for the close',
      '3 btcusdt price > 62,000.01 · 62,000.00 · at 62,000.01 (+0.00\u00a0%)',
      '2 btcusdt price > 62,010 · 62,000.00 · at 62,010.00 (+0.02\u00a0%)',
    ]);
    expect(textOf(await harness.say('/alert 1'))).toContain('Now 62,000.00; met, and waits for the close of the bar.');
  });

  it('leaves out what does not look at a symbol, over all of its pages', async () => {
    for (let i = 1; i <= 12; i++) await harness.say(`/alert btc > ${61 + i}k`);
    await harness.say('/alert eth > 9k');
    await harness.say('/alert z(ethusdt/btcusdt, 60) > 3');
    expect(textOf(await harness.say('/alerts eth')).split('\n')).toEqual([
      'Alerts on ethusdt: 2 of 14, nearest first',
      expect.stringMatching(/^14 z\(ethusdt\/btcusdt, 60\) > 3/),
      expect.stringMatching(/^13 ethusdt price > 9,000/),
    ]);
    const first = await harness.say('/alerts btc');
    expect(textOf(first).split('\n')[0]).toBe('Alerts on btcusdt: 13 of 14, nearest first');
    const second = await harness.press(buttonOf(first, '▶'));
    expect(textOf(second.edit!).split('\n')).toHaveLength(4);
    expect(textOf(await harness.say('/alerts sol'))).toMatch(/^No alert looks at solusdt\./);
  });
});
