import { createCache } from './lru.ts';
import { createRandom, hashText } from './random.ts';

/** How a factor moves within one UTC day. */
export interface FactorDay {
  /** Log value at the start of each minute and at the end of the last: 1441 values. */
  readonly levels: Float64Array;
  /** Variance of each minute's log return: 1440 values. */
  readonly variances: Float64Array;
}

/** A random process in log units that is a pure function of seed and day (days since the epoch, 0 and later). */
export type Factor = (day: number) => FactorDay;

/** Market weather: 0 calm, 1 normal, 2 wild. */
export interface Regimes {
  ofDay(day: number): number;
  /** Share of the day's variance that falls to each of its 24 hours; the mean is 1. */
  ofHours(day: number): Float64Array;
}

export const MINUTES_OF_DAY = 1440;
const CACHED_DAYS = 16;
/** Scale of the day's returns in each weather; the mean square over the chain is near 1. */
const DAY_SCALE = [0.62, 1.03, 2.16];
const HOUR_WEIGHT = [0.5, 1, 2.5];
/** Probability to go from one weather (row) to the next day's (column). */
const DAY_STEPS = [
  [0.87, 0.12, 0.01],
  [0.11, 0.86, 0.03],
  [0, 0.25, 0.75],
];
const HOUR_STEPS = [
  [0.8, 0.19, 0.01],
  [0.1, 0.82, 0.08],
  [0.02, 0.28, 0.7],
];

function stepFrom(row: readonly number[], draw: number): number {
  if (draw < row[0]) return 0;
  return draw < row[0] + row[1] ? 1 : 2;
}

/** Computes a chain of values once, as far as it was asked for; `step` is called for 0, 1, 2 … in order. */
function createChain(step: (index: number, previous: number) => number): (index: number) => number {
  let values = new Float64Array(32_768);
  let length = 0;
  return (index) => {
    while (length <= index) {
      if (length === values.length) {
        const longer = new Float64Array(values.length * 2);
        longer.set(values);
        values = longer;
      }
      values[length] = step(length, length > 0 ? values[length - 1] : 0);
      length++;
    }
    return values[index];
  };
}

export function createRegimes(seed: string, group: string): Regimes {
  const random = createRandom();
  const stream = hashText(`${seed}/regime/${group}`);
  const days = createRandom();
  days.seed(stream, 0);
  const ofDay = createChain((index, previous) => (index === 0 ? 1 : stepFrom(DAY_STEPS[previous], days.next())));
  return {
    ofDay,
    ofHours: createCache(CACHED_DAYS, (day) => {
      random.seed(stream, day + 1);
      const weights = new Float64Array(24);
      let weather = ofDay(day);
      let sum = 0;
      for (let hour = 0; hour < 24; hour++) {
        weather = stepFrom(HOUR_STEPS[weather], random.next());
        weights[hour] = HOUR_WEIGHT[weather];
        sum += weights[hour];
      }
      return weights.map((weight) => (weight * 24) / sum);
    }),
  };
}

export interface DriftingOptions {
  readonly seed: string;
  readonly name: string;
  /** Standard deviation of a year's log return. */
  readonly yearly: number;
  readonly regimes: Regimes;
  /** Weight of each minute of the day in its variance; the mean is 1. */
  readonly shape: Float64Array;
}

/** Days after which half of a departure from the long-run level is gone: prices stay near where they are known. */
const REVERSION_DAYS = 45;
const JUMP_CHANCE = 0.03;
const JUMP_SCALE = 2.5;
const TREND_DAYS = 7;
const TREND_SCALE = 0.12;

