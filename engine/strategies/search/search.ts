import { UserError } from '../../errors.ts';
import type { StrategyText } from '../../language/strategy-ast.ts';
import { type Backtest, backtest } from '../backtest.ts';
import { planBacktest } from '../backtest-plan.ts';
import { cutTo, type SearchMaterial } from './material.ts';
import type { ParameterSet } from './parameter-sets.ts';
import { type PartResult, partOf, type SearchWindow } from './walk-forward.ts';

/** A strategy with some values of its parameters. @throws UserError where they make no sense in it */
export type ReadStrategy = (values: ParameterSet) => StrategyText;

/** What one set of values came to. */
export interface TriedSet {
  readonly values: ParameterSet;
  readonly whole: PartResult;
  /** In what is chosen on, one for each window. */
  readonly chosenOn: readonly PartResult[];
}

/** A backtest from one time to another (ms), as if it were the only one. @returns undefined where it never has values */
export function backtestBetween(
  strategy: StrategyText,
  { history, told, funding = [] }: SearchMaterial,
  from: number,
  to: number,
): Backtest | undefined {
  const plan = planBacktest(strategy, from, to);
  // A backtest begins with nothing held: what was due before it touches nothing.
  return backtest(strategy, plan, cutTo(plan, history), told, funding);
}

/**
 * Tries one set of values: a single backtest over the whole period, whose equity up to a time tells nothing of what comes after it.
 *
 * @returns undefined where the strategy refuses these values, or never has any itself
 */
export function trySet(
  read: ReadStrategy,
  values: ParameterSet,
  material: SearchMaterial,
  windows: readonly SearchWindow[],
): TriedSet | undefined {
  const strategy = readOr(read, values);
  const done = strategy && backtestBetween(strategy, material, material.from, material.to);
  if (done === undefined) return undefined;
  return {
    values,
    whole: partOf(done, material.from, material.to),
    chosenOn: windows.map(({ from, split }) => partOf(done, from, split)),
  };
}

function readOr(read: ReadStrategy, values: ParameterSet): StrategyText | undefined {
  try {
    return read(values);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
