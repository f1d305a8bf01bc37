import { describe, expect, it } from 'vitest';
import { buttonOf, SCRIPTS, textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';
import { ratioBars } from './ratio.ts';

const harness = useCommandHarness();

const last = () => harness.drawn.at(-1)!;
const bar = (start: number, close: number) => ({ start, open: 1, high: 9, low: 1, close, volume: 5, trades: 2 });

describe('the bars of a ratio', () => {
  it('are one close over the other where both have a bar, from one close to the next', () => {
    const bars = ratioBars(
      [bar(0, 10), bar(1, 12), bar(2, 9), bar(3, 8)],
      [bar(0, 5), bar(2, 3), bar(3, 4), bar(4, 1)],
    );
    const shape = bars.map(({ start, open, high, low, close, volume }) => [start, open, high, low, close, volume]);
    expect(shape).toEqual([
      [0, 2, 2, 2, 2, 0],
      [2, 2, 3, 2, 3, 0],
      [3, 3, 3, 2, 2, 0],
    ]);
  });

  it('leave out what cannot be divided', () => {
    expect(ratioBars([bar(0, 10)], [bar(0, 0)])).toEqual([]);
  });
});

describe('/chart of a ratio', () => {
  it.each(['btc/eth', 'btcusdt/ethusdt', 'sim:btcusdt/sim:ethusdt'])('%s is drawn as a line', async (typed) => {
    const message = await harness.say(`/chart ${typed} 15m`);
    expect(last()).toMatchObject({ symbol: 'btcusdt/ethusdt', venue: 'sim', interval: 900_000, style: 'line' });
    expect(last().bars).toHaveLength(120);
    for (const { start, close } of last().bars) {
      expect(close).toBeCloseTo(SCRIPTS.btcusdt(start + 900_000) / SCRIPTS.ethusdt(start + 900_000), 9);
    }
    expect(textOf(message)).toBe('btcusdt/ethusdt 15m · sim · 20.0000 0.0\u00a0% (24 h)');
  });

  it('computes overlays from the ratio, and its buttons work as others do', async () => {
    const message = await harness.say('/chart sol/aapl sma(3) rsi btcusdt.rsi');
    const [sma] = last().series[0].lines;
    const { bars } = last();
    for (let i = 2; i < bars.length; i++)
      expect(sma.values[i]).toBeCloseTo((bars[i].close + bars[i - 1].close + bars[i - 2].close) / 3, 9);
    expect(last().series.map(({ label, scale }) => [label, scale])).toEqual([
      ['sma(3)', 'price'],
      ['rsi(14)', 'percent'],
      ['sim:btcusdt.rsi(14)', 'percent'],
    ]);
    const longer = await harness.press(buttonOf(message, '1h'));
    expect([last().interval, last().style]).toEqual([3_600_000, 'line']);
    await harness.press(buttonOf(longer.edit, '− RSI'));
    expect(last().series.map(({ label }) => label)).toEqual(['sma(3)', 'sim:btcusdt.rsi(14)']);
  });

  it('tells how to set an alert that can be typed as it stands', async () => {
    const message = await harness.say('/chart btc/eth');
    const { reply } = await harness.press(buttonOf(message, '🔔 Alert'));
    const line = textOf(reply).split('\n')[1];
    expect(line).toBe('/alert btcusdt 5m z(btcusdt/ethusdt, 60) > 2');
    expect(textOf(await harness.say(line))).toContain('✅');
  });

  it.each([
    ['btc/nope', 'I know no symbol “nope”.'],
    ['eth/eth', '“eth/eth” is always 1. For example /chart btcusdt/ethusdt'],
    ['btc/eth atr', '“atr” needs more than closes, and a ratio has nothing else. Averages, bb, rsi, macd and z work.'],
    ['btc/eth sma(volume, 20)', '“sma(volume, 20)” needs more than closes'],
    ['btc/eth sma(delta, 20)', '“sma(delta, 20)” needs more than closes'],
    ['btc/eth close - btcusdt.close', 'mixes the ratio with its symbols. An overlay is of the one or of the other.'],
  ])('%s is answered with a sentence', async (typed, sentence) => {
    expect(textOf(await harness.say(`/chart ${typed}`))).toContain(sentence);
    expect(harness.drawn).toHaveLength(0);
  });

  it('is an overlay where another symbol is named', async () => {
    await harness.say('/chart btc btc/eth');
    expect([last().symbol, last().style, last().series.length]).toEqual(['btcusdt', 'candles', 1]);
  });
});
