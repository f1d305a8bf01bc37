import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { whenOf } from './calendar-words.ts';
import { parseRule } from './parse.ts';
import { testScope } from './test-scope.ts';

/** A wall clock by luxon, which is the reference for what a zone's clocks show. */
function zone(name: string, now: string) {
  return {
    now: DateTime.fromISO(now, { zone: name }).toMillis(),
    wallTime: (year: number, month: number, day: number, hour: number, minute: number) =>
      DateTime.fromObject({ year, month, day, hour, minute }, { zone: name }).toMillis(),
  };
}

const at = (words: string, name: string, now: string): string | undefined => {
  const ts = whenOf(words, zone(name, now));
  return ts === undefined ? undefined : DateTime.fromMillis(ts, { zone: name }).toFormat('ccc yyyy-MM-dd HH:mm');
};

describe('a time in words', () => {
  // 2026-01-15 is a Thursday.
  it.each([
    ['today', 'Fri 2026-01-16 00:00'],
    ['tonight', 'Fri 2026-01-16 00:00'],
    ['tomorrow', 'Sat 2026-01-17 00:00'],
    ['tomorrow 9am', 'Fri 2026-01-16 09:00'],
    ['9am tomorrow', 'Fri 2026-01-16 09:00'],
    ['tomorrow at 9:30 pm', 'Fri 2026-01-16 21:30'],
    ['18:00', 'Thu 2026-01-15 18:00'],
    ['9:00', 'Fri 2026-01-16 09:00'],
    ['12am', 'Fri 2026-01-16 00:00'],
    ['12pm', 'Fri 2026-01-16 12:00'],
    ['noon', 'Fri 2026-01-16 12:00'],
    ['midnight', 'Fri 2026-01-16 00:00'],
    ['friday', 'Sat 2026-01-17 00:00'],
    ['Friday 18:00', 'Fri 2026-01-16 18:00'],
    ['sun', 'Mon 2026-01-19 00:00'],
    ['monday', 'Tue 2026-01-20 00:00'],
    ['thursday', 'Fri 2026-01-16 00:00'],
    ['thursday 18:00', 'Thu 2026-01-15 18:00'],
    ['thursday 9:00', 'Thu 2026-01-22 09:00'],
    ['this friday', 'Sat 2026-01-17 00:00'],
    ['next friday', 'Sat 2026-01-24 00:00'],
    ['next monday', 'Tue 2026-01-20 00:00'],
    ['next sunday', 'Mon 2026-01-26 00:00'],
    ['next week', 'Mon 2026-01-19 00:00'],
    ['the end of the week', 'Mon 2026-01-19 00:00'],
    ['end of day', 'Fri 2026-01-16 00:00'],
    ['end of this month', 'Sun 2026-02-01 00:00'],
    ['next year', 'Fri 2027-01-01 00:00'],
  ])('%s, said on Thursday at 13:00, is %s', (words, expected) => {
    expect(at(words, 'Europe/Berlin', '2026-01-15T13:00')).toBe(expected);
  });

  it.each([
    // Sunday is the last day of a week.
    ['2026-01-18T13:00', 'next monday', 'Tue 2026-01-20 00:00'],
    ['2026-01-18T13:00', 'end of week', 'Mon 2026-01-19 00:00'],
    ['2026-01-18T13:00', 'this monday', 'Tue 2026-01-13 00:00'],
    ['2026-01-19T00:00', 'end of week', 'Mon 2026-01-26 00:00'],
    ['2026-12-31T23:59', 'end of month', 'Fri 2027-01-01 00:00'],
  ])('at %s, %s is %s', (now, words, expected) => expect(at(words, 'Europe/Berlin', now)).toBe(expected));

  it.each([
    ['Pacific/Kiritimati', '2026-01-16T00:30'],
    ['America/Los_Angeles', '2026-01-15T23:30'],
    ['Pacific/Honolulu', '2026-01-15T00:30'],
  ])('goes by the wall of %s', (name, now) => {
    const day = DateTime.fromISO(now, { zone: name });
    expect(at('today', name, now)).toBe(day.plus({ days: 1 }).startOf('day').toFormat('ccc yyyy-MM-dd HH:mm'));
    expect(at('18:00', name, now)).toMatch(/ 18:00$/);
  });

  it('keeps to the wall where the clocks are changed', () => {
    // On Sunday 2026-03-29 Berlin has 23 hours.
    expect(at('sunday 18:00', 'Europe/Berlin', '2026-03-28T12:00')).toBe('Sun 2026-03-29 18:00');
    expect(at('sunday', 'Europe/Berlin', '2026-03-28T12:00')).toBe('Mon 2026-03-30 00:00');
  });

  it.each(['25:00', '12:60', '13pm', '0am'])('%s is none', (words) => {
    expect(at(words, 'UTC', '2026-01-15T13:00')).toBeUndefined();
  });
});

describe('until', () => {
  // The test's chat is one hour east of Greenwich; it is Thursday there, 13:00.
  it.each([
    ['btc > 70k until friday', '2026-01-16T23:00:00.000Z', false],
    ['btc > 70k until 18:00 once', '2026-01-15T17:00:00.000Z', true],
    ['btc > 70k until tomorrow 9am once', '2026-01-16T08:00:00.000Z', true],
    ['btc > 70k UNTIL the end of the week', '2026-01-18T23:00:00.000Z', false],
    ['btc > 70k until  Fri at 6pm once', '2026-01-16T17:00:00.000Z', true],
  ])('%s', (text, end, once) => {
    const { modes } = parseRule(text, testScope());
    expect([new Date(modes.until!).toISOString(), modes.once]).toEqual([end, once]);
  });
});
