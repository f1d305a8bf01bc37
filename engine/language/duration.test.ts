import { describe, expect, it } from 'vitest';
import { parseDuration } from './duration.ts';

describe('parseDuration', () => {
  it.each([
    ['15m', 900_000],
    ['90s', 90_000],
    ['1h30m', 5_400_000],
    ['2d', 172_800_000],
    ['1w', 604_800_000],
    ['15min', 900_000],
    ['2hours', 7_200_000],
    ['0m', 0],
  ])('%s is %d ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it.each(['', '15', 'm', '1.5h', '15x', '1h30', '-5m', '5k'])('%j is none', (text) =>
    expect(parseDuration(text)).toBeUndefined(),
  );
});
