import type { MarketEvent } from '../market/events.ts';
import type { ToldFact } from './replay.ts';

/**
 * Tells an engine facts in the order in which they became known. What was before `from` (ms) is told at once, as history.
 *
 * @returns tells all that became known before a time
 */
export function tellerOf(
  told: readonly ToldFact[],
  from: number,
  apply: (event: MarketEvent) => void,
): (until: number) => void {
  for (const { name, instrument, times, values } of told) {
    const points = times.flatMap((at, i) => (at < from ? [{ ts: at, at, value: values[i] }] : []));
    if (points.length > 0) apply({ type: 'facts', name, instrument, points });
  }
  const later = told.flatMap(({ name, instrument, times, values }) =>
    times.flatMap((ts, i) => (ts < from ? [] : [{ type: 'fact', name, instrument, ts, value: values[i] } as const])),
  );
  later.sort((a, b) => a.ts - b.ts);
  let next = 0;
  return (until) => {
    while (next < later.length && later[next].ts < until) apply(later[next++]);
  };
}
