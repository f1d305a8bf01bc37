import { requireSameLength, requireSample, requireVariation } from './sample.ts';

export interface KalmanOptions {
  /** How much the line may move from bar to bar, 0 to 1: 0.0001 unless said. */
  readonly delta?: number;
  /** Variance of what the line does not explain, in the units of `y` squared; 0.001 unless said. */
  readonly noise?: number;
  /** Variance of slope and intercept about nought before the first bar; 0 unless said: then they are found slowly. */
  readonly prior?: number;
}

/** A line that moves: each array holds one value for each bar, as known at that bar. */
export interface MovingLine {
  readonly slope: Float64Array;
  readonly intercept: Float64Array;
  /** `y` less what the line of the bar before foresaw. */
  readonly surprise: Float64Array;
  /** Standard deviation that the surprise was foreseen to have. */
  readonly expected: Float64Array;
}

/**
 * The line of `y` on `x` as it moves in time, by Kalman's filter: slope and intercept walk at random, each bar corrects them. Nothing of
 * later bars is used.
 *
 * @param y what is explained, oldest first
 * @param x what it is held against, as many
 * @throws UserError for fewer than 3 values, values that are not finite, or an `x` that does not move
 * @see E. P. Chan, Algorithmic Trading, 2013, chapter 3
 */
export function followLine(y: Float64Array, x: Float64Array, options: KalmanOptions = {}): MovingLine {
  requireSameLength(y, x, 'A moving line');
  requireSample(y, 3, 'A moving line');
  requireSample(x, 3, 'A moving line');
  requireVariation(x, 'A moving line');
  const { delta = 1e-4, noise = 1e-3, prior = 0 } = options;
  const walk = delta / (1 - delta);
  const n = y.length;
  const line = { slope: new Float64Array(n), intercept: new Float64Array(n) };
  const [surprise, expected] = [new Float64Array(n), new Float64Array(n)];
  let [slope, intercept] = [0, 0];
  // Covariance of (slope, intercept): symmetric.
  let [p11, p12, p22] = [prior, 0, prior];
  for (let i = 0; i < n; i++) {
    if (i > 0) {
      p11 += walk;
      p22 += walk;
    }
    const [toSlope, toIntercept] = [p11 * x[i] + p12, p12 * x[i] + p22];
    const variance = toSlope * x[i] + toIntercept + noise;
    surprise[i] = y[i] - slope * x[i] - intercept;
    expected[i] = Math.sqrt(variance);
    const [gainSlope, gainIntercept] = [toSlope / variance, toIntercept / variance];
    slope += gainSlope * surprise[i];
    intercept += gainIntercept * surprise[i];
    p11 -= gainSlope * toSlope;
    p12 -= gainSlope * toIntercept;
    p22 -= gainIntercept * toIntercept;
    line.slope[i] = slope;
    line.intercept[i] = intercept;
  }
  return { ...line, surprise, expected };
}
