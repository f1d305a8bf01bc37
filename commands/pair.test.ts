import { describe, expect, it } from 'vitest';
import { MINUTE } from '../engine/market/interval.ts';
import { normals, walk } from '../engine/quant/reference-inputs.ts';
import { buttonOf, HARNESS_NOW, textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';
import type { CommandContext } from './command.ts';
import { pair } from './pair.ts';

const STEP = 5 * MINUTE;
const harness = useCommandHarness();

/** A market in which the closes of two symbols are given, oldest first; the second may lack bars. */
async function asked(text: string, closes: Readonly<Record<string, Float64Array>>, without: readonly number[] = []) {
  const context = await harness.context();
  const market: CommandContext['market'] = {
    ...harness.market,
    async bars(instrument, _interval, count) {
      const prices = closes[instrument] ?? new Float64Array(0);
      const all = Array.from(prices, (close, i) => {
        const start = HARNESS_NOW - (prices.length - i) * STEP;
        return { start, open: close, high: close, low: close, close, volume: 1, trades: 1 };
      });
      const kept = instrument.endsWith('btcusdt') ? all.filter((_, i) => !without.includes(i)) : all;
      return { closed: kept.slice(-count), open: undefined };
    },
  };
  return pair.run({ ...context, market }, text);
}

const x = walk(1, 400);
const off = normals(2, 400);
const y = x.map((price, i) => 20 + 1.5 * price + off[i]);

describe('/pair', () => {
  it('tells the hedge ratio that was put in, that the spread comes back, and how wide it is', async () => {
    const message = await asked('eth btc 5m 400', { 'sim:ethusdt': y, 'sim:btcusdt': x });
    const lines = textOf(message).split('\n');
    expect(lines[0]).toMatch(
      /^ethusdt ~ btcusdt · 5m · 400 bars: cointegrated \(Engle-Granger −\d+\.\d+, p < 0\.001\)$/,
    );
    const ratio = Number(/hedge ratio ([\d.]+)/.exec(lines[1])![1]);
    expect(Math.abs(ratio - 1.5)).toBeLessThan(0.03);
    expect(lines[1]).toMatch(/Huber 1\.[45]\d* · Kalman now 1\.[45]/);
    expect(lines[2]).toMatch(/^spread z [+−]?\d\.\d+ · ADF −\d+\.\d+, p < 0\.001 · half-life \dm/);
    expect(lines[3]).toMatch(/^The spread is /);
    const [request] = harness.drawn.slice(-1);
    expect(request.series.map(({ label }) => label)).toEqual([
      'ethusdt from 100',
      'btcusdt from 100',
      'spread z',
      'correlation 60',
    ]);
    expect(request.series[0].lines[0].values).toEqual(request.bars.map(({ close }) => close));
    expect(textOf(message)).not.toContain('The picture has');
    const told = Number(/spread z ([+−]?[\d.]+)/.exec(lines[2])![1].replace('−', '-'));
    expect(request.series[2].lines[0].values.at(-1)).toBeCloseTo(told, 1);
    expect(request.bars).toHaveLength(400);
    expect(request.bars[0].close).toBe(100);
  });

  it('sets the alert that its button offers', async () => {
    const message = await asked('eth/btc', { 'sim:ethusdt': y, 'sim:btcusdt': x });
    const { reply } = await harness.press(buttonOf(message, 'Alert at z > 2'));
    expect(textOf(reply)).toContain('z(spread(ethusdt, btcusdt, 400), 400) > 2');
  });

  it('tries the pair’s template on it with a button, but for bars that are not kept for long', async () => {
    const message = await asked('eth btc 5m', { 'sim:ethusdt': y, 'sim:btcusdt': x });
    const { reply } = await harness.press(buttonOf(message, 'Backtest'));
    expect(textOf(reply)).toMatch(/^pairs ethusdt 5m: /);
    const short = await asked('eth btc 30s', { 'sim:ethusdt': y, 'sim:btcusdt': x });
    expect(short.buttons!.flat().map(({ label }) => label)).toEqual(['Alert at z > 2', '15m', '1h', '1d']);
  });

  it('says so where the picture has fewer bars than the numbers', async () => {
    const prices = walk(3, 600);
    const noise = normals(4, 600);
    const other = prices.map((price, i) => 20 + price + noise[i]);
    const message = await asked('eth btc 5m 600', { 'sim:ethusdt': other, 'sim:btcusdt': prices });
    expect(textOf(message)).toContain(' 600 bars: ');
    expect(textOf(message)).toMatch(/ The picture has the last 500 bars\.$/);
    expect(harness.drawn.at(-1)!.bars).toHaveLength(500);
  });

  it('takes the bars that both have', async () => {
    const message = await asked('eth btc', { 'sim:ethusdt': y, 'sim:btcusdt': x }, [10, 11, 399]);
    expect(textOf(message)).toContain(' 397 bars: ');
  });

  it('does not call two random walks cointegrated, and says that z is no signal', async () => {
    const message = await asked('eth btc', { 'sim:ethusdt': walk(7, 400), 'sim:btcusdt': x });
    expect(textOf(message)).toContain(' 400 bars: not cointegrated');
    expect(textOf(message)).toContain('its z is no signal.');
  });

  it.each([
    ['', 'Which two symbols?'],
    ['eth', 'A pair is two symbols, this is 1.'],
    ['btc btcusdt', 'A pair is two symbols, this is btcusdt twice.'],
    ['eth btc sol', 'A pair is two symbols, this is 3.'],
    ['eth btc 7', '“7” bars are too few.'],
    ['eth nothing', 'I know no symbol “nothing”.'],
  ])('refuses %j', async (text, reason) => {
    expect(textOf(await harness.say(`/pair ${text}`))).toContain(reason);
  });

  it('says what is missing instead of a number that is none', async () => {
    const flat = new Float64Array(400).fill(50);
    await expect(asked('eth btc', { 'sim:ethusdt': y, 'sim:btcusdt': flat })).rejects.toThrow('nothing moves');
    await expect(asked('eth btc', { 'sim:ethusdt': y, 'sim:btcusdt': y })).rejects.toThrow('the same but for a factor');
    await expect(asked('eth btc', { 'sim:ethusdt': y })).rejects.toThrow('no 5m bar in common');
    await expect(asked('eth btc', { 'sim:ethusdt': y.slice(0, 9), 'sim:btcusdt': x.slice(0, 9) })).rejects.toThrow(
      'at least 12',
    );
  });
});
