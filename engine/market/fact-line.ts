import { barStart, MINUTE } from './interval.ts';

/** What happened to one fact, oldest first: `values[i]` became known at `times[i]` (ms). */
export interface FactPoints {
  readonly times: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

/** One value of a fact: what it says, of when (`ts`), and when it became known (`at`), in ms. */
export interface FactPoint {
  readonly ts: number;
  readonly at: number;
  readonly value: number;
}

/** Facts that count what happens: their values are added up within a bar. All others hold until the next one. */
const SUMMED: ReadonlySet<string> = new Set(['liquidations']);

export const isSummed = (name: string): boolean => SUMMED.has(name);

/** Newest points that are kept as they came; of older ones there is one for each minute. */
const FINE = 1_024;
/** What is kept in any case, in ms. */
const KEPT_MS = 4 * 3_600_000;
/** An event that is older than the newest one by more than this is left out, in ms. */
const LATE_EVENT_MS = MINUTE;

/** All that is known of one fact of one instrument, or of none: its newest value and the way there. */
export class FactLine {
  readonly isSummed: boolean;
  readonly times: number[] = [];
  readonly values: number[] = [];
  /** Time that the newest value speaks of, in ms; NaN before the first. */
  newestTs = Number.NaN;
  /** Values that came after a newer one. */
  late = 0;
  private kept = KEPT_MS;
  /** Points that there may be before they are thinned out. */
  private most = 2 * FINE;

  constructor(name: string) {
    this.isSummed = isSummed(name);
  }

  get length(): number {
    return this.times.length;
  }

  /** The newest value; NaN before the first. */
  get value(): number {
    return this.length === 0 ? Number.NaN : this.values[this.length - 1];
  }

  /** When the newest value became known, in ms; NaN before the first. */
  get newestAt(): number {
    return this.length === 0 ? Number.NaN : this.times[this.length - 1];
  }

  /** Keeps at least the last `ms` from now on. */
  widen(ms: number): void {
    if (ms > this.kept) this.kept = ms;
  }

  /** Takes a value that becomes known at `at`, not before any other. @returns false where a newer one is known: it is left out */
  take({ ts, at, value }: FactPoint): boolean {
    if (ts < this.newestTs - (this.isSummed ? LATE_EVENT_MS : 0)) {
      this.late++;
      return false;
    }
    if (!(ts < this.newestTs)) this.newestTs = ts;
    // After a restart older times may be told again.
    this.times.push(this.length === 0 ? at : Math.max(at, this.newestAt));
    this.values.push(value);
    if (this.length > this.most) this.thin();
    return true;
  }

  /** Takes up what was known before all that is known here. @returns whether there was any */
  learn(points: readonly FactPoint[]): boolean {
    const first = this.length === 0 ? Number.POSITIVE_INFINITY : this.times[0];
    const older = points.filter(({ at }) => at < first);
    if (older.length === 0) return false;
    const newest = older[older.length - 1];
    if (Number.isNaN(this.newestTs)) this.newestTs = newest.ts;
    const from = newest.at - this.kept;
    // The one before the beginning says what held then.
    const begin = Math.max(0, older.findIndex(({ at }) => at > from) - 1);
    this.times.unshift(...older.slice(begin).map(({ at }) => at));
    this.values.unshift(...older.slice(begin).map(({ value }) => value));
    return true;
  }

  /** Of all but the newest points leaves one for each minute, and drops what is too old; the one before that stays. */
  private thin(): void {
    const { times, values } = this;
    const fine = this.length - FINE;
    const from = this.newestAt - this.kept;
    let to = 0;
    for (let i = 0; i < this.length; i++) {
      const joins = to > 0 && i < fine && barStart(times[to - 1], MINUTE) === barStart(times[i], MINUTE);
      if (joins) to--;
      const value = joins && this.isSummed ? values[to] + values[i] : values[i];
      if (to === 1 && times[i] <= from) to = 0;
      times[to] = times[i];
      values[to++] = value;
    }
    times.length = to;
    values.length = to;
    this.most = to + FINE;
  }
}

/** First place of a time that is not before `ts`, in ascending times. */
function placeOf(times: ArrayLike<number>, ts: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle] < ts) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The value that was known just before `end`; NaN before the first. */
export function lastBefore({ times, values }: FactPoints, end: number): number {
  const at = placeOf(times, end);
  return at === 0 ? Number.NaN : values[at - 1];
}

/** When that value became known, in ms; -infinity before the first. */
export function timeBefore({ times }: FactPoints, end: number): number {
  const at = placeOf(times, end);
  return at === 0 ? Number.NEGATIVE_INFINITY : times[at - 1];
}

/** The sum of what became known from `start` on and before `end`; NaN where nothing was known before `end`. */
export function sumWithin({ times, values }: FactPoints, start: number, end: number): number {
  const to = placeOf(times, end);
  if (to === 0) return Number.NaN;
  let sum = 0;
  for (let i = placeOf(times, start); i < to; i++) sum += values[i];
  return sum;
}
