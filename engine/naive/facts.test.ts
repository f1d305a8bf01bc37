import { describe, it } from 'vitest';
import { hold } from './hold.ts';

const IS_LONG = process.env.MODE === 'long';
const TIMES = IS_LONG ? 10 : 1;
/** The short form draws the same tapes each time, the long one new ones. */
const SEED = IS_LONG ? undefined : 2_031_128_258;

describe('facts: the engine fires what a model fires that asks everything anew at every trade, fact and close', () => {
  it('on tapes of facts among the prices', { timeout: TIMES * 120_000 }, () => {
    hold('facts among the prices', 1_000 * TIMES, SEED);
  });
});
