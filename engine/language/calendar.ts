/** The Gregorian calendar in UTC as arithmetic, after Hinnant's "chrono-compatible low-level date algorithms". */

import { DAY } from '../market/interval.ts';

const DAYS_IN_ERA = 146_097;
const DAYS_TO_EPOCH = 719_468;

/** Days from 1970-01-01; `month` is 1 to 12. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * DAYS_IN_ERA + dayOfEra - DAYS_TO_EPOCH;
}

/** The date that lies `days` after 1970-01-01; `month` is 1 to 12. */
export function civilFromDays(days: number): readonly [year: number, month: number, day: number] {
  const z = days + DAYS_TO_EPOCH;
  const era = Math.floor(z / DAYS_IN_ERA);
  const dayOfEra = z - era * DAYS_IN_ERA;
  const leaps = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leaps) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  const day = dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1;
  return [yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day];
}

/** Whether there is such a day: not 2026-02-29. */
export function isDate(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  const next = month === 12 ? daysFromCivil(year + 1, 1, 1) : daysFromCivil(year, month + 1, 1);
  return daysFromCivil(year, month, day) < next;
}

const pad = (value: number, width = 2): string => String(value).padStart(width, '0');

/** Date and time of `ts` (ms) in UTC, without the seconds where they are nought: `['2026-12-31', '18:00']`. */
export function utcParts(ts: number): readonly [date: string, time: string] {
  const days = Math.floor(ts / DAY);
  const ms = ts - days * DAY;
  const [year, month, day] = civilFromDays(days);
  const seconds = ms % 60_000;
  let time = `${pad(Math.floor(ms / 3_600_000))}:${pad(Math.floor(ms / 60_000) % 60)}`;
  if (seconds > 0) time += `:${pad(Math.floor(seconds / 1000))}`;
  if (seconds % 1000 > 0) time += `.${pad(seconds % 1000, 3)}`;
  return [`${pad(year, 4)}-${pad(month)}-${pad(day)}`, time];
}
