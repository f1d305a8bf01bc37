/** One side of a threshold that somebody wants to hear about. */
export interface Watcher {
  /** The threshold. */
  readonly level: number;
  /** Whether the level itself is still below: `>` is strict, `>=` is not. */
  readonly strict: boolean;
  /** Whether the series is above. Set by the index. */
  above: boolean;
  /** Whether `above` means anything yet. Set by the index. */
  known: boolean;
}

/**
 * The thresholds on one series in ascending order. A new value costs O(1 + passed): the index knows between which two
 * thresholds the value lies. Adding and removing are O(log n) to find and a block move; what is added waits in a list
 * until the next value, so that a million at once cost one sort.
 */
export class ThresholdIndex<W extends Watcher> {
  private sorted: W[] = [];
  private waiting: W[] = [];
  /** How many of `sorted` the value is above. */
  private below = 0;
  private value = Number.NaN;
  /** The levels next to the value: strictly between them nothing is passed. */
  private floor = Number.POSITIVE_INFINITY;
  private ceiling = Number.NEGATIVE_INFINITY;

  get size(): number {
    return this.sorted.length + this.waiting.length;
  }

  /** Adds a watcher; where a value is known it is told at once which side it is on. */
  add(watcher: W): void {
    if (!Number.isNaN(this.value)) this.place(watcher);
    this.waiting.push(watcher);
    this.floor = Number.POSITIVE_INFINITY;
  }

  remove(watcher: W): void {
    this.floor = Number.POSITIVE_INFINITY;
    const waiting = this.waiting.indexOf(watcher);
    if (waiting >= 0) {
      this.waiting.splice(waiting, 1);
      return;
    }
    this.merge();
    for (let i = this.find(watcher); i < this.sorted.length; i++) {
      if (this.sorted[i] !== watcher) continue;
      this.sorted.splice(i, 1);
      if (i < this.below) this.below--;
      return;
    }
  }

  /**
   * The value is now `value`: every watcher whose threshold was passed is changed and put into `passed`; with the first value
   * all of them.
   */
  move(value: number, passed: W[]): void {
    if (value > this.floor && value < this.ceiling) {
      this.value = value;
      return;
    }
    if (value === this.value || Number.isNaN(value)) return;
    if (this.waiting.length > 0) this.merge();
    const { sorted } = this;
    const known = !Number.isNaN(this.value);
    this.value = value;
    if (!known) {
      this.locate();
      for (const watcher of sorted) passed.push(watcher);
      return;
    }
    while (this.below < sorted.length && isAbove(value, sorted[this.below])) {
      sorted[this.below].above = true;
      passed.push(sorted[this.below++]);
    }
    while (this.below > 0 && !isAbove(value, sorted[this.below - 1])) {
      sorted[--this.below].above = false;
      passed.push(sorted[this.below]);
    }
    this.bound();
  }

  private bound(): void {
    const { sorted, below } = this;
    this.floor = below > 0 ? sorted[below - 1].level : Number.NEGATIVE_INFINITY;
    this.ceiling = below < sorted.length ? sorted[below].level : Number.POSITIVE_INFINITY;
  }

  /** How far `value`, the one it was moved to, is from the nearest threshold; infinite where there is none. */
  room(value: number): number {
    if (this.waiting.length > 0) this.merge();
    this.bound();
    return Math.min(this.ceiling - value, value - this.floor);
  }

  /** Sets the value without telling: for the first one, for one that was computed anew, and for none (NaN). */
  reset(value: number): void {
    this.merge();
    this.floor = Number.POSITIVE_INFINITY;
    this.value = value;
    if (!Number.isNaN(value)) {
      this.locate();
      return;
    }
    this.below = 0;
    for (const watcher of this.sorted) watcher.known = false;
  }

  private locate(): void {
    for (const watcher of this.sorted) this.place(watcher);
    this.below = this.sorted.filter((watcher) => watcher.above).length;
  }

  private place(watcher: W): void {
    watcher.above = isAbove(this.value, watcher);
    watcher.known = true;
  }

  private merge(): void {
    if (this.waiting.length === 0) return;
    if (this.waiting.length === 1) this.sorted.splice(this.find(this.waiting[0]), 0, this.waiting[0]);
    else this.sorted = this.sorted.concat(this.waiting).sort(order);
    this.below += Number.isNaN(this.value) ? 0 : this.waiting.filter((watcher) => watcher.above).length;
    this.waiting = [];
  }

  /** First place at which `watcher` could stand. */
  private find(watcher: W): number {
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (order(this.sorted[middle], watcher) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function isAbove(value: number, watcher: Watcher): boolean {
  return watcher.strict ? value > watcher.level : value >= watcher.level;
}

/** `>= 5` is passed before `> 5` on the way up. */
function order(a: Watcher, b: Watcher): number {
  return a.level - b.level || Number(a.strict) - Number(b.strict);
}
