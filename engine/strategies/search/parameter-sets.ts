import type { StrategyParam } from '../../language/strategy-ast.ts';
import { createDraw } from '../../quant/random.ts';

/** Values of the parameters that are searched, by their names. */
export type ParameterSet = Readonly<Record<string, number>>;

/** A parameter with a range to look in. */
export type SearchedParam = StrategyParam & { readonly low: number; readonly high: number };

export const isSearched = (param: StrategyParam): param is SearchedParam =>
  param.low !== undefined && param.high !== undefined;

/** What is to be tried. `grid`: every combination of the levels; `random`: as many as were asked for, drawn evenly. */
export interface ParameterSets {
  readonly how: 'grid' | 'random';
  /** No two are the same; the first of those drawn at random is what the text itself says. */
  readonly sets: readonly ParameterSet[];
}

/** Levels of a parameter that is no whole number, in a grid. */
const LEVELS = 7;
/** Parts of its range that a value drawn at random is rounded to. */
const FINENESS = 200;
/** Draws for each set that is wanted, until what is left to find is not worth it. */
const PATIENCE = 20;

/** Whether only whole numbers are tried: where the value and both ends of the range are. */
export const isWhole = ({ value, low, high, percent }: SearchedParam): boolean =>
  !percent && [value, low, high].every(Number.isInteger);

/** Without the digits that only arithmetic gave it. */
const rounded = (value: number): number => Number(value.toPrecision(10));

/** How many levels a grid has of a parameter: a range may be far too long to be listed. */
const levelCount = (param: SearchedParam): number => (isWhole(param) ? param.high - param.low + 1 : LEVELS);

/** The level at a place of the grid, from 0. */
function levelAt(param: SearchedParam, at: number): number {
  const { low, high } = param;
  return isWhole(param) ? low + at : rounded(low + ((high - low) * at) / (LEVELS - 1));
}

function drawn(param: SearchedParam, draw: () => number): number {
  const { low, high } = param;
  if (isWhole(param)) return low + Math.floor(draw() * (high - low + 1));
  return rounded(low + (Math.round(draw() * FINENESS) / FINENESS) * (high - low));
}

/**
 * What to try: the whole grid where it has at most `most` points, else `most` points drawn at random, the same for the same seed.
 *
 * @param params at least one
 * @see J. Bergstra, Y. Bengio, Random Search for Hyper-Parameter Optimization, JMLR 13, 2012
 */
export function parameterSets(params: readonly SearchedParam[], most: number, seed = 1): ParameterSets {
  const size = params.reduce((product, param) => product * levelCount(param), 1);
  if (size <= most) return { how: 'grid', sets: Array.from({ length: size }, (_each, at) => gridSet(params, at)) };
  const draw = createDraw(seed);
  const own = Object.fromEntries(params.map(({ name, value }) => [name, value]));
  const sets = new Map<string, ParameterSet>([[keyOf(own), own]]);
  for (let i = 0; i < most * PATIENCE && sets.size < most; i++) {
    const set = Object.fromEntries(params.map((param) => [param.name, drawn(param, draw)]));
    sets.set(keyOf(set), set);
  }
  return { how: 'random', sets: [...sets.values()] };
}

/** The set at a place of the whole grid: the last parameter changes fastest. */
function gridSet(params: readonly SearchedParam[], at: number): ParameterSet {
  let left = at;
  const values = params.toReversed().map((param) => {
    const count = levelCount(param);
    const level = left % count;
    left = Math.floor(left / count);
    return [param.name, levelAt(param, level)] as const;
  });
  return Object.fromEntries(values.toReversed());
}

const keyOf = (set: ParameterSet): string => JSON.stringify(set);
