import type { BinaryOp } from '../language/ast.ts';
import { type BarColumns, barAt } from '../market/bar-history.ts';
import type { Bar } from '../market/events.ts';
import { type FactSource, factAt, newestFact } from '../market/facts.ts';
import { barStart } from '../market/interval.ts';
import { hash } from './anchor.ts';
import { applyBinary, applyMath } from './arithmetic.ts';
import type { Kernel, Pair } from './catalog-entry.ts';
import { type Feed, feedKernel, type KernelRun, type KernelWish } from './kernel-run.ts';
import {
  type CombinePlan,
  type FactPlan,
  inputsOf,
  isBinary,
  type KernelPlan,
  type Plan,
  type SamplePlan,
  type VaryingPlan,
} from './plan.ts';

/** The closed bars of an instrument and interval, oldest first, and, where they are known, facts. */
export interface BarSource {
  (instrument: string, interval: number): BarColumns;
  readonly facts?: FactSource;
  /** Series that were computed over these bars, by the keys of their plans; absent where nothing is kept. */
  readonly computed?: Map<string, SeriesValues>;
}

/** A series at the closes of bars: `values[i]` (NaN while warming up) belongs to the bar that starts at `starts[i]` (ms). */
export interface SeriesValues {
  readonly starts: Float64Array;
  readonly values: Float64Array;
}

/**
 * Computes a plan over stored bars, with the same kernels as the live graph. O(bars) a step of the plan.
 *
 * @param plan what to compute; a constant has no values and gives none
 */
export function evaluate(plan: Plan, source: BarSource): SeriesValues {
  const { computed } = source;
  const known = computed?.get(plan.key);
  if (known !== undefined) return known;
  const series = plan.kind === 'kernel' ? kernelValues(plan, source) : compute(plan, source);
  computed?.set(plan.key, series);
  return series;
}

function compute(plan: Exclude<Plan, KernelPlan>, source: BarSource): SeriesValues {
  switch (plan.kind) {
    case 'constant':
      return { starts: new Float64Array(0), values: new Float64Array(0) };
    case 'column': {
      const bars = source(plan.instrument, plan.interval);
      return { starts: bars.start, values: bars[plan.column] };
    }
    case 'fact':
      return factValues(plan, source);
    case 'lag':
      return shift(evaluate(plan.input, source), plan.lag);
    case 'combine':
      return combineValues(plan, source);
    case 'sample':
      return sampleValues(plan, source);
  }
}

/**
 * The value of a series as of the last trade: live, a series stays where that left it, whatever empty bars close afterwards.
 *
 * @param series the plan's values at all closes
 */
export function atLastTrade(plan: VaryingPlan, { starts, values }: SeriesValues, source: BarSource): number {
  if (values.length === 0) return Number.NaN;
  const last = lastTraded(plan, source);
  let at = starts.length - 1;
  while (at > 0 && starts[at] > last) at--;
  return values[starts[at] > last ? values.length - 1 : at];
}

/** A fact as it was known just before the end of each bar; NaN everywhere where facts are not known. */
function factValues({ instrument, interval, name, facts: keys }: FactPlan, source: BarSource): SeriesValues {
  const { start: starts } = source(instrument, interval);
  const { facts } = source;
  if (facts === undefined) return { starts, values: new Float64Array(starts.length).fill(Number.NaN) };
  return { starts, values: starts.map((start) => factAt(facts, name, keys, start, start + interval)) };
}

/** Start of the newest closed bar in which one of a plan's instruments was traded, or one of its facts came, in ms; -infinity where there is none. */
export function lastTraded(plan: VaryingPlan, source: BarSource): number {
  let last = Number.NEGATIVE_INFINITY;
  if (source.facts !== undefined && plan.facts.length > 0)
    last = barStart(newestFact(source.facts, plan.facts), plan.interval);
  for (const instrument of plan.instruments) {
    const { start, trades } = source(instrument, plan.interval);
    let at = start.length - 1;
    while (at >= 0 && trades[at] === 0) at--;
    if (at >= 0 && start[at] > last) last = start[at];
  }
  return last;
}

/** One field of an indicator; where series are kept, its others come of the same computation. */
function kernelValues(plan: KernelPlan, source: BarSource): SeriesValues {
  const { base, entry, field } = plan;
  if (source.computed === undefined || entry.fields.length === 0) return runKernel(plan, source).series;
  const { starts, columns } = runFields(plan, source, { fields: entry.fields.map((_each, i) => i) });
  entry.fields.forEach((name, i) => {
    source.computed?.set(`${base}.${name}`, { starts, values: columns[i] });
  });
  return { starts, values: columns[field] };
}

/**
 * Feeds a fresh kernel with its history and keeps it, so that a live node can go on from there.
 *
 * @param last how many of the newest values are wanted, all of them if absent: of the history only what these depend on is read
 */
export function runKernel(
  plan: KernelPlan,
  source: BarSource,
  last?: number,
): { readonly kernel: KernelRun['kernel']; readonly series: SeriesValues } {
  const { kernel, starts, columns } = runFields(plan, source, {
    fields: [plan.field],
    ...(last === undefined ? {} : { last }),
  });
  return { kernel, series: { starts, values: columns[0] } };
}

