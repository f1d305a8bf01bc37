import { formatInterval, STANDARD_INTERVALS } from '../market/interval.ts';
import type { Span } from './ast.ts';
import { fail } from './failure.ts';

/** So many bars at least make up a length of time that is finer than the interval asked for. */
const FINE_BARS = 5;

const fits = (ms: number, interval: number, most: number): boolean => ms % interval === 0 && ms / interval <= most;

/**
 * The interval on whose bars a length of time can be counted: the given one where `ms` is a whole number of its bars and
 * at most `most`, else the nearest standard one that fits, unless the writer insisted (`pinned`).
 */
export function intervalFor(ms: number, interval: number, most: number, pinned: boolean, span: Span): number {
  if (ms > 0 && fits(ms, interval, most)) return interval;
  if (ms <= 0) fail('bad-duration', 'this length of time is nought', span);
  const standard = STANDARD_INTERVALS.filter((each) => fits(ms, each, most));
  const tooLong = ms % interval === 0;
  const found = tooLong
    ? standard.find((each) => each > interval)
    : (standard.findLast((each) => each < interval && ms / each >= FINE_BARS) ?? standard[0]);
  if (found !== undefined && !pinned) return found;
  const length = formatInterval(ms);
  const reason = tooLong ? `more than ${most} bars of` : 'no whole number of bars of';
  return fail('bad-argument', `${length} is ${reason} ${formatInterval(interval)}`, span, {
    hint: found === undefined ? `at most ${most} bars` : `for example @${formatInterval(found)}`,
  });
}
