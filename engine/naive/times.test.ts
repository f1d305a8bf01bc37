import { describe, it } from 'vitest';
import { type FlavourName, hold } from './hold.ts';

const IS_LONG = process.env.MODE === 'long';
const TIMES = IS_LONG ? 10 : 1;
/** The short form draws the same tapes each time, the long one new ones. */
const SEED = IS_LONG ? undefined : 20_261_125;

/** Kinds of tapes, and how many of each. */
const TAPES: readonly (readonly [FlavourName, number])[] = [
  ['late trades', 1_100],
  ['a clock that ticks', 900],
  ['seconds with late trades and a clock', 900],
  ['missed minutes', 800],
  ['long silences', 60],
  ['silences in seconds', 60],
];

describe('times: the engine fires what a model fires that asks everything anew at every trade and close', () => {
  it.each(TAPES)('on tapes of %s', { timeout: TIMES * 120_000 }, (name, runs) => {
    hold(name, runs * TIMES, SEED);
  });
});
