import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quietUntil, readQuietHours } from './quiet-hours.ts';

const at = (text: string): number => Date.parse(text);
const HOUR = 3_600_000;

describe('quiet hours as they are written', () => {
  it.each([
    ['22:00-07:00', '22:00-07:00'],
    ['22-7', '22:00-07:00'],
    ['9.30 to 17:05', '09:30-17:05'],
    ['2230 – 0600', '22:30-06:00'],
    ['20:00-24:00', '20:00-00:00'],
  ])('%s is %s', (text, expected) => expect(readQuietHours(text)).toBe(expected));

  it.each(['22:00', '22:00-22:00', '25-7', '22:61-7', 'night', '1-2-3', ''])('%s is none', (text) =>
    expect(readQuietHours(text)).toBeUndefined(),
  );
});

describe('the end of quiet hours', () => {
  const berlin = (now: string) => quietUntil('22:00-07:00', 'Europe/Berlin', at(now));

  it('is that of the night, before and after midnight', () => {
    expect(berlin('2026-01-15T22:00:00+01:00')).toBe(at('2026-01-16T07:00:00+01:00'));
    expect(berlin('2026-01-16T06:59:59+01:00')).toBe(at('2026-01-16T07:00:00+01:00'));
    expect(berlin('2026-01-16T07:00:00+01:00')).toBeUndefined();
    expect(berlin('2026-01-15T21:59:59+01:00')).toBeUndefined();
  });

  it('is told by the clock on the wall in the nights in which it is changed', () => {
    // In Germany clocks went from 2:00 to 3:00 on 29 March 2026, and from 3:00 to 2:00 on 25 October.
    expect(berlin('2026-03-28T23:00:00+01:00')).toBe(at('2026-03-29T07:00:00+02:00'));
    expect(berlin('2026-10-24T23:00:00+02:00')).toBe(at('2026-10-25T07:00:00+01:00'));
  });

  it('comes once where the hour of it comes twice, and begins once', () => {
    const short = (now: string) => quietUntil('01:00-02:30', 'Europe/Berlin', at(now));
    const end = at('2026-10-25T02:30:00+01:00');
    expect(short('2026-10-25T01:30:00+02:00')).toBe(end);
    expect(short('2026-10-25T02:30:00+02:00')).toBe(end);
    expect(short('2026-10-25T02:30:00+01:00')).toBeUndefined();
  });

  it('is where it would have been in an hour that is left out', () => {
    const short = quietUntil('01:00-02:30', 'Europe/Berlin', at('2026-03-29T01:30:00+01:00'));
    expect(short).toBe(at('2026-03-29T03:30:00+02:00'));
  });

  it('is never reached where it is, and always less than 26 hours away', () => {
    const minute = fc.integer({ min: 0, max: 1439 });
    const clock = (value: number): string => new Date(value * 60_000).toISOString().slice(11, 16);
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu');
    const when = fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z') });
    fc.assert(
      fc.property(minute, minute, zone, when, (from, to, where, now) => {
        fc.pre(from !== to);
        const quiet = `${clock(from)}-${clock(to)}`;
        const end = quietUntil(quiet, where, now);
        if (end === undefined) return;
        expect(end).toBeGreaterThan(now);
        expect(end - now).toBeLessThan(26 * HOUR);
        expect(quietUntil(quiet, where, end)).toBeUndefined();
        expect(quietUntil(quiet, where, end - 1)).toBe(end);
      }),
    );
  });
});
