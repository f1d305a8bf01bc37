import { UserError } from '../errors.ts';
import type { Matrix } from './correlation.ts';

/** Two groups that were joined. Leaves are 0 to n - 1, the group of join `i` is n + i. */
export interface Join {
  readonly left: number;
  readonly right: number;
  /** How far apart they were. */
  readonly height: number;
  /** Leaves in the new group. */
  readonly count: number;
}

/** A tree of groups: n - 1 joins, the nearest first. */
export interface Dendrogram {
  readonly joins: readonly Join[];
  /** The leaves so that no branches cross, the tighter group of each join first. */
  readonly order: readonly number[];
}

/** Distance of two series by their correlation, 0 (the same) to 1 (opposite). @see R. N. Mantegna, European Physical Journal B 11, 1999 */
export function correlationDistances({ size, values }: Matrix): Matrix {
  return { size, values: values.map((value) => Math.sqrt(Math.max(0, (1 - value) / 2))) };
}

/**
 * Joins what is nearest until all is one: average linkage, as R. R. Sokal and C. D. Michener, 1958.
 *
 * @param distances a symmetric square, not negative
 * @throws UserError where there are fewer than 2, or a distance is not known
 */
export function joinNearest(distances: Matrix): Dendrogram {
  const { size } = distances;
  if (size < 2) throw new UserError('too-little-data', `Clusters need at least 2 series, there are ${size}.`);
  if (distances.values.some(Number.isNaN))
    throw new UserError('constant', 'Clusters are not defined where a series does not move.');
  const work = Float64Array.from(distances.values);
  const groups = Array.from({ length: size }, (_, i) => ({ id: i, count: 1 }));
  const open = new Set(groups.keys());
  const joins: Join[] = [];
  while (open.size > 1) {
    const [a, b] = nearestPair(work, size, open);
    const [first, second] = [groups[a], groups[b]];
    const count = first.count + second.count;
    const [left, right] = first.id < second.id ? [first.id, second.id] : [second.id, first.id];
    joins.push({ left, right, height: work[a * size + b], count });
    for (const other of open) {
      const mixed = (first.count * work[a * size + other] + second.count * work[b * size + other]) / count;
      work[a * size + other] = mixed;
      work[other * size + a] = mixed;
    }
    groups[a] = { id: size + joins.length - 1, count };
    open.delete(b);
  }
  return { joins, order: orderOf(joins, size) };
}

function nearestPair(work: Float64Array, size: number, open: ReadonlySet<number>): readonly [number, number] {
  let best: readonly [number, number] = [0, 0];
  let least = Number.POSITIVE_INFINITY;
  for (const a of open) {
    for (const b of open) {
      if (b <= a || !(work[a * size + b] < least)) continue;
      least = work[a * size + b];
      best = [a, b];
    }
  }
  return best;
}

function orderOf(joins: readonly Join[], size: number): readonly number[] {
  const heightOf = (group: number): number => (group < size ? 0 : joins[group - size].height);
  const leaves = (group: number): readonly number[] => {
    if (group < size) return [group];
    const { left, right } = joins[group - size];
    const [first, second] = heightOf(left) <= heightOf(right) ? [left, right] : [right, left];
    return [...leaves(first), ...leaves(second)];
  };
  return leaves(size + joins.length - 1);
}

/**
 * The groups that are left where nothing is joined that is further apart than `height`.
 * @returns for each leaf the number of its group, from 0 on in the order of the leaves
 */
export function cutAt(tree: Dendrogram, height: number): readonly number[] {
  return groupsAfter(tree, (join) => join.height <= height);
}

/** So many groups, from 1 to as many as there are leaves: the last joins are undone. @returns as `cutAt` */
export function cutInto(tree: Dendrogram, count: number): readonly number[] {
  return groupsAfter(tree, (_join, i) => i < tree.order.length - count);
}

function groupsAfter({ joins, order }: Dendrogram, isMade: (join: Join, i: number) => boolean): readonly number[] {
  const size = order.length;
  const parent = Array.from({ length: size + joins.length }, (_, i) => i);
  const rootOf = (group: number): number => (parent[group] === group ? group : rootOf(parent[group]));
  joins.forEach((join, i) => {
    if (!isMade(join, i)) return;
    parent[join.left] = size + i;
    parent[join.right] = size + i;
  });
  const numbers = new Map<number, number>();
  for (const leaf of order) {
    const root = rootOf(leaf);
    if (!numbers.has(root)) numbers.set(root, numbers.size);
  }
  return Array.from({ length: size }, (_, leaf) => numbers.get(rootOf(leaf))!);
}
