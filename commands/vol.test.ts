import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../engine/market/interval.ts';
import { garchReturns, normals } from '../engine/quant/reference-inputs.ts';
import { HARNESS_NOW, textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';
import type { CommandContext } from './command.ts';
import { vol } from './vol.ts';

const harness = useCommandHarness();

/** Asks of a symbol whose log returns are given; each bar reaches from one close to the next. */
async function asked(text: string, returns: Float64Array) {
  const context = await harness.context();
  let at = 100;
  const closes = [at, ...Array.from(returns, (step) => (at *= Math.exp(step)))];
  const market: CommandContext['market'] = {
    ...harness.market,
    async bars(_instrument, interval, count) {
      const closed = closes.map((close, i) => {
        const open = closes[Math.max(0, i - 1)];
        const [high, low] = [Math.max(open, close), Math.min(open, close)];
        return { start: HARNESS_NOW - (closes.length - i) * interval, open, high, low, close, volume: 1, trades: 1 };
      });
      return { closed: closed.slice(-count), open: undefined };
    },
  };
  return { message: await vol.run({ ...context, market }, text), last: at };
}

const size = (returns: Float64Array, of: number) => returns.map((each) => each * of);
const numbersIn = (line: string) => [...line.matchAll(/[\d,]+(?:\.\d+)?(?=\u00a0%)/g)].map(([text]) => Number(text));

describe('/vol', () => {
  it('tells the volatility that was put in, forecasts for 1, 5 and 10 bars and the next day’s band', async () => {
    const returns = size(garchReturns(5, 2000, 0.05, 0.1, 0.85), 0.01);
    const { message, last } = await asked('btc 1h 2001', returns);
    const lines = textOf(message).split('\n');
    expect(lines[0]).toBe('btcusdt 1h · 2001 bars · sim');
    // 8,760 hours in a year.
    const mean = returns.reduce((sum, each) => sum + each, 0) / 2000;
    const variance = returns.reduce((sum, each) => sum + (each - mean) ** 2, 0) / 1999;
    const [closeToClose, ...others] = numbersIn(lines[1]);
    expect(closeToClose).toBeCloseTo(100 * Math.sqrt(8760 * variance), 0);
    expect(others).toHaveLength(3);
    expect(lines[2]).toMatch(/^GARCH: next bar \d\.\d+\u00a0% · 5 bars \d\.\d+\u00a0% · 10 bars \d\.\d+\u00a0%$/);
    const [one, five, ten] = numbersIn(lines[3]);
    expect(five / one).toBeCloseTo(Math.sqrt(5), 1);
    expect(ten / one).toBeCloseTo(Math.sqrt(10), 1);
    const [, low, high] = /^next day, one deviation by GARCH: ([\d.]+) to ([\d.]+) /.exec(lines[4])!.map(Number);
    const [deviation] = numbersIn(lines[4]);
    expect(Math.log(high / last)).toBeCloseTo(deviation / 100, 3);
    expect(Math.log(last / low)).toBeCloseTo(deviation / 100, 3);
    // A day at 1 % an hour is 4.9 %.
    expect(Math.abs(deviation - 4.9)).toBeLessThan(1.5);
    expect(lines[5]).toMatch(/^The next bar is expected to move [\d.]+ times .* half of a shock is gone in \d+h/);
    const [request] = harness.drawn.slice(-1);
    const [upper, lower] = request.series[0].lines.map(({ values }) => values);
    expect(request.bars).toHaveLength(120);
    expect(upper).toHaveLength(144);
    expect(upper[119]).toBe(request.bars[119].close);
    expect([upper[143], lower[143]].map((price) => Number(price.toFixed(2)))).toEqual([high, low]);
    expect(message.buttons![0].map(({ label }) => label)).toEqual(['15m', '1d']);
  });

  it('draws short bars together, and the day as long as it is', async () => {
    await asked('btc 5m 500', size(normals(6, 600), 0.002));
    const [request] = harness.drawn.slice(-1);
    expect(request.interval).toBe(15 * MINUTE);
    expect(request.bars.length).toBe(120);
    expect(request.series[0].lines[0].values).toHaveLength(120 + 96);
    for (const { start } of request.bars) expect(start % (15 * MINUTE)).toBe(0);
    // Three bars of five minutes each.
    expect(request.bars.map(({ volume }) => volume)).toEqual(new Array(120).fill(3));
  });

  it('says where moves do not cluster, where the fit did not converge, and where there are too few bars for one', async () => {
    const last = async (returns: Float64Array) =>
      textOf((await asked('btc 1h 1000', returns)).message)
        .split('\n')
        .at(-1);
    expect(await last(size(normals(11, 500), 0.01))).toContain('not significant');
    expect(await last(size(normals(12, 500), 0.01))).toContain('large moves are not followed by large ones');
    const growing = normals(3, 400).map((z, i) => z * Math.exp(i / 60) * 1e-4);
    expect(await last(growing)).toMatch(/^GARCH did not converge: shocks never fade/);
    const { message } = await asked('btc 1h 1000', size(normals(2, 60), 0.01));
    expect(textOf(message)).toContain('one deviation by EWMA');
    expect(textOf(message)).not.toContain('GARCH: ');
    expect(textOf(message)).toContain('Fewer than 101 bars are too few for GARCH.');
  });

  it.each([
    ['', 'Which symbol?'],
    ['btc eth', 'This is of one symbol, not of 2.'],
    ['btc 20', '“20” bars are too few.'],
  ])('refuses %j', async (text, reason) => {
    expect(textOf(await harness.say(`/vol ${text}`))).toContain(reason);
  });

  it('has a sentence for a price that never moves, and for too little of one', async () => {
    await expect(asked('btc 1h', new Float64Array(200))).rejects.toThrow('nothing moves');
    await expect(asked('btc 1h', size(normals(1, 12), 0.01))).rejects.toThrow('at least 30');
  });

  it('answers of the venue’s own bars', async () => {
    const text = textOf(await harness.say(`/vol btc ${HOUR / MINUTE}m 200`));
    expect(text).toMatch(/^btcusdt 1h · 200 bars · sim\nvolatility [\d.]+/);
    expect(text).not.toContain('NaN');
  });
});
