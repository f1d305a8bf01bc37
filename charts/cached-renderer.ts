import { createHash } from 'node:crypto';
import type { Clock } from '../engine/clock.ts';
import type { ChartLine, ChartRenderer, PictureRequest } from './request.ts';

/** The same text for equal requests, whatever the order in which their fields were written; NaN is told from null. */
function canonical(value: unknown): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '0' : String(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    fields.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'undefined';
}

/** A key that two requests share if and only if they ask for the same picture. */
export function chartKey(request: PictureRequest): string {
  return createHash('sha256').update(canonical(request)).digest('base64url');
}

function withoutLast({ values, sides, ...line }: ChartLine): ChartLine {
  return { ...line, values: values.slice(0, -1), ...(sides && { sides: sides.slice(0, -1) }) };
}

/** A key that two requests share that differ in nothing but how far the newest bar has come. */
function barKey(request: PictureRequest): string {
  // A figure has no open bar.
  if ('kind' in request) return chartKey(request);
  const { bars, series } = request;
  const closed = bars.slice(0, -1);
  const lines = series.map((item) => item.lines.map(withoutLast));
  const unchanged = series.map((item, i) => ({ ...item, lines: lines[i] }));
  return createHash('sha256')
    .update(canonical({ ...request, bars: closed, series: unchanged, open: bars.at(-1)?.start }))
    .digest('base64url');
}

export interface CacheOptions {
  /** Pictures that are kept. */
  readonly entries: number;
  readonly clock: Pick<Clock, 'now'>;
  /** For so long, in ms, a picture stands for all of its newest bar, whatever was traded since. */
  readonly freshMs: number;
}

interface Kept {
  readonly picture: Promise<Uint8Array>;
  readonly at: number;
}

/**
 * Draws the same chart once: requests at the same time share one drawing, the last `entries` pictures are kept, the least recently
 * used dropped first, and within one bar a picture that is younger than `freshMs` is drawn once for everybody who asks. A failure is
 * not kept. The bytes are shared between callers: not to be written to.
 */
export function createCachedRenderer(inner: ChartRenderer, options: CacheOptions): ChartRenderer {
  const { entries, clock, freshMs } = options;
  // A Map remembers the order of insertion: the first is the one that was not used for longest.
  const exact = new Map<string, Kept>();
  const recent = new Map<string, Kept>();

  function keep(kept: Map<string, Kept>, key: string, entry: Kept): void {
    kept.delete(key);
    kept.set(key, entry);
    for (const oldest of kept.keys()) {
      if (kept.size <= entries) break;
      kept.delete(oldest);
    }
  }

  function known(key: string, bar: string): Kept | undefined {
    const same = exact.get(key);
    if (same !== undefined) return same;
    const near = recent.get(bar);
    return near !== undefined && clock.now() - near.at < freshMs ? near : undefined;
  }

  return {
    async render(request) {
      const key = chartKey(request);
      const bar = barKey(request);
      const found = known(key, bar);
      const entry = found ?? { picture: inner.render(request), at: clock.now() };
      if (found === undefined || recent.get(bar) === entry) keep(recent, bar, entry);
      if (found === undefined || exact.has(key)) keep(exact, key, entry);
      try {
        return await entry.picture;
      } catch (error) {
        if (exact.get(key) === entry) exact.delete(key);
        if (recent.get(bar) === entry) recent.delete(bar);
        throw error;
      }
    },
    async close() {
      exact.clear();
      recent.clear();
      await inner.close();
    },
  };
}
