import { isSummed } from '../market/fact-line.ts';
import { type FactSource, factAt, factBeforeNewest, newestFact } from '../market/facts.ts';
import { barStart } from '../market/interval.ts';
import type { Track } from '../market/track.ts';
import type { Watcher } from '../rules/threshold-index.ts';
import { type BarSource, evaluate, lastTraded } from './evaluate.ts';
import { type Axis, type GraphStep, type LiveSource, SeriesNode } from './node.ts';
import type { FactPlan } from './plan.ts';

/** What a fact is made from. */
export interface FactSurroundings {
  /** The bars that say when it closes. */
  readonly track: Track;
  readonly facts: FactSource;
  readonly bars: BarSource;
}

/**
 * A fact: where it enters the graph. Live it is the newest value, or what came since the open bar began; closed it is what was
 * known just before the bar's end, however late the bar was closed.
 */
export class FactNode<W extends Watcher> extends SeriesNode<W> {
  private readonly plan: FactPlan;
  private readonly around: FactSurroundings;
  private readonly isSummed: boolean;
  /** The live value before the step `movedAt`. */
  private before = Number.NaN;
  private movedAt = -1;
  /** The step in which the fact came that the value says. */
  private followed = -1;

  /** @param trigger a column of the track: it says when a bar closes */
  constructor(
    id: number,
    plan: FactPlan,
    trigger: SeriesNode<W>,
    around: FactSurroundings,
    sources: readonly LiveSource[],
    step: GraphStep<W>,
  ) {
    super(id, plan, [trigger], sources, step);
    this.plan = plan;
    this.around = around;
    this.isSummed = isSummed(plan.name);
  }

  protected override compute(): void {
    // Trades come much more often, and move nothing here but the beginning of a sum.
    const told = this.lastTold();
    if (!this.isSummed && told === this.followed) return;
    this.followed = told;
    this.before = this.value;
    this.movedAt = this.newest;
    this.change(this.valueNow());
  }

  /** Number of the step in which the fact came last. */
  private lastTold(): number {
    let last = 0;
    for (let i = 1; i < this.sources.length; i++) last = Math.max(last, this.sources[i].stamp);
    return last;
  }

  /** A sum whose bar has not begun: it stays what it was in the bar in which it moved last, whether that is kept or not. */
  private standing(): number {
    const { plan, around } = this;
    const start = lastTraded(plan, around.bars);
    return factAt(around.facts, plan.name, plan.facts, start, start + this.interval);
  }

  private valueNow(): number {
    const { plan, around } = this;
    return factAt(around.facts, plan.name, plan.facts, this.isSummed ? this.openStart() : 0);
  }

  /** Start of the bar that events are added up in: the one that is being closed until this series has closed it. */
  private openStart(): number {
    const { interval, plan, around } = this;
    const { frontier } = around.track;
    if (Number.isNaN(frontier)) return barStart(newestFact(around.facts, plan.facts), interval);
    const isClosing = this.step.closing && this.closedStart !== frontier - interval;
    return isClosing ? frontier - interval : frontier;
  }

  override valueBefore(stamp: number): number {
    // Where the bar closed since, nothing has moved.
    if (!this.isOpen) return this.value;
    if (this.isSummed && this.beganWith(stamp)) return this.closed;
    return stamp === this.movedAt ? this.before : this.value;
  }

  override get wasMoved(): boolean {
    return super.wasMoved || newestFact(this.around.facts, this.plan.facts) > Number.NEGATIVE_INFINITY;
  }

  override get axis(): Axis {
    return 'none';
  }

  /** No trade moves it but the first of a bar, with which a sum begins. */
  override sensitivity(): number {
    return this.isSummed && !this.isOpen ? Number.POSITIVE_INFINITY : 0;
  }

  override parentClosed(_parent: SeriesNode<W>, start: number): void {
    if (this.liveHolders > 0) this.pull();
    const { plan, around } = this;
    this.settle(start, factAt(around.facts, plan.name, plan.facts, start, start + this.interval));
  }

  protected override wasMovedSinceClose(): boolean {
    const { facts, track } = this.around;
    return super.wasMovedSinceClose() || newestFact(facts, this.plan.facts) >= track.frontier;
  }

  override rebuild(): void {
    const { starts, values } = evaluate(this.plan, this.around.bars);
    const last = values.length - 1;
    this.closed = last < 0 ? Number.NaN : values[last];
    this.closedBefore = last < 1 ? Number.NaN : values[last - 1];
    this.closedStart = last < 0 ? Number.NaN : starts[last];
    this.goLive();
  }

  override goLive(): void {
    const stands = this.isSummed && !this.isOpen;
    this.value = stands ? this.standing() : this.valueNow();
    this.followed = this.lastTold();
    if (this.followed > 0) {
      const { plan, around } = this;
      this.movedAt = this.followed;
      this.before = factBeforeNewest(around.facts, plan.name, plan.facts, this.isSummed ? this.openStart() : 0);
    }
    this.markFresh();
  }
}
