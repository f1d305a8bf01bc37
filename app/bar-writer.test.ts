import { expect, it } from 'vitest';
import type { BarsOf } from '../db/bars.ts';
import type { Bar } from '../engine/market/events.ts';
import { createManualClock } from '../test/doubles/manual-clock.ts';
import { createSilentLog } from '../test/doubles/silent-log.ts';
import { createBarWriter } from './bar-writer.ts';

const MINUTE = 60_000;
const bar = (start: number, close: number): Bar => ({
  ...{ start, open: 1, high: 9, low: 1, close, volume: 1, trades: 1 },
});

it('stores the newest state of a bar last, also where the database failed in between', async () => {
  const time = createManualClock();
  const stored = new Map<number, number>();
  let fail: (() => void) | undefined;
  const store = {
    async putMany([{ bars }]: readonly BarsOf[]) {
      if (fail === undefined) {
        await new Promise<void>((_, reject) => {
          fail = () => reject(new Error('locked'));
        });
      }
      for (const { start, close } of bars) stored.set(start, close);
    },
  };
  const writer = createBarWriter(store, time.clock, createSilentLog());
  writer.add('sim:btcusdt', MINUTE, bar(0, 5));
  const first = writer.flush();
  writer.add('sim:btcusdt', MINUTE, bar(0, 7));
  writer.add('sim:btcusdt', MINUTE, bar(MINUTE, 8));
  fail?.();
  await first;
  await writer.flush();
  expect([...stored]).toEqual([
    [0, 7],
    [MINUTE, 8],
  ]);
  await writer.stop();
});

it('does not store bars that are shorter than a minute', async () => {
  const time = createManualClock();
  const puts: number[] = [];
  const store = {
    putMany: async (items: readonly BarsOf[]) => void puts.push(...items.map(({ interval }) => interval)),
  };
  const writer = createBarWriter(store, time.clock, createSilentLog());
  writer.add('sim:btcusdt', 1_000, bar(0, 5));
  writer.add('sim:btcusdt', MINUTE, bar(0, 5));
  await time.advance(2_000);
  expect(puts).toEqual([MINUTE]);
  await writer.stop();
});

it('stores bars after what came of them, and has them wait where that cannot be stored', async () => {
  const time = createManualClock();
  const done: string[] = [];
  let isFull = true;
  const store = { putMany: async ([{ bars }]: readonly BarsOf[]) => void done.push(`bars ${bars.length}`) };
  const writer = createBarWriter(store, time.clock, createSilentLog(), async () => {
    done.push(isFull ? 'refused' : 'rules');
    return !isFull;
  });
  writer.add('sim:btcusdt', MINUTE, bar(0, 5));
  await time.advance(2_000);
  expect(done).toEqual(['refused']);
  isFull = false;
  writer.add('sim:btcusdt', MINUTE, bar(MINUTE, 6));
  await writer.stop();
  expect(done).toEqual(['refused', 'rules', 'bars 2', 'rules']);
});
