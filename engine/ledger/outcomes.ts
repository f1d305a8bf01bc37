import { bootstrapMean } from '../quant/bootstrap.ts';
import { type Interval, wilsonInterval } from '../quant/proportion.ts';
import { createDraw } from '../quant/random.ts';
import { mean, quantileOfSorted } from '../quant/sample.ts';
import { type Costs, resultAfterCosts } from './costs.ts';

/** What is known of an instrument's prices: closes with the times from which on they were known, in ms, oldest first. */
export interface PricePath {
  readonly ends: Float64Array;
  readonly closes: Float64Array;
}

/** A signal as far as its result depends on it. */
export interface Entry {
  /** Which of the paths it is on. */
  readonly path: number;
  readonly side: 'long' | 'short';
  readonly price: number;
  /** Ms since the epoch. */
  readonly ts: number;
  /** When and with what result (a fraction after costs) it ended; undefined while it runs. */
  readonly exit: { readonly ts: number; readonly result: number } | undefined;
}

export interface RecordInput {
  readonly entries: readonly Entry[];
  readonly paths: readonly PricePath[];
  readonly costs: Costs;
  /** In ms. */
  readonly horizons: readonly number[];
  readonly seed: number;
  /** Random entries are drawn so often. */
  readonly rounds: number;
}

/** What entries came to, beside random ones. Results are fractions after costs, intervals hold 95 of 100. */
export interface RecordRow {
  /** For how long they were held, in ms; undefined: up to their exit. */
  readonly horizon: number | undefined;
  readonly count: number;
  /** Results above zero. */
  readonly hits: number;
  readonly hitInterval: Interval;
  readonly mean: number;
  readonly meanInterval: Interval;
  /** Of random entries on the same instruments, with the same sides and holding times: their mean, and where it lies by chance. */
  readonly base: number;
  readonly baseInterval: Interval;
  readonly baseHitRate: number;
  /** How often random entries did as well, 0 to 1. */
  readonly pValue: number;
}

/** Place of the newest close that was known at `ts`; -1 before the first. */
function placeAt(ends: Float64Array, ts: number): number {
  let [low, high] = [0, ends.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ends[middle] <= ts) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The price that was known at `ts`; NaN before the first and behind the last one. */
export function priceAt({ ends, closes }: PricePath, ts: number): number {
  const place = placeAt(ends, ts);
  return place < 0 || ts > ends[ends.length - 1] ? Number.NaN : closes[place];
}

/** An entry that was held for a time, with what it came to. */
interface Held {
  readonly entry: Entry;
  readonly holdMs: number;
  readonly result: number;
}

function heldFor(input: RecordInput, horizon: number | undefined): readonly Held[] {
  const { entries, paths, costs } = input;
  return entries.flatMap((entry) => {
    const path = paths[entry.path];
    const { side, price, ts, exit } = entry;
    const holdMs = horizon ?? (exit === undefined ? Number.NaN : exit.ts - ts);
    const result =
      horizon === undefined
        ? (exit?.result ?? Number.NaN)
        : resultAfterCosts(side, price, priceAt(path, ts + horizon), costs);
    const span = path.ends[path.ends.length - 1] - path.ends[0];
    // Without a place for a random entry of the same length there is nothing to compare it with.
    return Number.isFinite(result) && holdMs >= 0 && ts >= path.ends[0] && span > holdMs
      ? [{ entry, holdMs, result }]
      : [];
  });
}

/**
 * Means and hit rates of random entries: in each round all entries are moved by the same random part of the time that prices are known of,
 * around its end to its beginning. So they stay as far apart as they are, and what is bunched together does not pass for many.
 */
function randomEntries(held: readonly Held[], { paths, costs, rounds }: RecordInput, draw: () => number) {
  const means = new Float64Array(rounds);
  let hits = 0;
  for (let round = 0; round < rounds; round++) {
    const part = draw();
    let sum = 0;
    for (const { entry, holdMs } of held) {
      const path = paths[entry.path];
      const first = path.ends[0];
      // An entry of that length fits into so much of it.
      const room = path.ends[path.ends.length - 1] - first - holdMs;
      const at = first + ((entry.ts - first + part * room) % room);
      const result = resultAfterCosts(entry.side, priceAt(path, at), priceAt(path, at + holdMs), costs);
      sum += result;
      if (result > 0) hits++;
    }
    means[round] = sum / held.length;
  }
  return { means: means.sort(), hitRate: hits / (rounds * held.length) };
}

function rowOf(input: RecordInput, horizon: number | undefined): RecordRow | undefined {
  const held = heldFor(input, horizon);
  if (held.length === 0) return undefined;
  const draw = createDraw(input.seed);
  const results = Float64Array.from(held, ({ result }) => result);
  const center = mean(results);
  const hits = results.reduce((sum, result) => sum + (result > 0 ? 1 : 0), 0);
  const { means, hitRate } = randomEntries(held, input, draw);
  const asGood = means.reduce((sum, each) => sum + (each >= center ? 1 : 0), 0);
  return {
    ...{ horizon, count: held.length, hits, hitInterval: wilsonInterval(hits, held.length) },
    ...{ mean: center, meanInterval: bootstrapMean(results, draw, input.rounds) },
    ...{ base: mean(means), baseInterval: [quantileOfSorted(means, 0.025), quantileOfSorted(means, 0.975)] },
    ...{ baseHitRate: hitRate, pValue: (asGood + 1) / (means.length + 1) },
  };
}

/** What entries came to at each horizon, then at their exit; a horizon that none has reached is left out. */
export function trackRecord(input: RecordInput): readonly RecordRow[] {
  return [...input.horizons, undefined].flatMap((horizon) => rowOf(input, horizon) ?? []);
}
