import { DAY, MINUTE } from '../market/interval.ts';
import { civilFromDays, daysFromCivil } from './calendar.ts';
import type { Scope } from './scope.ts';

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const WEEKDAY = 'mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:rs?|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?';
const DAY_WORDS = `today|tonight|tomorrow|(?:(?:this|next|on)\\s+)?(?:${WEEKDAY})`;
const TIME_WORDS = '\\d{1,2}:\\d{2}(?:\\s*[ap]m)?|\\d{1,2}\\s*[ap]m|noon|midnight';
const PERIOD_WORDS =
  '(?:the\\s+)?end\\s+of\\s+(?:(?:the|this)\\s+)?(?:day|week|month|year)|next\\s+(?:week|month|year)';

/** What stands behind `until` in words: `friday`, `18:00`, `tomorrow 9am`, `the end of the week`. */
export const WHEN = new RegExp(
  `(?:${PERIOD_WORDS}|(?:${DAY_WORDS})(?:\\s+(?:at\\s+)?(?:${TIME_WORDS}))?|(?:${TIME_WORDS})(?:\\s+(?:${DAY_WORDS}))?)(?![\\p{L}\\p{N}_:])`,
  'iuy',
);

/** Minutes of the day; 1440 is its end. */
type TimeOfDay = number;

type Zone = Pick<Scope, 'now' | 'wallTime'>;

/**
 * The time that such words mean, in ms since the epoch: the next one there is where no week is named. A day alone is meant with
 * its end, a week begins on Monday. Undefined where there is no such time, as 25:00.
 */
export function whenOf(words: string, zone: Zone): number | undefined {
  const text = words.toLowerCase().replace(/\s+/g, ' ').trim();
  const today = todayOf(zone);
  if (today === undefined) return undefined;
  const period = /\b(next|end of)(?: the| this)? (day|week|month|year)$/.exec(text);
  if (period !== null) return wallAt(endOfPeriod(period[2]!, today), 0, zone);
  const written = new RegExp(`(?:^|\\s)(?:${TIME_WORDS})(?=\\s|$)`).exec(text)?.[0].trim();
  const time = written === undefined ? DAY / MINUTE : timeOf(written);
  if (time === undefined) return undefined;
  const days = daysOf(written === undefined ? text : text.replace(written, '').trim(), today);
  const times = days.map((day) => wallAt(day, time, zone));
  return times.find((ts) => ts > zone.now) ?? times[times.length - 1];
}

/** The day it is on the wall, in days since the epoch. */
function todayOf(zone: Zone): number | undefined {
  if (!Number.isFinite(zone.now)) return undefined;
  const utc = Math.floor(zone.now / DAY);
  return [utc + 1, utc, utc - 1].find((day) => wallAt(day, 0, zone) <= zone.now);
}

function wallAt(day: number, time: TimeOfDay, { wallTime }: Zone): number {
  // Midnight is the beginning of the next day: no clock shows 24:00, and a day need not have 24 hours.
  if (time >= DAY / MINUTE) return wallAt(day + 1, 0, { now: 0, wallTime });
  return wallTime(...civilFromDays(day), Math.floor(time / 60), time % 60);
}

/** The day on which the next day, week, month or year begins. */
function endOfPeriod(unit: string, today: number): number {
  const [year, month] = civilFromDays(today);
  switch (unit) {
    case 'week':
      return mondayOf(today) + 7;
    case 'month':
      return month === 12 ? daysFromCivil(year + 1, 1, 1) : daysFromCivil(year, month + 1, 1);
    case 'year':
      return daysFromCivil(year + 1, 1, 1);
    default:
      return today + 1;
  }
}

/** 1970-01-01 was a Thursday. */
const mondayOf = (day: number): number => day - ((((day + 3) % 7) + 7) % 7);

/** `18:00`, `6pm`, `6:30 pm`, `noon`, `midnight`. */
function timeOf(written: string): TimeOfDay | undefined {
  if (written === 'noon') return 12 * 60;
  if (written === 'midnight') return 24 * 60;
  const [, hours, minutes = '0', half] = /^(\d+)(?::(\d+))?\s*([ap]m)?$/.exec(written) ?? [];
  const [hour, minute] = [Number(hours), Number(minutes)];
  if (minute > 59 || (half === undefined ? hour > 23 : hour < 1 || hour > 12)) return undefined;
  const turned = half === undefined ? hour : (hour % 12) + (half === 'pm' ? 12 : 0);
  return turned * 60 + minute;
}

/** The days that may be meant, the first first. */
function daysOf(words: string, today: number): readonly number[] {
  const text = words.replace(/ at$/, '');
  if (text === '') return [today, today + 1];
  if (text === 'today' || text === 'tonight') return [today];
  if (text === 'tomorrow') return [today + 1];
  const [, week, name] = /^(?:(this|next|on) )?(.*)$/.exec(text)!;
  const weekday = mondayOf(today) + WEEKDAYS.indexOf(name!.slice(0, 3));
  if (week === 'this') return [weekday];
  return week === 'next' ? [weekday + 7] : [weekday, weekday + 7].filter((day) => day >= today).concat(weekday + 7);
}
