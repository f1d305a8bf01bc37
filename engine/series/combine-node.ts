import type { Watcher } from '../rules/threshold-index.ts';
import { applyBinary, applyMath, type CombineOp } from './arithmetic.ts';
import { atLastTrade, type BarSource, evaluate, type SeriesValues } from './evaluate.ts';
import { LagKernel } from './kernels/extremes.ts';
import { type Axis, type GraphStep, isFirstAfter, type LiveSource, pulled, SeriesNode } from './node.ts';
import { type CombinePlan, isBinary, type LagPlan, type SamplePlan, type VaryingPlan } from './plan.ts';
import { combinedSensitivity } from './sensitivity.ts';
import { ANY_WAY, combinedWays } from './ways.ts';

/** Most closes that wait for a partner of another instrument. */
const LONGEST_WAIT = 512;

/** Operands put together. Where they belong to several instruments, their closes are joined by the start of the bar. */
export class CombineNode<W extends Watcher> extends SeriesNode<W> {
  private readonly op: CombineOp;
  private readonly row: Float64Array;
  /** Place in `row` of each parent. */
  private readonly slots: readonly number[];
  /** Closes of each parent that wait for the others; undefined where all parents close together. */
  private readonly waiting: Map<number, number>[] | undefined;
  /** Number of the newest step before the newest close that all have. */
  private joinedAfter = -1;
  private readonly plan: CombinePlan;
  private readonly source: BarSource;

  constructor(
    id: number,
    plan: CombinePlan,
    parents: readonly SeriesNode<W>[],
    source: BarSource,
    sources: readonly LiveSource[],
    step: GraphStep<W>,
  ) {
    super(id, plan, parents, sources, step);
    this.plan = plan;
    this.source = source;
    this.op = plan.op;
    this.row = Float64Array.from(plan.parts, (part) => (part.kind === 'constant' ? part.value : Number.NaN));
    this.slots = plan.parts.flatMap((part, i) => (part.kind === 'constant' ? [] : [i]));
    this.waiting = plan.instruments.length > 1 ? parents.map(() => new Map()) : undefined;
  }

  protected override compute(): void {
    const { parents, slots, row } = this;
    for (let i = 0; i < parents.length; i++) {
      parents[i].pull();
      row[slots[i]] = parents[i].value;
    }
    this.change(this.apply());
  }

  override valueBefore(stamp: number): number {
    const { parents, slots, row } = this;
    for (let i = 0; i < parents.length; i++) row[slots[i]] = parents[i].valueBefore(stamp);
    return this.apply();
  }

  /** A bar of several instruments begins with the first trade of any of them after all have closed the one before. */
  override beganWith(stamp: number): boolean {
    if (this.waiting === undefined) return super.beganWith(stamp);
    return this.newest === stamp && isFirstAfter(this.joinedAfter, this.sources, stamp);
  }

  override get isOpen(): boolean {
    if (this.waiting === undefined) return super.isOpen;
    return this.newest > this.joinedAfter;
  }

  override sensitivity(reach: number): number {
    if (this.instruments.length > 1) return Number.POSITIVE_INFINITY;
    const { parents, slots, row } = this;
    // A fact may move what a bound was computed from.
    if (this.facts.length > 0) {
      return parents.every((parent) => parent.sensitivity(reach) === 0) ? 0 : Number.POSITIVE_INFINITY;
    }
    const moves = new Float64Array(row.length);
    for (let i = 0; i < parents.length; i++) {
      row[slots[i]] = parents[i].value;
      moves[slots[i]] = parents[i].sensitivity(reach);
    }
    return combinedSensitivity(this.op, row, moves, reach);
  }

  override ways(reach: number): number {
    if (this.instruments.length > 1 || this.facts.length > 0) return ANY_WAY;
    const { parents, slots, row } = this;
    const [moves, ways] = [new Float64Array(row.length), new Uint8Array(row.length)];
    for (let i = 0; i < parents.length; i++) {
      row[slots[i]] = parents[i].value;
      moves[slots[i]] = parents[i].sensitivity(reach);
      ways[slots[i]] = parents[i].ways(reach);
    }
    return combinedWays(this.op, row, moves, ways);
  }

