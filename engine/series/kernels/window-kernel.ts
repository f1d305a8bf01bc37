import type { Kernel } from '../catalog-entry.ts';

/**
 * A statistic of the last `length` inputs, the newest of which may still change. The closed part of the window is summed up
 * once a bar, from scratch, so that its state depends on the last inputs alone and not on where the computation began:
 * a restart gives the same bits. A live update is O(1).
 */
export abstract class WindowKernel implements Kernel<number> {
  readonly values: Float64Array;
  protected readonly length: number;
  /** The closed inputs before the open one, a ring of `length - 1`. */
  private readonly ring: Float64Array;
  private head = 0;
  private filled = 0;
  private open = 0;
  private hasOpen = false;

  constructor(length: number, fields = 1) {
    this.length = length;
    this.ring = new Float64Array(Math.max(0, length - 1));
    this.values = new Float64Array(fields).fill(Number.NaN);
  }

  add(input: number): void {
    if (this.hasOpen) this.shift(this.open);
    this.hasOpen = true;
    this.replace(input);
  }

  replace(input: number): void {
    this.open = input;
    if (this.filled === this.ring.length) this.compute(input);
  }

  private shift(value: number): void {
    const { ring } = this;
    if (ring.length > 0) {
      ring[this.head] = value;
      this.head = this.head + 1 === ring.length ? 0 : this.head + 1;
      if (this.filled < ring.length) this.filled++;
    }
    if (this.filled === ring.length) this.summarise(ring, this.head);
  }

  /** The oldest closed input of the window, or the open one where the window is one long. */
  protected oldest(): number {
    return this.ring.length === 0 ? this.open : this.ring[this.head];
  }

  /** Sums up the closed part: `ring[head]` is the oldest, then onwards and round. */
  protected abstract summarise(ring: Float64Array, head: number): void;

  /** Writes `values` for the window that ends in `input`. */
  protected abstract compute(input: number): void;
}
