import { describe, expect, it } from 'vitest';
import { lookup } from '../catalog.ts';
import { expectBars, expectSeries, mean } from '../catalog-harness.ts';
import {
  above,
  below,
  expectPublished,
  flatBars,
  last,
  steps,
  sum,
  TULIP,
  valuesOf,
  wilders,
} from './momentum-naive.ts';

describe('oscillators have the values of their definitions', () => {
  it.each([2, 7])('cci over %i bars', (length) =>
    expectBars(lookup('cci'), [length], (bars, [n]) => {
      const typical = bars.map((bar) => (bar.high + bar.low + bar.close) / 3).slice(-n!);
      const off = mean(typical.map((x) => Math.abs(x - mean(typical))));
      return [off === 0 ? 0 : (last(typical) - mean(typical)) / (0.015 * off)];
    }),
  );

  it('cmo', () =>
    expectSeries(lookup('cmo'), [6], (xs, [n]) => {
      const [up, down] = [last(wilders(steps(xs).map(above), n!)), last(wilders(steps(xs).map(below), n!))];
      return [(100 * (up - down)) / (up + down)];
    }));

  it('cmosum', () =>
    expectSeries(lookup('cmosum'), [6], (xs, [n]) => {
      const window = steps(xs).slice(-n!);
      return [(100 * sum(window)) / sum(window.map(Math.abs))];
    }));

  it('rci', () =>
    expectSeries(lookup('rci'), [8], (xs, [n]) => {
      const window = xs.slice(-n!);
      if (window.every((x) => x === window[0])) return [0];
      const rank = (x: number): number =>
        window.filter((other) => other < x).length + (window.filter((other) => other === x).length + 1) / 2;
      const squares = sum(window.map((x, i) => (i + 1 - rank(x)) ** 2));
      return [100 * (1 - (6 * squares) / (n! ** 3 - n!))];
    }));

  it('imi', () =>
    expectBars(lookup('imi'), [6], (bars, [n]) => {
      const bodies = bars.slice(-n!).map((bar) => bar.close - bar.open);
      return [(100 * sum(bodies.map(above))) / sum(bodies.map(Math.abs))];
    }));

  it('ibs', () =>
    expectBars(lookup('ibs'), [], (bars) => {
      const { close, low, high } = bars[bars.length - 1]!;
      return [high === low ? 0.5 : (close - low) / (high - low)];
    }));

  it('bop', () =>
    expectBars(lookup('bop'), [], (bars) => {
      const { open, close, low, high } = bars[bars.length - 1]!;
      return [high === low ? 0 : (close - open) / (high - low)];
    }));
});

describe('oscillators have published values', () => {
  it('cci(5)', () =>
    expectPublished(valuesOf('cci', [5], TULIP).slice(4), [166.667, 82.02, 95.501, 130.912, 99.163, 116.342, 71.928]));

  it('cmosum(5)', () =>
    expectPublished(
      valuesOf('cmosum', [5], TULIP),
      [44.068, 53.614, 42.105, 50.162, 28.09, 70.414, 90.686, 88.415, 89.444, 75.321],
    ));

  it('cmosum(10), as printed by Chande and Kroll (The New Technical Trader, page 96)', () => {
    const closes = [
      101.0313, 101.0313, 101.125, 101.9687, 102.7813, 103, 102.9687, 103.0625, 102.9375, 102.7188, 102.75, 102.9063,
      102.9687,
    ];
    expectPublished(valuesOf('cmosum', [10], flatBars(closes)), [69.62, 71.43, 71.08], 1);
  });

  it('bop', () =>
    expectPublished(
      valuesOf('bop', [], TULIP),
      [-0.302, -0.112, 0.767, 0.138, 0.654, -0.329, 0.155, 0.645, 0.507, 0.124, 0.802, 0.916, 0.582, -0.277, -0.36],
    ));
});

describe('examples worked by hand', () => {
  it('cmo: 100 times what rsi lacks to its middle, doubled', () => {
    // RSI = 100 up / (up + down) and CMO = 100 (up - down) / (up + down), so CMO = 2 RSI - 100: with the published
    // RSI(5) of these closes.
    const rsi = [72.034, 64.927, 75.936, 79.796, 74.713, 83.033, 87.478, 88.755, 91.483, 78.498];
    const wanted = rsi.map((value) => 2 * value - 100);
    expectPublished(valuesOf('cmo', [5], TULIP), wanted, 2);
  });

  it('rci: a swap of neighbours among four', () => {
    // Ranks 2 1 3 4 against 1 2 3 4: squares 1 + 1 = 2, so 1 - 6 * 2 / (64 - 4) = 0.8.
    expect(valuesOf('rci', [4], flatBars([20, 10, 30, 40]))).toEqual([expect.closeTo(80, 10)]);
    expect(valuesOf('rci', [4], flatBars([10, 20, 30, 40]))).toEqual([100]);
    expect(valuesOf('rci', [4], flatBars([40, 30, 20, 10]))).toEqual([-100]);
    // Two that are equal share ranks 2 and 3: 1 2.5 2.5 4, squares 0.25 + 0.25, so 1 - 3 / 60 = 0.95.
    expect(valuesOf('rci', [4], flatBars([10, 20, 20, 40]))).toEqual([expect.closeTo(95, 10)]);
    expect(valuesOf('rci', [4], flatBars([10.1, 10.1, 10.1, 10.1]))).toEqual([0]);
  });

  it('imi: a body of 3 up, one of 1 down', () => {
    const bars = [
      { ...TULIP[0]!, open: 10, high: 13, low: 10, close: 13 },
      { ...TULIP[0]!, open: 13, high: 13, low: 12, close: 12 },
    ];
    expect(valuesOf('imi', [2], bars)).toEqual([75]);
    expect(valuesOf('ibs', [], bars)).toEqual([1, 0]);
  });

  it('cci: 0 where typical prices differ by rounding alone', () => {
    // (0.7 - 2 + 0) / 3 and (2 - 2.3 - 1) / 3 are both -1.3 / 3, but not to the bit.
    const bars = [
      { ...TULIP[0]!, open: -2, high: 0.7, low: -2, close: 0 },
      { ...TULIP[0]!, open: 2, high: 2, low: -2.3, close: -1 },
    ];
    expect(valuesOf('cci', [2], bars)).toEqual([0]);
  });

  it('cci: 0 on a price that no binary fraction meets', () =>
    expect(last(valuesOf('cci', [7], flatBars(Array.from({ length: 20 }, () => 100.1))))).toBe(0));
});
