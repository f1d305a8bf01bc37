import { expect } from 'vitest';
import type { Trade } from '../../engine/market/events.ts';
import type { Frame } from '../../feeds/venue.ts';
import { mutate } from './mutate-frame.ts';
import { createRandom } from './random.ts';

export const DAMAGED = process.env.MODE === 'long' ? 1_000_000 : 20_000;

export interface DamagedFrames {
  /** The text of each, and the route on which it comes where that matters. */
  readonly frames: readonly (string | readonly [route: string, text: string])[];
  readonly read: (text: string, route: string) => Frame;
  /** The way by hand, where a reader has one of its own: what it reads, `read` must read alike. */
  readonly fast?: (text: string, route: string) => Trade | undefined;
  /** Kinds of frames that have to be among what was read. */
  readonly kinds: readonly Frame['kind'][];
  readonly seed: number;
}

function* each(frame: Frame): Iterable<Frame> {
  if (frame.kind === 'many') for (const one of frame.frames) yield* each(one);
  else yield frame;
}

const isOver0 = (value: number): boolean => value > 0 && value < Number.POSITIVE_INFINITY;

function isGoodTrade({ price, size, ts, side, id }: Trade): boolean {
  const isSound = isOver0(price) && isOver0(size) && Number.isSafeInteger(ts) && ts > 0;
  return isSound && (side === 'buy' || side === 'sell') && id !== '';
}

function isGood(frame: Frame): boolean {
  if (frame.kind === 'trades') return frame.trades.every(isGoodTrade);
  if (frame.kind === 'facts') return frame.facts.every(({ ts, value }) => Number.isFinite(value) && ts > 0);
  if (frame.kind !== 'book') return true;
  const { bids, asks, ts, last = 0, checksum = 0 } = frame.book;
  const isFine = [...bids, ...asks].every(([price, size]) => isOver0(price) && (size === 0 || isOver0(size)));
  return isFine && ts > 0 && Number.isSafeInteger(last) && Number.isSafeInteger(checksum);
}

/** Reads many damaged frames: none throws, none gives a number that is none, and the reader stays as it was. */
export function readDamaged({ frames, read, fast, kinds, seed }: DamagedFrames): void {
  const random = createRandom(seed);
  const all = frames.map((one) => (typeof one === 'string' ? (['', one] as const) : one));
  const readAll = () => all.map(([route, text]) => read(text, route));
  const before = readAll();
  const seen = new Map<string, number>();
  let quick = 0;
  for (let i = 0; i < DAMAGED; i++) {
    const [route, whole] = all[i % all.length];
    const text = mutate(whole, random);
    const frame = read(text, route);
    for (const one of each(frame)) {
      seen.set(one.kind, (seen.get(one.kind) ?? 0) + 1);
      if (!isGood(one)) expect.fail(`${text} gave ${JSON.stringify(one)}`);
    }
    const trade = fast?.(text, route);
    if (trade === undefined) continue;
    quick++;
    expect(frame, text).toEqual({ kind: 'trades', trades: [trade] });
  }
  expect(readAll()).toEqual(before);
  // All of it was tried.
  for (const kind of kinds) expect(seen.get(kind) ?? 0, kind).toBeGreaterThan(DAMAGED / 1000);
  if (fast) expect(quick).toBeGreaterThan(DAMAGED / 1000);
}
