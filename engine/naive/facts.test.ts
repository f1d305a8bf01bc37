import { describe, it } from 'vitest';
import { hold } from './hold.ts';

const TIMES = process.env.MODE === 'long' ? 10 : 1;

describe('facts: the engine fires what a model fires that asks everything anew at every trade, fact and close', () => {
  it('on tapes of facts among the prices', { timeout: TIMES * 60_000 }, () => {
    hold('facts among the prices', 1_000 * TIMES);
  });
});