/** A price-like factor: volatility in regimes, weekly trends, rare jumps, pulled gently to 0. */
export function createDrifting({ seed, name, yearly, regimes, shape }: DriftingOptions): Factor {
  const stream = hashText(`${seed}/drifting/${name}`);
  const daily = yearly / Math.sqrt(365) / Math.sqrt(1 + JUMP_CHANCE * JUMP_SCALE ** 2);
  const keep = 2 ** (-1 / REVERSION_DAYS);
  const days = createRandom();
  days.seed(stream, 0);
  let trend = 0;
  // Chains are only ever walked forward, so each may draw from a source of its own.
  const moves = createChain((day) => {
    if (day % TREND_DAYS === 0) trend = days.gauss() * TREND_SCALE * daily;
    return trend + days.gauss() * daily * DAY_SCALE[regimes.ofDay(day)];
  });
  const random = createRandom();
  random.seed(hashText(`${seed}/jump/${name}`), 0);
  const jumps = createChain(() => (random.next() < JUMP_CHANCE ? random.gauss() * JUMP_SCALE * daily : 0));
  const level = createChain((day, previous) => (day === 0 ? 0 : previous * keep + moves(day - 1) + jumps(day - 1)));
  const paths = createRandom();
  return createCache(CACHED_DAYS, (day) => {
    paths.seed(stream, day + 1);
    const hours = regimes.ofHours(day);
    const jumpAt = Math.floor(paths.next() * MINUTES_OF_DAY);
    const total = level(day + 1) - level(day) - jumps(day);
    const variance = (daily * DAY_SCALE[regimes.ofDay(day)]) ** 2;
    const variances = new Float64Array(MINUTES_OF_DAY);
    let weights = 0;
    for (let m = 0; m < MINUTES_OF_DAY; m++) weights += variances[m] = hours[Math.floor(m / 60)] * shape[m];
    const steps = new Float64Array(MINUTES_OF_DAY);
    let sum = 0;
    for (let m = 0; m < MINUTES_OF_DAY; m++) {
      variances[m] *= variance / weights;
      sum += steps[m] = Math.sqrt(variances[m]) * paths.gauss();
    }
    // A bridge: what the free steps miss of the day's move is shared out by variance.
    const levels = new Float64Array(MINUTES_OF_DAY + 1);
    levels[0] = level(day);
    for (let m = 0; m < MINUTES_OF_DAY; m++) {
      const step = steps[m] + (variances[m] / variance) * (total - sum) + (m === jumpAt ? jumps(day) : 0);
      levels[m + 1] = levels[m] + step;
    }
    return { levels, variances };
  });
}

export interface RevertingOptions {
  readonly seed: string;
  readonly name: string;
  /** Standard deviation of the process itself. */
  readonly deviation: number;
  readonly halfLifeMinutes: number;
}

/** A stationary Ornstein-Uhlenbeck process: a spread that comes back. */
export function createReverting({ seed, name, deviation, halfLifeMinutes }: RevertingOptions): Factor {
  const stream = hashText(`${seed}/reverting/${name}`);
  const keep = 2 ** (-1 / halfLifeMinutes);
  const keepDay = keep ** MINUTES_OF_DAY;
  const stepDeviation = deviation * Math.sqrt(1 - keep * keep);
  const days = createRandom();
  days.seed(stream, 0);
  const level = createChain((day, previous) =>
    day === 0
      ? deviation * days.gauss()
      : previous * keepDay + deviation * Math.sqrt(1 - keepDay * keepDay) * days.gauss(),
  );
  const paths = createRandom();
  return createCache(CACHED_DAYS, (day) => {
    paths.seed(stream, day + 1);
    const levels = new Float64Array(MINUTES_OF_DAY + 1);
    levels[0] = level(day);
    for (let m = 0; m < MINUTES_OF_DAY; m++) levels[m + 1] = levels[m] * keep + stepDeviation * paths.gauss();
    // Conditioning on the day's end (Matheron's rule): add what is missing, as it correlates with each minute.
    const missing = level(day + 1) - levels[MINUTES_OF_DAY];
    const whole = 1 - keepDay * keepDay;
    for (let m = 1; m <= MINUTES_OF_DAY; m++) {
      levels[m] += (missing * keep ** (MINUTES_OF_DAY - m) * (1 - keep ** (2 * m))) / whole;
    }
    return { levels, variances: new Float64Array(MINUTES_OF_DAY).fill(stepDeviation ** 2) };
  });
}
