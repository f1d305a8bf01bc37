import { fitGarch } from '../engine/quant/garch.ts';
import { testUnitRoot } from '../engine/quant/unit-root.ts';

/** Parts of what the desk answers, each by itself. */
export interface QuantTask {
  readonly what: 'adf' | 'garch';
  readonly values: Float64Array;
}

/** Runs in a worker thread. @returns what it took there in ms */
export default function timePart({ what, values }: QuantTask): number {
  const from = performance.now();
  if (what === 'adf') testUnitRoot(values);
  else fitGarch(values);
  return performance.now() - from;
}
