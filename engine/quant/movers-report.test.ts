import { describe, expect, it } from 'vitest';
import { toColumns } from '../market/bar-history.ts';
import { HOUR, MINUTE } from '../market/interval.ts';
import { moversReport } from './movers-report.ts';

const TO = Date.UTC(2026, 2, 11, 14);
const STEP = 15 * MINUTE;

/** Bars of 15 minutes up to 14:00 of given closes and volumes, oldest first; NaN leaves one out. */
function market(closes: readonly number[], volumes: (i: number) => number = () => 2, rate = 1) {
  const bars = closes.flatMap((close, i) => {
    const start = TO - (closes.length - i) * STEP;
    return Number.isNaN(close)
      ? []
      : [{ start, open: close, high: close, low: close, close, volume: volumes(i), trades: 1 }];
  });
  return { bars: toColumns(bars), rate };
}
const hours = (count: number, price: (hour: number) => number) =>
  Array.from({ length: 4 * count }, (_, i) => price(Math.floor(i / 4)));

describe('movers', () => {
  it('are ordered by their change from the last close before the hour', () => {
    const up = market([...hours(1, () => 100), 101, 99, 103, 104]);
    const down = market([...hours(1, () => 50), 50, 49, 49, 48]);
    const { movers, middle } = moversReport([down, up], TO, HOUR);
    expect(movers.map(({ market: at }) => at)).toEqual([1, 0]);
    expect(movers[0].change).toBeCloseTo(0.04, 12);
    expect(movers[1].change).toBeCloseTo(-0.04, 12);
    expect(middle).toBeCloseTo(0, 12);
    // Two of each price in the quote.
    expect(movers[0].value).toBeCloseTo(2 * (101 + 99 + 103 + 104), 9);
    // One hour before says nothing of what is usual.
    expect(movers[0]).toMatchObject({ deviations: undefined, surge: undefined, isMost: false });
  });

  it('are measured in what is usual for each: the median absolute deviation of 20 hours', () => {
    // The growth of the hours before turns between +1 % and −1 % (of the logarithm); the newest is 3 %.
    const steps = Array.from({ length: 22 }, (_, hour) => (hour === 21 ? 0.03 : hour % 2 === 0 ? 0.01 : -0.01));
    const logs = steps.map((_, hour) => steps.slice(0, hour + 1).reduce((a, b) => a + b, 0));
    const volumes = (i: number) => (i >= 84 ? 9 : i % 8 < 4 ? 2 : 4);
    const { movers } = moversReport(
      [
        market(
          hours(22, (hour) => Math.exp(logs[hour])),
          volumes,
        ),
      ],
      TO,
      HOUR,
    );
    // Ten of +0.01 and ten of −0.01: their median is 0, all lie 0.01 from it.
    expect(movers[0].deviations).toBeCloseTo(0.03 / (1.482602218505602 * 0.01), 9);
    // 36 against hours of 8 and of 16, whose median is 12.
    expect(movers[0].surge).toBeCloseTo(3, 9);
    expect(movers[0].isMost).toBe(true);
  });

  it('take the last price before the hour, however old, and leave out who did not trade in it', () => {
    const rare = market([20, Number.NaN, Number.NaN, Number.NaN, Number.NaN, 22, Number.NaN, Number.NaN]);
    const silent = market([20, 20, 20, 20, Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
    const young = market([20, 21]);
    const report = moversReport([silent, young, rare], TO, HOUR);
    expect(report.movers.map(({ market: at, change }) => [at, change.toFixed(6)])).toEqual([[2, '0.100000']]);
    expect(report.silent).toEqual([0]);
    expect(report.young).toEqual([1]);
  });

  it('have no value where the rate or the volume is not known, and are counted in one currency where it is', () => {
    const closes = hours(2, () => 10);
    const none = market(closes, () => 0);
    const unknown = market(closes, () => 2, Number.NaN);
    const euros = market(closes, () => 2, 1.2);
    const { movers } = moversReport([none, unknown, euros], TO, HOUR);
    expect(movers.map(({ value }) => value)).toEqual([undefined, undefined, 10 * 2 * 4 * 1.2]);
  });

  it('refuse where nothing was traded', () => {
    expect(() => moversReport([market([])], TO, HOUR)).toThrow('Nothing that is watched was traded');
    expect(() => moversReport([], TO, HOUR)).toThrow('Nothing that is watched was traded');
  });
});
