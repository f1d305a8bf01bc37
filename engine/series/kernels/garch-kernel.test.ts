import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasRecordings, recordedBars } from '../../../test/doubles/recorded-bars.ts';
import type { Bar } from '../../market/events.ts';
import { fitGarch } from '../../quant/garch.ts';
import { fitTargetedGarch } from '../../quant/garch-targeted.ts';
import { garchReturns, normals } from '../../quant/reference-inputs.ts';
import { deviation, quantile } from '../../quant/sample.ts';
import { hash, refitEvery } from '../anchor.ts';
import { GarchKernel, garchWarmup } from './garch-kernel.ts';

const STEP = 60_000;

/** Bars of closes; every one without those that `isMissing` says. */
function barsOf(closes: ArrayLike<number>, isMissing: (i: number) => boolean = () => false): Bar[] {
  return Array.from(closes, (close, i) => ({
    ...{ start: 1_700_000_040_000 + i * STEP, open: close, high: close, low: close, close, volume: 1, trades: 1 },
  })).filter((_bar, i) => !isMissing(i));
}

function closesOf(returns: Float64Array): Float64Array {
  let at = Math.log(100);
  return Float64Array.of(
    100,
    ...returns.map((move) => {
      at += move;
      return Math.exp(at);
    }),
  );
}

/** The value at each bar. */
function valuesOf(bars: readonly Bar[], length: number, seed = 0): number[] {
  const kernel = new GarchKernel(length, STEP, seed);
  return bars.map((bar) => {
    kernel.add(bar);
    return kernel.values[0];
  });
}

/** The value at the last bar as it is defined, written out over all bars with nothing kept from one to the next. */
function byDefinition(bars: readonly Bar[], length: number, seed: number): number {
  const every = refitEvery(length);
  const stretch = ({ start }: Bar) => Math.floor((start / STEP + (seed % every)) / every);
  const returns = bars.slice(1).map(({ close }, i) => Math.log(close / bars[i].close));
  let at = bars.length - 1;
  while (stretch(bars[at]) === stretch(bars[at - 1])) at--;
  // Return number i ends with bar number i + 1: those up to the bar before this one.
  const fit = fitTargetedGarch(Float64Array.from(returns.slice(at - 1 - length, at - 1)));
  const since = returns.slice(at - 1, bars.length - 2);
  const variance = since.reduce(
    (last, move) => fit.omega + fit.alpha * (move - fit.mean) ** 2 + fit.beta * last,
    fit.variance,
  );
  return Math.sqrt(variance);
}

/** Volatility in clusters: about 0.14 % a bar. */
const clustered = (seed: number, count: number) => garchReturns(seed, count, 1e-7, 0.1, 0.85);

describe('garch', () => {
  it('has the value of its definition to the bit, whatever its phase, where bars are missing and wherever it begins', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.nat(),
        fc.integer({ min: 100, max: 160 }),
        (walk, seed, length) => {
          const gaps = normals(walk + 1, 340);
          const bars = barsOf(closesOf(clustered(walk, 339)), (i) => gaps[i] > 1.2);
          const first = garchWarmup(length);
          const values = valuesOf(bars, length, seed);
          values.forEach((value, i) => {
            if (i + 1 < first) expect(value).toBeNaN();
            else if (i % 7 === walk % 7) {
              expect(value).toBe(byDefinition(bars.slice(0, i + 1), length, seed));
              expect(valuesOf(bars.slice(i + 1 - first, i + 1), length, seed).at(-1)).toBe(value);
            }
          });
        },
      ),
      { numRuns: 15 },
    );
  });

  it('is of the bars before: the same however the newest ends', () => {
    const bars = barsOf(closesOf(clustered(3, 200)));
    const kernel = new GarchKernel(100, STEP);
    for (const bar of bars) kernel.add(bar);
    const [value] = kernel.values;
    kernel.replace({ ...bars[bars.length - 1], close: 150 });
    expect(kernel.values[0]).toBe(value);
    kernel.add({ ...bars[bars.length - 1], start: bars[bars.length - 1].start + STEP });
    // A jump of 40 %.
    expect(kernel.values[0]).toBeGreaterThan(10 * value);
  });

  it('foresees what the simulation had in store better than the deviation of the same window does', () => {
    const offs = { garch: [] as number[], constant: [] as number[] };
    for (let seed = 1; seed <= 20; seed++) {
      const returns = clustered(seed, 500);
      const values = valuesOf(barsOf(closesOf(returns)), 200);
      let variance = 1e-7 / 0.05;
      returns.forEach((move, i) => {
        // Of the return number i, which bar number i + 1 has.
        const truth = Math.sqrt(variance);
        variance = 1e-7 + 0.1 * move * move + 0.85 * variance;
        if (Number.isNaN(values[i + 1])) return;
        offs.garch.push(Math.abs(values[i + 1] / truth - 1));
        offs.constant.push(Math.abs(deviation(returns.slice(i - 200, i)) / truth - 1));
      });
    }
    const median = (xs: readonly number[]) => quantile(Float64Array.from(xs), 0.5);
    expect(median(offs.garch)).toBeLessThan(0.08);
    expect(median(offs.garch)).toBeLessThan(0.6 * median(offs.constant));
  });

  it('reacts to the first move where nothing moved, and is 0 before', () => {
    const closes = new Float64Array(240).fill(50);
    closes.fill(51, 200);
    const values = valuesOf(barsOf(closes), 100);
    expect(values[200]).toBe(0);
    for (const value of values.slice(201)) expect(value).toBeGreaterThan(0);
    // RiskMetrics' weight of the newest, or what is fitted by then.
    expect(values[201]).toBeGreaterThan(0.002);
    expect(values[201]).toBeLessThan(0.02);
  });

  it('fits at other bars for each name, so that few do at once', () => {
    const every = refitEvery(100);
    const counts = new Array<number>(every).fill(0);
    for (let i = 0; i < 1_000; i++) counts[hash(`binance:coin${i}usdt.garch(100)@60000`) % every]++;
    expect(Math.max(...counts)).toBeLessThan((2 * 1_000) / every);
  });
});

/** How far the value is from the forecast of the whole likelihood, fitted anew at each of some bars, as a share. */
function offsOf(closes: Float64Array, length: number): Float64Array {
  const returns = closes.slice(1).map((close, i) => Math.log(close / closes[i]));
  const values = valuesOf(barsOf(closes), length);
  const offs: number[] = [];
  for (let i = garchWarmup(length); i < values.length; i += 37) {
    const { deviations, converged } = fitGarch(returns.slice(i - 1 - length, i - 1));
    if (converged) offs.push(Math.abs(values[i] / deviations[length] - 1));
  }
  expect(offs.length).toBeGreaterThan(10);
  return Float64Array.from(offs);
}

/** What fitting every tenth of the window only, and taking the sample's variance for that of the long run, makes of the whole likelihood. */
function expectNear(offs: Float64Array): void {
  expect(quantile(offs, 0.5)).toBeLessThan(0.03);
  expect(quantile(offs, 0.9)).toBeLessThan(0.12);
}

describe('garch beside the fit of the desk', () => {
  it('is mostly within 3 % of it, and nearly always within 12 %', () => {
    expectNear(offsOf(closesOf(clustered(11, 3_000)), 300));
  });

  it.skipIf(!hasRecordings)('is so on recorded prices, too', () => {
    const closes = recordedBars('ETHBTC').slice(-3_000);
    expectNear(
      offsOf(
        Float64Array.from(closes, ({ close }) => close),
        300,
      ),
    );
  });
});
