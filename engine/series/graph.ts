import type { Bar } from '../market/events.ts';
import type { FactSource } from '../market/facts.ts';
import type { Track } from '../market/track.ts';
import type { Watcher } from '../rules/threshold-index.ts';
import { ColumnNode } from './column-node.ts';
import { CombineNode, LagNode, SampleNode } from './combine-node.ts';
import { type BarSource, clockInstrument } from './evaluate.ts';
import { FactList } from './fact-list.ts';
import { FactNode } from './fact-node.ts';
import { FieldNode, type FieldOwner } from './field-node.ts';
import { BarsKernelNode, KernelNode } from './kernel-node.ts';
import { LiveList } from './live-list.ts';
import type { GraphStep, LiveSource, SeriesNode } from './node.ts';
import { Origins } from './origins.ts';
import { PairNode } from './pair-node.ts';
import { type ColumnPlan, columnPlan, type FactPlan, type KernelPlan, type VaryingPlan } from './plan.ts';

/** Where the graph has its facts from; it says which it uses. */
export interface GraphFacts {
  readonly source: FactSource;
  use(keys: readonly string[], on: boolean): void;
}

const NO_FACTS: GraphFacts = { source: () => undefined, use: () => undefined };

/** Where conditions have their series from. */
export type SeriesSupply<W extends Watcher> = Pick<
  SeriesGraph<W>,
  'step' | 'acquire' | 'release' | 'holds' | 'thresholdsChanged'
>;

/**
 * All series that somebody asked for, one node for each distinct meaning. A node lives as long as somebody holds it, and is
 * refreshed on trades only while somebody needs it live.
 */
export class SeriesGraph<W extends Watcher> {
  readonly step: GraphStep<W> = { stamp: 0, closing: false, passed: [], deferred: [] };
  private readonly nodes = new Map<string, SeriesNode<W>>();
  private readonly origins = new Origins<SeriesNode<W>>();
  private readonly live = new Map<string, LiveList<W>>();
  private readonly liveFacts = new Map<string, FactList<W>>();
  private readonly columns = new Map<Track, ColumnNode<W>[]>();
  private readonly tracks: (instrument: string, interval: number) => Track;
  private readonly facts: GraphFacts;
  private readonly source: BarSource;
  private nextId = 1;

  constructor(tracks: (instrument: string, interval: number) => Track, facts: GraphFacts = NO_FACTS) {
    this.tracks = tracks;
    this.facts = facts;
    const bars = (instrument: string, interval: number) => tracks(instrument, interval).history.view();
    this.source = Object.assign(bars, { facts: facts.source });
  }

  get size(): number {
    return this.nodes.size;
  }

  /** The node of a plan, made where there is none. Give it back with `release`. */
  acquire(plan: VaryingPlan, live: boolean): SeriesNode<W> {
    const node = this.hold(plan);
    if (live) this.retainLive(node);
    return node;
  }

  /** Whether the series of a plan is there. */
  holds(plan: VaryingPlan): boolean {
    return this.nodes.has(plan.key);
  }

  private hold(plan: VaryingPlan): SeriesNode<W> {
    const known = this.nodes.get(plan.key);
    const node = known ?? this.create(plan);
    if (known === undefined) {
      this.nodes.set(plan.key, node);
      this.origins.add(node);
      for (const parent of new Set(node.parents)) parent.children.push(node);
      node.renew();
    }
    node.holders++;
    return node;
  }

  private create(plan: VaryingPlan): SeriesNode<W> {
    const { source, step } = this;
    switch (plan.kind) {
      case 'column':
        return this.createColumn(plan);
      case 'fact':
        return this.createFact(plan);
      case 'kernel':
        return this.createKernel(plan);
      case 'lag': {
        const input = this.hold(plan.input);
        return new LagNode(this.nextId++, plan, input, source, this.sourcesOf(plan), step);
      }
      case 'combine': {
        const parents = plan.parts.flatMap((part) => (part.kind === 'constant' ? [] : [this.hold(part)]));
        return new CombineNode(this.nextId++, plan, parents, source, this.sourcesOf(plan), step);
      }
      case 'sample': {
        const input = this.hold(plan.input);
        const trigger = this.hold(columnPlan(clockInstrument(plan), plan.interval, 'close'));
        return new SampleNode(this.nextId++, plan, input, trigger, source, this.sourcesOf(plan), step);
      }
    }
  }

