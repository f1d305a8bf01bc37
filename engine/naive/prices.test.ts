import { describe, it } from 'vitest';
import { type FlavourName, hold } from './hold.ts';

const IS_LONG = process.env.MODE === 'long';
const TIMES = IS_LONG ? 10 : 1;
/** The short form draws the same tapes each time, the long one new ones. */
const SEED = IS_LONG ? undefined : 20_261_125;

/** Kinds of tapes, and how many of each. */
const TAPES: readonly (readonly [FlavourName, number])[] = [
  ['coarse jumps', 1_100],
  ['small steps near the levels', 1_500],
  ['bursts at one moment', 1_000],
  ['seconds', 1_100],
];

describe('prices: the engine fires what a model fires that asks everything anew at every trade and close', () => {
  it.each(TAPES)('on tapes of %s', { timeout: TIMES * 120_000 }, (name, runs) => {
    hold(name, runs * TIMES, SEED);
  });
});
