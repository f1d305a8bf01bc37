import { describe, expect, it } from 'vitest';
import type { Trade } from '../engine/market/events.ts';
import { BYBIT_FRAMES, EVERY_MARKET } from '../test/doubles/bybit-frames.ts';
import { mutate } from '../test/doubles/mutate-frame.ts';
import { createRandom } from '../test/doubles/random.ts';
import { bybitReader } from './bybit-parse.ts';
import type { Frame } from './venue.ts';

const FRAMES = Object.values(BYBIT_FRAMES);
const TIMES = process.env.MODE === 'long' ? 1_000_000 : 20_000;

function* each(frame: Frame): Iterable<Frame> {
  if (frame.kind === 'many') for (const one of frame.frames) yield* each(one);
  else yield frame;
}

const isGoodTrade = ({ price, size, ts, side, id }: Trade): boolean =>
  price > 0 &&
  size > 0 &&
  price < Infinity &&
  size < Infinity &&
  Number.isSafeInteger(ts) &&
  ts > 0 &&
  !!side &&
  id !== '';

function isGood(frame: Frame): boolean {
  if (frame.kind === 'trades') return frame.trades.every(isGoodTrade);
  if (frame.kind === 'facts') return frame.facts.every(({ ts, value }) => Number.isFinite(value) && ts > 0);
  if (frame.kind !== 'book') return true;
  const { bids, asks, ts, last = Number.NaN } = frame.book;
  const isFine = [...bids, ...asks].every(
    ([price, size]) => price > 0 && size >= 0 && price < Infinity && size < Infinity,
  );
  return isFine && ts > 0 && Number.isSafeInteger(last);
}

describe(`${TIMES} mutated frames`, () => {
  it('never throw, never give a number that is none, and leave the reader as it was', { timeout: 600_000 }, () => {
    const random = createRandom(20_260_809);
    const reader = bybitReader(EVERY_MARKET);
    const before = FRAMES.map(([route, text]) => reader.read(text, route));
    const kinds = new Map<string, number>();
    for (let i = 0; i < TIMES; i++) {
      const [route, whole] = FRAMES[i % FRAMES.length];
      const text = mutate(whole, random);
      for (const frame of each(reader.read(text, route))) {
        kinds.set(frame.kind, (kinds.get(frame.kind) ?? 0) + 1);
        if (!isGood(frame)) expect.fail(`${text} gave ${JSON.stringify(frame)}`);
      }
    }
    expect(FRAMES.map(([route, text]) => reader.read(text, route))).toEqual(before);
    // All of it was tried.
    for (const kind of ['trades', 'facts', 'book', 'acks', 'alive', 'malformed', 'unknown']) {
      expect(kinds.get(kind) ?? 0).toBeGreaterThan(TIMES / 1000);
    }
  });
});
