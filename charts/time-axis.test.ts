import { describe, expect, it } from 'vitest';
import type { Bar } from '../engine/market/events.ts';
import { knownZone, timeSpan, timeTicks } from './time-axis.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function barsFrom(start: number, interval: number, count: number): Bar[] {
  return Array.from({ length: count }, (_, i) => ({
    start: start + i * interval,
    open: 1,
    high: 1,
    low: 1,
    close: 1,
    volume: 1,
    trades: 1,
  }));
}

function texts(start: number, interval: number, count: number, zone: string): string[] {
  return timeTicks(barsFrom(start, interval, count), interval, zone, 8).map((tick) => tick.text);
}

describe('the labels of the time axis', () => {
  it('stand at round hours of the zone, and the first of a new day is its date', () => {
    // Berlin is UTC+1 in winter: 20:00 UTC is 21:00 there.
    const start = Date.UTC(2026, 0, 10, 20, 0);
    expect(texts(start, 5 * MINUTE, 72, 'Europe/Berlin')).toEqual(['22:00', '23:00', '11 Jan', '01:00', '02:00']);
  });

  it('say the round time just before a point of a line, and a bar’s own time where they are bars', () => {
    const step = 64 * MINUTE;
    const points = barsFrom(Date.UTC(2026, 0, 10, 1, 5), step, 40);
    const said = (isSampled: boolean) => timeTicks(points, step, 'UTC', 6, isSampled).map(({ text }) => text);
    // The points are at 12:49, 00:33 and 12:17.
    expect(said(true)).toEqual(['12:00', '11 Jan', '12:00']);
    expect(said(false)).toEqual(['12:49', '11 Jan', '12:17']);
    // After a gap the round time lies before the line.
    const shut = [...points.slice(0, 2), ...barsFrom(Date.UTC(2026, 0, 10, 14, 30), step, 8)];
    expect(timeTicks(shut, step, 'UTC', 3, true).map(({ text }) => text)).toEqual(['14:30']);
  });

  it('stand at the full hours of a zone that lies half an hour off', () => {
    // Kolkata is UTC+5:30.
    const start = Date.UTC(2026, 0, 10, 4, 0);
    const ticks = timeTicks(barsFrom(start, 30 * MINUTE, 12), 30 * MINUTE, 'Asia/Kolkata', 8);
    expect(ticks.slice(0, 2)).toEqual([
      { index: 1, text: '10:00', major: false },
      { index: 3, text: '11:00', major: false },
    ]);
  });

  it('follow the change to summer time', () => {
    // On 29 March 2026 Berlin goes from 02:00 to 03:00 at 01:00 UTC.
    const labels = texts(Date.UTC(2026, 2, 28, 23, 30), 10 * MINUTE, 24, 'Europe/Berlin');
    expect(labels).toEqual(['01:00', '03:00', '04:00', '05:00']);
  });

  it('are months, and the year where it changes, for long stretches', () => {
    const labels = texts(Date.UTC(2025, 8, 10), DAY, 200, 'UTC');
    expect(labels).toEqual(['Oct', 'Nov', 'Dec', '2026', 'Feb', 'Mar']);
  });

  it('stand out where a day, a month or a year begins', () => {
    const majors = (start: number, interval: number, count: number) =>
      timeTicks(barsFrom(start, interval, count), interval, 'UTC', 8)
        .filter((tick) => tick.major)
        .map((tick) => tick.text);
    expect(majors(Date.UTC(2026, 0, 10, 20, 0), 5 * MINUTE, 72)).toEqual(['11 Jan']);
    expect(majors(Date.UTC(2026, 0, 20), DAY, 20)).toEqual(['3 Feb']);
    expect(majors(Date.UTC(2025, 8, 10), DAY, 200)).toEqual(['2026']);
  });

  it('carry seconds where bars are that short', () => {
    expect(texts(Date.UTC(2026, 0, 10, 4, 0, 1), 1000, 60, 'UTC')[0]).toBe('04:00:10');
  });

  it('name one or two bars each', () => {
    expect(texts(Date.UTC(2026, 0, 10, 4, 0), 5 * MINUTE, 2, 'UTC')).toEqual(['04:00', '04:05']);
    expect(texts(Date.UTC(2026, 0, 10), DAY, 1, 'UTC')).toEqual(['10 Jan']);
    expect(texts(0, DAY, 0, 'UTC')).toEqual([]);
  });

  it('are at most eight for any interval and number of bars', () => {
    for (const interval of [1000, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, DAY, 7 * DAY]) {
      for (const count of [3, 10, 50, 120, 500]) {
        const labels = texts(Date.UTC(2024, 1, 27, 21, 13), interval, count, 'America/New_York');
        expect(labels.length, `${count} bars of ${interval} ms`).toBeLessThanOrEqual(8);
        expect(labels.length, `${count} bars of ${interval} ms`).toBeGreaterThanOrEqual(1);
      }
    }
  });
});

describe('the days under the axis', () => {
  it('name the first and the last day and the zone', () => {
    const bars = barsFrom(Date.UTC(2026, 0, 10, 20, 0), HOUR, 12);
    expect(timeSpan(bars, HOUR, 'America/New_York')).toBe('10 Jan – 11 Jan 2026 · America/New York');
    expect(timeSpan(bars.slice(0, 2), HOUR, 'UTC')).toBe('10 Jan 2026 · UTC');
  });

  it('fall back to UTC for a zone that nobody knows', () => {
    expect(knownZone('Mars/Olympus')).toBe('UTC');
    expect(knownZone('Asia/Tokyo')).toBe('Asia/Tokyo');
  });
});
