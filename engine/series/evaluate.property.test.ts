import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../test/doubles/random.ts';
import { parseExpression } from '../language/parse.ts';
import { testScope } from '../language/test-scope.ts';
import { toColumns } from '../market/bar-history.ts';
import type { Bar } from '../market/events.ts';
import { CATALOG } from './catalog.ts';
import type { Kernel, Pair } from './catalog-entry.ts';
import { type BarSource, evaluate, runKernel } from './evaluate.ts';
import { type KernelPlan, planOf } from './plan.ts';

const INTERVAL = 300_000;
const kernels = CATALOG.filter((entry) => entry.input !== 'column' && entry.input !== 'fact');

/** Each kernel in each of its fields, and some whose input is missing now and then or warms up itself. */
const TEXTS = [
  ...kernels.flatMap((entry) => {
    const { name, fields, input } = entry;
    const inner = input === 'pair' ? '(ethusdt)' : input === 'series' && entry.ofCondition ? '(close > open)' : '';
    return fields.length === 0 ? [`${name}${inner}`] : fields.map((field) => `${name}${inner}.${field}`);
  }),
  'sma(log(close - 100), 7)',
  'ema(log(close - 100), 7)',
  'highest(rsi(14), 20)',
  'corr(log(close - 100), ethusdt, 12)',
];

/** A walk of bars, some of them empty; every `lacking`th is missing. */
function walk(steps: readonly number[], lacking: number): Bar[] {
  let close = 100;
  return steps
    .map((step, i) => {
      const open = close;
      close = open * (1 + step / 100);
      const [high, low] = [Math.max(open, close) * 1.002, Math.min(open, close) * 0.997];
      const trades = step === 0 ? 0 : 3 + (i % 7);
      return { start: i * INTERVAL, open, high, low, close, volume: trades * (2 + step), trades };
    })
    .filter((_, i) => i % lacking !== lacking - 1);
}

/** What a kernel says of inputs that come next. */
function onwards(kernel: Kernel<number> | Kernel<Bar> | Kernel<Pair>, plan: KernelPlan): number[] {
  return Array.from({ length: 5 }, (_, i) => {
    const close = 100 + 3 * Math.sin(i);
    const bar = { start: 1e9 * INTERVAL, open: 100, high: 104, low: 96, close, volume: 3, trades: 2 };
    if (plan.entry.input === 'bars') (kernel as Kernel<Bar>).add(bar);
    else if (plan.entry.input === 'pair')
      (kernel as Kernel<Pair>).add({ y: close, x: 100 - close / 2, start: bar.start });
    else (kernel as Kernel<number>).add(close);
    return kernel.values[plan.field];
  });
}

describe('the newest values of a series, read from no more history than they depend on', () => {
  it.each(TEXTS)('%s', (text) => {
    const plan = planOf(parseExpression(`btcusdt ${text}`, testScope())) as KernelPlan;
    fc.assert(
      fc.property(
        fc.integer({ min: 1 }),
        fc.integer({ min: 0, max: 400 }),
        fc.integer({ min: 2, max: 50 }),
        fc.integer({ min: 1, max: 5 }),
        (seed, length, lacking, last) => {
          const random = createRandom(seed);
          const steps = Array.from({ length }, () => (random() < 0.3 ? 0 : random() * 2 - 1));
          const btc = toColumns(walk(steps, 1000));
          const eth = toColumns(walk(steps.map(Math.cbrt), lacking));
          const source: BarSource = (instrument) => (instrument.includes('eth') ? eth : btc);
          const all = runKernel(plan, source);
          const some = runKernel(plan, source, last);
          expect(some.series.values).toEqual(all.series.values.slice(-last));
          expect(some.series.starts).toEqual(all.series.starts.slice(-last));
          expect(onwards(some.kernel, plan)).toEqual(onwards(all.kernel, plan));
          expect(evaluate(plan, source).values).toEqual(all.series.values);
        },
      ),
      { numRuns: 12 },
    );
  });

  it('leaves the rest of the history unread', () => {
    const bars = toColumns(
      walk(
        Array.from({ length: 300 }, (_, i) => Math.sin(i)),
        1000,
      ),
    );
    let read = 0;
    const close = new Proxy(bars.close, {
      get(target, key) {
        if (typeof key === 'string' && /^\d+$/.test(key)) read++;
        const value = Reflect.get(target, key, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const plan = planOf(parseExpression('btcusdt sma(20)', testScope())) as KernelPlan;
    runKernel(plan, () => ({ ...bars, close }), 2);
    expect(read).toBeLessThan(100);
  });
});
