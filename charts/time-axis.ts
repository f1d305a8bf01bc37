import type { Bar } from '../engine/market/events.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../engine/market/interval.ts';

export interface TimeTick {
  /** Index of the bar that the label belongs to. */
  readonly index: number;
  readonly text: string;
  /** Whether a day, a month or a year begins here, above what the other labels count. */
  readonly major: boolean;
}

/** Wall-clock steps in ms between labels; beyond the last, months are counted. */
const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 4, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 3, 7, 14].map((n) => n * DAY),
];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** The epoch was a Thursday: shifted by this, whole weeks begin on a Monday. */
const MONDAY_SHIFT = 3 * DAY;

/** A function from ms since the epoch to the zone's wall clock, as ms that read right in UTC. */
function wallClock(timeZone: string): (ts: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const offsets = new Map<number, number>();
  return (ts) => {
    // Zones change their offset on quarter hours only: one look-up serves all bars of one.
    const slot = Math.floor(ts / (15 * MINUTE));
    let offset = offsets.get(slot);
    if (offset === undefined) {
      const from = slot * 15 * MINUTE;
      const parts: Record<string, number> = {};
      for (const part of format.formatToParts(from)) parts[part.type] = Number(part.value);
      offset = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second) - from;
      offsets.set(slot, offset);
    }
    return ts + offset;
  };
}

/** `zone` where the platform knows it, else UTC. */
export function knownZone(zone: string): string {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone });
    return zone;
  } catch {
    return 'UTC';
  }
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function dayText(wall: number): string {
  const date = new Date(wall);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
}

function clockText(wall: number, step: number): string {
  const date = new Date(wall);
  const minutes = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
  return step < MINUTE ? `${minutes}:${two(date.getUTCSeconds())}` : minutes;
}

function monthNumber(wall: number): number {
  const date = new Date(wall);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/** Numbers the stretch of wall-clock time that `wall` lies in: a label goes where the number changes. */
function stretch(wall: number, step: number | undefined, months: number): number {
  if (step === undefined) return Math.floor(monthNumber(wall) / months);
  const shift = step % (7 * DAY) === 0 ? MONDAY_SHIFT : 0;
  return Math.floor((wall + shift) / step);
}

function label(wall: number, before: number, step: number | undefined): Omit<TimeTick, 'index'> {
  const date = new Date(wall);
  if (step !== undefined && step < DAY) {
    const major = Math.floor(wall / DAY) !== Math.floor(before / DAY);
    return { text: major ? dayText(wall) : clockText(wall, step), major };
  }
  if (step !== undefined) return { text: dayText(wall), major: monthNumber(wall) !== monthNumber(before) };
  const major = date.getUTCFullYear() !== new Date(before).getUTCFullYear();
  return { text: major ? String(date.getUTCFullYear()) : MONTHS[date.getUTCMonth()], major };
}

/**
 * Labels of the time axis at round times of the zone's wall clock, at most `most` of them; the first label of a new day is its date.
 * @param timeZone IANA name
 * @param isSampled whether the times are points of a line rather than bars: a label then says the round time just before its point
 */
export function timeTicks(
  bars: readonly Pick<Bar, 'start'>[],
  intervalMs: number,
  timeZone: string,
  most: number,
  isSampled = false,
): TimeTick[] {
  if (bars.length === 0) return [];
  const toWall = wallClock(timeZone);
  const walls = bars.map((bar) => toWall(bar.start));
  const span = walls[walls.length - 1] - walls[0];
  const step = STEPS.find((candidate) => span / candidate <= most - 0.5);
  const months = Math.max(1, Math.ceil(span / (30.4 * DAY) / (most - 0.5)));
  const ticks: TimeTick[] = [];
  if (walls.length < 3) {
    return walls.map((wall, index) => ({
      index,
      text: intervalMs < DAY ? clockText(wall, intervalMs) : dayText(wall),
      major: false,
    }));
  }
  let before = walls[0];
  for (let i = 1; i < walls.length; i++) {
    if (stretch(walls[i], step, months) === stretch(walls[i - 1], step, months)) continue;
    const late = isSampled && step !== undefined && step < DAY ? walls[i] % step : 0;
    ticks.push({ index: i, ...label(walls[i] - (late < intervalMs ? late : 0), before, step) });
    before = walls[i];
  }
  return ticks;
}

/** What days the bars cover, and in which zone: `11 Mar 08:00 – 12 Mar 14:05 2026, Europe/Berlin`. */
export function timeSpan(bars: readonly Bar[], intervalMs: number, timeZone: string): string {
  if (bars.length === 0) return timeZone;
  const toWall = wallClock(timeZone);
  const from = toWall(bars[0].start);
  const to = toWall(bars[bars.length - 1].start);
  const year = (wall: number) => new Date(wall).getUTCFullYear();
  const zone = timeZone.replace(/_/g, ' ');
  const fromYear = year(from) === year(to) ? '' : ` ${year(from)}`;
  if (intervalMs >= DAY) return `${dayText(from)}${fromYear} – ${dayText(to)} ${year(to)} · ${zone}`;
  if (Math.floor(from / DAY) === Math.floor(to / DAY)) return `${dayText(to)} ${year(to)} · ${zone}`;
  return `${dayText(from)}${fromYear} – ${dayText(to)} ${year(to)} · ${zone}`;
}
