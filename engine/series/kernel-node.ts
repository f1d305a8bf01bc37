import type { Bar } from '../market/events.ts';
import type { Track } from '../market/track.ts';
import type { Watcher } from '../rules/threshold-index.ts';
import type { Kernel } from './catalog-entry.ts';
import { type BarSource, beginAnew, runKernel } from './evaluate.ts';
import { FieldNode, LAST, standing, takeLast } from './field-node.ts';
import { type GraphStep, type LiveSource, pulled, SeriesNode } from './node.ts';
import type { KernelPlan } from './plan.ts';
import { ANY_WAY, through } from './ways.ts';

/**
 * An indicator with all of its fields. `value` is the field of the plan that made it; other fields are read by FieldNode.
 * The bar that is open in the kernel is replaced by each trade and begun anew after a close.
 */
export class KernelNode<W extends Watcher> extends SeriesNode<W> {
  /** Its only parent: at hand without a way through the list of them. */
  private readonly input: SeriesNode<W>;
  /** Made by `rebuild`, which comes before all else. */
  private kernel!: Kernel<number>;
  private begun = false;
  /** The fields at the newest close. */
  private readonly closedFields: Float64Array;
  private readonly plan: KernelPlan;
  private readonly source: BarSource;

  constructor(
    id: number,
    plan: KernelPlan,
    input: SeriesNode<W>,
    source: BarSource,
    sources: readonly LiveSource[],
    step: GraphStep<W>,
  ) {
    super(id, plan, [input], sources, step);
    this.input = input;
    this.plan = plan;
    this.source = source;
    this.closedFields = new Float64Array(Math.max(1, plan.entry.fields.length));
  }

  /** The fields as they are now, live or, right after a close, closed. */
  get fields(): Float64Array {
    return this.kernel.values;
  }

  protected override compute(): void {
    const { input } = this;
    input.pull();
    if (!this.begun && this.isPast) return;
    this.feed(input.value);
    this.change(this.kernel.values[0]);
  }

  override valueBefore(stamp: number): number {
    return this.movedWith(stamp) ? this.fieldBefore(0, stamp) : this.value;
  }

  /** Whether the trade of step `stamp` belongs to the open bar; where that closed since, nothing has moved. */
  movedWith(stamp: number): boolean {
    return this.begun && this.newest === stamp;
  }

  /** A field as it was before the trade of step `stamp`, which moved it: the kernel goes back by a trade and forth again. */
  fieldBefore(field: number, stamp: number): number {
    const { kernel } = this;
    if (this.beganWith(stamp)) return this.closedFields[field];
    const { input } = this;
    const before = input.valueBefore(stamp);
    if (Number.isNaN(before)) return Number.NaN;
    kernel.replace(before);
    const value = kernel.values[field];
    kernel.replace(input.value);
    return value;
  }

  override get isOpen(): boolean {
    return this.facts.length > 0 ? super.isOpen : this.input.isOpen;
  }

  override sensitivity(reach: number): number {
    return this.fieldSensitivity(0, reach);
  }

  fieldSensitivity(field: number, reach: number): number {
    if (this.kernel.sensitivity === undefined || !this.begun) return Number.POSITIVE_INFINITY;
    const move = this.input.sensitivity(reach);
    return move === 0 ? 0 : move * this.kernel.sensitivity(field, this.input.value, move * reach);
  }

  override ways(reach: number): number {
    return this.fieldWays(0, reach);
  }

  fieldWays(field: number, reach: number): number {
    const { input } = this;
    const move = input.sensitivity(reach);
    const own = this.kernel.ways?.(field, input.value, move * reach) ?? ANY_WAY;
    return through(own, input.ways(reach));
  }

  private feed(value: number): void {
    if (Number.isNaN(value)) return;
    if (this.begun) this.kernel.replace(value);
    else this.kernel.add(value);
    this.begun = true;
  }

  override parentClosed(parent: SeriesNode<W>, start: number): void {
    if (this.liveHolders > 0) followAll(this);
    if (isNewStretch(this.plan, this.closedStart, start))
      this.kernel = beginAnew(this.plan, this.source) as Kernel<number>;
    else this.feed(parent.closed);
    this.begun = false;
    this.closedFields.set(this.kernel.values);
    this.settle(start, Number.isNaN(parent.closed) ? Number.NaN : this.kernel.values[0]);
  }

  override rebuild(): void {
    const { kernel, series } = runKernel({ ...this.plan, field: 0 }, this.source, LAST);
    this.kernel = kernel as Kernel<number>;
    this.closedFields.set(kernel.values);
    this.begun = false;
    takeLast(this, series.starts, series.values);
    this.goLive();
  }

  override goLive(): void {
    if (this.isOpen) {
      if (this.liveHolders > 0) this.feed(pulled(this.input));
      this.value = this.kernel.values[0];
    } else this.value = standing(this, this.plan, this.source);
    this.markFresh();
  }
}

