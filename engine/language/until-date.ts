import { daysFromCivil, isDate, utcParts } from './calendar.ts';
import { whenOf } from './calendar-words.ts';
import { type Cursor, nameToken, next } from './cursor.ts';
import { fail, quote } from './failure.ts';
import type { Token } from './tokens.ts';
import { KEYWORDS } from './words.ts';

const DAY = 86_400_000;
const MINUTE = 60_000;

const LAST_YEAR = 2999;

/** A day means its end: until 2026-12-31 includes the 31st. */
export function readDate(cursor: Cursor): number {
  const token = next(cursor);
  const match = /^(\d+)-(\d+)-(\d+)(?:[t ]+(\d+):(\d+)(?::([\d.]+))?(z|[+-].*)?)?$/.exec(
    token.kind === 'date' ? token.text : '',
  );
  const hint = 'for example until friday, until 18:00 or until 2026-12-31 18:00';
  if (!match && token.kind === 'date') {
    return (
      whenOf(token.text, cursor.scope) ?? fail('bad-date', `there is no ${quote(token.text)}`, token.span, { hint })
    );
  }
  if (!match) {
    const suggestions = inAWeek(cursor, token);
    const name = nameToken(cursor, token);
    const isOther = token.kind === 'number' || (token.kind === 'word' && !KEYWORDS.has(token.text));
    const message = isOther ? `${name} is no date` : `a date is missing before ${name}`;
    fail('bad-date', message, token.span, { hint, suggestions });
  }
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0));
  if (year > LAST_YEAR || !isDate(year, month, day) || hour > 23 || minute > 59 || second >= 60) {
    fail('bad-date', `there is no ${quote(token.text)}`, token.span, { hint });
  }
  if (match[4] === undefined) return cursor.scope.wallTime(year, month, day, 23, 59) + MINUTE;
  const ms = Math.round(second * 1000);
  if (match[7] === undefined) return cursor.scope.wallTime(year, month, day, hour, minute) + ms;
  return daysFromCivil(year, month, day) * DAY + (hour * 60 + minute - offsetMinutes(match[7])) * MINUTE + ms;
}

/** `until` alone with the date of a week ahead. */
function inAWeek({ text, scope }: Cursor, token: Token): readonly string[] {
  if (token.kind !== 'end' || !Number.isFinite(scope.now)) return [];
  const [date] = utcParts(scope.now + 7 * DAY);
  return [`${text.trimEnd()} ${date}`];
}

/** `+02:00` -> 120. */
function offsetMinutes(zone: string): number {
  const match = /^([+-])(\d{2}):?(\d{2})$/.exec(zone);
  if (!match) return 0;
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]));
}
