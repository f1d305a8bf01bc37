import { expect, it } from 'vitest';
import { createManualClock } from '../test/doubles/manual-clock.ts';
import { prune } from './prune.ts';

const DAY = 86_400_000;
const NOW = 1_000 * DAY;

it('drops each kind at its age in days, and goes on until a step finds nothing', async () => {
  const asked: string[] = [];
  const left = new Map([['firings', 1_200]]);
  const store = (name: string) => async (olderThan: number, limit: number) => {
    asked.push(`${name} ${(NOW - olderThan) / DAY}`);
    const dropped = Math.min(limit, left.get(name) ?? 0);
    left.set(name, (left.get(name) ?? 0) - dropped);
    return dropped;
  };
  const bars = store('bars');
  await prune({
    stores: {
      bars: { prune: (_interval, olderThan, limit) => bars(olderThan, limit) },
      facts: { prune: store('facts') },
      trades: { prune: store('trades') },
      outbox: { prune: store('deliveries') },
      views: { prune: store('views') },
      firings: { prune: store('firings') },
      outages: { prune: store('outages') },
      rules: { pruneChanges: store('changes') },
    },
    clock: createManualClock(NOW).clock,
    barsRetention: 7 * DAY,
    tradesRetention: 2 * DAY,
  });
  expect(new Set(asked)).toEqual(
    new Set(['bars 7', 'facts 7', 'trades 2', 'deliveries 30', 'views 30', 'firings 90', 'outages 90', 'changes 365']),
  );
  expect(left.get('firings')).toBe(0);
  expect(asked.filter((line) => line === 'firings 90').length).toBeGreaterThan(2);
});
