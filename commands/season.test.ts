import { describe, expect, it } from 'vitest';
import type { IntervalsRequest } from '../charts/figures/request.ts';
import { DAY, HOUR } from '../engine/market/interval.ts';
import { normals } from '../engine/quant/reference-inputs.ts';
import { HARNESS_NOW, textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';
import type { CommandContext } from './command.ts';
import { season } from './season.ts';

const harness = useCommandHarness();

/** Asks of a symbol whose log returns are made of noise and the time at which a bar begins. */
async function asked(text: string, count: number, make: (z: number, start: number) => number) {
  const context = await harness.context();
  const noise = normals(7, count);
  const market: CommandContext['market'] = {
    ...harness.market,
    async bars(_instrument, interval, most) {
      let close = 100;
      const closed = Array.from(noise, (z, i) => {
        const start = HARNESS_NOW - (count - i) * interval;
        const open = close;
        close *= Math.exp(make(z, start));
        return { start, open, high: Math.max(open, close), low: Math.min(open, close), close, volume: 1, trades: 1 };
      });
      return { closed: closed.slice(-most), open: undefined };
    },
  };
  return season.run({ ...context, market }, text);
}

const hourOf = (start: number) => (start / HOUR) % 24;

describe('/season', () => {
  it('says plainly that nothing is significant where there is nothing, and what it would take', async () => {
    const message = await asked('btc', 2_000, (z) => z * 0.01);
    const lines = textOf(message).split('\n');
    expect(lines[0]).toBe('btcusdt by hour and weekday · 1h · 2000 bars · UTC · sim');
    expect(lines[1]).toMatch(
      /^Returns: nothing is significant after correction for 31 tests; it would take about ±0\.\d{3}\u00a0% a bar\.$/,
    );
    // A deviation of 1 % over 83 days has an error of 0.11 %; 31 tests want 3.3 of them, the fewer by weekday less of them.
    const needed = Number(/±([\d.]+)/.exec(lines[1])![1]);
    expect(needed).toBeGreaterThan(0.3);
    expect(needed).toBeLessThan(0.45);
    expect(lines[2]).toMatch(/nothing is significant\.$/);
    expect(lines[3]).toMatch(/^Of 8[23] whole days and 1[12] whole weeks\./);
    const figure = harness.figures[0] as IntervalsRequest;
    expect(figure.labels).toHaveLength(32);
    expect(figure.labels.slice(25).join('')).toBe('MTWTFSS');
    for (const { marked } of figure.rows) expect(marked).toEqual([]);
    expect(figure.rows[0].values[24]).toBeNaN();
  });

  it('names what is significant, by the clock of the chat', async () => {
    await harness.say('/settings zone Asia/Tokyo');
    const message = await asked('btc', 2_000, (z, start) => {
      const hour = hourOf(start);
      return z * (hour === 13 ? 0.02 : 0.01) + (hour === 6 ? 0.01 : 0);
    });
    const lines = textOf(message).split('\n');
    // Tokyo is nine hours ahead.
    expect(lines[1]).toMatch(
      /^Returns: 15:00 \+[01]\.\d{3}\u00a0% a bar, significant after correction for 31 tests\.$/,
    );
    const [, times] = /larger at 22:00 (\d\.\d\d)/.exec(lines[2])!;
    // 2 / ((23 + 2) / 24), and the hour that rises is a bit larger too.
    expect(Math.abs(Number(times) - 1.89)).toBeLessThan(0.25);
    const figure = harness.figures[0] as IntervalsRequest;
    expect(figure.rows[0].marked).toEqual([15]);
    expect(figure.rows[1].marked).toContain(22);
    expect(figure.foot).toContain('yellow: significant');
    expect(figure.foot).toContain('GMT+9');
  });

  it('leaves out what there is too little of, and says so', async () => {
    const message = await asked('btc 1h 500', 500, (z) => z * 0.01);
    expect(textOf(message)).toContain('whole weeks are too few for weekdays');
    expect((harness.figures[0] as IntervalsRequest).labels).toHaveLength(24);
    const daily = await asked('btc 1d 200', 200, (z) => z * 0.01);
    expect(textOf(daily)).toContain('bars of this length say nothing of hours');
    expect((harness.figures[1] as IntervalsRequest).labels).toEqual(['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']);
  });

  it.each([
    ['', 'Which symbol?'],
    ['btc eth', 'This is of one symbol, not of 2.'],
    ['btc 99', '“99” bars are too few.'],
    [`btc ${(2 * DAY) / HOUR}h`, 'by bars of a day at most'],
  ])('refuses %j', async (text, reason) => {
    expect(textOf(await harness.say(`/season ${text}`))).toContain(reason);
  });

  it('has a sentence for a price that never moves, and for too little of one', async () => {
    await expect(asked('btc', 2_000, () => 0)).rejects.toThrow('nothing moves');
    await expect(asked('btc 5m', 300, (z) => z * 0.01)).rejects.toMatchObject({
      message: '1d1h is too little to compare hours or weekdays.',
      hint: 'I want 10 whole days: /season btcusdt 5m 3456',
    });
    await expect(asked('btc 1m', 2_000, (z) => z * 0.01)).rejects.toMatchObject({
      message: '1d9h is too little to compare hours or weekdays.',
      hint: 'I want 10 whole days of at most 5000 bars, so longer ones: /season btcusdt 1h',
    });
    await expect(asked('btc', 20, (z) => z * 0.01)).rejects.toThrow('at least 100');
  });

  it('answers of the venue’s own bars', async () => {
    const text = textOf(await harness.say('/season btc 1h 500'));
    expect(text).toMatch(/^btcusdt by hour and weekday · 1h · 500 bars/);
    expect(text).not.toContain('NaN');
  });
});
