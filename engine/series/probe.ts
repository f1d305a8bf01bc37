import { barAt } from '../market/bar-history.ts';
import type { Bar } from '../market/events.ts';
import { applyBinary, applyMath } from './arithmetic.ts';
import type { Kernel } from './catalog-entry.ts';
import { type BarSource, evaluate, runKernel } from './evaluate.ts';
import { type ColumnPlan, type CombinePlan, isBinary, type KernelPlan, type Plan, type VaryingPlan } from './plan.ts';

/** A series at its newest bar, as a function of the last price. */
interface Probe {
  /** Start of the newest bar in ms. */
  readonly start: number;
  at(price: number): number;
}

/**
 * The newest value of a series as it would be at another last price, NaN where it has none. What lies before the newest bar is
 * computed once, so that asking costs O(1) or O(log n) a step of the plan.
 *
 * @param source the bars of the plan's one instrument, the open one last
 * @returns undefined for what cannot be asked so: other intervals sampled, pairs, and inputs without a value
 */
export function createProbe(plan: VaryingPlan, source: BarSource): ((price: number) => number) | undefined {
  return probeOf(plan, source)?.at;
}

function probeOf(plan: VaryingPlan, source: BarSource): Probe | undefined {
  switch (plan.kind) {
    case 'column':
      return columnProbe(plan, source);
    case 'kernel':
      return plan.entry.input === 'bars' ? barsProbe(plan, source) : seriesProbe(plan, source);
    case 'lag':
      return plan.lag === 0 ? probeOf(plan.input, source) : standing(plan, source);
    case 'combine':
      return combineProbe(plan, source);
    case 'fact':
      return standing(plan, source);
    case 'sample':
      return undefined;
  }
}

/** What no price moves. */
function standing(plan: VaryingPlan, source: BarSource): Probe | undefined {
  const { starts, values } = evaluate(plan, source);
  const last = starts.length - 1;
  return last < 0 ? undefined : { start: starts[last], at: () => values[last] };
}

/** A bar whose last trade was at another price; the first trade of a bar is all that it is made of. */
function withLast(bar: Bar, price: number): Bar {
  if (bar.trades === 0) return { ...bar, open: price, high: price, low: price, close: price };
  return { ...bar, high: Math.max(bar.high, price), low: Math.min(bar.low, price), close: price };
}

function columnProbe({ instrument, interval, column }: ColumnPlan, source: BarSource): Probe | undefined {
  const bars = source(instrument, interval);
  const last = bars.length - 1;
  if (last < 0) return undefined;
  const start = bars.start[last];
  const now = bars[column][last];
  const isFirst = bars.trades[last] === 0 && (column === 'open' || column === 'high' || column === 'low');
  if (column === 'close' || isFirst) return { start, at: (price) => price };
  if (column === 'high') return { start, at: (price) => Math.max(now, price) };
  if (column === 'low') return { start, at: (price) => Math.min(now, price) };
  return { start, at: () => now };
}

function barsProbe(plan: KernelPlan, source: BarSource): Probe | undefined {
  const bars = source(plan.instrument, plan.interval);
  if (bars.length === 0) return undefined;
  const kernel = runKernel(plan, source, 1).kernel as Kernel<Bar>;
  const bar = barAt(bars, bars.length - 1);
  return {
    start: bar.start,
    at(price) {
      kernel.replace(withLast(bar, price));
      return kernel.values[plan.field];
    },
  };
}

function seriesProbe(plan: KernelPlan, source: BarSource): Probe | undefined {
  if (plan.entry.input !== 'series' || plan.input === undefined) return undefined;
  const input = probeOf(plan.input, source);
  if (input === undefined) return undefined;
  const { values } = evaluate(plan.input, source);
  // A kernel that was not given the newest input has nothing to replace.
  if (Number.isNaN(values[values.length - 1] ?? Number.NaN)) return undefined;
  const kernel = runKernel(plan, source, 1).kernel as Kernel<number>;
  return {
    start: input.start,
    at(price) {
      const value = input.at(price);
      if (Number.isNaN(value)) return value;
      kernel.replace(value);
      return kernel.values[plan.field];
    },
  };
}

function combineProbe(plan: CombinePlan, source: BarSource): Probe | undefined {
  const parts: Probe[] = [];
  let start: number | undefined;
  for (const part of plan.parts) {
    const probe = part.kind === 'constant' ? undefined : probeOf(part, source);
    if (probe === undefined && part.kind !== 'constant') return undefined;
    // Parts whose newest bars differ meet at an older one.
    if (probe !== undefined && start !== undefined && probe.start !== start) return undefined;
    start ??= probe?.start;
    parts.push(probe ?? constantProbe(part));
  }
  const row = new Float64Array(parts.length);
  if (start === undefined) return undefined;
  return {
    start,
    at(price) {
      for (let i = 0; i < row.length; i++) row[i] = parts[i].at(price);
      return isBinary(plan.op) ? applyBinary(plan.op, row[0], row[1]) : applyMath(plan.op, row);
    },
  };
}

function constantProbe(plan: Plan): Probe {
  const value = plan.kind === 'constant' ? plan.value : Number.NaN;
  return { start: Number.NaN, at: () => value };
}
