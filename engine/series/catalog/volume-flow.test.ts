import { describe, expect, it } from 'vitest';
import type { Bar } from '../../market/events.ts';
import { lookup } from '../catalog.ts';
import type { BarsEntry } from '../catalog-entry.ts';
import { expectBars, exponential, mean, valuesAfter } from '../catalog-harness.ts';

const last = (xs: readonly number[]): number => xs[xs.length - 1];
const final = (name: string, params: number[], bars: readonly Bar[]): readonly number[] =>
  valuesAfter((lookup(name) as BarsEntry).create(params), bars);
const bar = (open: number, high: number, low: number, close: number, volume: number): Bar => ({
  start: 0,
  open,
  high,
  low,
  close,
  volume,
  trades: 1,
});
const closes = (...steps: readonly (readonly [price: number, volume: number])[]): Bar[] =>
  steps.map(([price, volume]) => bar(price, price, price, price, volume));

/** Every partial sum. */
function totals(xs: readonly number[], start = 0): number[] {
  return xs.map((_x, i) => xs.slice(0, i + 1).reduce((sum, x) => sum + x, start));
}

/** Chaikin's money flow of each bar. */
const flows = (bars: readonly Bar[]): number[] =>
  bars.map((b) => (b.high === b.low ? 0 : ((b.close - b.low - (b.high - b.close)) / (b.high - b.low)) * b.volume));

/** Line, signal and histogram of two exponential means, from the `slow`-th input on. */
function apart(fast: readonly number[], slow: readonly number[], from: number, signal: number, percent: boolean) {
  const line = fast.map((x, i) => (percent ? (100 * (x - slow[i])) / (slow[i] || 1) : x - slow[i])).slice(from - 1);
  const smooth = last(exponential(line, signal));
  return [last(line), smooth, last(line) - smooth];
}

/** Klinger's force of every bar but the first. */
function forces(bars: readonly Bar[]): number[] {
  let [trend, travelled] = [0, 0];
  return bars.slice(1).map((b, i) => {
    const before = bars[i];
    const rise = b.high + b.low + b.close - (before.high + before.low + before.close);
    const [range, rangeBefore] = [b.high - b.low, before.high - before.low];
    const direction = rise > 0 ? 1 : rise < 0 ? -1 : trend;
    travelled = direction === trend ? travelled + range : rangeBefore + range;
    trend = direction;
    if (travelled === 0) return 0;
    return 100 * b.volume * Math.abs((2 * range) / travelled - 1) * (trend === -1 ? -1 : 1);
  });
}

describe('oscillators of volume have the values of their definitions', () => {
  it('adosc', () =>
    expectBars(lookup('adosc'), [3, 10], (bars, [fast, slow]) => {
      const line = totals(flows(bars));
      return [last(exponential(line, fast)) - last(exponential(line, slow))];
    }));

  it('kvo', () =>
    expectBars(lookup('kvo'), [4, 9, 3], (bars, [fast, slow, signal]) =>
      apart(exponential(forces(bars), fast), exponential(forces(bars), slow), slow, signal, false),
    ));

  it('pvo', () =>
    expectBars(lookup('pvo'), [4, 9, 3], (bars, [fast, slow, signal]) => {
      const volumes = bars.map(({ volume }) => volume);
      return apart(exponential(volumes, fast), exponential(volumes, slow), slow, signal, true);
    }));

  it('emv', () =>
    expectBars(lookup('emv'), [5, 10_000], (bars, [n, divisor]) => {
      const moves = bars.slice(1).map((b, i) => {
        const distance = (b.high + b.low) / 2 - (bars[i].high + bars[i].low) / 2;
        const box = b.volume / divisor / (b.high - b.low);
        return b.volume === 0 || b.high === b.low ? 0 : distance / box;
      });
      return [mean(moves.slice(-n))];
    }));

  it('force', () =>
    expectBars(lookup('force'), [5], (bars, [n]) => {
      const changes = bars.slice(1).map((b, i) => (b.close - bars[i].close) * b.volume);
      return [last(exponential(changes, n))];
    }));

  it('bwmfi', () =>
    expectBars(lookup('bwmfi'), [], (bars) => {
      const { high, low, volume } = bars[bars.length - 1];
      return [volume === 0 ? 0 : (high - low) / volume];
    }));
});

