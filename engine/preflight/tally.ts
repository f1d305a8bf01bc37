import { DAY, MINUTE } from '../market/interval.ts';
import type { Replay } from './replay.ts';

/** How often a rule would have fired. Times in ms. */
export interface Tally {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Crossings that its cooldown would have kept quiet. */
  readonly suppressed: number;
  readonly last: number | undefined;
  /** The middle one of the lengths between two firings; undefined for fewer than two. */
  readonly medianGap: number | undefined;
  /** Firings within ten minutes of the one before. */
  readonly close: number;
  /** Most firings in any 24 hours, and in any three minutes. */
  readonly mostInDay: number;
  readonly mostInBurst: number;
}

const CLOSE_MS = 10 * MINUTE;
const BURST_MS = 3 * MINUTE;
/** More than these are too many. */
const MOST_IN_BURST = 15;
const MOST_IN_DAY = 20;

export function tallyOf({ from, to, firings, suppressed }: Replay): Tally {
  const times = firings.map(({ ts }) => ts).sort((a, b) => a - b);
  const gaps = times.slice(1).map((ts, i) => ts - times[i]);
  return {
    from,
    to,
    count: times.length,
    suppressed,
    last: times.at(-1),
    medianGap: median(gaps),
    close: gaps.filter((gap) => gap <= CLOSE_MS).length,
    mostInDay: mostWithin(times, DAY),
    mostInBurst: mostWithin(times, BURST_MS),
  };
}

/** Whether nobody would want so many messages. */
export const isNoisy = ({ mostInBurst, mostInDay }: Pick<Tally, 'mostInBurst' | 'mostInDay'>): boolean =>
  mostInBurst > MOST_IN_BURST || mostInDay > MOST_IN_DAY;

/** Most of ascending times that lie within less than `ms` of one another. */
function mostWithin(times: readonly number[], ms: number): number {
  let most = 0;
  let first = 0;
  for (let i = 0; i < times.length; i++) {
    while (times[i] - times[first] >= ms) first++;
    most = Math.max(most, i - first + 1);
  }
  return most;
}

function median(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
