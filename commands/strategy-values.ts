import { parseStrategy } from '../engine/language/strategy.ts';
import type { StrategyText } from '../engine/language/strategy-ast.ts';
import { printClauses } from '../engine/language/strategy-print.ts';
import type { ReadStrategy } from '../engine/strategies/search/search.ts';
import { storedScope } from './scope.ts';

/** Reads a strategy again with other values of its parameters: whatever the language refuses in a text it refuses here. */
export function readerOf(strategy: StrategyText): ReadStrategy {
  const { name, instruments, interval } = strategy;
  const clauses = printClauses(strategy);
  const scope = storedScope({ instrument: '', interval });
  return (values) => ({
    ...parseStrategy(clauses, scope, { instruments, values: new Map(Object.entries(values)) }),
    name,
  });
}
