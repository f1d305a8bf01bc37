import { describe, expect, it } from 'vitest';
import { readItem } from '../feeds/ingest-item.ts';
import { createRecords } from './generate-records.ts';

/** In seconds; ten records of each. */
const at = (index: number): number => 1_700_000_000 + Math.floor(index / 10);
const made = (seed: string, count: number) => {
  const next = createRecords(seed);
  return Array.from({ length: count }, (_, i) => next(at(i)));
};

describe('made-up records', () => {
  it('are the same for the same seed, and others for another', () => {
    expect(made('a', 200)).toEqual(made('a', 200));
    expect(made('b', 200)).not.toEqual(made('a', 200));
  });

  it('are of every kind that ingest takes, and all of them are taken', () => {
    const clock = { now: at(3_000) * 1000, aheadMs: 0 };
    const items = made('a', 3_000).map((record) => readItem(record, clock));
    expect(items.filter((item) => typeof item === 'string')).toEqual([]);
    const kinds = new Set(items.map((item) => (typeof item === 'string' ? item : item.kind)));
    expect([...kinds].sort()).toEqual(['facts', 'level', 'state']);
  });

  it('tell a minute that only grows', () => {
    const seen = new Map<string, Record<string, string | number>>();
    for (const record of made('a', 5_000)) {
      if (!('opening_price' in record)) continue;
      const key = `${record.stock_symbol} ${Math.floor(Number(record.timestamp) / 60)}`;
      const before = seen.get(key);
      if (before !== undefined) {
        expect(record.opening_price).toBe(before.opening_price);
        expect(record.volume).toBeGreaterThan(Number(before.volume));
        expect(record.high).toBeGreaterThanOrEqual(Number(before.high));
      }
      seen.set(key, record);
    }
    expect(seen.size).toBeGreaterThan(20);
  });
});
