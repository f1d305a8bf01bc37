import { describe, expect, it } from 'vitest';
import { lookup } from '../catalog.ts';
import { expectSeries } from '../catalog-harness.ts';
import {
  above,
  below,
  ema,
  expectPublished,
  flatBars,
  growths,
  last,
  minus,
  rsi,
  sma,
  steps,
  TULIP,
  valuesOf,
  wilders,
} from './momentum-naive.ts';

/** Length of the run of rises (positive) or falls (negative) at each input but the first. */
function streaks(xs: readonly number[]): number[] {
  let run = 0;
  return steps(xs).map((step) => {
    if (step === 0) run = 0;
    else run = Math.sign(run) === Math.sign(step) ? run + Math.sign(step) : Math.sign(step);
    return run;
  });
}

/** Smoothed rsi and its trailing stop, as the script of the QQE keeps them: arrays of each bar's bands. */
function qqe(xs: readonly number[], n: number, smoothing: number, factor: number): [number, number] {
  const smooth = ema(rsi(xs, n), smoothing);
  const reach = ema(ema(steps(smooth).map(Math.abs), 2 * n - 1), 2 * n - 1);
  const line = smooth.slice(smooth.length - reach.length);
  const [lower, upper, trend]: [number[], number[], number[]] = [[], [], []];
  const crossed = (band: readonly number[], i: number): boolean => {
    if (i < 2) return false;
    const [now, then] = [line[i]! - band[i - 1]!, line[i - 1]! - band[i - 2]!];
    return (now > 0 && then <= 0) || (now < 0 && then >= 0);
  };
  for (let i = 0; i < line.length; i++) {
    const [below, above] = [line[i]! - factor * reach[i]!, line[i]! + factor * reach[i]!];
    const stays = (band: readonly number[], side: number): boolean =>
      i > 0 && side * (line[i - 1]! - band[i - 1]!) > 0 && side * (line[i]! - band[i - 1]!) > 0;
    lower.push(stays(lower, 1) ? Math.max(lower[i - 1]!, below) : below);
    upper.push(stays(upper, -1) ? Math.min(upper[i - 1]!, above) : above);
    trend.push(crossed(upper, i) ? 1 : crossed(lower, i) ? -1 : (trend[i - 1] ?? 1));
  }
  return [last(line), last(trend) === 1 ? last(lower) : last(upper)];
}

describe('the family of the rsi has the values of its definitions', () => {
  it('crsi', () =>
    expectSeries(lookup('crsi'), [3, 2, 20], (xs, [n, streak, rank]) => {
      const growth = growths(xs);
      const lower = growth.slice(-1 - rank!, -1).filter((step) => step < last(growth)).length;
      return [(last(rsi(xs, n!)) + last(rsi(streaks(xs), streak!)) + (100 * lower) / rank!) / 3];
    }));

  it('rmi', () =>
    expectSeries(lookup('rmi'), [6, 4], (xs, [n, momentum]) => {
      const moves = steps(xs, momentum);
      const [up, down] = [last(wilders(moves.map(above), n!)), last(wilders(moves.map(below), n!))];
      return [100 - 100 / (1 + up / down)];
    }));

  it.each([0, 0.5, 0.8])('lrsi with a gamma of %f', (gamma) =>
    expectSeries(lookup('lrsi'), [gamma], (xs) => {
      let stages = [xs[0]!, xs[0]!, xs[0]!, xs[0]!];
      for (const x of xs) {
        const [a, b, c, d] = stages as [number, number, number, number];
        const l0 = (1 - gamma) * x + gamma * a;
        const l1 = -gamma * l0 + a + gamma * b;
        const l2 = -gamma * l1 + b + gamma * c;
        stages = [l0, l1, l2, -gamma * l2 + c + gamma * d];
      }
      const differences = [0, 1, 2].map((i) => stages[i]! - stages[i + 1]!);
      const up = differences.map(above).reduce((a, b) => a + b);
      const down = differences.map(below).reduce((a, b) => a + b);
      return [up / (up + down)];
    }),
  );

  it.each([4.236, 0.5])('qqe with a factor of %f', (factor) =>
    expectSeries(lookup('qqe'), [4, 3, factor], (xs, [n, smoothing]) => qqe(xs, n!, smoothing!, factor)),
  );

  it('dosc', () =>
    expectSeries(lookup('dosc'), [6, 4, 3, 5], (xs, [n, one, two, signal]) => {
      const smooth = ema(ema(rsi(xs, n!), one!), two!);
      return [last(smooth) - last(sma(smooth, signal!))];
    }));

  it('tsi', () =>
    expectSeries(lookup('tsi'), [8, 5], (xs, [long, short]) => {
      const over = ema(ema(steps(xs), long!), short!);
      const under = ema(ema(steps(xs).map(Math.abs), long!), short!);
      return [(100 * last(over)) / last(under)];
    }));
});

describe('examples worked by hand', () => {
  it('crsi of a lasting rise by ever larger shares', () => {
    // No fall: both rsi are 100; every growth is above all before: rank 100.
    const prices = [100, 101, 103, 106, 110, 116, 124, 136];
    expect(last(valuesOf('crsi', [3, 2, 4], flatBars(prices)))).toBe(100);
  });

  it('crsi counts a streak from where it turned', () =>
    expect(streaks([1, 2, 3, 3, 2, 1, 2])).toEqual([1, 2, 0, -1, -2, 1]));

  it('rmi over steps of one bar is the rsi: its published values', () =>
    expectPublished(
      valuesOf('rmi', [5, 1], TULIP),
      [72.034, 64.927, 75.936, 79.796, 74.713, 83.033, 87.478, 88.755, 91.483, 78.498],
    ));

  it('lrsi without smoothing counts the last three steps', () => {
    // gamma 0 hands each input on to the next stage: steps 3 up, 1 down, 2 up: 5 of 6.
    expect(valuesOf('lrsi', [0], flatBars([10, 13, 12, 14]))).toEqual([expect.closeTo(5 / 6, 12)]);
  });

  it('tsi without smoothing is the sign of the step', () =>
    expect(valuesOf('tsi', [1, 1], flatBars([10, 12, 11, 11]))).toEqual([100, -100, 0]));

  it('dosc is nothing where the rsi stands still', () =>
    expect(last(valuesOf('dosc', [5, 3, 3, 4], flatBars(Array.from({ length: 40 }, (_, i) => 100 + i))))).toBe(0));

  it('qqe: the stop of a rise stays below its line, that of a fall above', () => {
    const wave = Array.from({ length: 400 }, (_, i) => 100 + 10 * Math.sin(i / 30));
    const at = (bars: number): number[] => {
      const some = flatBars(wave.slice(0, bars));
      return [last(valuesOf('qqe', [14, 5, 1], some)), last(valuesOf('qqe', [14, 5, 1], some, 1))];
    };
    // The sine rises fastest at bar 60 pi = 188 and falls fastest at 90 pi = 283.
    const [up, stopBelow] = at(195);
    expect(stopBelow!).toBeLessThan(up!);
    const [down, stopAbove] = at(290);
    expect(stopAbove!).toBeGreaterThan(down!);
  });

  it('minus aligns at the newest', () => expect(minus([1, 2, 3], [1, 1])).toEqual([1, 2]));
});
