import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bar } from '../market/events.ts';
import { CATALOG, lookup } from './catalog.ts';
import type { BarsEntry, Kernel, SeriesEntry } from './catalog-entry.ts';

const mean = (xs: readonly number[]): number => xs.reduce((sum, x) => sum + x, 0) / xs.length;
const deviation = (xs: readonly number[]): number => Math.sqrt(mean(xs.map((x) => (x - mean(xs)) ** 2)));

/** Exponential mean from the first input on, as its formula is written. */
function exponential(xs: readonly number[], length: number): number[] {
  const out: number[] = [];
  for (const x of xs) {
    const last = out[out.length - 1];
    out.push(last === undefined ? x : last + (2 / (length + 1)) * (x - last));
  }
  return out;
}

/** Wilder's smoothing: the mean of the first `length`, then a `length`th of the way to each. */
function wilder(xs: readonly number[], length: number): number {
  return xs.slice(length).reduce((last, x) => (last * (length - 1) + x) / length, mean(xs.slice(0, length)));
}

type Naive = (xs: readonly number[], params: readonly number[]) => number[];

const window =
  (f: (xs: readonly number[], k: number) => number[]): Naive =>
  (xs, [n, k]) =>
    f(xs.slice(-n), k);

/** Each entry once more, written down as its definition, without any streaming. */
const DEFINITIONS: Readonly<Record<string, Naive>> = {
  sma: window((xs) => [mean(xs)]),
  mean: window((xs) => [mean(xs)]),
  ema: (xs, [n]) => [exponential(xs, n)[xs.length - 1]],
  std: window((xs) => [deviation(xs)]),
  z: window((xs) => [deviation(xs) > 0 ? (xs[xs.length - 1] - mean(xs)) / deviation(xs) : 0]),
  highest: window((xs) => [Math.max(...xs)]),
  lowest: window((xs) => [Math.min(...xs)]),
  change: (xs, [n]) => [xs[xs.length - 1] / xs[xs.length - 1 - n] - 1],
  bb: window((xs, k) => {
    const [m, d] = [mean(xs), deviation(xs)];
    const [upper, lower] = [m + k * d, m - k * d];
    return [m, upper, lower, (upper - lower) / m, d > 0 ? (xs[xs.length - 1] - lower) / (upper - lower) : 0.5];
  }),
  macd: (xs, [fast, slow, signal]) => {
    const [quick, late] = [exponential(xs, fast), exponential(xs, slow)];
    const line = quick.map((value, i) => value - late[i]).slice(slow - 1);
    const smooth = exponential(line, signal)[line.length - 1];
    const last = line[line.length - 1];
    return [last, smooth, last - smooth];
  },
  rsi: (xs, [n]) => {
    const steps = xs.slice(1).map((x, i) => x - xs[i]);
    const gain = wilder(
      steps.map((step) => Math.max(0, step)),
      n,
    );
    const loss = wilder(
      steps.map((step) => Math.max(0, -step)),
      n,
    );
    return [loss === 0 ? 100 : 100 - 100 / (1 + gain / loss)];
  },
};

const entries = CATALOG.filter((entry): entry is SeriesEntry | BarsEntry => entry.input !== 'column');
const inputs = fc.array(
  fc.integer({ min: 50_000, max: 150_000 }).map((x) => x / 1000),
  { minLength: 60, maxLength: 120 },
);
const small = {
  sma: [7],
  mean: [7],
  ema: [7],
  std: [7],
  z: [7],
  highest: [7],
  lowest: [7],
  change: [5],
  bb: [7, 2],
  macd: [3, 6, 4],
  rsi: [5],
  atr: [5],
} as const;
const paramsOf = (name: string): readonly number[] => small[name as keyof typeof small];

const toBar = (x: number, i: number): Bar => ({
  start: i * 60_000,
  open: x,
  high: x + 1 + (i % 3),
  low: x - 1 - (i % 2),
  close: x + ((i % 5) - 2) / 4,
  volume: 1 + i,
  trades: 2,
});

/** To nine digits, and NaN equal to itself. */
const rounded = (values: Float64Array): string[] => [...values].map((value) => value.toPrecision(9));

