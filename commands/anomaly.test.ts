import { describe, expect, it } from 'vitest';
import type { Bar } from '../engine/market/events.ts';
import type { FactPoints } from '../engine/market/fact-line.ts';
import { HOUR, MINUTE } from '../engine/market/interval.ts';
import { normals } from '../engine/quant/reference-inputs.ts';
import { anomalyByDefinition } from '../engine/series/catalog/anomaly-naive.ts';
import { buttonOf, HARNESS_NOW, textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';
import { anomaly } from './anomaly.ts';
import type { CommandContext } from './command.ts';

const STEP = 5 * MINUTE;
const harness = useCommandHarness();

interface Moves {
  readonly return: number;
  readonly volume: number;
  readonly range: number;
}
type Change = (barsAgo: number) => Partial<Moves>;

/** Bars up to now whose returns (of 0.1 %), volumes and ranges are noise; each may be changed, by how many bars ago it began: 1 is the newest. */
function barsOf(seed: number, count: number, change: Change = () => ({})): readonly Bar[] {
  const [returns, volumes, ranges] = [1, 2, 3].map((part) => normals(10 * seed + part, count));
  let close = 100;
  return Array.from({ length: count }, (_, i): Bar => {
    const noise = {
      return: returns[i] / 1000,
      volume: 5 * Math.exp(volumes[i] / 2),
      range: 0.002 * Math.exp(ranges[i] / 3),
    };
    const moves: Moves = { ...noise, ...change(count - i) };
    const open = close;
    close *= Math.exp(moves.return);
    const low = Math.min(open, close);
    const high = Math.max(open, close, low * Math.exp(moves.range));
    return { start: HARNESS_NOW - (count - i) * STEP, open, high, low, close, volume: moves.volume, trades: 3 };
  });
}

/** Asks in a market of these bars, by the symbol; all of them are watched. */
async function asked(
  text: string,
  bars: Readonly<Record<string, readonly Bar[] | Error>>,
  facts: Readonly<Record<string, FactPoints>> = {},
) {
  const context = await harness.context();
  const market: CommandContext['market'] = {
    ...harness.market,
    facts: async () => (key) => facts[key],
    watched: () => ['sim:*usdt', ...Object.keys(bars).map((symbol) => `sim:${symbol}`)],
    async bars(instrument, _interval, count) {
      const all = bars[instrument.slice(4)] ?? [];
      if (all instanceof Error) throw all;
      return { closed: all.slice(-count), open: undefined };
    },
  };
  return anomaly.run({ ...context, market }, text);
}

const lines = (message: Awaited<ReturnType<typeof asked>>) => textOf(message).split('\n');

describe('/anomaly of a symbol', () => {
  it('says that nothing is unusual, and what came nearest', async () => {
    const told = lines(await asked('btc 5m 300', { btcusdt: barsOf(1, 500) }));
    expect(told[0]).toMatch(/^btcusdt 5m · 300 bars · sim: nothing unusual now, 0\.\d\d of 1$/);
    expect(told[1]).toMatch(/^The last bar: (return|volume|range) [+−]?\d\.\d.* deviations.*\.$/);
    expect(told[2]).toMatch(/^None of 300 bars is above 0\.9; the most was .*\d\d:\d\d 0\.\d\d \(.*\)\.$/);
    expect(told[3]).toBe('Moves, volume and range have kept their level.');
    expect(told[4]).toContain('isolation forest');
    expect(harness.drawn[0].marks).toEqual([]);
    expect(harness.drawn[0].bars).toHaveLength(300);
  });

  it('says what is unusual, by how much and since when, and marks it', async () => {
    const crash: Change = (ago) => (ago <= 3 ? { return: -0.012, volume: 60, range: 0.02 } : {});
    const bars = barsOf(1, 500, crash);
    const message = await asked('btc', { btcusdt: bars });
    const told = lines(message);
    const [score, move, volume] = anomalyByDefinition(bars, 150, STEP);
    expect(told[0]).toBe(`btcusdt 5m · 349 bars · sim: unusual now, ${score.toFixed(2)} of 1`);
    const number = (z: number) => `${z < 0 ? '−' : '+'}${Math.abs(z).toFixed(1)}`;
    expect(told[1]).toContain(`return ${number(move)}`);
    expect(told[1]).toContain(`volume ${number(volume)}`);
    // The third bar before twelve o’clock.
    expect(told[1]).toMatch(/; so since 11:45 UTC, 3 bars in a row\.$/);
    expect(told[2]).toMatch(/^3 of 349 bars are above 0\.9: 11:\d\d 0\.\d\d \(/);
    const [{ marks, series }] = harness.drawn;
    expect(marks.map(({ ts, direction }) => [ts, direction])).toEqual(
      bars.slice(-3).map(({ start }) => [start, 'down']),
    );
    expect(series[0].lines[0].values.at(-1)).toBeCloseTo(score, 9);
    expect(series[0].levels).toContain(0.9);
  });

  it('has the score that the series has', async () => {
    const bars = barsOf(4, 400, (ago) => (ago === 20 ? { volume: 200 } : {}));
    await asked('btc 5m 200', { btcusdt: bars });
    const values = harness.drawn[0].series[0].lines[0].values;
    expect(values).toHaveLength(200);
    for (const ago of [1, 20, 77]) {
      const [score] = anomalyByDefinition(bars.slice(0, bars.length - ago + 1), 150, STEP);
      expect(values[values.length - ago]).toBeCloseTo(score, 9);
    }
  });

  it('dates a change of level', async () => {
    const busy: Change = (ago) => (ago <= 96 ? { volume: 15 * Math.exp(normals(900 + ago, 1)[0] / 2) } : {});
    const told = lines(await asked('btc 5m 400', { btcusdt: barsOf(2, 600, busy) }));
    const found =
      /Since (\d\d):(\d\d) UTC its volume is (\d\.\d) times what it was \(change point, p < 0\.001\)\./.exec(told[3])!;
    // 96 bars ago, at 04:00, three times as much.
    expect(Math.abs(Number(found[1]) * 60 + Number(found[2]) - 240)).toBeLessThanOrEqual(15);
    expect(Math.abs(Number(found[3]) - 3)).toBeLessThan(0.6);
  });

  it('tells the spread of the order book where an alert has it watched', async () => {
    const bars = { btcusdt: barsOf(1, 500) };
    // Two and a half hours of 4, 5 and 6 basis points by turns: median 5, median distance 1. Then 17: 12 / 1.4826.
    const times = Array.from({ length: 30 }, (_, i) => HARNESS_NOW - (30 - i) * STEP + 1_000);
    const values = times.map((_, i) => (i === 29 ? 17 : 4 + (i % 3)));
    const told = lines(await asked('btc', bars, { 'sim:btcusdt spread_bps': { times, values } }));
    expect(told[2]).toBe(
      'The order book’s spread is 17 basis points, unusually wide: +8.1 deviations from that of 29 bars before.',
    );
    // In prices: 0.05 % of a price near 100.
    const prices = { times, values: times.map((_, i) => 0.04 + (i % 3) / 100) };
    expect(textOf(await asked('btc', bars, { 'sim:btcusdt book_spread': prices }))).toMatch(
      /spread is [56]\.?\d* basis points, usual: \+\d\.\d deviations/,
    );
    const short = { times: times.slice(15), values: values.slice(15) };
    const old = { times: times.map((time) => time - HOUR), values };
    for (const points of [short, old])
      expect(textOf(await asked('btc', bars, { 'sim:btcusdt spread_bps': points }))).not.toContain('basis points');
  });

  it('tells changes of the same time in one sentence, and nothing of too few bars', async () => {
    const lively: Change = (ago) => {
      if (ago > 120) return {};
      const [volume, range] = normals(700 + ago, 2);
      return { volume: 20 * Math.exp(volume / 2), range: 0.006 * Math.exp(range / 3) };
    };
    const bars = { btcusdt: barsOf(6, 600, lively) };
    expect(lines(await asked('btc 5m 400', bars))[3]).toMatch(
      /^Since 0[12]:\d\d UTC (its volume|the range of its bars) is \d\.\d times what it was, and (its volume|the range of its bars) is \d\.\d times \(change point, p < 0\.001\)\.$/,
    );
    expect(lines(await asked('btc 5m 40', bars))[3]).toContain('too few bars');
  });

  it('sets the alert that its button offers', async () => {
    const message = await asked('btc', { btcusdt: barsOf(1, 500) });
    const { reply } = await harness.press(buttonOf(message, 'Alert above 0.9'));
    expect(textOf(reply)).toContain('anomaly > 0.9');
    expect(textOf(await harness.say('/alerts'))).toContain('anomaly > 0.9');
  });

  it('says what it lacks', async () => {
    await expect(asked('btc', { btcusdt: barsOf(1, 151) })).rejects.toThrow('from 152 closed bars on, there are 151');
    await expect(asked('btc', {})).rejects.toThrow('there are 0');
    const still = barsOf(1, 300).map((bar) => ({ ...bar, open: 5, high: 5, low: 5, close: 5, volume: 0, trades: 0 }));
    const told = lines(await asked('btc', { btcusdt: still }));
    expect(told[0]).toContain('too quiet to say');
    expect(told[1]).toBe('In 0 of the last 150 bars something happened: it takes 20 to know what is usual.');
  });

  it.each([
    ['btc eth', 'This is of one symbol or of all, not of 2.'],
    ['btc 5', '“5” bars are too few.'],
    ['nothing', 'I know no symbol “nothing”.'],
  ])('refuses %j', async (text, reason) => {
    expect(textOf(await harness.say(`/anomaly ${text}`))).toContain(reason);
  });
});

describe('/anomaly of all that are watched', () => {
  const pump: Change = (ago) => (ago === 5 ? { return: 0.02, volume: 80, range: 0.03 } : {});
  const spike: Change = (ago) => (ago === 2 ? { return: 0.009, volume: 20, range: 0.01 } : {});

  it('tells the worst few of the last bars, the worst first, with what made them so', async () => {
    const message = await asked('', {
      btcusdt: barsOf(1, 400),
      ethusdt: barsOf(2, 400, spike),
      solusdt: barsOf(3, 400, pump),
      aapl: barsOf(4, 100),
    });
    const told = lines(message);
    expect(told[0]).toBe('Anomalies 5m · 3 markets · last 12 bars: 2 unusual');
    expect(told[1]).toMatch(/^sol 0\.9\d · 11:35 · .*return \+\d\d\.\d.* deviations$/);
    expect(told[2]).toMatch(/^eth 0\.9\d · 11:50 · .*return \+\d+\.\d.* deviations$/);
    expect(told[3]).toBe('Left out: aapl (too few bars, or not to be had now).');
    const [{ symbol, marks, bars }] = harness.drawn;
    expect(symbol).toBe('solusdt');
    expect(marks.map(({ direction }) => direction)).toEqual(['up']);
    expect(bars).toHaveLength(120);
    expect(message.buttons![0].map(({ label }) => label)).toEqual(['sol', 'eth']);
  });

  it('says that nothing is unusual, and which comes nearest', async () => {
    const told = lines(await asked('5m', { btcusdt: barsOf(1, 400), ethusdt: barsOf(2, 400) }));
    expect(told[0]).toBe('Anomalies 5m · 2 markets · last 12 bars: nothing unusual');
    expect(told[1]).toBe('None is above 0.9. The most:');
    expect(told[2]).toMatch(/^(btc|eth) 0\.\d\d · \d\d:\d\d · /);
  });

  it('looks further back where a number says so', async () => {
    const long: Change = (ago) => (ago === 40 ? { return: 0.02, volume: 80 } : {});
    const bars = { btcusdt: barsOf(1, 400, long) };
    expect(lines(await asked('', bars))[0]).toContain('nothing unusual');
    expect(lines(await asked('5m 50', bars))[0]).toContain('1 market · last 50 bars: 1 unusual');
  });

  it('is not held up by one market, and says so where there is none', async () => {
    const down = new Error('the venue cannot be asked');
    const told = textOf(await asked('', { btcusdt: down, ethusdt: barsOf(2, 400) }));
    expect(told).toContain('1 market ');
    expect(told).toContain('Left out: btc');
    await expect(asked('', { btcusdt: down })).rejects.toThrow('cannot be asked');
    await expect(asked('', {})).rejects.toThrow('No market is watched yet.');
  });
});

describe('an alert on the score', () => {
  it('fires when a bar becomes unusual, end to end', async () => {
    expect(textOf(await harness.say('/alert btc 5m anomaly > 0.9'))).toContain('anomaly > 0.9');
    await harness.trade('btcusdt', 60_000);
    expect(await harness.owed()).toEqual([]);
    await harness.time.advance(MINUTE);
    await harness.trade('btcusdt', 63_000);
    const [message] = await harness.owed();
    expect(textOf(message)).toMatch(/anomaly > 0\.9 → 0\.9\d/);
  });

  it('may be on what makes the score, too', async () => {
    expect(textOf(await harness.say('/alert btc 1h anomaly(100).volume > 5 and anomaly.return < 0'))).toContain(
      'anomaly(100).volume > 5',
    );
    expect(textOf(await harness.say(`/value btc ${HOUR / MINUTE}m anomaly`))).toMatch(/anomaly/);
  });
});
