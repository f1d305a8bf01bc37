import { UserError } from '../errors.ts';
import { createDraw, type Draw } from './random.ts';

const TREES = 100;
const SAMPLE = 256;
const EULER = 0.5772156649015329;

type Tree =
  | { readonly size: number }
  | { readonly feature: number; readonly split: number; readonly below: Tree; readonly above: Tree };

/** How odd a point is among those that the forest was grown from: near 1 odd, at or below 0.5 usual. */
export type Oddness = (point: Float64Array) => number;

/**
 * Isolation forest: what random cuts part from all else after few steps is odd.
 *
 * @param points one for each bar, all of as many numbers
 * @param seed the same gives the same forest
 * @throws UserError for fewer than 8 points, or points that are not finite
 * @see F. T. Liu, K. M. Ting, Z.-H. Zhou, Isolation Forest, ICDM 2008
 */
export function growForest(points: readonly Float64Array[], seed = 1): Oddness {
  if (points.length < 8)
    throw new UserError('too-little-data', `An isolation forest needs at least 8 values, there are ${points.length}.`);
  if (!points.every((point) => point.every(Number.isFinite)))
    throw new UserError('not-finite', 'An isolation forest needs numbers, one value is none.');
  const draw = createDraw(seed);
  const size = Math.min(SAMPLE, points.length);
  const deepest = Math.ceil(Math.log2(size));
  const trees = Array.from({ length: TREES }, () => grow(sampled(points, size, draw), deepest, draw));
  const usual = usualDepth(size);
  return (point) => {
    const depth = trees.reduce((sum, tree) => sum + depthOf(tree, point), 0) / TREES;
    return 2 ** (-depth / usual);
  };
}

/** So many of the points, none twice. */
function sampled(points: readonly Float64Array[], size: number, draw: Draw): readonly Float64Array[] {
  const pool = [...points];
  for (let i = 0; i < size; i++) {
    const at = i + Math.floor(draw() * (pool.length - i));
    [pool[i], pool[at]] = [pool[at], pool[i]];
  }
  return pool.slice(0, size);
}

function grow(points: readonly Float64Array[], left: number, draw: Draw): Tree {
  if (left === 0 || points.length <= 1) return { size: points.length };
  const spread = [...points[0].keys()].flatMap((feature) => {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const point of points) {
      low = Math.min(low, point[feature]);
      high = Math.max(high, point[feature]);
    }
    return high > low ? [{ feature, low, high }] : [];
  });
  if (spread.length === 0) return { size: points.length };
  const { feature, low, high } = spread[Math.floor(draw() * spread.length)];
  const split = low + draw() * (high - low);
  const below = points.filter((point) => point[feature] < split);
  const above = points.filter((point) => point[feature] >= split);
  return { feature, split, below: grow(below, left - 1, draw), above: grow(above, left - 1, draw) };
}

/** Mean depth at which one of `n` is found in a tree of random cuts. */
export function usualDepth(n: number): number {
  if (n <= 1) return 0;
  if (n === 2) return 1;
  return 2 * (Math.log(n - 1) + EULER) - (2 * (n - 1)) / n;
}

function depthOf(tree: Tree, point: Float64Array): number {
  let depth = 0;
  let at = tree;
  while (!('size' in at)) {
    at = point[at.feature] < at.split ? at.below : at.above;
    depth++;
  }
  return depth + usualDepth(at.size);
}