/** An entry's kernel for plain numbers, whatever it takes. */
function kernelOf(entry: SeriesEntry | BarsEntry): Kernel<{ x: number; i: number }> {
  if (entry.input === 'series') {
    const kernel = entry.create(paramsOf(entry.name));
    return { values: kernel.values, add: ({ x }) => kernel.add(x), replace: ({ x }) => kernel.replace(x) };
  }
  const kernel = entry.create(paramsOf(entry.name));
  return {
    values: kernel.values,
    add: ({ x, i }) => kernel.add(toBar(x, i)),
    replace: ({ x, i }) => kernel.replace(toBar(x, i)),
  };
}

describe.each(entries.map((entry) => [entry.name, entry] as const))('%s', (name, entry) => {
  it('gives with live corrections what it gives from the final values alone', () => {
    fc.assert(
      fc.property(inputs, fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 5, maxLength: 5 }), (xs, wrong) => {
        const [plain, corrected] = [kernelOf(entry), kernelOf(entry)];
        xs.forEach((x, i) => {
          plain.add({ x, i });
          corrected.add({ x: wrong[i % 5], i });
          for (let k = 0; k < i % 4; k++) corrected.replace({ x: wrong[(i + k) % 5], i });
          corrected.replace({ x, i });
          expect(rounded(corrected.values)).toEqual(rounded(plain.values));
        });
      }),
      { numRuns: 30 },
    );
  });

  it('has its first value after the inputs that its warm-up names', () => {
    const kernel = kernelOf(entry);
    const { first } = entry.warmup(paramsOf(name));
    for (let i = 0; i < first; i++) {
      expect(kernel.values.every(Number.isNaN)).toBe(true);
      kernel.add({ x: 100 + i, i });
    }
    expect([...kernel.values].some(Number.isNaN)).toBe(false);
  });

  it('has parameters within their ranges, and an example that names it', () => {
    for (const param of entry.params) expect(param.default >= param.min && param.default <= param.max).toBe(true);
    expect(entry.example).toContain(name);
    expect(lookup(name.toUpperCase())).toBe(entry);
  });
});

describe.each(Object.keys(DEFINITIONS))('%s', (name) => {
  it('has the values of its definition', () => {
    const entry = lookup(name) as SeriesEntry;
    fc.assert(
      fc.property(inputs, (xs) => {
        const kernel = entry.create(paramsOf(name));
        for (const x of xs) kernel.add(x);
        const wanted = DEFINITIONS[name](xs, paramsOf(name));
        for (const [field, value] of wanted.entries()) expect(kernel.values[field]).toBeCloseTo(value, 8);
      }),
      { numRuns: 50 },
    );
  });
});

describe('atr', () => {
  it('smooths the true range by Wilder’s rule', () => {
    const entry = lookup('atr') as BarsEntry;
    const bars = Array.from({ length: 40 }, (_, i) => toBar(100 + Math.sin(i) * 20, i));
    const kernel = entry.create([5]);
    for (const bar of bars) kernel.add(bar);
    const ranges = bars.map((bar, i) => {
      const close = bars[i - 1]?.close;
      if (close === undefined) return bar.high - bar.low;
      return Math.max(bar.high - bar.low, Math.abs(bar.high - close), Math.abs(bar.low - close));
    });
    expect(kernel.values[0]).toBeCloseTo(wilder(ranges, 5), 9);
  });
});

describe('rsi', () => {
  it('has the values of Wilder’s own example', () => {
    // Closing prices and RSI(14) as printed in the StockCharts ChartSchool example of Wilder's RSI.
    const closes = [
      44.34, 44.09, 44.15, 43.61, 44.33, 44.83, 45.1, 45.42, 45.84, 46.08, 45.89, 46.03, 45.61, 46.28, 46.28, 46.0,
      46.03, 46.41, 46.22, 45.64,
    ];
    const kernel = (lookup('rsi') as SeriesEntry).create([14]);
    const values = closes.map((close) => {
      kernel.add(close);
      return kernel.values[0];
    });
    const printed = [70.46, 66.25, 66.48, 69.35, 66.29, 57.92];
    for (const [i, value] of printed.entries()) expect(Math.abs(values[14 + i] - value)).toBeLessThan(0.1);
  });
});

describe('the catalog', () => {
  it('has no name or alias twice', () => {
    const names = CATALOG.flatMap((entry) => [entry.name, ...entry.aliases]);
    expect(new Set(names).size).toBe(names.length);
  });
});
