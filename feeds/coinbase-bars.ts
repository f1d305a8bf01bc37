import type { Bar } from '../engine/market/events.ts';
import { barStart, DAY, MINUTE } from '../engine/market/interval.ts';

type Native = readonly [length: number, granularity: string];

export interface CoinbaseBarsOptions {
  readonly now: () => number;
  /** Candles with `start <= their start <= end` (SECONDS), oldest first; at most `PAGE` fit in between. */
  candles(symbol: string, granularity: string, start: number, end: number): Promise<readonly Bar[]>;
}

/** The venue's bars without holes: it gives a window of them at a time, and no row for a time without trades. */
export interface CoinbaseBars {
  /** `from <= start < to`, both starts of bars. */
  between(symbol: string, native: Native, from: number, to: number): Promise<Bar[]>;
  /** 1m bars from `from` on; the newest is the last in which the venue saw a trade. */
  minutesFrom(symbol: string, from: number): Promise<Bar[]>;
}

/** The venue refuses 350 and more. */
const PAGE = 300;
/** A bar that ended so long ago and has no row had no trade; a newer one may just not be listed yet. */
const SETTLED_MS = MINUTE;

export function createCoinbaseBars({ now, candles }: CoinbaseBarsOptions): CoinbaseBars {
  /** The window ends right before `before`, so that it holds as many bars whether or not the venue counts its end in. */
  async function window(symbol: string, native: Native, from: number, before: number): Promise<Bar[]> {
    const rows = await candles(symbol, native[1], from / 1000, before / 1000 - 1);
    return rows.filter(({ start }) => start >= from && start < before);
  }

  /** Windows that have bars, newest first, back to `from` or to where nothing was ever traded. */
  async function* backward(symbol: string, native: Native, from: number, to: number): AsyncGenerator<Bar[]> {
    let before = to;
    while (before > from) {
      const start = Math.max(from, before - PAGE * native[0]);
      const bars = await window(symbol, native, start, before);
      before = start;
      if (bars.length > 0) yield bars;
      else {
        // Over a long silence in few steps, and to an end before the market began.
        const since = Math.max(0, barStart(start, DAY) - (PAGE - 1) * DAY);
        const days = await window(symbol, [DAY, 'ONE_DAY'], since, start);
        const last = days.at(-1);
        if (!last) return;
        before = Math.min(start, last.start + DAY);
      }
    }
  }

  async function closeBefore(symbol: string, native: Native, to: number): Promise<number | undefined> {
    for await (const bars of backward(symbol, native, 0, to)) return bars.at(-1)?.close;
    return undefined;
  }

  async function fetch(symbol: string, native: Native, from: number, to: number): Promise<Bar[]> {
    const pages: Bar[][] = [];
    for await (const bars of backward(symbol, native, from, to)) pages.push(bars);
    return pages.reverse().flat();
  }

  return {
    async between(symbol, native, from, to) {
      const [length] = native;
      const bars = await fetch(symbol, native, from, to);
      const until = Math.min(to, barStart(now() - SETTLED_MS, length));
      const isWhole = bars[0]?.start === from || from >= until;
      return fill(bars, length, from, until, isWhole ? undefined : await closeBefore(symbol, native, from));
    },
    async minutesFrom(symbol, from) {
      const native: Native = [MINUTE, 'ONE_MINUTE'];
      // The venue's clock may be a little ahead.
      const bars = await fetch(symbol, native, from, barStart(now(), MINUTE) + 2 * MINUTE);
      return fill(
        bars,
        MINUTE,
        from,
        from,
        bars[0]?.start === from ? undefined : await closeBefore(symbol, native, from),
      );
    },
  };
}

/** With a flat bar for each that is left out: between bars, up to `until`, and from `from` on where the `close` before it is known. */
function fill(bars: readonly Bar[], length: number, from: number, until: number, before: number | undefined): Bar[] {
  const whole: Bar[] = [];
  let close = before;
  let next = from;
  const flatTo = (end: number): void => {
    for (; close !== undefined && next < end; next += length) {
      whole.push({ start: next, open: close, high: close, low: close, close, volume: 0, trades: 0 });
    }
  };
  for (const bar of bars) {
    flatTo(bar.start);
    whole.push(bar);
    close = bar.close;
    next = bar.start + length;
  }
  flatTo(until);
  return whole;
}
