import type { Matrix } from './correlation.ts';
import { createDraw } from './random.ts';

/** Above this a partition is said to have structure. @see L. Kaufman, P. J. Rousseeuw, Finding Groups in Data, 1990, table 4 */
export const STRUCTURED = 0.25;

/**
 * How much nearer things are to their own group than to the next one: -1 to 1, the mean of all; one that is alone in its group counts 0.
 *
 * @param distances a symmetric square
 * @param group for each thing the number of its group; 0 where there is but one group
 * @see P. J. Rousseeuw, J. Computational and Applied Mathematics 20, 1987
 */
export function silhouette({ size, values }: Matrix, group: readonly number[]): number {
  const groups = [...new Set(group)];
  if (groups.length < 2) return 0;
  let sum = 0;
  for (let i = 0; i < size; i++) {
    const far = groups.map((each) => {
      const others = group.flatMap((of, j) => (of === each && j !== i ? [values[i * size + j]] : []));
      return { each, mean: others.reduce((total, value) => total + value, 0) / others.length, count: others.length };
    });
    const own = far.find(({ each }) => each === group[i])!;
    if (own.count === 0) continue;
    const next = Math.min(...far.filter((one) => one !== own).map(({ mean }) => mean));
    const most = Math.max(own.mean, next);
    if (most > 0) sum += (next - own.mean) / most;
  }
  return sum / size;
}

/**
 * How two partitions of the same things agree: 1 where they are the same but for the names of the groups, about 0 by chance.
 * @see L. Hubert, P. Arabie, J. Classification 2, 1985
 */
export function adjustedRand(a: readonly number[], b: readonly number[]): number {
  const pairs = (count: number) => (count * (count - 1)) / 2;
  const within = (labels: readonly (number | string)[]) => {
    const counts = new Map<number | string, number>();
    for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
    return [...counts.values()].reduce((sum, count) => sum + pairs(count), 0);
  };
  const both = within(a.map((label, i) => `${label} ${b[i]}`));
  const [ofA, ofB] = [within(a), within(b)];
  const expected = (ofA * ofB) / pairs(a.length);
  const most = (ofA + ofB) / 2;
  // Both put all into one group, or each thing into its own.
  return most === expected ? 1 : (both - expected) / (most - expected);
}

const SHUFFLES = 999;

/**
 * How often two partitions agree as well when which thing is in which group of the second is drawn at random: the p-value of their
 * agreement, above 0 to 1.
 */
export function agreementByChance(a: readonly number[], b: readonly number[], seed = 1): number {
  const found = adjustedRand(a, b);
  const draw = createDraw(seed);
  const shuffled = [...b];
  let asGood = 1;
  for (let round = 0; round < SHUFFLES; round++) {
    for (let i = shuffled.length - 1; i > 0; i--) {
      const j = Math.floor(draw() * (i + 1));
      [shuffled[i], shuffled[j]] = [shuffled[j], shuffled[i]];
    }
    if (adjustedRand(a, shuffled) >= found - 1e-12) asGood++;
  }
  return asGood / (SHUFFLES + 1);
}
