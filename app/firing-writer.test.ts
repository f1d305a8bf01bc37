import { expect, it } from 'vitest';
import type { FiringStore } from '../db/firings.ts';
import { TransportError } from '../engine/errors.ts';
import type { Firing } from '../engine/rules/rule.ts';
import { createManualClock } from '../test/doubles/manual-clock.ts';
import { createSilentLog } from '../test/doubles/silent-log.ts';
import { createFiringWriter } from './firing-writer.ts';

const firing = (id: string): Firing => ({
  ...{ id, ruleId: 'r', ts: 1, instrument: 'sim:btcusdt', price: 1, values: [] },
  ...{ tradeId: undefined, suppressed: 0 },
});

it('tells since when nothing can be stored and what waits, until it can', async () => {
  const time = createManualClock(1_000);
  let isFull = true;
  const stored: string[] = [];
  const store = {
    async commit({ firings }: { firings: readonly Firing[] }) {
      if (isFull) throw new TransportError('database: commit failed', { retryable: true, reason: 'storage' });
      stored.push(...firings.map(({ id }) => id));
    },
  } as unknown as FiringStore;
  const writer = createFiringWriter(store, time.clock, createSilentLog(), () => undefined);
  expect(writer.fault()).toBeUndefined();
  writer.add({ firings: [firing('1')] });
  await time.advance(10);
  writer.add({ firings: [firing('2')] });
  await time.advance(60_000);
  expect(writer.fault()).toEqual({ since: 1_010, reason: 'database: commit failed' });
  expect(writer.waiting()).toBe(2);
  isFull = false;
  await time.advance(20_000);
  await writer.settled();
  expect(writer.fault()).toBeUndefined();
  expect(writer.waiting()).toBe(0);
  expect(stored).toEqual(['1', '2']);
});

it('says as soon as it is known whether what was added is stored', async () => {
  const time = createManualClock(1_000);
  let isFull = false;
  const store = {
    async commit() {
      if (isFull) throw new TransportError('database: commit failed', { retryable: true, reason: 'storage' });
    },
  } as unknown as FiringStore;
  const writer = createFiringWriter(store, time.clock, createSilentLog(), () => undefined);
  expect(await writer.tried()).toBe(true);
  writer.add({ firings: [firing('1')] });
  expect(await writer.tried()).toBe(true);
  isFull = true;
  writer.add({ firings: [firing('2')] });
  expect(await writer.tried()).toBe(false);
  expect(await writer.tried()).toBe(false);
  isFull = false;
  await time.advance(20_000);
  expect(await writer.tried()).toBe(true);
  // What is given up at the end is not stored either.
  isFull = true;
  writer.add({ firings: [firing('3')] });
  const stopped = writer.stop();
  await time.advance(10);
  await time.advance(60_000);
  await stopped;
  expect(await writer.tried()).toBe(false);
});
