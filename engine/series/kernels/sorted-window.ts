import { WindowKernel } from './window-kernel.ts';

/**
 * A window in order of size. A closed bar moves one value within the sorted ones, a live update finds the place of the
 * newest among them: O(log n). What is kept are the inputs themselves, so nothing is lost to rounding.
 */
export abstract class SortedWindowKernel extends WindowKernel {
  /** The closed inputs in ascending order. */
  protected readonly sorted: Float64Array;
  private isSorted = false;
  private leaving = 0;
  private newest = 0;
  /** How many closed inputs are smaller than the newest. */
  protected place = 0;

  constructor(length: number) {
    super(length);
    this.sorted = new Float64Array(Math.max(0, length - 1));
  }

  override add(input: number): void {
    this.leaving = this.oldest();
    super.add(input);
  }

  protected override summarise(ring: Float64Array, head: number): void {
    const { sorted } = this;
    if (this.isSorted && ring.length > 0) {
      exchange(sorted, this.leaving, ring[head === 0 ? ring.length - 1 : head - 1]);
    } else {
      sorted.set(ring);
      sorted.sort();
      this.isSorted = true;
    }
    this.sortedChanged(sorted);
  }

  protected override compute(input: number): void {
    this.newest = input;
    this.place = firstNotBelow(this.sorted, input);
    this.write(input);
  }

  /** The input with `rank` smaller ones in the window, the newest included; `rank` from 0 to `length - 1`. */
  protected at(rank: number): number {
    if (rank === this.place) return this.newest;
    return this.sorted[rank < this.place ? rank : rank - 1];
  }

  /** The value below which a share `q` of the window lies, linear between two inputs (type 7 of Hyndman and Fan). */
  protected quantile(q: number): number {
    const position = (this.length - 1) * q;
    const below = Math.floor(position);
    const value = this.at(below);
    return below === position ? value : value + (position - below) * (this.at(below + 1) - value);
  }

  /** Called once a bar, when the closed part has changed. */
  protected sortedChanged(_sorted: Float64Array): void {}

  protected abstract write(input: number): void;
}

/** Index of the first element that is not below `x`; the length where all are. */
export function firstNotBelow(sorted: Float64Array, x: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Takes `leaving` out of a sorted array and puts `entering` in. */
function exchange(sorted: Float64Array, leaving: number, entering: number): void {
  const from = firstNotBelow(sorted, leaving);
  const to = firstNotBelow(sorted, entering);
  if (to > from) {
    sorted.copyWithin(from, from + 1, to);
    sorted[to - 1] = entering;
  } else {
    sorted.copyWithin(to + 1, to, from);
    sorted[to] = entering;
  }
}
