import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { daysFromCivil, isDate, utcParts } from './calendar.ts';

const DAY = 86_400_000;

describe('the calendar', () => {
  // The platform's own Date is the reference.
  it('counts days as Date does', () => {
    fc.assert(
      fc.property(fc.integer({ min: -100_000, max: 400_000 }), (days) => {
        const date = new Date(days * DAY);
        expect(daysFromCivil(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate())).toBe(days);
      }),
    );
  });

  it('writes times as ISO does, without seconds of nought', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 32_503_680_000_000 }), (ts) => {
        const [date, time] = utcParts(ts);
        expect(Date.parse(`${date}T${time}Z`)).toBe(ts);
        expect(new Date(ts).toISOString().startsWith(`${date}T${time.slice(0, 5)}`)).toBe(true);
      }),
    );
    expect(utcParts(Date.UTC(2026, 11, 31, 18, 0))).toEqual(['2026-12-31', '18:00']);
    expect(utcParts(Date.UTC(2026, 0, 2, 3, 4, 5, 6))).toEqual(['2026-01-02', '03:04:05.006']);
  });

  it.each([
    [2024, 2, 29, true],
    [2026, 2, 29, false],
    [2000, 2, 29, true],
    [2100, 2, 29, false],
    [2026, 12, 31, true],
    [2026, 13, 1, false],
    [2026, 4, 31, false],
    [2026, 1, 0, false],
  ])('%d-%d-%d is a date: %s', (year, month, day, expected) => expect(isDate(year, month, day)).toBe(expected));
});
