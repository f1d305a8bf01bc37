import type { Bar } from '../engine/market/events.ts';
import { barStart } from '../engine/market/interval.ts';
import { mergeBars } from './bars.ts';

/** One answer of a venue: bars oldest first; `full`: there may be more. */
export interface BarPage {
  readonly bars: readonly Bar[];
  readonly full: boolean;
}

/** Bars with `from <= start < to` of a venue that answers with the OLDEST from a time on; `page` gets that time (ms). */
export async function pageForward(
  from: number,
  to: number,
  length: number,
  page: (from: number) => Promise<BarPage>,
): Promise<Bar[]> {
  const bars: Bar[] = [];
  let next = from;
  while (next < to) {
    const answer = await page(next);
    for (const bar of answer.bars) if (bar.start >= next && bar.start < to) bars.push(bar);
    const last = bars.at(-1);
    if (!answer.full || last === undefined || last.start < next) break;
    next = last.start + length;
  }
  return bars;
}

/** Bars with `from <= start < to` of a venue that answers with the NEWEST before a time; `page` gets that time, exclusive (ms). */
export async function pageBackward(
  from: number,
  to: number,
  page: (before: number) => Promise<BarPage>,
): Promise<Bar[]> {
  const pages: Bar[][] = [];
  let before = to;
  while (before > from) {
    const answer = await page(before);
    const bars = answer.bars.filter((bar) => bar.start >= from && bar.start < before);
    if (bars.length === 0) break;
    pages.push(bars);
    before = bars[0].start;
    if (!answer.full) break;
  }
  return pages.reverse().flat();
}

/**
 * What `Feed.history` promises, out of the lengths that a venue has.
 *
 * @param natives the venue's bars whose starts are whole multiples of their length since the epoch, longest first: `[60_000, '1m']`
 * @param fetch rows with `from <= start < to` of one of them, oldest first
 */
export async function historyFrom<N>(
  natives: readonly (readonly [length: number, name: N])[],
  span: { readonly interval: number; readonly from: number; readonly to: number; readonly now: number },
  fetch: (native: readonly [length: number, name: N], from: number, to: number) => Promise<readonly Bar[]>,
): Promise<readonly Bar[]> {
  const { interval, from, to, now } = span;
  const native = natives.find(([length]) => interval % length === 0);
  if (!native) return [];
  const first = Math.ceil(from / interval) * interval;
  const end = Math.min(barStart(to + interval - 1, interval), barStart(now, interval));
  const bars = await fetch(native, first, end);
  return native[0] === interval ? bars : mergeBars(bars, interval);
}
