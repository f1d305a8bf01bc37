import { DateTime, IANAZone } from 'luxon';
import { DAY, MINUTE } from '../engine/market/interval.ts';

/** What is meant where somebody says that they want it, and not when. */
export const USUAL_HEARTBEAT = 'daily 09:00';

const DAILY = /^daily(?: at)? (\d{1,2})(?::(\d{2}))? ?(am|pm)?$/;

/** `Daily 9am` -> `daily 09:00`; undefined for what is no heartbeat. */
export function readHeartbeat(typed: string): string | undefined {
  const text = typed.trim().toLowerCase().replace(/\s+/g, ' ');
  if (text === 'hourly') return text;
  if (text === 'on' || text === 'daily') return USUAL_HEARTBEAT;
  const [, hours, minutes = '00', half] = DAILY.exec(text) ?? [];
  if (hours === undefined || (half !== undefined && !(Number(hours) >= 1 && Number(hours) <= 12))) return undefined;
  const hour = half === undefined ? Number(hours) : (Number(hours) % 12) + (half === 'pm' ? 12 : 0);
  if (hour > 23 || Number(minutes) > 59) return undefined;
  return `daily ${String(hour).padStart(2, '0')}:${minutes}`;
}

/** The newest time up to `now` (ms) at which a chat in `zone` is told how things stand. */
export function lastBeat(heartbeat: string, zone: string, now: number): number {
  const local = DateTime.fromMillis(now, { zone });
  if (heartbeat === 'hourly') return now - ((now + local.offset * MINUTE) % (60 * MINUTE));
  const [hour, minute] = heartbeat.slice('daily '.length).split(':').map(Number);
  for (const daysAgo of [0, 1, 2]) {
    const day = local.startOf('day').minus({ days: daysAgo });
    const at = wallTime(Date.UTC(day.year, day.month - 1, day.day, hour, minute), zone);
    if (at <= now) return at;
  }
  return now - DAY;
}

/**
 * When clocks on the wall show a time, in ms: of an hour that comes twice the first, of one that is skipped so long after as it
 * would have been. @param wall the time as if it were UTC
 */
function wallTime(wall: number, zone: string): number {
  const place = IANAZone.create(zone);
  const before = wall - place.offset(wall - DAY) * MINUTE;
  const after = wall - place.offset(wall + DAY) * MINUTE;
  const shows = (ts: number): boolean => ts + place.offset(ts) * MINUTE === wall;
  const [first, second] = before <= after ? [before, after] : [after, before];
  return shows(first) ? first : shows(second) ? second : before;
}