  private apply(): number {
    const { op, row } = this;
    return isBinary(op) ? applyBinary(op, row[0], row[1]) : applyMath(op, row);
  }

  override parentClosed(parent: SeriesNode<W>, start: number): void {
    this.followClose();
    if (this.waiting !== undefined) {
      this.join(parent, start, this.waiting);
      return;
    }
    const { parents, slots, row } = this;
    for (let i = 0; i < parents.length; i++) if (parents[i].closedStart !== start) return;
    if (this.closedStart === start) return;
    for (let i = 0; i < parents.length; i++) row[slots[i]] = parents[i].closed;
    this.settle(start, this.apply());
  }

  /** What its parts stand for. */
  protected override stand(): void {
    this.compute();
  }

  private join(parent: SeriesNode<W>, start: number, waiting: Map<number, number>[]): void {
    const { parents, slots, row } = this;
    for (let i = 0; i < parents.length; i++) if (parents[i] === parent) waiting[i].set(start, parent.closed);
    if (!waiting.every((closes) => closes.has(start))) {
      for (const closes of waiting) if (closes.size > LONGEST_WAIT) closes.delete(closes.keys().next().value!);
      return;
    }
    for (let i = 0; i < waiting.length; i++) {
      row[slots[i]] = waiting[i].get(start)!;
      waiting[i].delete(start);
    }
    this.joinedAfter = this.step.stamp;
    this.settle(start, this.apply());
  }

  /** Takes up the closes of each part that the others do not have yet. */
  private await(waiting: Map<number, number>[]): void {
    this.joinedAfter = this.parents.some((parent) => parent.isOpen) ? this.stepOf(this.closedStart) : this.step.stamp;
    const varying = this.plan.parts.filter((part): part is VaryingPlan => part.kind !== 'constant');
    varying.forEach((part, i) => {
      const { starts, values } = evaluate(part, this.source);
      waiting[i].clear();
      for (let at = Math.max(0, starts.length - LONGEST_WAIT); at < starts.length; at++) {
        if (!(starts[at] <= this.closedStart)) waiting[i].set(starts[at], values[at]);
      }
    });
  }

  override forget(): void {
    super.forget();
    for (const closes of this.waiting ?? []) closes.clear();
  }

  override rebuild(): void {
    const { parents, slots, row } = this;
    const { closedStart } = parents[0];
    if (parents.every((parent) => parent.closedStart === closedStart)) {
      for (let i = 0; i < parents.length; i++) row[slots[i]] = parents[i].closed;
      this.closed = this.apply();
      for (let i = 0; i < parents.length; i++) row[slots[i]] = parents[i].closedBefore;
      this.closedBefore = this.apply();
      this.closedStart = closedStart;
    } else rebuildFrom(this, this.plan, this.source);
    if (this.waiting !== undefined) this.await(this.waiting);
    for (let i = 0; i < parents.length; i++) row[slots[i]] = pulled(parents[i]);
    this.value = this.apply();
    this.markFresh();
  }
}

/** The value some bars ago. */
export class LagNode<W extends Watcher> extends SeriesNode<W> {
  private kernel: LagKernel;
  private begun = false;
  private readonly plan: LagPlan;
  private readonly source: BarSource;

  constructor(
    id: number,
    plan: LagPlan,
    input: SeriesNode<W>,
    source: BarSource,
    sources: readonly LiveSource[],
    step: GraphStep<W>,
  ) {
    super(id, plan, [input], sources, step);
    this.plan = plan;
    this.source = source;
    this.kernel = new LagKernel(plan.lag);
  }

  protected override compute(): void {
    if (this.begun || this.isPast) return;
    this.parents[0].pull();
    this.feed(this.parents[0].value);
    this.change(this.kernel.values[0]);
  }

  override valueBefore(stamp: number): number {
    return this.beganWith(stamp) ? this.closed : this.value;
  }

