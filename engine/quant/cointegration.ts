import { UserError } from '../errors.ts';
import { fitLine, type Line } from './least-squares.ts';
import { testUnitRoot, type UnitRootTest } from './unit-root.ts';

/** A line that explains nearly all leaves rounding, not a spread. */
const TOO_CLOSE = 1e-12;

export interface Cointegration extends UnitRootTest {
  readonly line: Line;
}

/**
 * The two steps of Engle and Granger: whether a line through two prices leaves what is drawn back to its mean.
 *
 * @param y the dependent series, oldest first
 * @param x the other, as many values
 * @returns the line and the Dickey-Fuller test of what it leaves; its p-value allows for the line having been fitted
 * @throws UserError as `fitLine` and `testUnitRoot`, and where one is the other, moved and scaled
 * @see R. F. Engle, C. W. J. Granger, Econometrica 55, 1987
 */
export function testCointegration(y: Float64Array, x: Float64Array): Cointegration {
  const line = fitLine(y, x);
  if (1 - line.r2 < TOO_CLOSE)
    throw new UserError('same-series', 'The two series are the same but for a factor: there is no spread to test.');
  return { line, ...testUnitRoot(line.residuals, { constant: false, tau: 'residuals' }) };
}
