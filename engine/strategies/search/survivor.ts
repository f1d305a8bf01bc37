import { deflatedSharpe } from '../deflated-sharpe.ts';
import type { SearchReport } from './report.ts';

/** A candidate as it came out. */
export interface JudgedCandidate {
  readonly report: SearchReport;
  /** How sure it is that what it made where it was not chosen is more than the luck of the best of all candidates. */
  readonly sure: number | undefined;
  /** Why it is not proposed; undefined where it is. */
  readonly lacks: 'trades' | 'loss' | 'holding' | 'luck' | undefined;
}

/** Fewer trades than these say little, whatever they made. */
const LEAST_TRADES = 20;
const SURE_ENOUGH = 0.95;

/**
 * What is to be made of candidates that were tried side by side. Only what they made on bars that they were not chosen on counts: it has
 * to be a gain after costs, with more of it for its swings than holding had, and too good for the luck of the best of so many. By luck
 * the Sharpe ratios of n bars vary by 1 / (n - 1), which is what the best of them is held against.
 *
 * @returns one for each; undefined where there is no report
 */
export function judged(reports: readonly (SearchReport | undefined)[]): readonly (JudgedCandidate | undefined)[] {
  const count = reports.length;
  return reports.map((report) => {
    if (report === undefined) return undefined;
    const { equity, held, trades } = report.tested;
    const { perPeriod } = equity;
    const sure =
      perPeriod &&
      deflatedSharpe(
        { ...perPeriod, returns: perPeriod.count },
        { count, variance: 1 / Math.max(1, perPeriod.count - 1) },
      );
    const lacks =
      trades < LEAST_TRADES
        ? 'trades'
        : !(equity.total > 0)
          ? 'loss'
          : !((equity.sharpe ?? 0) > Math.max(0, held.sharpe ?? 0))
            ? 'holding'
            : sure === undefined || sure < SURE_ENOUGH
              ? 'luck'
              : undefined;
    return { report, sure, lacks };
  });
}

/** Which of them is proposed: the surest that lacks nothing. @returns its place, undefined where none survived */
export function survivorOf(all: readonly (JudgedCandidate | undefined)[]): number | undefined {
  let found: number | undefined;
  all.forEach((each, i) => {
    if (each === undefined || each.lacks !== undefined) return;
    if (found === undefined || (each.sure ?? 0) > (all[found]!.sure ?? 0)) found = i;
  });
  return found;
}