describe('totals of volume have the values of their definitions', () => {
  const growth = (bars: readonly Bar[]): number[] => bars.slice(1).map((b, i) => b.close / bars[i].close - 1);

  it('obv', () =>
    expectBars(lookup('obv'), [], (bars) => [
      growth(bars).reduce((sum, up, i) => sum + Math.sign(up) * bars[i + 1].volume, 0),
    ]));
  it('ad', () => expectBars(lookup('ad'), [], (bars) => [last(totals(flows(bars)))]));
  it('pvt', () =>
    expectBars(lookup('pvt'), [], (bars) => [growth(bars).reduce((sum, up, i) => sum + up * bars[i + 1].volume, 0)]));

  it.each([
    ['nvi', -1],
    ['pvi', 1],
  ] as const)('%s', (name, sign) =>
    expectBars(lookup(name), [], (bars) => [
      growth(bars).reduce(
        (index, up, i) => (Math.sign(bars[i + 1].volume - bars[i].volume) === sign ? index * (1 + up) : index),
        1000,
      ),
    ]),
  );

  it('wad', () =>
    expectBars(lookup('wad'), [], (bars) => [
      bars.slice(1).reduce((sum, b, i) => {
        const [trueHigh, trueLow] = [Math.max(b.high, bars[i].close), Math.min(b.low, bars[i].close)];
        if (b.close > bars[i].close) return sum + b.close - trueLow;
        return b.close < bars[i].close ? sum + b.close - trueHigh : sum;
      }, 0),
    ]));
});

describe('volume worked out by hand', () => {
  // Closes 10, 12, 11, 11 with volumes 100, 20, 30, 40.
  const bars = closes([10, 100], [12, 20], [11, 30], [11, 40]);

  it('obv: +20, -30, 0', () => expect(final('obv', [], bars)).toEqual([-10]));
  it('pvt: 20 * 0.2 - 30 / 12', () => expect(final('pvt', [], bars)[0]).toBeCloseTo(1.5, 12));
  it('nvi counts the second bar alone, pvi the third', () => {
    expect(final('nvi', [], bars)[0]).toBeCloseTo(1200, 9);
    expect(final('pvi', [], bars)[0]).toBeCloseTo((1000 * 11) / 12, 9);
  });
  it('wad: 12 - 10 up, 11 - 12 down', () => expect(final('wad', [], bars)).toEqual([1]));
  it('force(1): what the last bar did', () => expect(final('force', [1], bars.slice(0, 3))).toEqual([-30]));

  it('ad: a close at three quarters of its range counts for half of the volume', () => {
    expect(final('ad', [], [bar(10, 14, 10, 13, 8)])).toEqual([4]);
  });

  it('adosc(1, 3) of money flows 4 and 8: the line is 4, 12, 12; its ema(3) 4, 8, 10', () => {
    expect(
      final(
        'adosc',
        [1, 3],
        [4, 8, 0].map((volume) => bar(10, 12, 10, 12, volume)),
      ),
    ).toEqual([12 - 10]);
  });

  it('emv: the middle moves from 11 to 14 in a bar of range 4 and volume 2, divisor 1: 3 * 4 / 2', () => {
    expect(final('emv', [1, 1], [bar(11, 12, 10, 11, 1), bar(14, 16, 12, 14, 2)])).toEqual([6]);
  });

  it('kvo(1, 3, 1): ranges 2, 2, 4 rising; forces 100 * 3 * |2*2/4 - 1| = 0 and 100 * 3 * |2*4/8 - 1| = 0, then a turn', () => {
    const rising = [bar(10, 11, 9, 10, 3), bar(12, 13, 11, 12, 3), bar(15, 17, 13, 15, 3)];
    // The turn: dm 1, cm 4 + 1, so 100 * 5 * |2/5 - 1| = 300, downwards; ema(1) -300, ema(3) -150.
    expect(final('kvo', [1, 3, 1], [...rising, bar(10, 10.5, 9.5, 10, 5)])[0]).toBeCloseTo(-150, 9);
  });

  it('pvo(1, 3, 1) of volumes 10, 10, 30: 30 against 20 is half more', () => {
    expect(final('pvo', [1, 3, 1], closes([1, 10], [1, 10], [1, 30]))).toEqual([50, 50, 0]);
  });

  it('bwmfi: 2 of price for 8 of volume', () => expect(final('bwmfi', [], [bar(10, 12, 10, 11, 8)])).toEqual([0.25]));
});
