import { UserError } from '../errors.ts';
import { type Cointegration, testCointegration } from './cointegration.ts';
import { halfLife } from './half-life.ts';
import { adjustForMany } from './multiple-tests.ts';
import { mean, squaresAbout } from './sample.ts';
import { LEAST_FOR_UNIT_ROOT } from './unit-root.ts';

/** A pair as `pairReport` of its two has it. */
export interface PairTest {
  /** Places of the dependent series and of the other, in the order in which they were given. */
  readonly y: number;
  readonly x: number;
  /** Of Engle and Granger's test. */
  readonly pValue: number;
  /** The same for so many tests: the share of chance among all that are no worse. */
  readonly qValue: number;
  readonly hedgeRatio: number;
  /** In bars; infinite where nothing draws the spread back. */
  readonly halfLife: number;
  /** The last spread in standard deviations of all (population). */
  readonly z: number;
}

export interface PairsReport {
  readonly bars: number;
  /** Each pair once, the least p-value first. */
  readonly pairs: readonly PairTest[];
  /** Pairs that could not be tested: one is the other but for a factor. */
  readonly untested: number;
}

/**
 * Tests all pairs of many series for cointegration. Each is tested both ways, and the way that says less counts: whichever of the two
 * explains the other, the spread comes back.
 *
 * @param closes one row for each series, for the same bars, oldest first
 * @throws UserError for fewer than two, fewer than 12 bars, one that never moves, or values that are not finite
 * @see Y. Benjamini, D. Yekutieli, Annals of Statistics 29, 2001: the correction holds where tests lean the same way, as those do that
 *   share a series
 */
export function pairsReport(closes: readonly Float64Array[]): PairsReport {
  if (closes.length < 2) throw new UserError('too-few-symbols', `A pair is of two series, there are ${closes.length}.`);
  const bars = closes[0].length;
  if (bars < LEAST_FOR_UNIT_ROOT)
    throw new UserError('too-little-data', `Cointegration needs at least 12 bars of all, there are ${bars}.`);
  const found: Omit<PairTest, 'qValue'>[] = [];
  let untested = 0;
  for (let a = 0; a < closes.length; a++) {
    for (let b = a + 1; b < closes.length; b++) {
      const test = weaker(closes, a, b);
      if (test === undefined) untested++;
      else found.push(test);
    }
  }
  const qValues = adjustForMany(found.map(({ pValue }) => pValue));
  const pairs = found.map((test, i) => ({ ...test, qValue: qValues[i] })).sort((a, b) => a.pValue - b.pValue);
  return { bars, pairs, untested };
}

/** Undefined where one is the other but for a factor. */
function weaker(closes: readonly Float64Array[], a: number, b: number): Omit<PairTest, 'qValue'> | undefined {
  const tests = [
    [a, b],
    [b, a],
  ].map(([y, x]) => ({ y, x, test: tested(closes[y], closes[x]) }));
  const [first, second] = tests;
  if (first.test === undefined || second.test === undefined) return undefined;
  const { y, x, test } = first.test.pValue >= second.test.pValue ? first : second;
  const { line, pValue } = test!;
  const { residuals } = line;
  const deviation = Math.sqrt(squaresAbout(residuals, mean(residuals)) / residuals.length);
  const z = residuals[residuals.length - 1] / deviation;
  return { y, x, pValue, hedgeRatio: line.slope, halfLife: halfLife(residuals), z };
}

function tested(y: Float64Array, x: Float64Array): Cointegration | undefined {
  try {
    return testCointegration(y, x);
  } catch (error) {
    if (error instanceof UserError && error.code === 'same-series') return undefined;
    throw error;
  }
}
