import { type BarColumns, toColumns } from '../../engine/market/bar-history.ts';
import type { Bar } from '../../engine/market/events.ts';
import type { HistoryColumns } from '../../engine/preflight/replay.ts';
import type { BarsNeed } from '../../engine/preflight/replay-plan.ts';

/** Bars with `from <= start < to` (ms), oldest first. @throws TransportError while the venue cannot be asked */
export type Range = (instrument: string, interval: number, from: number, to: number) => Promise<readonly Bar[]>;

/** Bars in one request: few enough not to hold up the thread. */
const SLICE = 2_000;

/** Bars that come in one slice after the other, the newest first: whatever has come by a time is without holes. */
export interface Past {
  /** Resolves when all is there that there is. @throws what the range threw */
  readonly whole: Promise<void>;
  /** What is there by now. */
  sofar(): readonly HistoryColumns[];
  /** Asks for nothing more. */
  stop(): void;
}

export function gatherPast(range: Range, needs: readonly BarsNeed[]): Past {
  let stopped = false;
  const parts = needs.map((need) => ({ need, slices: [] as BarColumns[] }));

  async function fetch({ need, slices }: (typeof parts)[number]): Promise<void> {
    const { instrument, interval, from } = need;
    for (let to = need.to; to > from && !stopped; to -= SLICE * interval) {
      const first = Math.max(from, to - SLICE * interval);
      const bars = await range(instrument, interval, first, to);
      if (bars.length === 0) return;
      slices.unshift(toColumns(bars));
      // Older bars than the first that there is will not be there either.
      if (bars[0].start >= first + interval) return;
    }
  }

  return {
    whole: Promise.all(parts.map(fetch)).then(() => undefined),
    sofar: () =>
      parts.map(({ need, slices }) => ({
        instrument: need.instrument,
        interval: need.interval,
        columns: joined(slices),
      })),
    stop() {
      stopped = true;
    },
  };
}

/** Columns one behind the other. */
function joined(slices: readonly BarColumns[]): BarColumns {
  const whole = { ...toColumns([]), length: slices.reduce((sum, { length }) => sum + length, 0) };
  for (const name of Object.keys(whole) as (keyof BarColumns)[]) {
    if (name === 'length') continue;
    const column = new Float64Array(whole.length);
    let at = 0;
    for (const slice of slices) {
      column.set(slice[name], at);
      at += slice.length;
    }
    whole[name] = column;
  }
  return whole;
}

/** The memory of what was gathered, to be given to another thread. */
export const buffersOf = (history: readonly HistoryColumns[]): ArrayBuffer[] =>
  history.flatMap(({ columns }) =>
    Object.values(columns).flatMap((column) => (column instanceof Float64Array ? [column.buffer as ArrayBuffer] : [])),
  );
