import { UserError } from '../../engine/errors.ts';
import { type Analyses, type AnalysisName, analyse } from '../../engine/quant/analyses.ts';

/** One question to the desk. */
export type DeskTask = {
  readonly [K in AnalysisName]: { readonly name: K; readonly input: Analyses[K]['input'] };
}[AnalysisName];

/** An error keeps its kind on its way out of a thread only as plain data. */
export type DeskResult =
  | { readonly kind: 'done'; readonly output: Analyses[AnalysisName]['output'] }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string; readonly hint: string | undefined };

/** Runs in a worker thread. Without a task it only starts the thread. */
export default function analyseInThread(task: DeskTask | null): DeskResult | undefined {
  if (task === null) return undefined;
  try {
    return { kind: 'done', output: analyse(task.name, task.input) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { code, message, hint } = error;
    return { kind: 'refused', code, message, hint };
  }
}
