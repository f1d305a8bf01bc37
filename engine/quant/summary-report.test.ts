import { describe, expect, it } from 'vitest';
import { toColumns } from '../market/bar-history.ts';
import { HOUR } from '../market/interval.ts';
import { summaryReport } from './summary-report.ts';
import { wilsonInterval } from './wilson.ts';

const START = Date.UTC(2026, 0, 1);

const barsOf = (closes: readonly number[], volume = (_i: number) => 1) =>
  toColumns(
    closes.map((close, i) => {
      return { start: START + i * HOUR, open: close, high: close, low: close, close, volume: volume(i), trades: 1 };
    }),
  );
const times = (count: number, make: (i: number) => number) => Array.from({ length: count }, (_, i) => make(i));

describe('Wilson’s interval', () => {
  it('agrees with scipy 1.17.1', () => {
    for (const [hits, count, low, high] of [
      [9, 14, 0.38764423103907397, 0.8365526824644587],
      [0, 10, 0, 0.27753279986288926],
      [50, 100, 0.4038315303659956, 0.5961684696340044],
    ]) {
      expect(wilsonInterval(hits, count).low).toBeCloseTo(low, 10);
      expect(wilsonInterval(hits, count).high).toBeCloseTo(high, 10);
    }
  });
});

describe('the summary', () => {
  it('has the mean move of whole days, the volume of the last and the changes over a day and a week', () => {
    // Days end at 100, 102, 102, 99.96, then all the same.
    const ends = [100, 102, 102, 99.96, 99.96, 99.96, 99.96, 99.96];
    const closes = times(24 * 7 + 1, (i) => ends[Math.ceil(i / 24)]);
    const report = summaryReport(
      barsOf(closes, (i) => (i > 24 * 6 ? 3 : 2)),
      [],
    );
    expect(report.move).toBeCloseTo((0.02 + 0.02) / 7, 12);
    expect([report.lastVolume, report.volume]).toEqual([72, 1.5]);
    expect(report.trends.map(({ horizon }) => horizon / HOUR)).toEqual([24, 168]);
    expect(report.trends[1].change).toBeCloseTo(99.96 / 100 - 1, 12);
    expect(report.trends.map(({ way }) => way)).toEqual(['flat', 'flat']);
  });

  it('calls a steady climb a trend', () => {
    const climb = times(24 * 31, (i) => 100 * Math.exp(0.001 * i + 0.001 * (i % 2)));
    expect(summaryReport(barsOf(climb), []).trends.map(({ way }) => way)).toEqual(['up', 'up', 'up']);
  });

  it('counts outcomes four hours later, each stretch once, against any hour', () => {
    // Four hours up, four hours down: after any hour it has gone up as often as down, but for those in the middle.
    const zigzag = times(401, (i) => 100 + (i % 8 < 4 ? i % 8 : 8 - (i % 8)));
    const bars = barsOf(zigzag);
    const end = (i: number) => START + (i + 1) * HOUR;
    const lows = times(40, (k) => 8 * k).map((i) => ({ ts: end(i), price: zigzag[i], up: true }));
    const { alerts } = summaryReport(bars, [
      ...lows,
      ...lows.map((each) => ({ ...each, ts: each.ts + HOUR, up: false })),
    ]);
    expect(alerts).toMatchObject({ said: 80, judged: 40, hits: 40, verdict: 'better' });
    // Of eight places three rise, three fall and two are where they were.
    expect(alerts.base).toBeCloseTo(3 / 8, 1);
    const wrong = summaryReport(
      bars,
      lows.map((each) => ({ ...each, up: false })),
    );
    expect(wrong.alerts).toMatchObject({ judged: 40, hits: 0, verdict: 'worse' });
    expect(summaryReport(bars, lows.slice(0, 9)).alerts).toMatchObject({ judged: 9, verdict: 'too few' });
    const late = [{ ts: end(400), price: 100, up: true }];
    expect(summaryReport(bars, late).alerts).toMatchObject({ said: 1, judged: 0, verdict: 'too few' });
  });

  it('finds alerts that say anything no better than chance', () => {
    const zigzag = times(401, (i) => 100 + (i % 8 < 4 ? i % 8 : 8 - (i % 8)));
    const said = times(40, (k) => 9 * k).map((i) => ({ ts: START + (i + 1) * HOUR, price: zigzag[i], up: true }));
    expect(summaryReport(barsOf(zigzag), said).alerts.verdict).toBe('chance');
  });

  it('refuses less than a day', () => {
    expect(() => summaryReport(barsOf(times(20, () => 1)), [])).toThrow('at least 25');
  });
});
