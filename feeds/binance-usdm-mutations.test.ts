import { describe, expect, it } from 'vitest';
import type { Trade } from '../engine/market/events.ts';
import { USDM_FRAMES } from '../test/doubles/binance-usdm-frames.ts';
import { mutate } from '../test/doubles/mutate-frame.ts';
import { createRandom } from '../test/doubles/random.ts';
import { parseFrame } from './binance-usdm-parse.ts';
import { parseTradeFast } from './binance-usdm-trades.ts';
import type { Frame } from './venue.ts';

const FRAMES = Object.values(USDM_FRAMES);
const TIMES = process.env.MODE === 'long' ? 1_000_000 : 20_000;

function* each(frame: Frame): Iterable<Frame> {
  if (frame.kind === 'many') for (const one of frame.frames) yield* each(one);
  else yield frame;
}

const isOver0 = (value: number): boolean => value > 0 && value < Number.POSITIVE_INFINITY;

function isGoodTrade({ price, size, ts, side, id }: Trade): boolean {
  const isSound = isOver0(price) && isOver0(size) && Number.isSafeInteger(ts) && ts > 0;
  return isSound && (side === 'buy' || side === 'sell') && /^\d+$/.test(id);
}

function isGood(frame: Frame): boolean {
  if (frame.kind === 'trades') return frame.trades.every(isGoodTrade);
  if (frame.kind === 'facts') return frame.facts.every(({ ts, value }) => Number.isFinite(value) && ts > 0);
  if (frame.kind !== 'book') return true;
  const { bids, asks, ts, last = Number.NaN } = frame.book;
  const isFine = [...bids, ...asks].every(([price, size]) => isOver0(price) && (size === 0 || isOver0(size)));
  return isFine && ts > 0 && Number.isSafeInteger(last);
}

describe(`${TIMES} mutated frames`, () => {
  it('never throw, never give a number that is none, and leave the reader as it was', { timeout: 600_000 }, () => {
    const random = createRandom(20_260_423);
    const before = FRAMES.map(parseFrame);
    const kinds = new Map<string, number>();
    let fast = 0;
    for (let i = 0; i < TIMES; i++) {
      const text = mutate(FRAMES[i % FRAMES.length], random);
      const frame = parseFrame(text);
      for (const one of each(frame)) {
        kinds.set(one.kind, (kinds.get(one.kind) ?? 0) + 1);
        if (!isGood(one)) expect.fail(`${text} gave ${JSON.stringify(one)}`);
      }
      const trade = parseTradeFast(text);
      if (!trade) continue;
      fast++;
      expect(frame, text).toEqual({ kind: 'trades', trades: [trade] });
    }
    expect(FRAMES.map(parseFrame)).toEqual(before);
    // All of it was tried.
    for (const kind of ['trades', 'facts', 'book', 'acks', 'leave', 'malformed', 'unknown']) {
      expect(kinds.get(kind) ?? 0, kind).toBeGreaterThan(TIMES / 1000);
    }
    expect(fast).toBeGreaterThan(TIMES / 1000);
  });
});
