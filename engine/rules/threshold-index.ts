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

/** Most watchers that are moved to make room for one. */
const LONGEST_BLOCK = 512;

/** Watchers in order, and their levels beside them: whoever looks for the next level does not touch the watchers. */
interface Block<W> {
  readonly watchers: W[];
  readonly levels: number[];
}

/**
 * The thresholds on one series in ascending order, in blocks. A new value costs O(1 + passed): the index knows between which
 * two thresholds the value lies. Adding and removing cost O(log n) to find, and a move within one block.
 */
export class ThresholdIndex<W extends Watcher> {
  private value = Number.NaN;
  /** The levels next to the value: strictly between them nothing is passed. */
  private floor = Number.POSITIVE_INFINITY;
  private ceiling = Number.NEGATIVE_INFINITY;
  /** Where the first watcher stands that the value is not above: its place in the block at `block`, of which these are. */
  private place = 0;
  private levels: readonly number[] = [];
  private watchers: readonly W[] = [];
  private block = 0;
  /** In order; none is empty but the first of an empty index. */
  private readonly blocks: Block<W>[] = [{ watchers: [], levels: [] }];
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** Adds a watcher; where a value is known it is told at once which side it is on. */
  add(watcher: W): void {
    if (!Number.isNaN(this.value)) this.tell(watcher);
    const { blocks } = this;
    // Behind its equals: of those that are passed at once the oldest comes first.
    const b = firstWhere(blocks.length - 1, (i) => order(lastOf(blocks[i].watchers), watcher) > 0);
    const { watchers, levels } = blocks[b];
    const at = firstWhere(watchers.length, (i) => levels[i] >= watcher.level && order(watchers[i], watcher) > 0);
    watchers.splice(at, 0, watcher);
    levels.splice(at, 0, watcher.level);
    if (watchers.length > LONGEST_BLOCK) {
      const half = LONGEST_BLOCK >> 1;
      blocks.splice(b + 1, 0, { watchers: watchers.splice(half), levels: levels.splice(half) });
    }
    this.count++;
    this.locate();
  }

  remove(watcher: W): void {
    const { blocks } = this;
    const first = firstWhere(blocks.length - 1, (i) => order(lastOf(blocks[i].watchers), watcher) >= 0);
    for (let b = first; b < blocks.length; b++) {
      const { watchers, levels } = blocks[b];
      const at = watchers.indexOf(watcher);
      if (at < 0) {
        if (watchers.length > 0 && order(watchers[0], watcher) > 0) return;
        continue;
      }
      watchers.splice(at, 1);
      levels.splice(at, 1);
      if (watchers.length === 0 && blocks.length > 1) blocks.splice(b, 1);
      this.count--;
      this.locate();
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
    if (Number.isNaN(this.value)) {
      this.reset(value);
      for (const { watchers } of this.blocks) for (const watcher of watchers) passed.push(watcher);
      return;
    }
    this.value = value;
    for (let level = this.levelAbove(); value >= level; level = this.levelAbove()) {
      const next = this.watchers[this.place];
      if (value === level && (next === undefined || next.strict)) break;
      next.above = true;
      passed.push(next);
      this.place++;
    }
    for (let level = this.levelBeneath(); value <= level; level = this.levelBeneath()) {
      const next = this.watchers[this.place - 1];
      if (value === level && !next?.strict) break;
      next.above = false;
      passed.push(next);
      this.place--;
    }
    this.bound();
  }

  /** The level of the first watcher that the value is not above, at which `block` and `place` are then; infinite where there is none. */
  private levelAbove(): number {
    const { levels } = this;
    if (this.place < levels.length) return levels[this.place];
    if (this.block + 1 === this.blocks.length) return Number.POSITIVE_INFINITY;
    this.place = 0;
    return this.goTo(this.block + 1).levels[0];
  }

  /** The level of the last watcher that the value is above, behind which `block` and `place` are then. */
  private levelBeneath(): number {
    if (this.place > 0) return this.levels[this.place - 1];
    if (this.block === 0) return Number.NEGATIVE_INFINITY;
    const { levels } = this.goTo(this.block - 1);
    this.place = levels.length;
    return levels[this.place - 1];
  }

  private goTo(block: number): Block<W> {
    this.block = block;
    const here = this.blocks[block];
    this.levels = here.levels;
    this.watchers = here.watchers;
    return here;
  }

  private bound(): void {
    this.floor = this.levelBeneath();
    this.ceiling = this.levelAbove();
  }

  /** Where in `values` the first stands, from `at` on, that may pass a threshold or is the first at all; their number where none does. */
  nextPassing(values: Float64Array, at: number): number {
    const { floor, ceiling } = this;
    let next = at;
    while (next < values.length) {
      const value = values[next];
      if (!Number.isNaN(value) && !(value > floor && value < ceiling)) break;
      next++;
    }
    return next;
  }

  /** How far `value`, the one it was moved to, is from the next threshold above it; infinite where there is none. */
  roomAbove(value: number): number {
    return this.ceiling - value;
  }

  /** The same for the next one below. */
  roomBelow(value: number): number {
    return value - this.floor;
  }

  /** Sets the value without telling: for the first one, for one that was computed anew, and for none (NaN). */
  reset(value: number): void {
    this.value = value;
    const isKnown = !Number.isNaN(value);
    for (const { watchers } of this.blocks) {
      for (const watcher of watchers) {
        watcher.known = isKnown;
        if (isKnown) watcher.above = isAbove(value, watcher);
      }
    }
    this.locate();
  }

  /** Finds between which two thresholds the value lies; without a value every next one has to be looked at. */
  private locate(): void {
    this.goTo(0);
    this.place = 0;
    if (Number.isNaN(this.value)) {
      this.floor = Number.POSITIVE_INFINITY;
      this.ceiling = Number.NEGATIVE_INFINITY;
      return;
    }
    const { watchers } = this.goTo(firstWhere(this.blocks.length - 1, (b) => !lastOf(this.blocks[b].watchers).above));
    this.place = firstWhere(watchers.length, (i) => !watchers[i].above);
    this.bound();
  }

  private tell(watcher: W): void {
    watcher.above = isAbove(this.value, watcher);
    watcher.known = true;
  }
}

/** The first of `count` ascending places for which `is` holds; `count` where it holds for none. */
function firstWhere(count: number, is: (at: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (is(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

const lastOf = <T>(items: readonly T[]): T => items[items.length - 1];

function isAbove(value: number, watcher: Watcher): boolean {
  return watcher.strict ? value > watcher.level : value >= watcher.level;
}

/** `>= 5` is passed before `> 5` on the way up. */
function order(a: Watcher, b: Watcher): number {
  return a.level - b.level || Number(a.strict) - Number(b.strict);
}
