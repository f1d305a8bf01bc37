import type { Watcher } from '../rules/threshold-index.ts';
import { type BarSource, evaluate, type SeriesValues } from './evaluate.ts';
import type { SeriesSupply } from './graph.ts';
import { type GraphStep, SeriesNode } from './node.ts';
import type { VaryingPlan } from './plan.ts';

const NEVER = Number.POSITIVE_INFINITY;

/**
 * A series over bars that are all known: its values at all closes are there at once, and whoever goes along them stops only where one of
 * its thresholds may be passed. It has closes alone.
 */
export class KnownNode<W extends Watcher> extends SeriesNode<W> {
  /** When a threshold may be passed next, in ms; infinity where none ever is. */
  nextPass = NEVER;
  private readonly starts: Float64Array;
  private readonly values: Float64Array;
  /** Place of its newest close. */
  private at = -1;
  private next = 0;

  constructor(
    id: number,
    plan: VaryingPlan,
    parents: readonly KnownNode<W>[],
    { starts, values }: SeriesValues,
    step: GraphStep<W>,
  ) {
    super(id, plan, parents, [], step);
    this.starts = starts;
    this.values = values;
  }

  /** Takes its newest close up to `ts` (ms), and tells nobody. Time does not run backwards. */
  goTo(ts: number): void {
    const { starts, values, interval } = this;
    let { at } = this;
    // Where no bar is missing it is there at one bound.
    const bound = at < 0 ? 0 : at + Math.floor((ts - starts[at]) / interval) - 1;
    if (bound > at && bound < starts.length && starts[bound] + interval <= ts) at = bound;
    while (at + 1 < starts.length && starts[at + 1] + interval <= ts) at++;
    if (at === this.at) return;
    this.at = at;
    this.closed = values[at];
    this.closedBefore = at > 0 ? values[at - 1] : Number.NaN;
    this.closedStart = starts[at];
  }

  /** Its thresholds are there: finds the first that may be passed. */
  awaitPass(): void {
    this.next = this.at + 1;
    this.seek();
  }

  /** The time of `nextPass` has come: whoever is passed is put into the step. */
  pass(): void {
    this.closeIndex!.move(this.values[this.next], this.step.passed);
    this.next++;
    this.seek();
  }

  private seek(): void {
    const { closeIndex, values, starts, interval } = this;
    if (closeIndex === undefined) return;
    this.next = closeIndex.nextPassing(values, this.next);
    this.nextPass = this.next < values.length ? starts[this.next] + interval : NEVER;
  }

  protected override compute(): void {}

  override valueBefore(): number {
    return Number.NaN;
  }

  override parentClosed(): void {}

  override rebuild(): void {}
}

/** The series that conditions on closes ask for, over bars that are all known, computed by the kernels of the live graph. */
export class KnownGraph<W extends Watcher> implements SeriesSupply<W> {
  readonly step: GraphStep<W> = { stamp: 0, closing: false, passed: [], deferred: [] };
  private readonly nodes = new Map<string, KnownNode<W>>();
  private readonly source: BarSource;
  private readonly from: number;

  /** @param from where whoever asks begins, in ms */
  constructor(source: BarSource, from: number) {
    this.source = source;
    this.from = from;
  }

  get all(): readonly KnownNode<W>[] {
    return [...this.nodes.values()];
  }

  acquire(plan: VaryingPlan): KnownNode<W> {
    const known = this.nodes.get(plan.key);
    if (known !== undefined) return known;
    const parts = plan.kind === 'combine' ? plan.parts : [];
    const parents = parts.flatMap((part) => (part.kind === 'constant' ? [] : [this.acquire(part)]));
    const node = new KnownNode(this.nodes.size + 1, plan, parents, evaluate(plan, this.source), this.step);
    node.goTo(this.from);
    this.nodes.set(plan.key, node);
    return node;
  }

  release(): void {}

  thresholdsChanged(): void {}

  holds(plan: VaryingPlan): boolean {
    return this.nodes.has(plan.key);
  }
}
