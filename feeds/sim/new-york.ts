import { DAY, HOUR, MINUTE } from '../../engine/market/interval.ts';

/** New York's clock, by the rule that has held since 2007: summer time from the second Sunday of March to the first of November, at 2:00. */

const OPEN_MS = 9.5 * HOUR;
const CLOSE_MS = 16 * HOUR;

/** How far New York is behind UTC at a time, in ms. */
export function newYorkLag(ts: number): number {
  const year = new Date(ts).getUTCFullYear();
  const from = nthWeekday(year, 2, 0, 2) + 7 * HOUR;
  const to = nthWeekday(year, 10, 0, 1) + 6 * HOUR;
  return ts >= from && ts < to ? 4 * HOUR : 5 * HOUR;
}

/** The time (ms) at which New York's clocks show `localMs` after midnight, on a day that is given by its midnight in UTC. */
export function inNewYork(day: number, localMs: number): number {
  return day + localMs + newYorkLag(day + localMs + 5 * HOUR);
}

/** Midnight (UTC) of the nth weekday (0: Sunday) of a month (0: January). */
export function nthWeekday(year: number, month: number, weekday: number, nth: number): number {
  const first = Date.UTC(year, month, 1);
  const ahead = (weekday - new Date(first).getUTCDay() + 7) % 7;
  return first + (ahead + 7 * (nth - 1)) * DAY;
}

/** Whether New York's exchanges trade: 9:30 to 16:00, Monday to Friday; holidays are not kept. */
export function isSession(ts: number): boolean {
  const local = ts - newYorkLag(ts);
  const day = Math.floor(local / DAY);
  const time = local - day * DAY;
  return !isWeekend(day) && time >= OPEN_MS && time < CLOSE_MS;
}

/** The last minute (counted from the epoch) of a session that is over at a time, or of the one that runs. */
export function lastSessionMinute(minute: number): number {
  const ts = minute * MINUTE;
  if (isSession(ts)) return minute;
  const local = ts - newYorkLag(ts);
  let day = Math.floor(local / DAY);
  if (local - day * DAY < OPEN_MS) day--;
  while (isWeekend(day)) day--;
  return inNewYork(day * DAY, CLOSE_MS) / MINUTE - 1;
}

/** Day 0 was a Thursday. */
function isWeekend(day: number): boolean {
  const weekday = (((day + 4) % 7) + 7) % 7;
  return weekday === 0 || weekday === 6;
}
