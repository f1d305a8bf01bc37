/** What the plainest reading of a price path says: no engine, no index, one loop. */

/** Where a price goes from at most `level` to above it, first. @returns its place in the path; undefined where it never does */
export function firstAbove(path: readonly number[], level: number): number | undefined {
  for (let i = 1; i < path.length; i++) if (path[i - 1] <= level && path[i] > level) return i;
  return undefined;
}

/** All places where it goes above, at least `restMs` apart: those in between are kept quiet. `times` in ms. */
export function everyAbove(
  path: readonly number[],
  times: readonly number[],
  level: number,
  restMs: number,
): readonly number[] {
  const places: number[] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (let i = 1; i < path.length; i++) {
    if (path[i - 1] > level || path[i] <= level || times[i] - last < restMs) continue;
    places.push(i);
    last = times[i];
  }
  return places;
}