/** Whether the bar that starts at `start` is the first of a stretch. */
function isNewStretch({ anchor }: KernelPlan, before: number, start: number): boolean {
  return anchor !== undefined && !Number.isNaN(before) && anchor.stretch(start) !== anchor.stretch(before);
}

/** The closing bar is about to overwrite what the series and its fields have not followed yet. */
function followAll<W extends Watcher>(node: SeriesNode<W>): void {
  node.pull();
  for (const child of node.children) if (child instanceof FieldNode && child.liveHolders > 0) child.pull();
}

/** An indicator of whole bars. */
export class BarsKernelNode<W extends Watcher> extends SeriesNode<W> {
  /** Made by `rebuild`, which comes before all else. */
  private kernel!: Kernel<Bar>;
  private begun = false;
  /** The fields at the newest close. */
  private readonly closedFields: Float64Array;
  private readonly plan: KernelPlan;
  private readonly track: Track;
  private readonly source: BarSource;

  /** @param trigger a column of the same track: it says when a bar closes */
  constructor(
    id: number,
    plan: KernelPlan,
    trigger: SeriesNode<W>,
    track: Track,
    source: BarSource,
    sources: readonly LiveSource[],
    step: GraphStep<W>,
  ) {
    super(id, plan, [trigger], sources, step);
    this.plan = plan;
    this.track = track;
    this.source = source;
    this.closedFields = new Float64Array(Math.max(1, plan.entry.fields.length));
  }

  get fields(): Float64Array {
    return this.kernel.values;
  }

  protected override compute(): void {
    const { open } = this.track;
    if (open !== undefined && open.trades > 0) this.feed(open);
    else if (!this.feedClosing()) return;
    this.change(this.kernel.values[0]);
  }

  /** Another series asks while the bars close, before this one is told: what counts is the bar that has just closed. */
  private feedClosing(): boolean {
    const bar = this.track.history.newestBar();
    if (bar === undefined || bar.start === this.closedStart || bar.trades === 0) return false;
    this.feed(bar);
    return true;
  }

  override valueBefore(stamp: number): number {
    return this.movedWith(stamp) ? this.fieldBefore(0, stamp) : this.value;
  }

  /** Whether the trade of step `stamp` belongs to the open bar. */
  movedWith(stamp: number): boolean {
    return this.begun && this.newest === stamp && this.track.open !== undefined;
  }

  /** A field as it was before the trade of step `stamp`, which moved it. */
  fieldBefore(field: number, stamp: number): number {
    const { kernel, track } = this;
    if (this.beganWith(stamp)) return this.closedFields[field];
    kernel.replace(track.previous);
    const value = kernel.values[field];
    kernel.replace(track.open!);
    return value;
  }

  override sensitivity(reach: number): number {
    return this.fieldSensitivity(0, reach);
  }

  fieldSensitivity(field: number, reach: number): number {
    const { open } = this.track;
    if (this.kernel.sensitivity === undefined || !this.begun || !this.isOpen) return Number.POSITIVE_INFINITY;
    return this.kernel.sensitivity(field, open!, reach);
  }

  override ways(reach: number): number {
    return this.fieldWays(0, reach);
  }

  fieldWays(field: number, reach: number): number {
    return this.kernel.ways?.(field, this.track.open!, reach) ?? ANY_WAY;
  }

  private feed(bar: Bar): void {
    if (this.begun) this.kernel.replace(bar);
    else this.kernel.add(bar);
    this.begun = true;
  }

  override parentClosed(_parent: SeriesNode<W>, start: number): void {
    const bar = this.track.history.newestBar()!;
    this.feed(bar);
    // The last trade and the close leave the same bar: where trades were not followed, this makes up for them.
    if (this.liveHolders > 0 && bar.trades > 0 && this.freshAt !== this.newest) {
      this.markFresh();
      this.change(this.kernel.values[0]);
    }
    for (const child of this.children) if (child instanceof FieldNode && child.liveHolders > 0) child.pull();
    if (isNewStretch(this.plan, this.closedStart, start))
      this.kernel = beginAnew(this.plan, this.source) as Kernel<Bar>;
    this.begun = false;
    this.closedFields.set(this.kernel.values);
    this.settle(start, this.kernel.values[0]);
  }

  override rebuild(): void {
    const { kernel, series } = runKernel({ ...this.plan, field: 0 }, this.source, LAST);
    this.kernel = kernel as Kernel<Bar>;
    this.closedFields.set(kernel.values);
    this.begun = false;
    takeLast(this, series.starts, series.values);
    this.goLive();
  }

  override goLive(): void {
    const { open } = this.track;
    if (open !== undefined && open.trades > 0) {
      if (this.liveHolders > 0) this.feed(open);
      this.value = this.kernel.values[0];
    } else this.value = standing(this, this.plan, this.source);
    this.markFresh();
  }
}