function runFields(plan: KernelPlan, source: BarSource, wish: KernelWish): KernelRun {
  const { entry } = plan;
  if (entry.input === 'pair') {
    const { starts, columns } = joinValues(inputsOf(plan), source);
    const [ys, xs] = columns as readonly Float64Array[];
    const feed: Feed<Kernel<Pair>> = {
      starts,
      begin: () => entry.create(plan.params, plan.interval, hash(plan.base)),
      has: (i) => !Number.isNaN(ys[i]) && !Number.isNaN(xs[i]),
      add: (kernel, i) => kernel.add({ y: ys[i], x: xs[i], start: starts[i] }),
    };
    return feedKernel(plan, feed, wish);
  }
  if (entry.input === 'bars') {
    const bars = source(plan.instrument, plan.interval);
    const feed: Feed<Kernel<Bar>> = {
      starts: bars.start,
      begin: () => entry.create(plan.params, plan.interval, hash(plan.base)),
      has: () => true,
      add: (kernel, i) => kernel.add(barAt(bars, i)),
    };
    return feedKernel(plan, feed, wish);
  }
  const { starts, values } = evaluate(plan.input!, source);
  const feed: Feed<Kernel<number>> = {
    starts,
    begin: () => entry.create(plan.params),
    has: (i) => !Number.isNaN(values[i]),
    add: (kernel, i) => kernel.add(values[i]),
  };
  return feedKernel(plan, feed, wish);
}

/** The kernel begun anew at the newest bar, as `runKernel` does at the first bar of a stretch. Those of pairs never are. */
export function beginAnew(plan: KernelPlan, source: BarSource): Kernel<number> | Kernel<Bar> {
  const { entry, anchor } = plan;
  const every = anchor?.every ?? Number.POSITIVE_INFINITY;
  if (entry.input === 'bars') {
    const kernel = entry.create(plan.params, plan.interval, hash(plan.base));
    const bars = source(plan.instrument, plan.interval);
    for (let i = Math.max(0, bars.length - every); i < bars.length; i++) kernel.add(barAt(bars, i));
    return kernel;
  }
  if (entry.input === 'pair') throw new RangeError(`${entry.name} is not begun anew`);
  const kernel = entry.create(plan.params);
  const { values } = evaluate(plan.input!, source);
  for (let i = Math.max(0, values.length - every); i < values.length; i++) {
    if (!Number.isNaN(values[i])) kernel.add(values[i]);
  }
  return kernel;
}

function shift(input: SeriesValues, lag: number): SeriesValues {
  const values = new Float64Array(input.values.length).fill(Number.NaN);
  if (lag < values.length) values.set(input.values.subarray(0, values.length - lag), lag);
  return { starts: input.starts, values };
}

/** Joins the parts by the start of their bars: a bar that one of them lacks is left out. */
function joinValues(parts: readonly Plan[], source: BarSource) {
  const values = parts.map((part) => (part.kind === 'constant' ? part.value : evaluate(part, source)));
  const series = values.filter((part): part is SeriesValues => typeof part !== 'number');
  const starts = commonStarts(series.map((part) => part.starts));
  return { starts, columns: values.map((part) => (typeof part === 'number' ? part : pick(part, starts))) };
}

function combineValues(plan: CombinePlan, source: BarSource): SeriesValues {
  const { starts, columns } = joinValues(plan.parts, source);
  if (isBinary(plan.op)) return { starts, values: binaryValues(plan.op, starts.length, columns) };
  const values = new Float64Array(starts.length);
  const row = new Float64Array(columns.length);
  for (let i = 0; i < starts.length; i++) {
    for (let c = 0; c < columns.length; c++) {
      const column = columns[c];
      row[c] = typeof column === 'number' ? column : column[i];
    }
    values[i] = applyMath(plan.op, row);
  }
  return { starts, values };
}

function binaryValues(op: BinaryOp, count: number, parts: readonly (number | Float64Array)[]): Float64Array {
  const values = new Float64Array(count);
  // A number is a column of one that one stays at.
  const [left, right] = parts.map((part) => (typeof part === 'number' ? Float64Array.of(part) : part));
  const [leftStep, rightStep] = parts.map((part) => (typeof part === 'number' ? 0 : 1));
  for (let i = 0; i < count; i++) values[i] = applyBinary(op, left[i * leftStep], right[i * rightStep]);
  return values;
}

function commonStarts(columns: readonly Float64Array[]): Float64Array {
  const [first, ...rest] = columns;
  if (rest.every((column) => isSame(column, first))) return first;
  const sets = rest.map((column) => new Set(column));
  return first.filter((start) => sets.every((set) => set.has(start)));
}

function isSame(a: Float64Array, b: Float64Array): boolean {
  return a === b || (a.length === b.length && a.every((each, i) => each === b[i]));
}

function pick(series: SeriesValues, starts: Float64Array): Float64Array {
  if (isSame(series.starts, starts)) return series.values;
  const byStart = new Map<number, number>();
  for (let i = 0; i < series.starts.length; i++) byStart.set(series.starts[i], series.values[i]);
  return Float64Array.from(starts, (start) => byStart.get(start) ?? Number.NaN);
}

/** The newest value of the input whose bar had ended when the bar of this interval did. */
function sampleValues(plan: SamplePlan, source: BarSource): SeriesValues {
  const input = evaluate(plan.input, source);
  const { start: starts } = source(clockInstrument(plan), plan.interval);
  const values = new Float64Array(starts.length).fill(Number.NaN);
  let at = -1;
  for (let i = 0; i < starts.length; i++) {
    const end = starts[i] + plan.interval;
    while (at + 1 < input.starts.length && input.starts[at + 1] + plan.input.interval <= end) at++;
    if (at >= 0) values[i] = input.values[at];
  }
  return { starts, values };
}

/** The instrument whose bars say when a sampled series closes. */
export function clockInstrument(plan: VaryingPlan): string {
  return plan.instruments[0];
}
