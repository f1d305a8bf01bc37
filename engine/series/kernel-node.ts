import type { Bar } from '../market/events.ts';
import type { Track } from '../market/track.ts';
import type { Watcher } from '../rules/threshold-index.ts';
import type { Kernel } from './catalog-entry.ts';
import { type BarSource, runKernel } from './evaluate.ts';
import { type GraphStep, SeriesNode } from './node.ts';
import type { KernelPlan } from './plan.ts';

/**
 * An indicator with all of its fields. `value` is the field of the plan that made it; other fields are read by FieldNode.
 * The bar that is open in the kernel is replaced by each trade and begun anew after a close.
 */
export class KernelNode<W extends Watcher> extends SeriesNode<W> {
  private kernel: Kernel<number>;
  private begun = false;
  private readonly plan: KernelPlan;
  private readonly source: BarSource;

  constructor(id: number, plan: KernelPlan, input: SeriesNode<W>, source: BarSource, step: GraphStep<W>) {
    super(id, plan, [input], step);
    this.plan = plan;
    this.source = source;
    this.kernel = runKernel(plan, source).kernel as Kernel<number>;
  }

  /** The fields as they are now, live or, right after a close, closed. */
  get fields(): Float64Array {
    return this.kernel.values;
  }

  override refresh(): void {
    const input = this.parents[0];
    if (this.begun && input.stamp !== this.step.stamp) return;
    this.feed(input.value);
    this.stamp = this.step.stamp;
    this.change(this.kernel.values[0]);
  }

  private feed(value: number): void {
    if (Number.isNaN(value)) return;
    if (this.begun) this.kernel.replace(value);
    else this.kernel.add(value);
    this.begun = true;
  }

  override parentClosed(parent: SeriesNode<W>, start: number): void {
    this.feed(parent.closed);
    this.begun = false;
    this.settle(start, Number.isNaN(parent.closed) ? Number.NaN : this.kernel.values[0]);
  }

  override rebuild(): void {
    const { kernel, series } = runKernel({ ...this.plan, field: 0 }, this.source);
    this.kernel = kernel as Kernel<number>;
    this.begun = false;
    takeLast(this, series.starts, series.values);
    if (Number.isNaN(this.parents[0].value)) return;
    if (this.liveHolders > 0) this.feed(this.parents[0].value);
    this.value = this.kernel.values[0];
  }
}

/** An indicator of whole bars. */
export class BarsKernelNode<W extends Watcher> extends SeriesNode<W> {
  private kernel: Kernel<Bar>;
  private begun = false;
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
    step: GraphStep<W>,
  ) {
    super(id, plan, [trigger], step);
    this.plan = plan;
    this.track = track;
    this.source = source;
    this.kernel = runKernel(plan, source).kernel as Kernel<Bar>;
  }

  get fields(): Float64Array {
    return this.kernel.values;
  }

  override refresh(): void {
    const { open } = this.track;
    if (open === undefined || open.trades === 0) return;
    this.feed(open);
    this.stamp = this.step.stamp;
    this.change(this.kernel.values[0]);
  }

  private feed(bar: Bar): void {
    if (this.begun) this.kernel.replace(bar);
    else this.kernel.add(bar);
    this.begun = true;
  }

  override parentClosed(_parent: SeriesNode<W>, start: number): void {
    const [bar] = this.track.history.list(1);
    this.feed(bar);
    this.begun = false;
    this.settle(start, this.kernel.values[0]);
  }

  override rebuild(): void {
    const { kernel, series } = runKernel({ ...this.plan, field: 0 }, this.source);
    this.kernel = kernel as Kernel<Bar>;
    this.begun = false;
    takeLast(this, series.starts, series.values);
    const { open } = this.track;
    if (this.liveHolders > 0 && open !== undefined && open.trades > 0) this.feed(open);
    this.value = this.kernel.values[0];
  }
}

/** One field of an indicator that has several. */
export class FieldNode<W extends Watcher> extends SeriesNode<W> {
  private readonly owner: KernelNode<W> | BarsKernelNode<W>;
  private readonly field: number;
  private readonly plan: KernelPlan;
  private readonly source: BarSource;

  constructor(
    id: number,
    plan: KernelPlan,
    owner: KernelNode<W> | BarsKernelNode<W>,
    source: BarSource,
    step: GraphStep<W>,
  ) {
    super(id, plan, [owner], step);
    this.owner = owner;
    this.field = plan.field;
    this.plan = plan;
    this.source = source;
  }

  override refresh(): void {
    if (this.owner.stamp === this.step.stamp) this.change(this.owner.fields[this.field]);
  }

  override parentClosed(parent: SeriesNode<W>, start: number): void {
    this.settle(start, Number.isNaN(parent.closed) ? Number.NaN : this.owner.fields[this.field]);
  }

  override rebuild(): void {
    const { series } = runKernel(this.plan, this.source);
    takeLast(this, series.starts, series.values);
    this.value = this.owner.fields[this.field];
  }
}

function takeLast<W extends Watcher>(node: SeriesNode<W>, starts: Float64Array, values: Float64Array): void {
  if (values.length === 0) return;
  node.closed = values[values.length - 1];
  node.closedStart = starts[starts.length - 1];
}
