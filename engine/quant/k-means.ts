import { UserError } from '../errors.ts';
import { createDraw, type Draw } from './random.ts';

const MOST_STEPS = 100;
const TRIES = 10;

export interface Grouping {
  /** For each point the number of its group. */
  readonly group: readonly number[];
  readonly centers: readonly Float64Array[];
  /** Sum of the squared distances of all points from their centers. */
  readonly inertia: number;
}

/**
 * Points in `k` groups about their means, the best of ten starts.
 *
 * @param points one for each thing, all of as many numbers, of like scale
 * @param k groups, from 1 to as many as there are points
 * @param seed the same gives the same groups
 * @throws UserError where there are fewer points than groups
 * @see D. Arthur, S. Vassilvitskii, k-means++, 2007
 */
export function kMeans(points: readonly Float64Array[], k: number, seed = 1): Grouping {
  if (points.length < k || k < 1)
    throw new UserError('too-little-data', `${k} groups need at least ${k} series, there are ${points.length}.`);
  const draw = createDraw(seed);
  let best: Grouping | undefined;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const found = settle(points, firstCenters(points, k, draw));
    if (best === undefined || found.inertia < best.inertia) best = found;
  }
  return best!;
}

const squaredDistance = (a: Float64Array, b: Float64Array): number => a.reduce((sum, x, i) => sum + (x - b[i]) ** 2, 0);

/** Each further center is drawn with a chance that grows with the square of its distance from those there are. */
function firstCenters(points: readonly Float64Array[], k: number, draw: Draw): readonly Float64Array[] {
  const centers = [points[Math.floor(draw() * points.length)]];
  while (centers.length < k) {
    const weights = points.map((point) => Math.min(...centers.map((center) => squaredDistance(point, center))));
    centers.push(points[drawn(weights, draw)]);
  }
  return centers;
}

/** Drawn by weight; any where all weigh nothing. */
function drawn(weights: readonly number[], draw: Draw): number {
  let left = draw() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [i, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return i;
  }
  return Math.floor(draw() * weights.length);
}

function settle(points: readonly Float64Array[], start: readonly Float64Array[]): Grouping {
  let centers = start;
  let group: readonly number[] = [];
  for (let step = 0; step < MOST_STEPS; step++) {
    const next = points.map((point) => nearest(point, centers));
    if (next.every((value, i) => value === group[i])) break;
    group = next;
    centers = centers.map((center, k) => centerOf(points.filter((_, i) => next[i] === k)) ?? center);
  }
  return {
    group,
    centers,
    inertia: points.reduce((sum, point, i) => sum + squaredDistance(point, centers[group[i]]), 0),
  };
}

function nearest(point: Float64Array, centers: readonly Float64Array[]): number {
  const distances = centers.map((center) => squaredDistance(point, center));
  return distances.indexOf(Math.min(...distances));
}

function centerOf(points: readonly Float64Array[]): Float64Array | undefined {
  if (points.length === 0) return undefined;
  return points[0].map((_, d) => points.reduce((sum, point) => sum + point[d] / points.length, 0));
}
