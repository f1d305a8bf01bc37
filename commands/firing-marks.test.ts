import { describe, expect, it } from 'vitest';
import { HARNESS_NOW } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';
import { directionOf } from './firing-marks.ts';

const harness = useCommandHarness();

const value = (now: number, before: number | undefined, threshold: number | undefined) => ({
  series: 'x',
  value: now,
  before,
  threshold,
});

describe('the direction of a firing', () => {
  it.each([
    ['passed on the way up', [value(71, 69, 70)], 'up'],
    ['passed on the way down', [value(69, 71, 70)], 'down'],
    ['reached from above', [value(70, 71, 70)], 'down'],
    ['reached from below', [value(70, 69, 70)], 'up'],
    ['of the one that passed, not of the first', [value(5, 4, 1), value(29, 31, 30)], 'down'],
    ['out of a range at its lower end', [value(59, 61, 60), value(59, 61, 70)], 'down'],
    ['held below, on the way up again', [value(28, 27, 30)], 'down'],
    ['held above, on the way down again', [value(72, 73, 70)], 'up'],
    ['without a value before', [value(28, undefined, 30)], 'down'],
    ['without anything to measure by', [], 'up'],
  ] as const)('%s', (_name, values, direction) => expect(directionOf({ values })).toBe(direction));
});

describe('the marks on a chart', () => {
  it('point down where a price fell through its level', async () => {
    await harness.say('/alert btc < 59500');
    await harness.trade('btcusdt', 59_400);
    await harness.say('/chart btc');
    expect(harness.drawn.at(-1)!.marks).toEqual([{ ts: HARNESS_NOW, direction: 'down', price: 59_400, label: '' }]);
  });

  it('of a bar’s close lie within that bar, not in the next', async () => {
    await harness.say('/alert btc > 60500 on close');
    await harness.trade('btcusdt', 60_600);
    await harness.time.advance(5 * 60_000);
    await harness.trade('btcusdt', 60_550);
    await harness.say('/chart btc');
    const { marks, bars } = harness.drawn.at(-1)!;
    expect(marks).toHaveLength(1);
    const bar = bars.findLast(({ start }) => start <= marks[0].ts)!;
    expect([bar.start, bar.close]).toEqual([HARNESS_NOW, 60_600]);
  });
});