  /** The live series of an instrument: what its trades are told to. */
  listOf(instrument: string): LiveList<W> {
    let list = this.live.get(instrument);
    if (list === undefined) {
      list = new LiveList(this.step);
      this.live.set(instrument, list);
    }
    return list;
  }

  /** The live series that a fact moves. */
  factListOf(key: string): FactList<W> {
    let list = this.liveFacts.get(key);
    if (list === undefined) {
      list = new FactList(this.step);
      this.liveFacts.set(key, list);
    }
    return list;
  }

  /** Frees what is kept of an instrument that no series is computed from. @returns false where one is */
  letGo(instrument: string): boolean {
    if (this.origins.ofInstrument(instrument).length > 0) return false;
    this.live.delete(instrument);
    for (const track of [...this.columns.keys()]) if (track.instrument === instrument) this.columns.delete(track);
    for (const key of [...this.liveFacts.keys()]) if (key.startsWith(`${instrument} `)) this.liveFacts.delete(key);
    return true;
  }

  private sourcesOf(plan: VaryingPlan): readonly LiveSource[] {
    if (plan.instruments.length === 1 && plan.facts.length === 0) return this.listOf(plan.instruments[0]).sources;
    const sources = plan.instruments.map((instrument) => this.listOf(instrument));
    return plan.facts.length === 0 ? sources : [...sources, ...plan.facts.map((key) => this.factListOf(key).source)];
  }

  private createFact(plan: FactPlan): SeriesNode<W> {
    const trigger = this.hold(columnPlan(plan.instrument, plan.interval, 'close'));
    const track = this.tracks(plan.instrument, plan.interval);
    this.facts.use(plan.facts, true);
    const around = { track, facts: this.facts.source, bars: this.source };
    return new FactNode(this.nextId++, plan, trigger, around, this.sourcesOf(plan), this.step);
  }

  private createColumn(plan: ColumnPlan): SeriesNode<W> {
    const track = this.tracks(plan.instrument, plan.interval);
    const node = new ColumnNode(this.nextId++, plan, track, this.sourcesOf(plan), this.step);
    const columns = this.columns.get(track);
    if (columns === undefined) this.columns.set(track, [node]);
    else columns.push(node);
    return node;
  }

  private createKernel(plan: KernelPlan): SeriesNode<W> {
    const { source, step } = this;
    const sources = this.sourcesOf(plan);
    if (plan.key !== plan.base) {
      const owner = this.hold({ ...plan, key: plan.base, field: 0 });
      return new FieldNode(this.nextId++, plan, owner as SeriesNode<W> & FieldOwner, source, sources, step);
    }
    if (plan.input !== undefined && plan.against !== undefined) {
      const inputs = [this.hold(plan.input), this.hold(plan.against)] as const;
      return new PairNode(this.nextId++, plan, inputs, source, sources, step);
    }
    if (plan.input !== undefined) {
      const input = this.hold(plan.input);
      return new KernelNode(this.nextId++, plan, input, source, sources, step);
    }
    const trigger = this.hold(columnPlan(plan.instrument, plan.interval, 'close'));
    const track = this.tracks(plan.instrument, plan.interval);
    return new BarsKernelNode(this.nextId++, plan, trigger, track, source, sources, step);
  }

  private retainLive(node: SeriesNode<W>): void {
    for (const parent of node.parents) this.retainLive(parent);
    node.liveHolders++;
    if (node.liveHolders > 1) {
      // Who holds it already may not have looked at it for a while.
      node.pull();
      return;
    }
    node.goLive();
    node.resetIndexes();
  }