  override get axis(): Axis {
    return 'none';
  }

  /** What is past does not move, once the bar has begun that it is before. */
  override sensitivity(): number {
    return this.isOpen ? 0 : Number.POSITIVE_INFINITY;
  }

  /** Also takes NaN: a value that is missing was missing so many bars ago. */
  private feed(value: number): void {
    if (this.begun) this.kernel.replace(value);
    else this.kernel.add(value);
    this.begun = true;
  }

  override parentClosed(parent: SeriesNode<W>, start: number): void {
    if (this.liveHolders > 0) this.pull();
    this.feed(parent.closed);
    this.begun = false;
    this.settle(start, this.kernel.values[0]);
  }

  override rebuild(): void {
    const { values } = evaluate(this.plan.input, this.source);
    this.kernel = new LagKernel(this.plan.lag);
    this.begun = false;
    for (let i = Math.max(0, values.length - this.plan.lag - 1); i < values.length; i++) this.kernel.add(values[i]);
    rebuildFrom(this, this.plan, this.source);
    this.goLive();
  }

  override goLive(): void {
    if (this.isOpen) {
      if (this.liveHolders > 0) this.feed(pulled(this.parents[0]));
      this.value = this.kernel.values[0];
    } else this.value = atLastTrade(this.plan, evaluate(this.plan, this.source), this.source);
    this.markFresh();
  }
}

/** A series of another interval: live it is what it is, closed it is what was known when this interval's bar closed. */
export class SampleNode<W extends Watcher> extends SeriesNode<W> {
  private readonly input: SeriesNode<W>;
  private readonly trigger: SeriesNode<W>;
  private readonly plan: SamplePlan;
  private readonly source: BarSource;

  constructor(
    id: number,
    plan: SamplePlan,
    input: SeriesNode<W>,
    trigger: SeriesNode<W>,
    source: BarSource,
    sources: readonly LiveSource[],
    step: GraphStep<W>,
  ) {
    super(id, plan, [input, trigger], sources, step);
    this.input = input;
    this.trigger = trigger;
    this.plan = plan;
    this.source = source;
  }

  protected override compute(): void {
    this.input.pull();
    this.change(this.input.value);
  }

  override valueBefore(stamp: number): number {
    return this.input.valueBefore(stamp);
  }

  override get isOpen(): boolean {
    return this.facts.length > 0 ? super.isOpen : this.trigger.isOpen;
  }

  override beganWith(stamp: number): boolean {
    return this.facts.length > 0 ? super.beganWith(stamp) : this.trigger.beganWith(stamp);
  }

  override stepOf(start: number): number {
    return this.trigger.stepOf(start);
  }

  override get axis(): Axis {
    return this.input.axis;
  }

  override sensitivity(reach: number): number {
    return this.input.sensitivity(reach);
  }

  override ways(reach: number): number {
    return this.input.ways(reach);
  }

  override parentClosed(parent: SeriesNode<W>, start: number): void {
    this.followClose();
    if (parent === this.trigger) this.step.deferred.push({ node: this, start, closing: this.step.closing });
  }

  /** What its input stands for. */
  protected override stand(): void {
    this.compute();
  }

  /** All bars that end at this moment are closed. */
  closeDeferred(start: number): void {
    const { input } = this;
    const isAhead = input.closedStart + input.interval > start + this.interval;
    this.settle(start, isAhead ? input.closedBefore : input.closed);
  }

  override rebuild(): void {
    rebuildFrom(this, this.plan, this.source);
    this.value = pulled(this.input);
    this.markFresh();
  }
}

function rebuildFrom<W extends Watcher>(node: SeriesNode<W>, plan: VaryingPlan, source: BarSource): SeriesValues {
  const series = evaluate(plan, source);
  const { starts, values } = series;
  if (values.length === 0) return series;
  node.closed = values[values.length - 1];
  node.closedBefore = values.length > 1 ? values[values.length - 2] : Number.NaN;
  node.closedStart = starts[starts.length - 1];
  return series;
}
