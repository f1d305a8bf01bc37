import { DAY, HOUR } from '../../engine/market/interval.ts';
import { type FactSeries, wanderingValue } from './facts.ts';
import { inNewYork, nthWeekday } from './new-york.ts';

/** One release of the statistics. */
interface Release {
  readonly ts: number;
  /** Counts the releases of its kind since 1970. */
  readonly index: number;
}

const MORNING = 8.5 * HOUR;
const AFTERNOON = 14 * HOUR;
const FRIDAY = 5;
const WEDNESDAY = 3;
/** Months (0: January) in which rates are decided. */
const MEETINGS = [0, 2, 4, 5, 6, 8, 10, 11];

type Calendar = (year: number) => readonly Release[];

const monthly =
  (day: (year: number, month: number) => number): Calendar =>
  (year) =>
    Array.from({ length: 12 }, (_, month) => ({
      ts: inNewYork(day(year, month), MORNING),
      index: (year - 1970) * 12 + month,
    }));

const quarterly: Calendar = (year) =>
  [0, 1, 2, 3].map((quarter) => ({
    ts: inNewYork(Date.UTC(year, quarter * 3, 28), MORNING),
    index: (year - 1970) * 4 + quarter,
  }));

const meetings: Calendar = (year) =>
  MEETINGS.map((month, i) => ({
    ts: inNewYork(nthWeekday(year, month, WEDNESDAY, 3), AFTERNOON),
    index: (year - 1970) * MEETINGS.length + i,
  }));

/** The economy, in percent, on the days and hours on which the United States tell of theirs. */
export function economyOf(seed: string): readonly FactSeries[] {
  const firstFriday = (year: number, month: number) => nthWeekday(year, month, FRIDAY, 1);
  const twelfth = (year: number, month: number) => Date.UTC(year, month, 12);
  return [
    indicator(seed, 'gdp_growth_rate', quarterly, { mean: 2.1, deviation: 1.2, step: 0.1, least: -10 }),
    indicator(seed, 'inflation_rate', monthly(twelfth), { mean: 2.8, deviation: 0.9, step: 0.1, least: -2 }),
    indicator(seed, 'unemployment_rate', monthly(firstFriday), { mean: 4.3, deviation: 0.7, step: 0.1, least: 1 }),
    indicator(seed, 'interest_rate', meetings, { mean: 3.5, deviation: 1.2, step: 0.25, least: 0 }),
  ];
}

interface Numbers {
  readonly mean: number;
  readonly deviation: number;
  readonly step: number;
  readonly least: number;
}

function indicator(seed: string, name: string, calendar: Calendar, numbers: Numbers): FactSeries {
  const { mean, deviation, step, least } = numbers;
  const wander = wanderingValue(seed, name, mean, deviation);
  const near = (ts: number): readonly Release[] => {
    const year = new Date(ts).getUTCFullYear();
    return [...calendar(year - 1), ...calendar(year), ...calendar(year + 1)];
  };
  const lastRelease = (at: number): Release | undefined => near(at).findLast(({ ts }) => ts <= at);
  return {
    name,
    instrument: undefined,
    next: (after) => near(after).find(({ ts }) => ts > after)?.ts ?? after + 400 * DAY,
    last: (at) => lastRelease(at)?.ts ?? 0,
    value: (ts) => {
      const steps = Math.round(Math.max(least, wander(lastRelease(ts)?.index ?? 0)) / step);
      return Math.round(steps * step * 100) / 100;
    },
  };
}
