import { DateTime } from 'luxon';

/** Minutes of a day by the clock on the wall. */
interface Span {
  readonly from: number;
  readonly to: number;
}

const TIME = /^(\d{1,2})(?:[:.]?(\d{2}))?$/;

function minuteOf(text: string): number | undefined {
  const [, hours, minutes = '0'] = TIME.exec(text) ?? [];
  if (hours === undefined || Number(hours) > 24 || Number(minutes) > 59) return undefined;
  const minute = Number(hours) * 60 + Number(minutes);
  return minute > 24 * 60 ? undefined : minute % (24 * 60);
}

function spanOf(text: string): Span | undefined {
  const [begin, end, more] = text.trim().split(/\s*(?:-|–|—|\bto\b|\bbis\b)\s*/i);
  if (more !== undefined || end === undefined) return undefined;
  const [from, to] = [minuteOf(begin), minuteOf(end)];
  return from === undefined || to === undefined || from === to ? undefined : { from, to };
}

const written = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

/** `22-7`, `22:00 to 7:00` as `22:00-07:00`; undefined where it is no time of a day. */
export function readQuietHours(text: string): string | undefined {
  const span = spanOf(text);
  return span && `${written(span.from)}-${written(span.to)}`;
}

/**
 * The end of the quiet hours that `now` lies in, in ms; undefined where it lies in none. Each night has one beginning and one end: an
 * hour that comes twice does not begin it again, and one that is left out begins or ends it where it would have been.
 */
export function quietUntil(quiet: string | undefined, zone: string, now: number): number | undefined {
  const span = quiet === undefined ? undefined : spanOf(quiet);
  if (span === undefined) return undefined;
  const today = DateTime.fromMillis(now, { zone }).startOf('day');
  for (const day of [today.minus({ days: 1 }), today]) {
    const begin = at(day, span.from);
    const end = at(span.to > span.from ? day : day.plus({ days: 1 }), span.to);
    if (begin <= now && now < end) return end;
  }
  return undefined;
}

function at({ year, month, day, zoneName }: DateTime, minute: number): number {
  const time = { year, month, day, hour: Math.floor(minute / 60), minute: minute % 60 };
  return DateTime.fromObject(time, { zone: zoneName ?? 'UTC' }).toMillis();
}
