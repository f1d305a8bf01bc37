import fc from 'fast-check';
import { expect, it } from 'vitest';
import { beneath, beyond } from './band.ts';

const BITS = new DataView(new ArrayBuffer(8));

/** The number whose bits are those of `x`, counted on by `steps`. */
function stepped(x: number, steps: bigint): number {
  BITS.setFloat64(0, x);
  BITS.setBigUint64(0, BITS.getBigUint64(0) + steps);
  return BITS.getFloat64(0);
}

it('finds the numbers next to a price, by their bits', () => {
  const price = fc.oneof(
    fc.double({ min: 1e-12, max: 1e12, noNaN: true }),
    fc.integer({ min: -40, max: 40 }).map((power) => 2 ** power),
    fc.integer({ min: 1, max: 10 ** 9 }).map((cents) => cents / 100),
  );
  fc.assert(
    fc.property(price, (x) => {
      expect([beneath(x), beyond(x)]).toEqual([stepped(x, -1n), stepped(x, 1n)]);
    }),
    { numRuns: 5000 },
  );
});