  /** The thresholds of a live series changed: it is followed while it has any. */
  thresholdsChanged(node: SeriesNode<W>): void {
    const isWatched = node.liveHolders > 0 && node.liveIndex !== undefined && node.liveIndex.size > 0;
    for (const instrument of node.instruments) {
      const list = this.listOf(instrument);
      if (isWatched) list.watch(node);
      else list.unwatch(node);
    }
    for (const key of node.facts) {
      const list = this.factListOf(key);
      if (isWatched) list.watch(node);
      else list.unwatch(node);
    }
  }

  release(node: SeriesNode<W>, live: boolean): void {
    if (live) this.releaseLive(node);
    this.drop(node);
  }

  private releaseLive(node: SeriesNode<W>): void {
    for (const parent of node.parents) this.releaseLive(parent);
    node.liveHolders--;
    if (node.liveHolders === 0) this.thresholdsChanged(node);
  }

  private drop(node: SeriesNode<W>): void {
    node.holders--;
    if (node.holders > 0) return;
    this.nodes.delete(node.key);
    this.origins.remove(node);
    if (node instanceof FactNode) this.facts.use(node.facts, false);
    for (const columns of this.columns.values()) {
      const at = columns.indexOf(node as ColumnNode<W>);
      if (at >= 0) columns.splice(at, 1);
    }
    for (const parent of new Set(node.parents)) parent.children.splice(parent.children.indexOf(node), 1);
    for (const parent of node.parents) this.drop(parent);
  }

  /** A track closed a bar: everything computed from it at its interval takes its closed value. */
  barClosed(track: Track, bar: Bar): void {
    track.closedIn(this.step.stamp);
    const columns = this.columns.get(track);
    if (columns === undefined) return;
    this.step.closing = bar.trades > 0;
    for (let i = 0; i < columns.length; i++) columns[i].follow(bar);
    for (let i = 0; i < columns.length; i++) columns[i].trackClosed(bar);
    this.step.closing = false;
    this.listOf(track.instrument).expire(track.interval);
  }

  /** All bars that end at one moment are closed: what looks at other intervals may look now. */
  closesDone(): void {
    const { deferred } = this.step;
    if (deferred.length === 0) return;
    const waiting = deferred.splice(0);
    waiting.sort((a, b) => a.node.id - b.node.id);
    for (const { node, start, closing } of waiting) {
      this.step.closing = closing;
      node.closeDeferred(start);
    }
    this.step.closing = false;
  }

  /** Tracks lost all that they held: what depends on them has no value until it is warm again, and nothing crosses. */
  forget(tracks: readonly Track[]): void {
    const affected = new Set<SeriesNode<W>>(tracks.flatMap((track) => this.columns.get(track) ?? []));
    // What is added while the set is walked is walked, too.
    for (const node of affected) for (const child of node.children) affected.add(child);
    const inOrder = [...affected].sort((a, b) => a.id - b.id);
    for (const node of inOrder) {
      node.forget();
      node.renew();
    }
    for (const node of inOrder) node.resetIndexes();
    for (const track of tracks) this.listOf(track.instrument).expire();
  }

  /** The history of a track changed: everything that depends on it is computed anew, and nothing crosses. */
  rebuild(instrument: string): void {
    this.renewAll(this.origins.ofInstrument(instrument));
  }

  /** The history of a fact changed. */
  rebuildFact(key: string): void {
    this.renewAll(this.origins.ofFact(key));
  }

  private renewAll(nodes: readonly SeriesNode<W>[]): void {
    const affected = [...nodes].sort((a, b) => a.id - b.id);
    for (const node of affected) node.renew();
    for (const node of affected) node.resetIndexes();
    for (const id of new Set(affected.flatMap((node) => node.instruments))) this.listOf(id).expire();
  }
}
