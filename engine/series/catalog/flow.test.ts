import { describe, expect, it } from 'vitest';
import type { Bar } from '../../market/events.ts';
import { HOUR, MINUTE } from '../../market/interval.ts';
import { lookup } from '../catalog.ts';
import type { BarsEntry } from '../catalog-entry.ts';
import { expectBars, valuesAfter } from '../catalog-harness.ts';

const entry = (name: string): BarsEntry => lookup(name) as BarsEntry;
const sum = (xs: readonly number[]): number => xs.reduce((total, x) => total + x, 0);
const flat = { start: 0, open: 1, high: 1, low: 1, close: 1, trades: 3 };

describe('what takers do', () => {
  it('sums what was bought less what was sold over the window', () => {
    expectBars(entry('cvd'), [7], (bars) => {
      const window = bars.slice(-7);
      return [sum(window.map(({ bought }) => bought!)) - sum(window.map(({ volume, bought }) => volume - bought!))];
    });
  });

  it('gives the share of the volume that was bought, a half where there was none', () => {
    expectBars(entry('buyratio'), [5], (bars) => {
      const window = bars.slice(-5);
      const volume = sum(window.map((bar) => bar.volume));
      return [volume === 0 ? 0.5 : sum(window.map(({ bought }) => bought!)) / volume];
    });
    const share = entry('buyratio').create([2]);
    const bars: Bar[] = [
      { ...flat, volume: 4, bought: 4 },
      { ...flat, volume: 6, bought: 1 },
    ];
    // 5 of 10 base units.
    expect(valuesAfter(share, bars)).toEqual([0.5]);
  });

  it('has no value while a bar of the window does not tell, and one again after it', () => {
    const known: Bar = { ...flat, volume: 4, bought: 3 };
    for (const name of ['cvd', 'buyratio']) {
      for (const unknown of [
        { ...flat, volume: 4 },
        { ...flat, volume: 4, bought: Number.NaN },
      ]) {
        const kernel = entry(name).create([2]);
        const values = [known, known, unknown, known, known].map((bar) => valuesAfter(kernel, [bar])[0]);
        expect(values.map((value) => !Number.isNaN(value))).toEqual([false, true, false, false, true]);
      }
    }
  });

  it('takes a bar without volume for one whose sides are known', () => {
    expect(valuesAfter(entry('cvd').create([1]), [{ ...flat, volume: 0, trades: 0 }])).toEqual([0]);
  });

  it('counts trades a second of whole bars, whatever their length', () => {
    expectBars(entry('traderate'), [6], (bars) => [sum(bars.slice(-6).map(({ trades }) => trades)) / (6 * 60)]);
    const bars = [1800, 5400].map((trades) => ({ ...flat, volume: 1, trades }));
    // 7200 trades in two hours; in two minutes it would be 60 a second.
    expect(valuesAfter(entry('traderate').create([2], HOUR), bars)).toEqual([1]);
    expect(valuesAfter(entry('traderate').create([2], MINUTE), bars)).toEqual([60]);
  });
});
