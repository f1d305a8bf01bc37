import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../test/doubles/random.ts';
import { ThresholdIndex, type Watcher } from './threshold-index.ts';

type Step =
  | { readonly kind: 'add'; readonly level: number; readonly strict: boolean }
  | { readonly kind: 'move' | 'reset'; readonly value: number }
  | { readonly kind: 'remove'; readonly at: number };

const number = fc.integer({ min: -5, max: 5 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), level: number, strict: fc.boolean() }),
  fc.record({ kind: fc.constant('move' as const), value: number }),
  fc.record({ kind: fc.constant('move' as const), value: number }),
  fc.record({ kind: fc.constant('reset' as const), value: number }),
  fc.record({ kind: fc.constant('remove' as const), at: fc.nat(20) }),
);

const isAbove = (value: number, watcher: Watcher): boolean =>
  watcher.strict ? value > watcher.level : value >= watcher.level;

describe('the threshold index', () => {
  it('tells of exactly those whose threshold was passed, as looking at each of them would', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const index = new ThresholdIndex<Watcher>();
        let watchers: Watcher[] = [];
        let value: number | undefined;
        for (const item of steps) {
          const passed: Watcher[] = [];
          const before = new Map(watchers.map((watcher) => [watcher, watcher.above]));
          if (item.kind === 'add') {
            const watcher: Watcher = { level: item.level, strict: item.strict, above: false, known: false };
            watchers.push(watcher);
            index.add(watcher);
          } else if (item.kind === 'remove') {
            const [gone] = watchers.splice(item.at % Math.max(1, watchers.length), 1);
            if (gone !== undefined) index.remove(gone);
          } else if (item.kind === 'reset') {
            index.reset(item.value);
            value = item.value;
          } else {
            index.move(item.value, passed);
            const first = value === undefined;
            value = item.value;
            const wanted = watchers.filter((watcher) => first || isAbove(item.value, watcher) !== before.get(watcher));
            expect(new Set(passed)).toEqual(new Set(wanted));
            expect(passed).toHaveLength(wanted.length);
          }
          for (const watcher of watchers) {
            expect(watcher.known).toBe(value !== undefined);
            if (value !== undefined) expect(watcher.above).toBe(isAbove(value, watcher));
          }
          expect(index.size).toBe(watchers.length);
        }
        watchers = [];
      }),
      { numRuns: 500 },
    );
  });

  it('does so over many blocks, with equal thresholds among them', () => {
    const random = createRandom(5);
    const index = new ThresholdIndex<Watcher>();
    const watchers: Watcher[] = [];
    for (let n = 0; n < 20_000; n++) {
      if (random() < 0.6) {
        const watcher = { level: Math.floor(random() * 2000), strict: random() < 0.5, above: false, known: false };
        watchers.push(watcher);
        index.add(watcher);
      } else if (watchers.length > 0 && random() < 0.7) {
        const at = Math.floor(random() * watchers.length);
        index.remove(watchers[at]);
        watchers[at] = watchers[watchers.length - 1];
        watchers.pop();
      } else {
        const value = Math.floor(random() * 2200) - 100;
        const wanted = watchers.filter((watcher) => !watcher.known || isAbove(value, watcher) !== watcher.above);
        const passed: Watcher[] = [];
        index.move(value, passed);
        expect(new Set(passed)).toEqual(new Set(wanted));
        const above = watchers.filter((watcher) => !watcher.above).map(({ level }) => level - value);
        const below = watchers.filter((watcher) => watcher.above).map(({ level }) => value - level);
        expect(index.roomAbove(value)).toBe(Math.min(...above, Number.POSITIVE_INFINITY));
        expect(index.roomBelow(value)).toBe(Math.min(...below, Number.POSITIVE_INFINITY));
      }
    }
    expect(index.size).toBe(watchers.length);
    expect(index.size).toBeGreaterThan(4 * 512);
    expect(watchers.every((watcher) => watcher.known)).toBe(true);
  });

  it('takes no notice of a value that is not a number', () => {
    const index = new ThresholdIndex<Watcher>();
    const watcher: Watcher = { level: 1, strict: true, above: false, known: false };
    index.add(watcher);
    const passed: Watcher[] = [];
    index.move(2, passed);
    index.move(Number.NaN, passed);
    expect([watcher.above, passed.length]).toEqual([true, 1]);
  });
});
