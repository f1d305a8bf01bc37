import { testCointegration } from './cointegration.ts';
import { correlation } from './correlation.ts';
import { halfLife } from './half-life.ts';
import { fitHuber } from './huber.ts';
import { followLine } from './kalman.ts';
import { logReturns, mean, squaresAbout } from './sample.ts';
import { testUnitRoot, type UnitRootTest } from './unit-root.ts';

/** Bars over which the correlation rolls, where there are twice as many. */
const ROLLING = 60;
/** What the line may move by from bar to bar, as a variance where both prices are about 1: a thousandth of itself. */
const DELTA = 1e-6;
/** Nothing is known of the line before the first bar. */
const PRIOR = 100;

/** How two prices hang together. Prices of `y` are explained by those of `x`. */
export interface PairReport {
  readonly bars: number;
  /** By least squares, in units of `y` for one of `x`. */
  readonly hedgeRatio: number;
  readonly hedgeError: number;
  readonly intercept: number;
  readonly r2: number;
  /** By Huber's regression, which odd bars bend less. */
  readonly huberRatio: number;
  /** As Kalman's filter has it at each bar. */
  readonly kalmanRatio: Float64Array;
  /** Of the log returns. */
  readonly correlation: number;
  /** The same over the bars before each, NaN where there are too few. */
  readonly rolling: Float64Array;
  readonly rollingBars: number;
  /** What `y` is above the line, at each bar, in its own units. */
  readonly spreads: Float64Array;
  readonly spread: number;
  /** The last spread in standard deviations of all (population); 0 where it never moves. */
  readonly z: number;
  /** Of the spread, as a series of its own. */
  readonly adf: UnitRootTest;
  /** Of the spread, allowing for the line having been fitted. */
  readonly engleGranger: UnitRootTest;
  /** In bars; infinite where nothing draws the spread back. */
  readonly halfLife: number;
}

/**
 * @param y closes of the dependent instrument, oldest first
 * @param x closes of the other for the same bars
 * @throws UserError for fewer than 12 bars, lengths that differ, prices that never change, or two of the same
 */
export function pairReport(y: Float64Array, x: Float64Array): PairReport {
  const { line, ...engleGranger } = testCointegration(y, x);
  const { residuals } = line;
  const squares = residuals.reduce((sum, value) => sum + value * value, 0);
  const deviation = Math.sqrt(squares / residuals.length);
  const spread = residuals[residuals.length - 1];
  const [returnsY, returnsX] = [logReturns(y), logReturns(x)];
  const rollingBars = Math.min(ROLLING, Math.floor(y.length / 2));
  return {
    bars: y.length,
    hedgeRatio: line.slope,
    hedgeError: line.slopeError,
    intercept: line.intercept,
    r2: line.r2,
    huberRatio: fitHuber(y, x).slope,
    kalmanRatio: kalmanRatios(y, x, deviation),
    correlation: correlation(returnsY, returnsX),
    rolling: rollingCorrelation(returnsY, returnsX, rollingBars),
    rollingBars,
    spreads: residuals,
    spread,
    z: deviation > 0 ? spread / deviation : 0,
    adf: testUnitRoot(residuals),
    engleGranger,
    halfLife: halfLife(residuals),
  };
}

/** The filter in units of the prices' own size, so that one step is as large whatever a coin costs. */
function kalmanRatios(y: Float64Array, x: Float64Array, deviation: number): Float64Array {
  const [sizeY, sizeX] = [mean(y), mean(x)];
  const noise = Math.max(1e-12, (deviation / sizeY) ** 2);
  const { slope } = followLine(
    y.map((value) => value / sizeY),
    x.map((value) => value / sizeX),
    { delta: DELTA, noise, prior: PRIOR },
  );
  return slope.map((value) => (value * sizeY) / sizeX);
}

/** One value for each bar: returns begin with the second. */
function rollingCorrelation(a: Float64Array, b: Float64Array, window: number): Float64Array {
  const values = new Float64Array(a.length + 1).fill(Number.NaN);
  for (let end = window; end <= a.length; end++) {
    const [u, v] = [a.subarray(end - window, end), b.subarray(end - window, end)];
    const [meanU, meanV] = [mean(u), mean(v)];
    let cross = 0;
    for (let i = 0; i < window; i++) cross += (u[i] - meanU) * (v[i] - meanV);
    const scale = Math.sqrt(squaresAbout(u, meanU) * squaresAbout(v, meanV));
    values[end] = scale > 0 ? cross / scale : Number.NaN;
  }
  return values;
}
