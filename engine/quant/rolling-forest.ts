import { usualDepth } from './isolation-forest.ts';
import type { Draw } from './random.ts';

/** Points that a tree is grown from, and cuts down to its leaves: log2 of it. */
const SAMPLE = 32;
const DEEPEST = 5;
/** Places of a full binary tree so deep; the children of `i` are at `2 i + 1` and `2 i + 2`. */
const PLACES = 2 ** (DEEPEST + 1) - 1;
const LEAF = -1;

/** The score of what every tree parts from all else with its first cut: no score is higher. */
export const ODDEST = 2 ** (-1 / usualDepth(SAMPLE));

/** Of so many points the usual depth of a tree. */
const DEPTHS = Float64Array.from({ length: SAMPLE + 1 }, (_, size) => usualDepth(size));

interface Growing {
  /** Where the tree's places begin. */
  readonly root: number;
  /** Points that it is grown from. */
  readonly size: number;
  readonly draw: Draw;
}

/** Rows of as many numbers each, one behind the other. */
export interface Rows {
  readonly values: Float64Array;
  /** Numbers in a row. */
  readonly width: number;
}

/**
 * An isolation forest that moves on with time: with each step one tree is grown from what lies behind it now, in the place of the
 * oldest. So a step costs one tree, and the forest is the same wherever the computation began. Trees lie in typed arrays: thousands
 * of forests stay in memory.
 *
 * @see F. T. Liu, K. M. Ting, Z.-H. Zhou, Isolation Forest, ICDM 2008; isolation-forest.ts grows a whole one at once
 */
export class RollingForest {
  private readonly trees: number;
  private readonly width: number;
  private oldest = 0;
  /** The number that is cut, or LEAF. */
  private readonly features: Int8Array;
  /** Where it is cut; at a leaf its depth, as a share of the usual one. */
  private readonly cuts: Float64Array;
  /** What the tree in hand is grown from: rows of its own, of which `order` is parted. */
  private readonly sample: Float64Array;
  private readonly order = new Int32Array(SAMPLE);
  /** Of the part in hand: the range of each number, and those that have one. */
  private readonly lows: Float64Array;
  private readonly highs: Float64Array;
  private readonly wide: Int8Array;

  constructor(trees: number, width: number) {
    this.trees = trees;
    this.width = width;
    this.features = new Int8Array(trees * PLACES).fill(LEAF);
    this.cuts = new Float64Array(trees * PLACES).fill(1);
    this.sample = new Float64Array(SAMPLE * width);
    this.lows = new Float64Array(width);
    this.highs = new Float64Array(width);
    this.wide = new Int8Array(width);
  }

  /**
   * Grows one tree, in the place of the oldest.
   *
   * @param pool numbers of the rows that it may be grown from; their order is changed. Of fewer than 8 it finds nothing odd
   * @param prepare told of the sample before it is cut, to change it
   */
  grow({ values, width }: Rows, pool: Int32Array, draw: Draw, prepare: (sample: Rows) => void): void {
    const root = this.oldest * PLACES;
    this.oldest = (this.oldest + 1) % this.trees;
    if (pool.length < 8) {
      this.features[root] = LEAF;
      this.cuts[root] = 1;
      return;
    }
    const size = Math.min(SAMPLE, pool.length);
    for (let i = 0; i < size; i++) {
      const at = i + Math.floor(draw() * (pool.length - i));
      const row = pool[at];
      pool[at] = pool[i];
      pool[i] = row;
      for (let k = 0; k < width; k++) this.sample[i * width + k] = values[row * width + k];
      this.order[i] = i;
    }
    prepare({ values: this.sample.subarray(0, size * width), width });
    this.part({ root, size, draw }, 0, 0, 0, size);
  }

  /** Cuts what lies in `order` from `from` on before `to`, down to leaves. @param place within the tree, `depth` steps below its root */
  private part(tree: Growing, place: number, depth: number, from: number, to: number): void {
    const at = tree.root + place;
    const wide = depth === DEEPEST || to - from <= 1 ? 0 : this.spread(from, to);
    if (wide === 0) {
      this.features[at] = LEAF;
      this.cuts[at] = (depth + DEPTHS[to - from]) / DEPTHS[tree.size];
      return;
    }
    const feature = this.wide[Math.floor(tree.draw() * wide)];
    const low = this.lows[feature];
    const cut = low + tree.draw() * (this.highs[feature] - low);
    this.features[at] = feature;
    this.cuts[at] = cut;
    const middle = this.divide(feature, cut, from, to);
    this.part(tree, 2 * place + 1, depth + 1, from, middle);
    this.part(tree, 2 * place + 2, depth + 1, middle, to);
  }

  /** Puts the rows of a part that lie below a cut before the others. @returns where the others begin */
  private divide(feature: number, cut: number, from: number, to: number): number {
    const { order, sample, width } = this;
    let middle = from;
    for (let i = from; i < to; i++) {
      const row = order[i];
      if (sample[row * width + feature] >= cut) continue;
      order[i] = order[middle];
      order[middle++] = row;
    }
    return middle;
  }

  /** Finds the range of each number in a part. @returns how many of them are not the same in all rows; `wide` begins with these */
  private spread(from: number, to: number): number {
    const { order, sample, width, lows, highs } = this;
    let count = 0;
    for (let feature = 0; feature < width; feature++) {
      let low = Number.POSITIVE_INFINITY;
      let high = Number.NEGATIVE_INFINITY;
      for (let i = from; i < to; i++) {
        const value = sample[order[i] * width + feature];
        if (value < low) low = value;
        if (value > high) high = value;
      }
      lows[feature] = low;
      highs[feature] = high;
      if (high > low) this.wide[count++] = feature;
    }
    return count;
  }

  /** How odd a point is: near 1 odd, at or below 0.5 usual. O(trees) */
  oddness(point: Float64Array): number {
    const { features, cuts, trees, oldest } = this;
    let sum = 0;
    // From the oldest on: a sum in another order has other last digits.
    for (let i = 0; i < trees; i++) {
      const tree = oldest + i;
      const root = (tree < trees ? tree : tree - trees) * PLACES;
      let place = 0;
      let feature = features[root];
      while (feature !== LEAF) {
        place = point[feature] < cuts[root + place] ? 2 * place + 1 : 2 * place + 2;
        feature = features[root + place];
      }
      sum += cuts[root + place];
    }
    return 2 ** (-sum / trees);
  }
}
