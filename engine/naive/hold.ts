import fc from 'fast-check';
import { expect } from 'vitest';
import { expectSame } from './compare.ts';
import { FLAVOURS } from './flavours.ts';
import { scripts } from './tape.ts';

export type FlavourName = keyof typeof FLAVOURS;

/**
 * Holds the engine against the model on so many tapes of a flavour. Where they differ, the shrunk tape fits into found.test.ts.
 *
 * @param seed draws the same tapes each time, so that a change is held against what the one before was; without it new ones
 */
export function hold(name: FlavourName, runs: number, seed?: number): void {
  let firings = 0;
  const property = fc.property(scripts(FLAVOURS[name]), (script) => {
    firings += expectSame(script);
  });
  fc.assert(property, { numRuns: runs, ...(seed !== undefined && { seed }) });
  // Tapes on which nothing fires would hold anything.
  expect(firings).toBeGreaterThan(runs / 8);
}
