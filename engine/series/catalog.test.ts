import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bar } from '../market/events.ts';
import { CATALOG, lookup } from './catalog.ts';
import type { BarsEntry, Kernel, Pair, PairEntry, SeriesEntry } from './catalog-entry.ts';
import { barsOf, shortParams } from './catalog-harness.ts';
import { ANY_WAY, DOWN_LOWERS, DOWN_RAISES, UP_LOWERS, UP_RAISES } from './ways.ts';

const entries = CATALOG.filter(
  (entry): entry is SeriesEntry | BarsEntry | PairEntry => entry.input !== 'column' && entry.input !== 'fact',
);

/** An entry's kernel for bars, whatever it takes. */
function kernelOf(entry: SeriesEntry | BarsEntry | PairEntry, params = shortParams(entry)): Kernel<Bar> {
  if (entry.input === 'bars') return entry.create(params);
  if (entry.input === 'pair') {
    const kernel = entry.create(params);
    const pairOf = ({ start, close, open }: Bar): Pair => ({ y: close, x: open, start });
    return {
      values: kernel.values,
      add: (bar) => kernel.add(pairOf(bar)),
      replace: (bar) => kernel.replace(pairOf(bar)),
    };
  }
  const kernel = entry.create(params);
  const onClose: Kernel<Bar> = {
    values: kernel.values,
    add: (bar) => kernel.add(bar.close),
    replace: (bar) => kernel.replace(bar.close),
  };
  if (kernel.sensitivity === undefined) return onClose;
  return {
    ...onClose,
    sensitivity: (field, now, reach) => kernel.sensitivity!(field, now.close, reach),
    ways: (field, now, reach) => kernel.ways?.(field, now.close, reach) ?? ANY_WAY,
  };
}

/** A few inputs are enough for nearly all. */
const FEW = 60;

describe.each(entries.map((entry) => [entry.name, entry] as const))('%s', (name, entry) => {
  const { first, settled } = entry.warmup(shortParams(entry));
  const someBars = barsOf(Math.max(FEW, first));

  it('gives with live corrections, to the bit, what it gives from the final values alone', () => {
    fc.assert(
      fc.property(someBars, fc.infiniteStream(fc.nat()), (bars, choices) => {
        const [plain, corrected] = [kernelOf(entry), kernelOf(entry)];
        const pick = (at: number): Bar => ({ ...bars[choices.next().value % bars.length]!, start: bars[at]!.start });
        bars.forEach((bar, i) => {
          plain.add(bar);
          corrected.add(pick(i));
          for (let k = 0; k < i % 4; k++) corrected.replace(pick(i));
          corrected.replace(bar);
          expect([...corrected.values]).toEqual([...plain.values]);
        });
      }),
      { numRuns: 20 },
    );
  });

  it('has its first value after the inputs that its warm-up names, and none before', () => {
    fc.assert(
      fc.property(someBars, (bars) => {
        const kernel = kernelOf(entry);
        expect(settled).toBeGreaterThanOrEqual(first);
        expect(first).toBeLessThanOrEqual(name === 'garch' ? 2 * FEW : FEW);
        for (const bar of bars.slice(0, first)) {
          expect(kernel.values.every(Number.isNaN)).toBe(true);
          kernel.add(bar);
        }
        expect([...kernel.values].some(Number.isNaN)).toBe(false);
      }),
      { numRuns: 20 },
    );
  });

  it('has finite values on bars in which nothing moves and nothing is traded', () => {
    for (const price of [100, 0.1, 64_402.1]) {
      const kernel = kernelOf(entry);
      const flat = { open: price, high: price, low: price, close: price, volume: 0, trades: 0 };
      for (let i = 0; i < 120; i++) kernel.add({ start: i * 60_000, ...flat });
      expect([...kernel.values].every(Number.isFinite)).toBe(true);
    }
  });

  it('moves no further than it says, and not in other ways, while the bar is open', () => {
    if (kernelOf(entry).sensitivity === undefined) return;
    fc.assert(
      fc.property(
        someBars,
        fc.nat(),
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 }),
        fc.double({ min: 1e-4, max: 5, noNaN: true }),
        (someMore, fewer, path, reach) => {
          const bars = someMore.slice(0, someMore.length - (fewer % (someMore.length - first + 1)));
          const kernel = kernelOf(entry);
          for (const bar of bars) kernel.add(bar);
          const now = bars[bars.length - 1]!;
          const before = [...kernel.values];
          const bounds = before.map((_, field) => kernel.sensitivity!(field, now, reach));
          const ways = before.map((_, field) => kernel.ways?.(field, now, reach) ?? ANY_WAY);
          let open = now;
          let [up, down] = [0, 0];
          for (const step of path) {
            const close = now.close + step * reach;
            open = { ...open, close, high: Math.max(open.high, close), low: Math.min(open.low, close) };
            up = Math.max(up, close - now.close);
            down = Math.max(down, now.close - close);
            kernel.replace(open);
            for (const [field, value] of before.entries()) {
              const bound = bounds[field]!;
              if (bound === Number.POSITIVE_INFINITY) continue;
              const far = (byUp: number, byDown: number): number =>
                bound * Math.max(ways[field]! & byUp ? up : 0, ways[field]! & byDown ? down : 0) * (1 + 1e-9) +
                1e-9 * (1 + Math.abs(value));
              const moved = kernel.values[field]! - value;
              expect(moved).toBeLessThanOrEqual(far(UP_RAISES, DOWN_RAISES));
              expect(-moved).toBeLessThanOrEqual(far(UP_LOWERS, DOWN_LOWERS));
            }
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('stays within the range that it names', () => {
    const range = entry.scale === 'percent' ? [0, 100] : entry.range?.(shortParams(entry));
    if (range === undefined) return;
    const [low, high] = range as readonly [number, number];
    const off = 1e-9 * (high - low);
    fc.assert(
      fc.property(someBars, (bars) => {
        const kernel = kernelOf(entry);
        for (const bar of bars) {
          kernel.add(bar);
          for (const value of kernel.values) {
            if (Number.isNaN(value)) continue;
            expect(value).toBeGreaterThanOrEqual(low - off);
            expect(value).toBeLessThanOrEqual(high + off);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('has as many values as fields', () => {
    expect(kernelOf(entry).values).toHaveLength(Math.max(1, entry.fields.length));
  });

  it('has parameters within their ranges, and an example that names it', () => {
    for (const param of entry.params) expect(param.default >= param.min && param.default <= param.max).toBe(true);
    expect(entry.example).toContain(name);
    expect(lookup(name.toUpperCase())).toBe(entry);
  });
});

describe('the z-score', () => {
  it.each([100, 0.1, 64_402.1])('is 0 where nothing moves, also at %d, which rounds', (price) => {
    const kernel = (lookup('z') as SeriesEntry).create([20]);
    for (let i = 0; i < 60; i++) kernel.add(price);
    expect(kernel.values[0]).toBe(0);
  });
});

describe('the catalog', () => {
  it('has no name or alias twice', () => {
    const names = CATALOG.flatMap((entry) => [entry.name, ...entry.aliases]);
    expect(new Set(names).size).toBe(names.length);
  });
});
