import { boughtInBoth } from '../engine/market/bought.ts';
import type { Bar } from '../engine/market/events.ts';
import { barStart } from '../engine/market/interval.ts';

/** Bars of a longer interval out of shorter ones that divide it, oldest first; a stretch without any gives no bar. */
export function mergeBars(bars: readonly Bar[], interval: number): Bar[] {
  const merged: Bar[] = [];
  for (const bar of bars) {
    const start = barStart(bar.start, interval);
    const last = merged.at(-1);
    if (last?.start === start) merged[merged.length - 1] = joinBars(last, bar);
    else merged.push({ ...bar, start });
  }
  return merged;
}

/**
 * Two bars that follow each other as one that starts with the first. One in which nothing was traded only lends its start: the longer
 * bar opens with its first trade, as one that is made of the trades does.
 */
export function joinBars(first: Bar, second: Bar): Bar {
  if (isEmpty(first)) return { ...second, start: first.start };
  if (isEmpty(second)) return first;
  return {
    start: first.start,
    open: first.open,
    high: Math.max(first.high, second.high),
    low: Math.min(first.low, second.low),
    close: second.close,
    volume: first.volume + second.volume,
    trades: first.trades + second.trades,
    bought: boughtInBoth(first, second),
  };
}

/** Some venues do not count trades, so that volume has to be asked too. */
function isEmpty({ trades, volume }: Bar): boolean {
  return trades === 0 && volume === 0;
}

/** Flat bars where there are none between two. */
export function withoutHoles(bars: readonly Bar[], length: number): Bar[] {
  const whole: Bar[] = [];
  for (const bar of bars) {
    const last = whole.at(-1);
    if (last) {
      const { close } = last;
      for (let start = last.start + length; start < bar.start; start += length) {
        whole.push({ start, open: close, high: close, low: close, close, volume: 0, trades: 0 });
      }
    }
    whole.push(bar);
  }
  return whole;
}
