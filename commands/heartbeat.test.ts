import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lastBeat, readHeartbeat } from './heartbeat.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const at = (text: string) => Date.parse(text);

describe('a heartbeat', () => {
  it.each([
    ['daily 09:00', 'daily 09:00'],
    ['Daily  9:05', 'daily 09:05'],
    ['daily at 9pm', 'daily 21:00'],
    ['daily 12am', 'daily 00:00'],
    ['hourly', 'hourly'],
    ['on', 'daily 09:00'],
    ['daily 24:00', undefined],
    ['daily 9:60', undefined],
    ['daily 13pm', undefined],
    ['weekly', undefined],
    ['9', undefined],
  ])('%s is read as %s', (typed, expected) => expect(readHeartbeat(typed)).toBe(expected));

  it.each([
    // Berlin is an hour before UTC in winter, two in summer.
    ['daily 09:00', 'Europe/Berlin', '2026-01-15T08:00:00Z', '2026-01-15T08:00:00Z'],
    ['daily 09:00', 'Europe/Berlin', '2026-01-15T07:59:59Z', '2026-01-14T08:00:00Z'],
    ['daily 09:00', 'Europe/Berlin', '2026-07-15T07:00:01Z', '2026-07-15T07:00:00Z'],
    // 29 March 2026: 02:00 becomes 03:00. 02:30 is skipped, and half past three so long after midnight.
    ['daily 02:30', 'Europe/Berlin', '2026-03-29T12:00:00Z', '2026-03-29T01:30:00Z'],
    // 25 October 2026: 03:00 becomes 02:00. The first 02:30 is at 00:30 UTC, the second at 01:30.
    ['daily 02:30', 'Europe/Berlin', '2026-10-25T00:45:00Z', '2026-10-25T00:30:00Z'],
    ['daily 02:30', 'Europe/Berlin', '2026-10-25T12:00:00Z', '2026-10-25T00:30:00Z'],
    ['daily 23:45', 'Pacific/Auckland', '2026-01-15T10:44:00Z', '2026-01-14T10:45:00Z'],
    ['hourly', 'Asia/Kolkata', '2026-01-15T10:44:00Z', '2026-01-15T10:30:00Z'],
    ['hourly', 'Europe/Berlin', '2026-01-15T10:00:00Z', '2026-01-15T10:00:00Z'],
  ])('%s in %s, as of %s, was due last at %s', (heartbeat, zone, now, expected) => {
    expect(new Date(lastBeat(heartbeat, zone, at(now))).toISOString()).toBe(new Date(at(expected)).toISOString());
  });

  it('is due once a local day, in every zone, whenever one looks', () => {
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu');
    const minute = fc.integer({ min: 0, max: 24 * 60 - 1 });
    const start = fc.integer({ min: at('2025-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z') });
    fc.assert(
      fc.property(zone, minute, start, (place, of, from) => {
        const heartbeat = `daily ${String(Math.floor(of / 60)).padStart(2, '0')}:${String(of % 60).padStart(2, '0')}`;
        const beats = new Set<number>();
        for (let now = from; now < from + 20 * DAY; now += 43 * 60_000) {
          const beat = lastBeat(heartbeat, place, now);
          expect(beat).toBeLessThanOrEqual(now);
          expect(now - beat).toBeLessThan(25.5 * HOUR);
          beats.add(beat);
        }
        expect(Math.abs(beats.size - 20)).toBeLessThanOrEqual(1);
        const days = [...beats].map((ts) => new Date(ts).toLocaleDateString('en', { timeZone: place }));
        expect(new Set(days).size).toBe(days.length);
      }),
      { numRuns: 12 },
    );
  });
});
