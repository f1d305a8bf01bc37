import type { ParameterSet } from './parameter-sets.ts';

/** How good something was with some values of the parameters. */
export interface ScoredSet {
  readonly values: ParameterSet;
  readonly score: number;
}

/** Values of a parameter that are taken together, from the lowest. */
export interface SurfaceAxis {
  readonly name: string;
  /** The lowest and the highest value of each part. */
  readonly parts: readonly (readonly [low: number, high: number])[];
}

/** Mean scores over the two parameters that matter most. */
export interface Surface {
  readonly columns: SurfaceAxis;
  /** Undefined where there is but one parameter: the surface has one row. */
  readonly rows: SurfaceAxis | undefined;
  /** By row and column; NaN where nothing was tried. */
  readonly scores: readonly (readonly number[])[];
}

const MOST_PARTS = 8;
const FEWEST_PARTS = 3;

/** So that each square has a few sets where there are enough. */
const partsFor = (count: number): number =>
  Math.max(FEWEST_PARTS, Math.min(MOST_PARTS, Math.floor(Math.sqrt(count / 2))));

/** Its values as they are where they are few, else parts of about as many. */
export function axisOf(name: string, scored: readonly ScoredSet[]): SurfaceAxis {
  const values = [...new Set(scored.map((each) => each.values[name]!))].sort((a, b) => a - b);
  const count = Math.min(values.length, values.length <= MOST_PARTS ? MOST_PARTS : partsFor(scored.length));
  const parts = Array.from({ length: count }, (_each, i) => {
    const [first, end] = [i, i + 1].map((at) => Math.floor((at * values.length) / count));
    return [values[first!]!, values[end! - 1]!] as const;
  });
  return { name, parts };
}

const partAt = ({ parts }: SurfaceAxis, value: number): number => parts.findIndex(([, high]) => value <= high);

/**
 * The share of the scores' variance that the parts of a parameter tell apart, 0 to 1.
 * @see R. A. Fisher, Statistical Methods for Research Workers, 1925 (correlation ratio)
 */
export function influenceOf(axis: SurfaceAxis, scored: readonly ScoredSet[]): number {
  const groups = axis.parts.map(() => ({ sum: 0, count: 0 }));
  let [sum, squares] = [0, 0];
  for (const { values, score } of scored) {
    const group = groups[partAt(axis, values[axis.name]!)]!;
    group.sum += score;
    group.count++;
    sum += score;
    squares += score * score;
  }
  const mean = sum / scored.length;
  const total = squares - scored.length * mean * mean;
  const between = groups.reduce((all, group) => all + (group.count > 0 ? group.sum ** 2 / group.count : 0), 0);
  return total > 0 ? Math.max(0, (between - scored.length * mean * mean) / total) : 0;
}

/** @param scored at least one, all with the same parameters */
export function surfaceOf(scored: readonly ScoredSet[]): Surface {
  const axes = Object.keys(scored[0]!.values)
    .map((name) => axisOf(name, scored))
    .map((axis) => ({ axis, influence: influenceOf(axis, scored) }))
    .toSorted((a, b) => b.influence - a.influence)
    .map(({ axis }) => axis);
  const [columns, rows] = axes;
  const cells = (rows?.parts ?? [0]).map(() => columns!.parts.map(() => ({ sum: 0, count: 0 })));
  for (const { values, score } of scored) {
    const row = rows === undefined ? 0 : partAt(rows, values[rows.name]!);
    const cell = cells[row]![partAt(columns!, values[columns!.name]!)]!;
    cell.sum += score;
    cell.count++;
  }
  const scores = cells.map((row) => row.map(({ sum, count }) => (count === 0 ? Number.NaN : sum / count)));
  return { columns: columns!, rows, scores };
}
