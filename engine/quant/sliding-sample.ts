import { MAD_TO_DEVIATION } from './sample.ts';

/** Values in order of size, of which one comes and one goes: median and median distance without sorting anew. */
export class SlidingSample {
  private readonly sorted: Float64Array;
  private count = 0;

  /** @param most values that there are at once */
  constructor(most: number) {
    this.sorted = new Float64Array(most);
  }

  get size(): number {
    return this.count;
  }

  /** O(log n), and moves what is larger. */
  add(x: number): void {
    const at = this.firstNotBelow(x);
    this.sorted.copyWithin(at + 1, at, this.count);
    this.sorted[at] = x;
    this.count++;
  }

  /** Takes out a value that is there. */
  remove(x: number): void {
    const at = this.firstNotBelow(x);
    this.sorted.copyWithin(at, at + 1, this.count);
    this.count--;
  }

  /** 0 of none. */
  median(): number {
    const { count, sorted } = this;
    if (count === 0) return 0;
    return (sorted[(count - 1) >> 1] + sorted[count >> 1]) / 2;
  }

  /**
   * Median distance from the median, as a standard deviation of a normal distribution would be. Where more than half of all are equal it
   * is that of the others, and 0 where there are none.
   */
  robustDeviation(): number {
    const { count } = this;
    if (count === 0) return 0;
    const center = this.median();
    const upper = this.distance(center, (count >> 1) + 1);
    const middle = count % 2 === 1 ? upper : (upper + this.distance(center, count >> 1)) / 2;
    return MAD_TO_DEVIATION * (middle > 0 ? middle : this.distanceOfOthers(center));
  }

  /** The `nth` smallest distance from `center`: the nearest values lie side by side, halving finds where. */
  private distance(center: number, nth: number): number {
    const { sorted } = this;
    let low = 0;
    let high = this.count - nth;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (center - sorted[middle] > sorted[middle + nth] - center) low = middle + 1;
      else high = middle;
    }
    return Math.max(center - sorted[low], sorted[low + nth - 1] - center);
  }

  /** Median distance of what does not lie at `center`. */
  private distanceOfOthers(center: number): number {
    const others = this.sorted
      .slice(0, this.count)
      .filter((x) => x !== center)
      .map((x) => Math.abs(x - center))
      .sort();
    const { length } = others;
    return length === 0 ? 0 : (others[(length - 1) >> 1] + others[length >> 1]) / 2;
  }

  private firstNotBelow(x: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.sorted[middle] < x) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
