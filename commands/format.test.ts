import { describe, expect, it } from 'vitest';
import {
  formatLength,
  formatMinute,
  formatMinutes,
  formatPercent,
  formatPrice,
  formatShort,
  formatTime,
  formatValue,
  priceDigits,
} from './format.ts';

const nbsp = (text: string): string => text.replace(' %', '\u00a0%');

describe('prices', () => {
  it.each([
    [64_402.1, 0.01, 'en', '64,402.10'],
    [64_402.1, 0.01, 'de', '64.402,10'],
    [64_402.1, 0.5, 'en', '64,402.1'],
    [64_402.1, 1, 'en', '64,402'],
    [64_402.1, 10, 'en', '64,402'],
    [0.00001234, 0.00000001, 'en', '0.00001234'],
    [1.5, 0.00025, 'en', '1.5000'],
    [Number.NaN, 0.01, 'en', 'n/a'],
  ])('%f with the tick %f is written in %s as %s', (price, tick, locale, text) => {
    expect(formatPrice(price, tick, locale)).toBe(text);
  });

  it('has six significant digits where the tick is unknown, and at least two behind the point', () => {
    expect([64_402, 230.5, 1.23456, 0.0012345].map((price) => priceDigits(price, undefined))).toEqual([2, 3, 5, 8]);
    expect(priceDigits(0, undefined)).toBe(2);
  });
});

describe('values', () => {
  it.each([
    [2.3123, '2.31'],
    [38.4, '38.4'],
    [0.0531, '0.0531'],
    [123.456, '123.5'],
    [1234.4, '1,234'],
    [0, '0'],
    [-1.5, '−1.5'],
    [0.0000000012345, '0.00000000123'],
    [Number.NaN, 'n/a'],
    [Number.POSITIVE_INFINITY, 'n/a'],
  ])('%f is written as %s', (value, text) => expect(formatValue(value, 'en')).toBe(text));
});

describe('percentages', () => {
  it.each([
    [0.012, '+1.2 %'],
    [-0.012, '−1.2 %'],
    [0, '0.0 %'],
    [0.0004, '0.0 %'],
    [-0.0004, '0.0 %'],
    [0.0005, '+0.1 %'],
    [10, '+1,000.0 %'],
  ])('%f is written as %s', (fraction, text) => expect(formatPercent(fraction, 'en')).toBe(nbsp(text)));

  it('keeps its sign in scripts with digits of their own', () => {
    expect(formatPercent(-0.125, 'ar-EG')).toBe('−١٢٫٥\u00a0%');
  });
});

describe('short numbers', () => {
  it.each([
    [950, '950'],
    [12_345, '12.3k'],
    [4_500_000, '4.5m'],
    [7.25e9, '7.25b'],
    [-2_000, '−2k'],
    [999_400, '999k'],
    [999_999, '1m'],
    [999_999_999, '1b'],
  ])('%f is written as %s', (value, text) => expect(formatShort(value, 'en')).toBe(text));
});

describe('lengths of time', () => {
  it.each([
    [0, '0ms'],
    [850, '850ms'],
    [1_000, '1s'],
    [252_000, '4m12s'],
    [3_600_000, '1h'],
    [3_605_000, '1h'],
    [277_200_000, '3d5h'],
    [-5, '0ms'],
  ])('%d ms are written as %s', (ms, text) => expect(formatLength(ms)).toBe(text));
});

describe('times', () => {
  const ts = Date.UTC(2026, 0, 15, 13, 5, 12);

  it('is in the zone, which is named, with the date where it is another day there', () => {
    expect(formatTime(ts, 'Europe/Berlin', ts)).toBe('14:05:12 CET');
    expect(formatTime(ts, 'UTC', ts + 86_400_000)).toBe('15 Jan 13:05:12 UTC');
    expect(formatTime(ts, 'Asia/Tokyo', ts + 3 * 3_600_000)).toBe('15 Jan 22:05:12 GMT+9');
  });

  it('is without seconds where these say nothing, with the year where it is another', () => {
    expect(formatMinute(ts, 'Europe/Berlin', ts)).toBe('14:05 CET');
    expect(formatMinute(ts, 'Europe/Berlin', ts + 86_400_000)).toBe('15 Jan 14:05 CET');
    expect(formatMinute(ts, 'Europe/Berlin', ts + 365 * 86_400_000)).toBe('15 Jan 2026 14:05 CET');
  });

  it('of a span say the day of the end, too, where it began on another day', () => {
    const [hour, day] = [3_600_000, 86_400_000];
    expect(formatMinutes(ts - hour, ts, 'UTC', ts)).toBe('12:05 UTC – 13:05 UTC');
    expect(formatMinutes(ts - 2 * day, ts, 'UTC', ts)).toBe('13 Jan 13:05 UTC – 15 Jan 13:05 UTC');
    expect(formatMinutes(ts - 2 * day, ts - day, 'UTC', ts)).toBe('13 Jan 13:05 UTC – 14 Jan 13:05 UTC');
  });
});
