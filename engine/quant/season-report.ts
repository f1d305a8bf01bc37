import type { BarColumns } from '../market/bar-history.ts';
import { DAY, HOUR } from '../market/interval.ts';
import { adjustForMany } from './multiple-tests.ts';
import { median, requireSample, requireVariation } from './sample.ts';
import { studentBeyond, studentLimit } from './student.ts';

const LEAST_BARS = 100;
/** Days and weeks that are compared at least, and what share of the usual hours or weekdays one must have. */
const LEAST_PERIODS = { hour: 10, weekday: 6 };
const WHOLE = 0.8;
/** Level of the intervals, and of what is called significant after correction. */
const LEVEL = 0.05;
/** Days before the epoch, a Thursday, on which a week began. */
const MONDAY_SHIFT = 3;

/** A mean with its interval of 95 %. */
export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** Chance, corrected for all tests of its kind, that it differs as much from the rest of the same days or weeks. */
  readonly pValue: number;
}

/** An hour of the day or a day of the week. */
export interface Season {
  readonly of: 'hour' | 'weekday';
  /** Hour 0 to 23 in which its bars begin, or weekday 0 (Monday) to 6. */
  readonly slot: number;
  /** Days, or weeks, that it was seen in. */
  readonly periods: number;
  /** Log return of a bar. */
  readonly move: Interval;
  /** Size of its log returns, in times the average of the same day or week: calm and wild weeks count alike. */
  readonly size: Interval;
}

export interface SeasonReport {
  readonly bars: number;
  /** Ms. */
  readonly from: number;
  readonly to: number;
  /** In the order of the slots, hours first. Hours or weekdays are missing where there is but one of them, or too few whole periods. */
  readonly seasons: readonly Season[];
  /** Whole days and weeks; what is not whole is left out. */
  readonly days: number;
  readonly weeks: number;
  /** How far from nought the mean return of a typical slot would have to be to stand out among so many. */
  readonly needed: number;
}

interface Cell {
  readonly count: number;
  readonly move: number;
  readonly size: number;
  /** Of the size: nearly as often above its mean as below, which a t-test over few days wants. */
  readonly root: number;
}

/**
 * Whether returns and their size depend on the hour or the weekday. Each is compared with the rest of the same day or week, by a t-test
 * over days or weeks: what is one period's alone, such as its drift or how wild it was, is no season. Returns within a bar, where the one before is missing.
 *
 * @param bars closed, oldest first
 * @param wall the clock's reading in the zone when each bar begins, as ms that read right in UTC
 * @param interval in ms, a day at most
 * @throws UserError for fewer than 100 bars, or prices that are not finite or never change
 */
export function seasonReport(bars: BarColumns, wall: Float64Array, interval: number): SeasonReport {
  const { close, open, start } = bars;
  requireSample(close, LEAST_BARS, 'A season');
  requireVariation(close, 'A season');
  const returns = Float64Array.from(close, (price, i) => {
    const follows = i > 0 && start[i] === start[i - 1] + interval;
    return Math.log(price / (follows ? close[i - 1] : open[i]));
  });
  const days = wall.map((ms) => Math.floor(ms / DAY));
  const hours = wholePeriods(
    returns,
    days,
    wall.map((ms) => Math.floor((ms % DAY) / HOUR)),
  );
  const weeks = wholePeriods(
    returns,
    days.map((day) => Math.floor((day + MONDAY_SHIFT) / 7)),
    days.map((day) => (day + MONDAY_SHIFT) % 7),
  );
  const tested = [...testsOf('hour', hours), ...testsOf('weekday', weeks)];
  const moves = adjustForMany(tested.map(({ move }) => move.pValue));
  const sizes = adjustForMany(tested.map(({ size }) => size.pValue));
  const reaches = tested.map(({ move, periods }) => {
    const error = (move.high - move.low) / 2 / studentLimit(LEVEL, periods - 1);
    return error * studentLimit(LEVEL / tested.length, periods - 1);
  });
  return {
    bars: bars.length,
    from: start[0],
    to: start[bars.length - 1] + interval,
    seasons: tested.map((each, i) => ({
      ...each,
      move: { ...each.move, pValue: moves[i] },
      size: { ...each.size, pValue: sizes[i] },
    })),
    days: hours.length,
    weeks: weeks.length,
    needed: reaches.length === 0 ? Number.POSITIVE_INFINITY : median(Float64Array.from(reaches)),
  };
}

