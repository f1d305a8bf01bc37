import { describe, it } from 'vitest';
import { type FlavourName, hold } from './hold.ts';

const TIMES = process.env.MODE === 'long' ? 10 : 1;

/** Kinds of tapes, and how many of each. */
const TAPES: readonly (readonly [FlavourName, number])[] = [
  ['coarse jumps', 1_100],
  ['small steps near the levels', 1_500],
  ['bursts at one moment', 1_000],
  ['seconds', 1_100],
];

describe('prices: the engine fires what a model fires that asks everything anew at every trade and close', () => {
  it.each(TAPES)('on tapes of %s', { timeout: TIMES * 60_000 }, (name, runs) => {
    hold(name, runs * TIMES);
  });
});
