import { squaresByLags } from './lag-choice.ts';
import { fitColumns } from './least-squares.ts';
import { type TauCase, tauBelow } from './mackinnon.ts';
import { requireSample, requireVariation } from './sample.ts';

/** What the augmented Dickey-Fuller test says. */
export interface UnitRootTest {
  /** The t-value of the level: the further below zero, the less of a random walk. */
  readonly statistic: number;
  /** How often a random walk gives a statistic as low. */
  readonly pValue: number;
  /** Lagged changes that were taken into account. */
  readonly lags: number;
  /** Changes that were explained. */
  readonly used: number;
}

export interface UnitRootOptions {
  /** Whether the mean is one of the things that are estimated. Default: yes; residuals of a regression have none. */
  readonly constant?: boolean;
  /** Lagged changes at most; default Schwert's rule, 12 (n / 100)^(1/4). */
  readonly maxLags?: number;
  /** What the p-value is of; default: a series that was not made by a regression. */
  readonly tau?: TauCase;
}

/** Values that the test wants at least. */
export const LEAST_FOR_UNIT_ROOT = 12;

/**
 * Augmented Dickey-Fuller test: whether a series is drawn back to a mean. The number of lagged changes is the one with the least
 * information criterion of Akaike, over the same changes for each.
 *
 * @param xs the series, oldest first
 * @throws UserError for fewer than 12 values, values that are not finite or never change
 * @see S. E. Said, D. A. Dickey, Biometrika 71, 1984; p-values as J. G. MacKinnon, J. Business & Economic Statistics 12, 1994
 */
export function testUnitRoot(xs: Float64Array, options: UnitRootOptions = {}): UnitRootTest {
  const { constant = true } = options;
  requireSample(xs, LEAST_FOR_UNIT_ROOT, 'The ADF test');
  requireVariation(xs, 'The ADF test');
  const trend = constant ? 1 : 0;
  const rule = Math.ceil(12 * (xs.length / 100) ** 0.25);
  const most = Math.max(0, Math.min(options.maxLags ?? rule, Math.floor(xs.length / 2) - trend - 1));
  const lags = bestLags(xs, most, constant);
  const { target, columns } = design(xs, lags, constant);
  const { coefficients, errors } = fitColumns(target, columns);
  const statistic = coefficients[trend] / errors[trend];
  const pValue = tauBelow(statistic, options.tau ?? (constant ? 'constant' : 'none'));
  return { statistic, pValue, lags, used: target.length };
}

function bestLags(xs: Float64Array, most: number, constant: boolean): number {
  const squares = squaresByLags(xs, most, constant) ?? squaresOfFits(xs, most, constant);
  const rows = xs.length - 1 - most;
  const first = constant ? 2 : 1;
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  for (let lags = 0; lags <= most; lags++) {
    const criterion = rows * Math.log(squares[lags] / rows) + 2 * (first + lags);
    if (criterion < least) [best, least] = [lags, criterion];
  }
  return best;
}

/** As `squaresByLags`, slower and to the last digit. */
function squaresOfFits(xs: Float64Array, most: number, constant: boolean): Float64Array {
  const { target, columns } = design(xs, most, constant);
  return fitColumns(target, columns).nested.slice(constant ? 1 : 0);
}

/** The changes, and what they are explained by: a constant, the level before, and the changes before. */
function design(xs: Float64Array, lags: number, constant: boolean): { target: Float64Array; columns: Float64Array[] } {
  const rows = xs.length - 1 - lags;
  const changes = Float64Array.from({ length: xs.length - 1 }, (_, i) => xs[i + 1] - xs[i]);
  const columns = constant ? [new Float64Array(rows).fill(1)] : [];
  columns.push(xs.slice(lags, lags + rows));
  for (let lag = 1; lag <= lags; lag++) columns.push(changes.slice(lags - lag, lags - lag + rows));
  return { target: changes.slice(lags), columns };
}
