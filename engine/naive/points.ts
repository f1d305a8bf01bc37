import type { NaiveTrack, Seen } from './market.ts';

/** Values at the closes of bars. */
export interface Points {
  readonly starts: number[];
  readonly values: number[];
}

/** A series as its definition says, over all bars there are. */
export interface NaiveSeries {
  /** Its name with all that it is computed from. */
  readonly name: string;
  readonly interval: number;
  /** The bars that it is computed from. */
  readonly tracks: readonly NaiveTrack[];
  /** Its values at all closes up to now. */
  closed(): Points;
  /** Its value as of the last trade of its instruments. */
  live(): number;
  /**
   * The same as of the trade before the one of step `step`: at the first trade of a bar, the value at the last close. Where the
   * trade was none of its own, or a bar closed since, nothing has moved.
   */
  before(step: number): number;
  /** Whether the last trade was the first of a bar. */
  began(): boolean;
}

/** A list that only grows, unless bars came before those that it was made from. */
export function growing(tracks: readonly NaiveTrack[], grow: (points: Points) => void): () => Points {
  let points: Points = { starts: [], values: [] };
  let version = 0;
  return () => {
    const now = tracks.reduce((sum, track) => sum + track.version, 0);
    if (now !== version) points = { starts: [], values: [] };
    version = now;
    grow(points);
    return points;
  };
}

/** The last trade of any of the tracks. */
export function newest(tracks: readonly NaiveTrack[]): Seen | undefined {
  let last: Seen | undefined;
  for (const { seen } of tracks) if (seen !== undefined && !(seen.step < (last?.step ?? 0))) last = seen;
  return last;
}

/** Number of the step in which one of them traded last; 0 before that. */
export const newestStep = (tracks: readonly NaiveTrack[]): number => newest(tracks)?.step ?? 0;

/** Whether the trade of the step moved what is still open. */
export function isMoved(points: Points, self: Pick<NaiveSeries, 'tracks' | 'interval'>, step: number): boolean {
  return newestStep(self.tracks) === step && countAt(points, self) === points.starts.length;
}

/** The trade before the last one of any of the tracks. */
export function secondNewest(tracks: readonly NaiveTrack[]): Seen | undefined {
  const last = newestStep(tracks);
  let best: Seen | undefined;
  for (const { all } of tracks) {
    const seen = all.findLast(({ step }) => step < last);
    if (seen !== undefined && seen.step > (best?.step ?? 0)) best = seen;
  }
  return best;
}

/** How many of the points were closed when the last trade came; all of them where there was none. */
export function countAt(
  points: Points,
  { tracks, interval }: Pick<NaiveSeries, 'tracks' | 'interval'>,
  seen = newest(tracks),
): number {
  let count = points.starts.length;
  if (seen === undefined) return count;
  const until = Math.min(...tracks.map(({ instrument }) => seen.until.get(instrument) ?? Number.NaN));
  while (count > 0 && !(points.starts[count - 1] + interval <= until)) count--;
  return count;
}

/** Whether its last trade, or what was told last of a fact in it, was the first since its newest close. */
export function beganWithFacts(points: Points, self: Pick<NaiveSeries, 'tracks' | 'interval'>): boolean {
  const earlier = secondNewest(self.tracks);
  return earlier === undefined || countAt(points, self, earlier) < countAt(points, self);
}

export const hasFacts = (tracks: readonly NaiveTrack[]): boolean => tracks.some(({ isFact }) => isFact === true);
