import type { Watcher } from '../rules/threshold-index.ts';
import type { Kernel, Pair } from './catalog-entry.ts';
import { atLastTrade, type BarSource, evaluate, runKernel } from './evaluate.ts';
import { FieldNode, type FieldOwner } from './field-node.ts';
import { type GraphStep, isFirstAfter, type LiveSource, SeriesNode } from './node.ts';
import { inputsOf, type KernelPlan } from './plan.ts';
import { ANY_WAY } from './ways.ts';

/** Most closes that wait for a partner of another instrument. */
const LONGEST_WAIT = 512;

/**
 * An indicator of two series with all of its fields. Live it follows the newest value of each; their closes are joined by the
 * start of the bar, and a bar that one of them lacks is left out.
 */
export class PairNode<W extends Watcher> extends SeriesNode<W> implements FieldOwner {
  /** Made by `rebuild`, which comes before all else. */
  private kernel!: Kernel<Pair>;
  private begun = false;
  /** The fields at the newest close. */
  private readonly closedFields: Float64Array;
  /** Closes of each input that wait for the other's, by the start of the bar. */
  private readonly waiting: readonly [Map<number, number>, Map<number, number>] = [new Map(), new Map()];
  /** Number of the newest step before the newest close that both have. */
  private joinedAfter = -1;
  private readonly y: SeriesNode<W>;
  private readonly x: SeriesNode<W>;
  private readonly plan: KernelPlan;
  private readonly source: BarSource;

  constructor(
    id: number,
    plan: KernelPlan,
    [y, x]: readonly [SeriesNode<W>, SeriesNode<W>],
    source: BarSource,
    sources: readonly LiveSource[],
    step: GraphStep<W>,
  ) {
    super(id, plan, [y, x], sources, step);
    this.y = y;
    this.x = x;
    this.plan = plan;
    this.source = source;
    this.closedFields = new Float64Array(Math.max(1, plan.entry.fields.length));
  }

  get fields(): Float64Array {
    return this.kernel.values;
  }

  protected override compute(): void {
    const { y, x } = this;
    y.pull();
    x.pull();
    if (this.feed(y.value, x.value)) this.change(this.kernel.values[0]);
  }

  override valueBefore(stamp: number): number {
    return this.movedWith(stamp) ? this.fieldBefore(0, stamp) : this.value;
  }

  movedWith(stamp: number): boolean {
    return this.begun && this.newest === stamp;
  }

  /** A bar of two instruments begins with the first trade of either after both have closed the one before. */
  override beganWith(stamp: number): boolean {
    if (this.instruments.length === 1) return super.beganWith(stamp);
    return this.newest === stamp && isFirstAfter(this.joinedAfter, this.sources, stamp);
  }

  override get isOpen(): boolean {
    return this.instruments.length === 1 ? super.isOpen : this.newest > this.joinedAfter;
  }

  fieldBefore(field: number, stamp: number): number {
    if (this.beganWith(stamp)) return this.closedFields[field];
    const { kernel, y, x } = this;
    const before = { y: y.valueBefore(stamp), x: x.valueBefore(stamp) };
    if (Number.isNaN(before.y) || Number.isNaN(before.x)) return Number.NaN;
    kernel.replace(before);
    const value = kernel.values[field];
    kernel.replace({ y: y.value, x: x.value });
    return value;
  }

  fieldSensitivity(): number {
    return Number.POSITIVE_INFINITY;
  }

  fieldWays(): number {
    return ANY_WAY;
  }

  /** @returns false where one of them has no value */
  private feed(y: number, x: number, start?: number): boolean {
    if (Number.isNaN(y) || Number.isNaN(x)) return false;
    const pair = start === undefined ? { y, x } : { y, x, start };
    if (this.begun) this.kernel.replace(pair);
    else this.kernel.add(pair);
    this.begun = true;
    return true;
  }

  override parentClosed(parent: SeriesNode<W>, start: number): void {
    if (this.liveHolders > 0) this.followAll();
    const [ys, xs] = this.waiting;
    if (parent === this.y) ys.set(start, parent.closed);
    if (parent === this.x) xs.set(start, parent.closed);
    const [y, x] = [ys.get(start), xs.get(start)];
    if (y === undefined || x === undefined) {
      for (const closes of this.waiting) if (closes.size > LONGEST_WAIT) closes.delete(closes.keys().next().value!);
      return;
    }
    ys.delete(start);
    xs.delete(start);
    this.close(start, y, x);
  }

  private close(start: number, y: number, x: number): void {
    const fed = this.feed(y, x, start);
    // What was followed live has no value at the close: it must leave nothing behind.
    if (!fed && this.begun) this.kernel = runKernel(this.plan, this.source, 1).kernel as Kernel<Pair>;
    this.begun = false;
    this.joinedAfter = this.step.stamp;
    this.closedFields.set(this.kernel.values);
    this.settle(start, fed ? this.kernel.values[0] : Number.NaN);
  }

  /** The closing bar is about to overwrite what the series and its fields have not followed yet. */
  private followAll(): void {
    this.pull();
    for (const child of this.children) if (child instanceof FieldNode && child.liveHolders > 0) child.pull();
  }

  override forget(): void {
    super.forget();
    for (const closes of this.waiting) closes.clear();
  }

  override rebuild(): void {
    const { kernel, series } = runKernel({ ...this.plan, field: 0 }, this.source);
    this.kernel = kernel as Kernel<Pair>;
    this.closedFields.set(kernel.values);
    this.begun = false;
    const { starts, values } = series;
    const last = values.length - 1;
    if (last >= 0) {
      this.closed = values[last];
      this.closedBefore = last > 0 ? values[last - 1] : Number.NaN;
      this.closedStart = starts[last];
    }
    this.waitAgain(last < 0 ? Number.NEGATIVE_INFINITY : starts[last]);
    this.joinedAfter = this.parents.some((parent) => parent.isOpen) ? this.stepOf(this.closedStart) : this.step.stamp;
    this.goLive();
  }

  /** Closes after the newest pair's still wait for their partners. */
  private waitAgain(newest: number): void {
    for (const [i, input] of inputsOf(this.plan).entries()) {
      const closes = this.waiting[i];
      closes.clear();
      if (!(this.parents[i].closedStart > newest)) continue;
      const { starts, values } = evaluate(input, this.source);
      for (let k = Math.max(0, starts.length - LONGEST_WAIT); k < starts.length; k++) {
        if (starts[k] > newest) closes.set(starts[k], values[k]);
      }
    }
  }

  override goLive(): void {
    if (this.isOpen) {
      if (this.liveHolders > 0) this.feed(this.y.value, this.x.value);
      this.value = this.kernel.values[0];
    } else this.value = atLastTrade(this.plan, evaluate(this.plan, this.source), this.source);
    this.markFresh();
  }
}
