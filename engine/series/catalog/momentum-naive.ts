import { expect } from 'vitest';
import type { Bar } from '../../market/events.ts';
import { lookup } from '../catalog.ts';
import { exponential, mean, wilder } from '../catalog-harness.ts';

/** Naive forms for the tests of oscillators: whole arrays in, whole arrays out, each shorter by its warm-up. */

export const last = (xs: readonly number[]): number => xs[xs.length - 1]!;
export const sum = (xs: readonly number[]): number => xs.reduce((total, x) => total + x, 0);
export const highs = (bars: readonly Bar[]): number[] => bars.map((bar) => bar.high);
export const lows = (bars: readonly Bar[]): number[] => bars.map((bar) => bar.low);
export const closes = (bars: readonly Bar[]): number[] => bars.map((bar) => bar.close);

/** `f` of each full window. */
export const rolling = <T, R>(xs: readonly T[], n: number, f: (window: readonly T[]) => R): R[] =>
  xs.slice(n - 1).map((_, i) => f(xs.slice(i, i + n)));

export const sma = (xs: readonly number[], n: number): number[] => rolling(xs, n, mean);
export const ema = (xs: readonly number[], n: number): number[] => exponential(xs, n).slice(n - 1);
/** Wilder's smoothing, one value from the `n`th input on. */
export const wilders = (xs: readonly number[], n: number): number[] =>
  xs.slice(n - 1).map((_, i) => wilder(xs.slice(0, n + i), n));
/** Differences over `k` inputs. */
export const steps = (xs: readonly number[], k = 1): number[] => xs.slice(k).map((x, i) => x - xs[i]!);
/** Growth over `k` inputs in percent. */
export const growths = (xs: readonly number[], k = 1): number[] => xs.slice(k).map((x, i) => (x / xs[i]! - 1) * 100);
export const above = (x: number): number => Math.max(0, x);
export const below = (x: number): number => Math.max(0, -x);

export function rsi(xs: readonly number[], n: number): number[] {
  const [gain, loss] = [wilders(steps(xs).map(above), n), wilders(steps(xs).map(below), n)];
  return gain.map((up, i) => (loss[i] === 0 ? 100 : 100 - 100 / (1 + up / loss[i]!)));
}

/** Combines the ends of two arrays: each value of the shorter with the one of the same bar. */
export function together(a: readonly number[], b: readonly number[], f: (a: number, b: number) => number): number[] {
  const n = Math.min(a.length, b.length);
  return a.slice(a.length - n).map((x, i) => f(x, b[b.length - n + i]!));
}
export const minus = (a: readonly number[], b: readonly number[]): number[] => together(a, b, (x, y) => x - y);

/** Place of the close in the range of `n` bars, 0 to 100. */
export const places = (bars: readonly Bar[], n: number): number[] =>
  rolling(bars, n, (window) => {
    const [high, low] = [Math.max(...highs(window)), Math.min(...lows(window))];
    return high === low ? 50 : (100 * (window[n - 1]!.close - low)) / (high - low);
  });

const OPEN = [81.85, 81.2, 81.55, 82.91, 83.1, 83.41, 82.71, 82.7, 84.2, 84.25, 84.03, 85.45, 86.18, 88, 87.6];
const HIGH = [82.15, 81.89, 83.03, 83.3, 83.85, 83.9, 83.33, 84.3, 84.84, 85, 85.9, 86.58, 86.98, 88, 87.87];
const LOW = [81.29, 80.64, 81.31, 82.65, 83.07, 83.11, 82.49, 82.3, 84.15, 84.11, 84.03, 85.39, 85.76, 87.17, 87.01];
const CLOSE = [81.59, 81.06, 82.87, 83, 83.61, 83.15, 82.84, 83.99, 84.55, 84.36, 85.53, 86.54, 86.89, 87.77, 87.29];

/** The bars of the test values that Tulip Indicators publishes (tests/untest.txt). */
export const TULIP: readonly Bar[] = CLOSE.map((close, i) => ({
  start: i * 60_000,
  open: OPEN[i]!,
  high: HIGH[i]!,
  low: LOW[i]!,
  close,
  volume: 1,
  trades: 1,
}));

/** Bars that are made of their closes alone. */
export const flatBars = (prices: readonly number[]): Bar[] =>
  prices.map((price, i) => ({ ...TULIP[0]!, start: i * 60_000, open: price, high: price, low: price, close: price }));

/** All values of one field, without those of the warm-up. */
export function valuesOf(name: string, params: readonly number[], bars: readonly Bar[], field = 0): number[] {
  const entry = lookup(name);
  if (entry === undefined || entry.input === 'column') throw new Error(`no indicator ${name}`);
  const feed = entry.input === 'bars' ? entry.create(params) : undefined;
  const kernel = entry.input === 'series' ? entry.create(params) : undefined;
  const values = bars.map((bar) => {
    feed?.add(bar);
    kernel?.add(bar.close);
    return (feed ?? kernel)!.values[field]!;
  });
  return values.filter((value) => !Number.isNaN(value));
}

/** Holds the last values of an indicator against published ones, which have `digits` digits. */
export function expectPublished(values: readonly number[], published: readonly number[], digits = 3): void {
  expect(values.length).toBeGreaterThanOrEqual(published.length);
  for (const [i, value] of values.slice(-published.length).entries()) expect(value).toBeCloseTo(published[i]!, digits);
}
