import { describe, expect, it } from 'vitest';
import type { HeatMapRequest } from '../charts/figures/request.ts';
import { HOUR } from '../engine/market/interval.ts';
import { normals, walk } from '../engine/quant/reference-inputs.ts';
import { buttonOf, textOf } from '../test/doubles/command-harness.ts';
import { marketOf } from '../test/doubles/given-closes.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';
import { pairs } from './pairs.ts';

const harness = useCommandHarness();

async function asked(text: string, closes: Readonly<Record<string, Float64Array>>) {
  const context = await harness.context();
  return pairs.run({ ...context, market: marketOf(harness.market, closes) }, text);
}

const btcusdt = walk(1, 500);
const off = normals(2, 500);
const ethusdt = btcusdt.map((price, i) => 20 + 1.5 * price + off[i]);
const alone = { solusdt: walk(3, 500), adausdt: walk(4, 500), xrpusdt: walk(5, 500) };

describe('/pairs', () => {
  it('finds the pair that was put in, with the hedge ratio and the z that /pair tells', async () => {
    const message = await asked('1h 500', { btcusdt, ...alone, ethusdt });
    const lines = textOf(message).split('\n');
    expect(lines[0]).toBe('Pairs 1h · 500 bars · 5 symbols · 10 pairs tested: 1 cointegrated');
    expect(lines[1]).toMatch(/^pair +p +q +ratio +half +z$/);
    const [pair, p, q, ratio, half, z] = lines[2].split(/ +/);
    expect(['eth~btc', 'btc~eth']).toContain(pair);
    expect([p, q]).toEqual(['<.001', '<.001']);
    expect(Math.abs(Number(ratio) - (pair === 'eth~btc' ? 1.5 : 1 / 1.5))).toBeLessThan(0.03);
    expect(half).toMatch(/^\d+m|1h\d*m?$/);
    expect(lines[3]).toBe(
      'q is p corrected for 10 tests: of pairs with q below 0.05, one in twenty is chance. The past holds together; that it will is another question.',
    );
    const { reply } = await harness.press(buttonOf(message, pair.replace('~', ' ~ ')));
    // The market of the harness is another: there they swing as one.
    expect(textOf(reply)).toContain('The two series are the same but for a factor');
    expect(Number(z.replace('−', '-'))).toBeCloseTo(zByHand(pair === 'eth~btc'), 1);
  });

  function zByHand(isEth: boolean): number {
    const [y, x] = isEth ? [ethusdt, btcusdt] : [btcusdt, ethusdt];
    const mean = (xs: Float64Array) => xs.reduce((sum, value) => sum + value, 0) / xs.length;
    const slope =
      mean(y.map((value, i) => (value - mean(y)) * (x[i] - mean(x)))) / mean(x.map((v) => (v - mean(x)) ** 2));
    const left = y.map((value, i) => value - mean(y) - slope * (x[i] - mean(x)));
    return left[499] / Math.sqrt(mean(left.map((value) => value * value)));
  }

  it('draws the p-values, the best pair in the corner and framed', async () => {
    await asked('1h 500', { ...alone, btcusdt, ethusdt });
    const figure = harness.figures[0] as HeatMapRequest;
    expect(figure.labels.slice(0, 2).toSorted()).toEqual(['btc', 'eth']);
    expect(figure.marked).toEqual([
      [0, 1],
      [1, 0],
    ]);
    expect(figure.values[0][1]).toBeLessThan(0.001);
    expect(figure.strength![0][1]).toBe(3);
    for (const [i, row] of figure.values.entries()) {
      expect(row[i]).toBeNaN();
      for (const [k, p] of row.entries()) if (i !== k) expect(p).toBe(figure.values[k][i]);
    }
  });

  it('says when no pair survives, and how many would look like one by chance', async () => {
    const text = textOf(await asked('1h 500', { ...alone, btcusdt }));
    expect(text).toMatch(/^Pairs 1h · 500 bars · 4 symbols · 6 pairs tested: none cointegrated\n/);
    expect(text).toMatch(
      /No pair survives the correction: \d of 6 ha(s|ve) p below 0\.05, and of pairs with nothing in common one in twenty would at most\. The z of these is no signal\.$/,
    );
    const two = textOf(await asked('sol btc 1h 500', { ...alone, btcusdt }));
    expect(two).toContain('Nothing shows that this spread comes back');
  });

  it('leaves out a symbol that was listed yesterday, and one that never moves', async () => {
    const message = await asked('1h 500', {
      ...{ btcusdt, ethusdt, newusdt: walk(8, 24), flatusdt: new Float64Array(500).fill(3) },
    });
    const text = textOf(message);
    expect(text).toMatch(/^Pairs 1h · 500 bars · 2 symbols · 1 pair tested: 1 cointegrated\n/);
    expect(text).toContain(
      '\nLeft out: newusdt (too few bars in common).\nLeft out: flatusdt (the price never moved).',
    );
    expect(text).not.toContain('NaN');
  });

  it.each([
    ['btc', 'This takes two symbols at least. For example /pairs btc eth sol 1h'],
    ['btc eth 20', '“20” bars are too few.'],
    ['btc nothing', 'I know no symbol “nothing”.'],
  ])('refuses %j', async (text, reason) => {
    expect(textOf(await harness.say(`/pairs ${text}`))).toContain(reason);
  });

  it('says what is missing', async () => {
    await expect(asked('1h', { btcusdt })).rejects.toThrow('Fewer than two symbols are watched.');
    await expect(asked('1h', { 'binance:*': btcusdt, btcusdt })).rejects.toThrow('Fewer than two symbols are watched.');
    await expect(asked('btc eth 1h', {})).rejects.toThrow('Fewer than two of these have 1h bars in common.');
    const flat = new Float64Array(500).fill(3);
    await expect(asked('1h', { btcusdt, flatusdt: flat })).rejects.toThrow(
      'Fewer than two of these moved in the last 500 bars of 1h.',
    );
    const short = { btcusdt: btcusdt.slice(0, 9), ethusdt: ethusdt.slice(0, 9) };
    await expect(asked('1h', short)).rejects.toThrow('at least 12 bars of all, there are 9');
    const twice = { btcusdt, twousdt: btcusdt.map((price) => 2 * price) };
    expect(textOf(await asked('1h', twice))).toContain('None could be tested');
  });

  it('answers on the market of the harness', async () => {
    for (const symbol of ['btcusdt', 'ethusdt', 'solusdt']) await harness.market.bars(`sim:${symbol}`, HOUR, 100);
    const text = textOf(await harness.say('/pairs btc eth sol 1h 100'));
    expect(text).not.toContain('NaN');
    expect(text).toMatch(/^Pairs 1h · 100 bars · 3 symbols/);
  });
});
