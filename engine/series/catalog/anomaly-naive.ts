import type { Bar } from '../../market/events.ts';
import { createDraw, type Draw } from '../../quant/random.ts';

const middle = (xs: readonly number[]): number => {
  const sorted = [...xs].sort((a, b) => a - b);
  return (sorted[Math.floor((xs.length - 1) / 2)] + sorted[Math.ceil((xs.length - 1) / 2)]) / 2;
};

interface Seen {
  readonly start: number;
  readonly point: readonly number[];
  readonly happened: boolean;
}
type Tree = { size: number } | { feature: number; cut: number; below: Tree; above: Tree };

const seen = (bars: readonly Bar[]): Seen[] =>
  bars.slice(1).map((bar, i) => {
    const point = [
      Math.log(bar.close / bars[i].close),
      Math.log(Math.max(bar.volume, 1e-12)),
      Math.log(Math.max(Math.log(bar.high / bar.low), 1e-6)),
    ];
    return { start: bar.start, point, happened: bar.volume > 0 || bar.high > bar.low || bar.close !== bars[i].close };
  });

function robustZ(x: number, xs: readonly number[]): number {
  const far = xs.map((each) => Math.abs(each - middle(xs)));
  const usual = middle(far) > 0 ? middle(far) : middle(far.filter((each) => each > 0));
  return usual > 0 ? (x - middle(xs)) / (1.482602218505602 * usual) : 0;
}

/** Mean depth of a search in a random tree, from the harmonic numbers' approximation by Liu, Ting and Zhou. */
const depth = (n: number): number =>
  n <= 1 ? 0 : n === 2 ? 1 : 2 * (Math.log(n - 1) + 0.5772156649015329) - (2 * (n - 1)) / n;

function grow(points: readonly (readonly number[])[], left: number, draw: Draw): Tree {
  const wide = [0, 1, 2].filter((k) => new Set(points.map((point) => point[k])).size > 1);
  if (left === 0 || wide.length === 0) return { size: points.length };
  const feature = wide[Math.floor(draw() * wide.length)];
  const column = points.map((point) => point[feature]);
  const low = Math.min(...column);
  const cut = low + draw() * (Math.max(...column) - low);
  const below = grow(
    points.filter((point) => point[feature] < cut),
    left - 1,
    draw,
  );
  const above = points.filter((point) => point[feature] >= cut);
  return { feature, cut, below, above: grow(above, left - 1, draw) };
}

const found = (tree: Tree, point: readonly number[]): number =>
  'size' in tree ? depth(tree.size) : 1 + found(point[tree.feature] < tree.cut ? tree.below : tree.above, point);

/** Depth of a point in the tree that the bar at the end of `window` grew, as a share of the usual one. */
function depthIn(window: readonly Seen[], point: readonly number[], step: number): number {
  const pool = window.filter(({ happened }) => happened).map((bar) => bar.point);
  if (pool.length < 8) return 1;
  const draw = createDraw(Math.round(window[window.length - 1].start / step));
  const sample: (readonly number[])[] = [];
  for (let i = 0; i < Math.min(32, pool.length); i++) {
    const at = i + Math.floor(draw() * (pool.length - i));
    [pool[i], pool[at]] = [pool[at], pool[i]];
    sample.push(pool[i]);
  }
  const upper = (k: number) => [...sample.map((each) => each[k])].sort((a, b) => a - b)[sample.length >> 1];
  const floors = [Number.NEGATIVE_INFINITY, upper(1), upper(2)];
  const raised = sample.map((each) => each.map((x, k) => Math.max(x, floors[k])));
  return found(grow(raised, 5, draw), point) / depth(sample.length);
}

/** All fields of `anomaly` at the last bar. The definition, written out over all bars with nothing kept from one to the next. */
export function anomalyByDefinition(bars: readonly Bar[], length: number, step: number): readonly number[] {
  const all = seen(bars);
  const now = all[all.length - 1];
  const window = all.slice(-length - 1, -1);
  const active = window.filter(({ happened }) => happened);
  if (!now.happened || active.length < 20) return [0, 0, 0, 0, 0];
  const z = now.point.map((x, k) =>
    robustZ(
      x,
      active.map(({ point }) => point[k]),
    ),
  );
  const trees = Math.min(50, Math.floor(length / 3));
  const depths = Array.from({ length: trees }, (_, back) => {
    const end = window.length - back;
    return depthIn(window.slice(end - (length - trees), end), now.point, step);
  });
  const oddness = 2 ** (-depths.reduce((sum, each) => sum + each, 0) / trees);
  const most = 2 ** (-1 / depth(32));
  const forest = Math.max(0, (oddness - 0.5) / (most - 0.5));
  const d = Math.max(Math.abs(z[0]), z[1], z[2], 0);
  const share = d ** 2 / (d ** 2 + 3.5 ** 2);
  return [1 - (1 - share) * (1 - forest), ...z, forest];
}
