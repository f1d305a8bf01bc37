import type { NaiveFact, NaiveMarket, NaiveTrack, Seen } from './market.ts';
import { beganWithFacts, growing, isMoved, type NaiveSeries, newest, secondNewest } from './points.ts';

/** Facts that tapes tell: one holds until the next, one of no instrument, and one that counts events. */
export const FACT_NAMES = ['oi', 'gdp_growth_rate', 'liquidations'] as const;

export const isFactName = (name: string): boolean => (FACT_NAMES as readonly string[]).includes(name);

/** A fact of an instrument or of none, with the closes of the instrument's bars. */
export function factSeries(name: string, market: NaiveMarket, instrument: string, interval: number): NaiveSeries {
  const told = [market.fact(name, instrument), market.fact(name)];
  const clock = market.track(instrument, interval);
  const tracks = [clock, ...told.map((fact) => momentsOf(fact, instrument, interval))];
  const self = { name: `${instrument}!${name}@${interval}`, tracks, interval };
  const isSum = name === 'liquidations';
  const between = (start: number, end: number, without = 0): number => {
    const points = told.flatMap((fact) => fact.points).sort((a, b) => a.at - b.at);
    const before = points.slice(0, points.length - without).filter(({ at }) => at < end);
    if (before.length === 0) return Number.NaN;
    if (!isSum) return before[before.length - 1].value;
    return before.filter(({ at }) => at >= start).reduce((sum, { value }) => sum + value, 0);
  };
  const closed = growing(tracks, ({ starts, values }) => {
    for (const { start } of clock.closed.slice(starts.length)) {
      starts.push(start);
      values.push(between(start, start + interval));
    }
  });
  /** Start of the bar that is open at a moment, be it known or not; NaN before the first trade. */
  const startAt = (seen: Seen | undefined): number =>
    Math.floor((seen?.until.get(instrument) ?? Number.NaN) / interval) * interval;
  /** The same at the last moment; before the first trade, whatever closed since was the first that there is. */
  const openStart = (): number =>
    startAt(newest(tracks)) || closed().starts[0] || clock.openStart || Number.NEGATIVE_INFINITY;
  const began = (): boolean =>
    startAt(secondNewest(tracks)) < startAt(newest(tracks)) || beganWithFacts(closed(), self);
  /** What was told after the last moment's bar closed is none of it. */
  const live = (): number => between(openStart(), Number.POSITIVE_INFINITY);
  return {
    ...self,
    closed,
    began,
    live,
    before(step) {
      if (!isMoved(closed(), self, step)) return live();
      if (isSum && began()) return closed().values[closed().values.length - 1] ?? Number.NaN;
      return isTold(told, step) ? between(openStart(), Number.POSITIVE_INFINITY, 1) : live();
    },
  };
}

const isTold = (told: readonly NaiveFact[], step: number): boolean =>
  told.some(({ all }) => all[all.length - 1]?.step === step);

/** Its moments, as if they were the trades of bars. */
function momentsOf(fact: NaiveFact, instrument: string, interval: number): NaiveTrack {
  return {
    ...{ instrument, interval, trades: [], closed: [], openStart: Number.NaN, version: 0, isFact: true },
    all: fact.all,
    get seen() {
      return fact.all[fact.all.length - 1];
    },
    set seen(_seen) {},
  };
}
