import { MINUTES_OF_DAY } from './factors.ts';
import type { Model } from './instruments.ts';

/** What a day's minutes are drawn around. */
export interface DayPlan {
  /** Log price at each minute's start and end. */
  readonly from: Float64Array;
  readonly to: Float64Array;
  /** Variance of each minute's log return. */
  readonly variance: Float64Array;
  /** Share of the day's trades that falls to each minute; the mean is 1. */
  readonly activity: Float64Array;
  /** How much is traded on this day; the mean over all days is near 1. */
  readonly turnover: number;
}

/** A wild day is one of large trades rather than of many: the number of trades is what the operator asked for, every day. */
export function planDay(model: Model, day: number): DayPlan {
  const values = () => new Float64Array(MINUTES_OF_DAY);
  const [from, to, variance, activity] = [values(), values(), values(), values()];
  const base = Math.log(model.basePrice);
  from.fill(base);
  to.fill(base);
  for (const { factor, beta } of model.parts) {
    const { levels, variances } = factor(day);
    for (let m = 0; m < MINUTES_OF_DAY; m++) {
      from[m] += beta * levels[m];
      to[m] += beta * levels[m + 1];
      variance[m] += beta * beta * variances[m];
    }
  }
  let turnover = 0;
  for (let m = 0; m < MINUTES_OF_DAY; m++) {
    activity[m] = Math.sqrt((model.shape[m] * variance[m]) / model.minuteVariance);
    turnover += activity[m] / MINUTES_OF_DAY;
  }
  for (let m = 0; m < MINUTES_OF_DAY; m++) activity[m] /= turnover;
  return { from, to, variance, activity, turnover };
}
