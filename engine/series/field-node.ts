import type { Watcher } from '../rules/threshold-index.ts';
import { atLastTrade, type BarSource, evaluate, lastTraded, runKernel } from './evaluate.ts';
import { type GraphStep, type LiveSource, SeriesNode } from './node.ts';
import type { KernelPlan } from './plan.ts';

/** What a node keeps of its past: the newest close and the one before. */
export const LAST = 2;

/** What a field asks of the indicator that it belongs to. */
export interface FieldOwner {
  readonly fields: Float64Array;
  pull(): void;
  movedWith(stamp: number): boolean;
  fieldBefore(field: number, stamp: number): number;
  fieldSensitivity(field: number, reach: number): number;
  fieldWays(field: number, reach: number): number;
}

/** One field of an indicator that has several. */
export class FieldNode<W extends Watcher> extends SeriesNode<W> {
  private readonly owner: SeriesNode<W> & FieldOwner;
  private readonly field: number;
  private readonly plan: KernelPlan;
  private readonly source: BarSource;

  constructor(
    id: number,
    plan: KernelPlan,
    owner: SeriesNode<W> & FieldOwner,
    source: BarSource,
    sources: readonly LiveSource[],
    step: GraphStep<W>,
  ) {
    super(id, plan, [owner], sources, step);
    this.owner = owner;
    this.field = plan.field;
    this.plan = plan;
    this.source = source;
  }

  protected override compute(): void {
    this.owner.pull();
    if (!this.isPast) this.change(this.owner.fields[this.field]);
  }

  override valueBefore(stamp: number): number {
    const { owner } = this;
    return owner.movedWith(stamp) ? owner.fieldBefore(this.field, stamp) : this.value;
  }

  override get isOpen(): boolean {
    return this.facts.length > 0 ? super.isOpen : this.owner.isOpen;
  }

  override sensitivity(reach: number): number {
    return this.owner.fieldSensitivity(this.field, reach);
  }

  override ways(reach: number): number {
    return this.owner.fieldWays(this.field, reach);
  }

  override parentClosed(parent: SeriesNode<W>, start: number): void {
    this.settle(start, Number.isNaN(parent.closed) ? Number.NaN : this.owner.fields[this.field]);
  }

  override rebuild(): void {
    const { series } = runKernel(this.plan, this.source, LAST);
    takeLast(this, series.starts, series.values);
    this.value = this.isOpen ? this.owner.fields[this.field] : standing(this, this.plan, this.source);
    this.markFresh();
  }

  override goLive(): void {
    if (this.isOpen) {
      super.goLive();
      return;
    }
    this.value = standing(this, this.plan, this.source);
    this.markFresh();
  }
}

/** The live value of a series whose bar has not begun. Usually its newest bar was traded in, and nothing has to be computed again. */
export function standing<W extends Watcher>(node: SeriesNode<W>, plan: KernelPlan, source: BarSource): number {
  if (node.closedStart <= lastTraded(plan, source)) return node.closed;
  return atLastTrade(plan, evaluate(plan, source), source);
}

export function takeLast<W extends Watcher>(node: SeriesNode<W>, starts: Float64Array, values: Float64Array): void {
  if (values.length === 0) return;
  node.closed = values[values.length - 1];
  node.closedBefore = values.length > 1 ? values[values.length - 2] : Number.NaN;
  node.closedStart = starts[starts.length - 1];
}
