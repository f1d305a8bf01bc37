import { describe, expect, it } from 'vitest';
import type { Bar } from '../../market/events.ts';
import { normals } from '../../quant/reference-inputs.ts';
import { lookup } from '../catalog.ts';
import type { BarsEntry } from '../catalog-entry.ts';
import { expectBars, valuesAfter } from '../catalog-harness.ts';
import { anomalyByDefinition } from './anomaly-naive.ts';

const entry = lookup('anomaly') as BarsEntry;
const STEP = 60_000;
/** Bars whose returns, volumes and ranges are drawn; each may be changed. */
function barsOf(
  count: number,
  change: (i: number) => Partial<Record<'return' | 'volume' | 'range', number>> = () => ({}),
) {
  const [returns, volumes, ranges] = [1, 2, 3].map((seed) => normals(seed, count));
  let close = 100;
  return Array.from({ length: count }, (_, i): Bar => {
    const drawn = {
      return: returns[i] / 1000,
      volume: 5 * Math.exp(volumes[i]),
      range: 0.002 * Math.exp(ranges[i] / 2),
    };
    const bar = { ...drawn, ...change(i) };
    const open = close;
    close *= Math.exp(bar.return);
    const low = Math.min(open, close);
    return { start: i * STEP, open, close, low, high: low * Math.exp(bar.range), volume: bar.volume, trades: 3 };
  });
}

const last = (bars: readonly Bar[], length = 150) => {
  const [score, move, volume, range, forest] = valuesAfter(entry.create([length], STEP), bars);
  return { score, return: move, volume, range, forest };
};

describe('anomaly', () => {
  it('has the values of its definition', () =>
    expectBars(entry, [50], (bars, [n]) => anomalyByDefinition(bars, n, STEP)));

  it('has them with the usual length, too, and with trades that stop', () => {
    for (const silent of [0, 0.3, 0.95]) {
      const idle = normals(9, 260).map((z) => (z + 3) / 6);
      const bars = barsOf(260, (i) => (idle[i] < silent ? { return: 0, volume: 0, range: 0 } : {})).map((bar, i) =>
        // What stands still has neither a high nor a low.
        idle[i] < silent ? { ...bar, high: bar.close, low: bar.close } : bar,
      );
      for (const count of [200, 230, 260]) {
        const wanted = anomalyByDefinition(bars.slice(0, count), 150, STEP);
        valuesAfter(entry.create([150], STEP), bars.slice(0, count)).forEach((value, k) => {
          expect(Math.abs(value - wanted[k])).toBeLessThan(1e-9 * Math.max(1, Math.abs(value)));
        });
      }
    }
  });

  it('has them after a silence, whether or not it was looked at meanwhile', () => {
    const bars = barsOf(330, (i) => (i >= 230 && i < 320 ? { return: 0, volume: 0, range: 0 } : {}));
    const kernel = entry.create([150], STEP);
    bars.forEach((bar, i) => {
      kernel.add(bar);
      if (i < 225 || (i > 235 && i < 318)) return;
      const wanted = anomalyByDefinition(bars.slice(0, i + 1), 150, STEP);
      wanted.forEach((value, k) => {
        expect(Math.abs(kernel.values[k] - value), `bar ${i}`).toBeLessThan(1e-9 * Math.max(1, Math.abs(value)));
      });
    });
  });

  it('is to the bit the same wherever the computation began', () => {
    const bars = barsOf(700, (i) => (i % 97 === 0 ? { volume: 90, range: 0.02 } : {}));
    const { first } = entry.warmup([150]);
    const all = entry.create([150], STEP);
    bars.forEach((bar, i) => {
      all.add(bar);
      if (i % 83 !== 82 || i < first) return;
      expect(valuesAfter(entry.create([150], STEP), bars.slice(i + 1 - first, i + 1))).toEqual([...all.values]);
    });
  });

  it('is seldom above 0.9 in plain noise, and mostly below a half', () => {
    const bars = barsOf(3_000);
    const kernel = entry.create([150], STEP);
    const scores = bars.flatMap((bar) => {
      kernel.add(bar);
      return Number.isNaN(kernel.values[0]) ? [] : [kernel.values[0]];
    });
    const above = (x: number) => scores.filter((score) => score > x).length / scores.length;
    expect(scores.every((score) => score >= 0 && score <= 1)).toBe(true);
    expect(above(0.9)).toBeLessThan(0.001);
    expect(above(0.5)).toBeLessThan(0.15);
  });

  it('says which of the three is far off, and by how many deviations', () => {
    const at = (change: Partial<Record<'return' | 'volume' | 'range', number>>) =>
      last(barsOf(200, (i) => (i === 199 ? change : {})));
    // Returns have a deviation of 0.001; logarithms of volumes one of 1 around that of 5, of ranges one of 0.5.
    const fall = at({ return: -0.012 });
    expect(fall.return).toBeGreaterThan(-15);
    expect(fall.return).toBeLessThan(-9);
    expect(fall.score).toBeGreaterThan(0.9);
    const crowd = at({ return: 0, volume: 5 * Math.exp(8) });
    expect(Math.abs(crowd.volume - 8)).toBeLessThan(2);
    expect(crowd.score).toBeGreaterThan(0.85);
    const all = at({ return: 0.012, volume: 5 * Math.exp(8), range: 0.1 });
    expect(all.score).toBeGreaterThan(Math.max(0.96, crowd.score));
    expect(all.forest).toBeGreaterThan(crowd.forest);
  });

  it('takes a quiet bar, and the first trades of a bar, for nothing unusual', () => {
    const quiet = last(barsOf(200, (i) => (i === 199 ? { return: 0, volume: 1e-6, range: 0 } : {})));
    expect(quiet.volume).toBeLessThan(-10);
    expect(quiet.score).toBeLessThan(0.1);
  });

  it('holds nothing against a price that seldom moves: one step of it is no event, several are', () => {
    const steps = (size: number) =>
      last(
        barsOf(200, (i) => ({ volume: 5, range: 0.0004, return: i === 199 ? size * 1e-4 : i % 40 === 0 ? 1e-4 : 0 })),
      );
    expect(steps(1).return).toBeCloseTo(1 / 1.4826, 3);
    expect(steps(10).return).toBeCloseTo(10 / 1.4826, 2);
    expect(steps(1).score).toBeLessThan(0.6);
  });
});
