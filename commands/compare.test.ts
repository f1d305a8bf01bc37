import { describe, expect, it } from 'vitest';
import type { LinesRequest } from '../charts/figures/request.ts';
import { DAY } from '../engine/market/interval.ts';
import { normals, walk } from '../engine/quant/reference-inputs.ts';
import { buttonOf, HARNESS_NOW, textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';
import type { CommandContext } from './command.ts';
import { compare } from './compare.ts';

const harness = useCommandHarness();

/** Asks in a market of given closes by symbol, oldest first, a bar for each interval up to now. */
async function asked(text: string, closes: Readonly<Record<string, ArrayLike<number>>>) {
  const context = await harness.context();
  const market: CommandContext['market'] = {
    ...harness.market,
    watched: () => ['sim:*usdt', ...Object.keys(closes).map((symbol) => `sim:${symbol}`)],
    async bars(instrument, interval, count) {
      const prices = closes[instrument.slice(4)] ?? [];
      const all = Array.from(prices, (close, i) => {
        const start = HARNESS_NOW - (prices.length - i) * interval;
        return { start, open: close, high: close, low: close, close, volume: 2, trades: 1 };
      });
      return { closed: all.slice(-count), open: undefined };
    },
  };
  return compare.run({ ...context, market }, text);
}

const closes = { btcusdt: walk(1, 60), ethusdt: walk(2, 60), solusdt: walk(3, 60) };

describe('/compare', () => {
  // The numbers are those of Python: see engine/quant/comparison-report.test.ts.
  it('tells return, volatility, Sharpe ratio and fall of each, the best first', async () => {
    const message = await asked('btc eth sol 1d 60', closes);
    expect(textOf(message).split('\n')).toEqual([
      'eth +6.9 % did best of 3 · 1d · 60 bars'.replace(' %', '\u00a0%'),
      '    return vol/y Sharpe  fall',
      'eth  +6.9%  9.8%   4.26 −1.6%',
      'btc  +6.4%  9.7%   4.00 −2.1%',
      'sol  −3.1%  9.6%  −1.95 −5.3%',
      'A Sharpe ratio of 60 bars is known to ±2.5: that these differ as much may well be chance (p 0.334).',
    ]);
    const figure = harness.figures[0] as LinesRequest;
    expect(figure.lines.map(({ name }) => name)).toEqual(['eth', 'btc', 'sol']);
    expect(figure.lines[0].values[0]).toBe(0);
    expect(figure.lines[0].values.at(-1)).toBeCloseTo(0.06909, 5);
    expect(figure.times).toHaveLength(60);
    expect(figure.times[1] - figure.times[0]).toBe(DAY);
  });

  it('says so where one was better by more than chance', async () => {
    const up = Float64Array.from(normals(5, 200), (z, i) => 100 * 1.002 ** i * (1 + 0.0003 * z));
    const text = textOf(await asked('btc eth 1h 200', { btcusdt: up, ethusdt: walk(3, 200) }));
    expect(text).toContain('The Sharpe ratio of btc is above that of eth by more than chance (p < 0.001).');
  });

  it('draws few enough points of many bars, the first and the newest among them', async () => {
    await asked('btc eth 1h 1000', { btcusdt: walk(1, 1_000), ethusdt: walk(2, 1_000) });
    const { times, lines, interval } = harness.figures[0] as LinesRequest;
    expect(times.length).toBeLessThanOrEqual(301);
    expect([times[0], times.at(-1)]).toEqual([HARNESS_NOW - 1_000 * 3_600_000, HARNESS_NOW - 3_600_000]);
    expect(interval).toBe(4 * 3_600_000);
    expect(lines[0].values).toHaveLength(times.length);
  });

  it('takes what is watched where nothing is named, markets alone, and says how many bars there are', async () => {
    const text = textOf(await asked('', closes));
    expect(text).toContain('did best of 3 · 5m · 60 bars of the 90 asked for');
  });

  it('has no Sharpe ratio of a price that never moves, and no number that is none', async () => {
    const text = textOf(await asked('btc eth', { ...closes, ethusdt: new Float64Array(60).fill(5) }));
    expect(text).toMatch(/eth +0\.0% +0\.0% +– +0\.0%/);
    expect(text).toContain('What does not move has no Sharpe ratio');
    expect(text).not.toContain('NaN');
    const same = textOf(await asked('btc eth', { ...closes, ethusdt: closes.btcusdt.map((price) => 2 * price) }));
    expect(same).toContain('their Sharpe ratios are the same');
  });

  it.each([
    ['btc', 'This takes two symbols at least.'],
    ['btc eth 5', '“5” bars are too few.'],
    ['btc nothing', 'I know no symbol “nothing”.'],
  ])('refuses %j', async (text, reason) => {
    expect(textOf(await harness.say(`/compare ${text}`))).toContain(reason);
  });

  it('says what is missing', async () => {
    await expect(asked('btc eth', { btcusdt: closes.btcusdt })).rejects.toThrow('no 5m bar in common');
    const few = { btcusdt: closes.btcusdt.slice(0, 9), ethusdt: closes.ethusdt.slice(0, 9) };
    await expect(asked('btc eth', few)).rejects.toThrow('at least 10');
  });

  it('compares what the venue sends, and its buttons ask again', async () => {
    const message = await harness.say('/compare btc eth sol 5m 90');
    // All three swing alike.
    expect(textOf(message)).toMatch(/^(btc|eth|sol) \S+\s% did best of 3 · 5m · 90 bars\n/);
    const { reply } = await harness.press(buttonOf(message, '1h'));
    expect(textOf(reply)).toContain(' · 1h · ');
  });
});
