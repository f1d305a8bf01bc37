/** Lengths of bars in ms, and their text: `1s 1m 5m 15m 1h 4h 1d` and any whole multiple. */

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
type Unit = keyof typeof UNITS;

export const SECOND = UNITS.s;
export const MINUTE = UNITS.m;
export const HOUR = UNITS.h;
export const DAY = UNITS.d;

/** The intervals that are offered; others are understood too. */
export const STANDARD_INTERVALS = [SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, DAY] as const;

/** The longest bar, so that bars of a series stay countable. */
export const LONGEST_INTERVAL = 7 * DAY;

/** `5m`, `1H`, `90s`, `1 d`, `15min` in ms; undefined where it is none (also `0m`, `1.5h`, `400d`). */
export function parseInterval(text: string): number | undefined {
  const match = /^(\d{1,5})\s*(s|sec|m|min|h|hr|d|day|w)$/i.exec(text.trim());
  if (!match) return undefined;
  const ms = Number(match[1]) * UNITS[match[2].charAt(0).toLowerCase() as Unit];
  return ms > 0 && ms <= LONGEST_INTERVAL ? ms : undefined;
}

/** The shortest text of a length in ms that has whole units: 300000 -> `5m`, 5400000 -> `90m`. */
export function formatInterval(ms: number): string {
  for (const unit of ['w', 'd', 'h', 'm', 's'] as const) {
    if (unit === 'w' && ms % (4 * UNITS.w) !== 0 && ms !== UNITS.w) continue;
    if (ms >= UNITS[unit] && ms % UNITS[unit] === 0) return `${ms / UNITS[unit]}${unit}`;
  }
  return `${ms / UNITS.s}s`;
}

/** Start of the bar that `ts` falls in; bars are aligned to the epoch (UTC). */
export function barStart(ts: number, interval: number): number {
  return Math.floor(ts / interval) * interval;
}
