import type { Watcher } from '../rules/threshold-index.ts';
import type { GraphStep, LiveSource, SeriesNode } from './node.ts';

/** The series with thresholds that one fact moves. Facts come seldom: each computes all of them. */
export class FactList<W extends Watcher> {
  readonly source: LiveSource = { stamp: 0, before: 0 };
  private readonly step: GraphStep<W>;
  private nodes: SeriesNode<W>[] = [];

  constructor(step: GraphStep<W>) {
    this.step = step;
  }

  watch(node: SeriesNode<W>): void {
    if (this.nodes.includes(node)) return;
    // Ascending ids are an order of computation.
    this.nodes = [...this.nodes, node].sort((a, b) => a.id - b.id);
  }

  unwatch(node: SeriesNode<W>): void {
    if (this.nodes.includes(node)) this.nodes = this.nodes.filter((each) => each !== node);
  }

  /** The fact has a new value. */
  follow(): void {
    this.source.before = this.source.stamp;
    this.source.stamp = ++this.step.stamp;
    for (let i = 0; i < this.nodes.length; i++) this.nodes[i].pull();
  }
}
