import { readerOf } from '../../commands/strategy-values.ts';
import type { StrategyText } from '../../engine/language/strategy-ast.ts';
import type { SearchMaterial } from '../../engine/strategies/search/material.ts';
import type { ParameterSet } from '../../engine/strategies/search/parameter-sets.ts';
import { type SearchReport, searchReport } from '../../engine/strategies/search/report.ts';
import { type TriedSet, trySet } from '../../engine/strategies/search/search.ts';
import type { SearchWindow } from '../../engine/strategies/search/walk-forward.ts';

interface SearchPart {
  readonly strategy: StrategyText;
  readonly material: SearchMaterial;
  readonly windows: readonly SearchWindow[];
}

/** Sets to try, or all that were tried, of `sets`, to choose from: plain data. */
export type SearchTask =
  | (SearchPart & { readonly kind: 'try'; readonly sets: readonly ParameterSet[] })
  | (SearchPart & { readonly kind: 'report'; readonly tried: readonly TriedSet[]; readonly sets: number });

export interface SearchResults {
  readonly try: readonly (TriedSet | undefined)[];
  readonly report: SearchReport | undefined;
}

/** Runs in a worker thread. Without a task it only starts the thread. */
export default function searchInThread(task: SearchTask | null): SearchResults[SearchTask['kind']] {
  if (task === null) return undefined;
  const { strategy, material, windows } = task;
  const read = readerOf(strategy);
  if (task.kind === 'report') return searchReport(read, task.tried, task.sets, material, windows);
  return task.sets.map((values) => trySet(read, values, material, windows));
}
