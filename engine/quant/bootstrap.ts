import type { Interval } from './proportion.ts';
import type { Draw } from './random.ts';
import { mean, quantileOfSorted } from './sample.ts';

/** Where the true mean lies: percentiles 2.5 and 97.5 of the means of `rounds` samples drawn from these. Both are NaN of fewer than two. */
export function bootstrapMean(xs: Float64Array, draw: Draw, rounds: number): Interval {
  if (xs.length < 2) return [Number.NaN, Number.NaN];
  const center = mean(xs);
  const means = new Float64Array(rounds);
  for (let round = 0; round < rounds; round++) {
    let sum = 0;
    for (let i = 0; i < xs.length; i++) sum += xs[Math.floor(draw() * xs.length)] - center;
    means[round] = center + sum / xs.length;
  }
  means.sort();
  return [quantileOfSorted(means, 0.025), quantileOfSorted(means, 0.975)];
}