/** The mean return and the mean size of the bars of each slot in each period that has nearly all slots. */
function wholePeriods(
  returns: Float64Array,
  periods: Float64Array,
  slots: Float64Array,
): readonly ReadonlyMap<number, Cell>[] {
  const all = new Map<number, Map<number, Cell>>();
  returns.forEach((value, i) => {
    const cells = all.get(periods[i]) ?? new Map<number, Cell>();
    const { count, move, size, root } = cells.get(slots[i]) ?? { count: 0, move: 0, size: 0, root: 0 };
    const length = Math.abs(value);
    cells.set(slots[i], { count: count + 1, move: move + value, size: size + length, root: root + Math.sqrt(length) });
    all.set(periods[i], cells);
  });
  const cells = [...all.values()];
  const most = Math.max(...cells.map((each) => each.size));
  const usual = median(Float64Array.from(cells.flatMap((each) => [...each.values()].map(({ count }) => count))));
  return cells
    .map(
      (each) =>
        new Map([...each].filter(([, { count }]) => count >= usual / 2).map(([slot, cell]) => [slot, meanOf(cell)])),
    )
    .filter((each) => each.size >= WHOLE * most);
}

const meanOf = ({ count, move, size, root }: Cell): Cell => ({
  count,
  move: move / count,
  size: size / count,
  root: root / count,
});

function testsOf(of: Season['of'], periods: readonly ReadonlyMap<number, Cell>[]): readonly Season[] {
  const slots = [...new Set(periods.flatMap((cells) => [...cells.keys()]))].sort((a, b) => a - b);
  if (slots.length < 2 || periods.length < LEAST_PERIODS[of]) return [];
  return slots.flatMap((slot) => {
    const own = periods.filter((cells) => cells.has(slot));
    if (own.length < LEAST_PERIODS[of]) return [];
    const moves = own.map((cells) => cells.get(slot)!.move);
    const off = own.map((cells, i) => moves[i] - othersMean(cells, slot));
    const sizes = own.map((cells) => timesAverage(cells, slot, 'size'));
    const roots = own.map((cells) => timesAverage(cells, slot, 'root') - 1);
    return [{ of, slot, periods: own.length, move: meanWithin(moves, off), size: meanWithin(sizes, roots) }];
  });
}

/** The mean return of the other slots. */
function othersMean(cells: ReadonlyMap<number, Cell>, slot: number): number {
  let sum = 0;
  for (const [other, { move }] of cells) if (other !== slot) sum += move;
  return sum / (cells.size - 1);
}

/** A slot's value in times the mean of all; 1 where nothing moved. */
function timesAverage(cells: ReadonlyMap<number, Cell>, slot: number, of: 'size' | 'root'): number {
  let sum = 0;
  for (const cell of cells.values()) sum += cell[of];
  return sum > 0 ? (cells.get(slot)![of] * cells.size) / sum : 1;
}

/** The mean of `xs` with its interval, and how often chance gives what lies as far `off` nought on average. */
function meanWithin(xs: readonly number[], off: readonly number[]): Interval {
  const { mean, error } = meanAndError(xs);
  const reach = studentLimit(LEVEL, xs.length - 1) * error;
  const test = meanAndError(off);
  const t = test.error > 0 ? test.mean / test.error : 0;
  return { mean, low: mean - reach, high: mean + reach, pValue: studentBeyond(t, xs.length - 1) };
}

function meanAndError(xs: readonly number[]): { readonly mean: number; readonly error: number } {
  const mean = xs.reduce((sum, x) => sum + x, 0) / xs.length;
  const squares = xs.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / (xs.length - 1) / xs.length) };
}
