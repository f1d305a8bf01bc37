import { expect, it } from 'vitest';
import { parseRule } from '../language/parse.ts';
import { TEST_NOW, testScope } from '../language/test-scope.ts';
import { toColumns } from '../market/bar-history.ts';
import { HOUR, MINUTE } from '../market/interval.ts';
import { replay } from './replay.ts';
import { planReplay } from './replay-plan.ts';

const rule = parseRule('btc 5m oi crosses above 10 every 1m', testScope());
const plan = planReplay(rule, TEST_NOW);
const history = plan.needs.map(({ instrument, interval, from, to }) => {
  const count = Math.floor((to - from) / interval);
  const flat = { open: 100, high: 100, low: 100, close: 100, volume: 1, trades: 4 };
  const bars = Array.from({ length: count }, (_, i) => ({ start: from + i * interval, ...flat }));
  return { instrument, interval, columns: toColumns(bars) };
});

it('a rule on a fact is tried on what was known of it, from its first value on, and never before it was known', () => {
  const begin = plan.to - 20 * HOUR;
  const times = Array.from({ length: 20 }, (_, i) => begin + i * HOUR + 7 * MINUTE);
  const values = times.map((_time, i) => (i % 4 === 3 ? 11 : 9));
  const told = [{ name: 'oi', instrument: rule.instrument, times, values }];
  const [done] = replay([rule], plan, history, told);
  const ups = times.filter((_time, i) => i % 4 === 3);
  expect(done!.firings).toHaveLength(ups.length);
  done!.firings.forEach(({ ts }, i) => {
    expect(ts).toBeGreaterThanOrEqual(ups[i]);
    expect(ts - ups[i]).toBeLessThan(5 * MINUTE);
  });
  expect(done!.from).toBeGreaterThanOrEqual(begin);
  expect(done!.from - begin).toBeLessThan(15 * MINUTE);
});

it('a rule on a fact that nobody ever told has no past', () => {
  expect(replay([rule], plan, history, [])).toEqual([undefined]);
});
