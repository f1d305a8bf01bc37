import { describe, expect, it } from 'vitest';
import type { HeatMapRequest, HistogramRequest } from '../charts/figures/request.ts';
import { HOUR } from '../engine/market/interval.ts';
import { normals } from '../engine/quant/reference-inputs.ts';
import { HARNESS_NOW, textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';
import type { Command, CommandContext } from './command.ts';
import { corr } from './corr.ts';
import { stats } from './stats.ts';

const harness = useCommandHarness();

/** Asks a command in a market whose closes are given, oldest first, by the symbol. */
async function asked(command: Command, text: string, closes: Readonly<Record<string, Float64Array>>) {
  const context = await harness.context();
  const market: CommandContext['market'] = {
    ...harness.market,
    watched: () => Object.keys(closes).map((symbol) => `sim:${symbol}`),
    async bars(instrument, interval, count) {
      const prices = closes[instrument.slice(4)] ?? new Float64Array(0);
      const all = Array.from(prices, (close, i) => {
        const start = HARNESS_NOW - (prices.length - i) * interval;
        return { start, open: close, high: close, low: close, close, volume: 2, trades: 1 };
      });
      return { closed: all.slice(-count), open: undefined };
    },
  };
  return command.run({ ...context, market }, text);
}

/** Prices whose log returns are given. */
function pathOf(returns: Float64Array): Float64Array {
  let at = Math.log(100);
  return Float64Array.of(
    100,
    ...Array.from(returns, (step) => {
      at += step;
      return Math.exp(at);
    }),
  );
}
const noise = (seed: number, size: number, count = 200) => normals(seed, count).map((z) => z * size);

describe('/stats', () => {
  it('tells volatility, place and path, and that nothing is unusual about plain noise', async () => {
    const message = await asked(stats, 'btc 1h 200', { btcusdt: pathOf(noise(3, 0.01)) });
    const lines = textOf(message).split('\n');
    expect(lines[0]).toBe('btcusdt 1h · 200 bars · sim');
    // 1 % an hour, 8,760 hours in a year: 94 %.
    const volatility = Number(/volatility ([\d.]+)/.exec(lines[2])![1]);
    expect(Math.abs(volatility - 93.6)).toBeLessThan(12);
    expect(lines.at(-1)).toMatch(/^Nothing here is unusual/);
    const figure = harness.figures[0] as HistogramRequest;
    expect(figure.counts.reduce((sum, count) => sum + count, 0)).toBe(199);
    expect(figure.curve.reduce((sum, count) => sum + count, 0)).toBeCloseTo(199, 0);
    // Four deviations to each side of a mean that is close to nought.
    expect(figure.range[0]).toBeLessThan(0);
    expect(figure.range[1] / -figure.range[0]).toBeCloseTo(1, 0);
  });

  it('says what is unusual now before what was unusual all along', async () => {
    const returns = noise(3, 0.01);
    returns[returns.length - 1] = 0.08;
    const message = await asked(stats, 'btc 1h 201', { btcusdt: pathOf(returns) });
    expect(textOf(message).split('\n').at(-1)).toMatch(/^Unusual: .*the last bar rose by \d\.\d+ deviations/);
    const figure = harness.figures[0] as HistogramRequest;
    // Beyond four deviations it counts in the last part.
    expect(figure.newest).toBe(figure.counts.length - 1);
  });

  it.each([
    ['', 'Which symbol?'],
    ['btc eth', 'This is of one symbol, not of 2.'],
    ['btc 20', '“20” bars are too few.'],
    ['btc 5m abc', '“abc” is no interval, and no number of bars.'],
    ['abc', 'I know no symbol “abc”'],
  ])('refuses %j', async (text, reason) => {
    expect(textOf(await harness.say(`/stats ${text}`))).toContain(reason);
  });

  it.each([
    ['btc 5m 5', 7],
    ['eth 5m th', 7],
  ])('marks what is wrong with %j where it stands', async (text, at) => {
    const marked = textOf(await harness.say(`/stats ${text}`)).split('\n');
    expect([marked[1], marked[2].indexOf('^')]).toEqual([text, at]);
  });

  it('has words for a price that never moves, and for too little of one', async () => {
    const flat = textOf(await asked(stats, 'btc 1h', { btcusdt: new Float64Array(100).fill(50) }));
    expect(flat).toContain('volatility 0.0');
    expect(flat).not.toContain('NaN');
    expect(harness.figures).toEqual([]);
    await expect(asked(stats, 'btc 1h', { btcusdt: pathOf(noise(1, 0.01, 20)) })).rejects.toThrow('at least 32');
  });
});

describe('/corr', () => {
  /** Two that move together, one alone; in the window before none of them did. */
  function market() {
    const [first, second] = [noise(1, 0.01, 400), noise(2, 0.01, 400)];
    const shared = noise(5, 0.02, 400);
    const together = (own: Float64Array) => own.map((step, i) => (i < 200 ? step : step * 0.3 + shared[i]));
    return {
      btcusdt: pathOf(together(first)),
      solusdt: pathOf(noise(4, 0.01, 400)),
      ethusdt: pathOf(together(second)),
    };
  }

  it('puts together what moves together, names it, and frames what changed', async () => {
    const message = await asked(corr, '1h 200', market());
    const lines = textOf(message).split('\n');
    expect(lines[0]).toBe('Correlations 1h · 200 returns · 3 symbols');
    expect(lines[1]).toMatch(/^Together: (btc, eth|eth, btc) \(0\.9\d on average\)$/);
    expect(lines[2]).toMatch(/^Changed since the 200 bars before: btc–eth −?0\.\d\d → 0\.9\d\.$/);
    const figure = harness.figures[0] as HeatMapRequest;
    expect(Math.abs(figure.labels.indexOf('btc') - figure.labels.indexOf('eth'))).toBe(1);
    expect(figure.marked).toHaveLength(2);
    for (const [row, column] of figure.marked) {
      expect([figure.labels[row], figure.labels[column]].toSorted()).toEqual(['btc', 'eth']);
      expect(figure.values[row][column]).toBeGreaterThan(0.9);
    }
    figure.values.forEach((row, i) => {
      expect(row[i]).toBe(1);
    });
  });

  it('says that nothing changed where nothing did', async () => {
    const closes = { btcusdt: pathOf(noise(7, 0.01, 400)), ethusdt: pathOf(noise(8, 0.01, 400)) };
    const text = textOf(await asked(corr, 'btc eth 1h 200', closes));
    expect(text).toContain('None of them belong together.');
    expect(text).toContain('Nothing changed since the 200 bars before');
  });

  it('refuses fewer than two', async () => {
    expect(textOf(await harness.say('/corr btc'))).toContain('This takes two symbols at least.');
  });

  it('names what does not move', async () => {
    const closes = { ...market(), solusdt: new Float64Array(401).fill(5) };
    await expect(asked(corr, `1h ${HOUR / 3_600_000 + 199}`, closes)).rejects.toThrow('does not move');
  });
});
