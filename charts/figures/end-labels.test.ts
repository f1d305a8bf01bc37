import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spreadLabels } from './end-labels.ts';

describe('labels beside each other', () => {
  it('stay where they want to be where there is room', () => {
    expect(spreadLabels([30, 5, 80], { gap: 10, height: 100 })).toEqual([30, 5, 80]);
  });

  it('share the way where they would stand on each other', () => {
    // Two of 50 and 54 that need 10: 3 each way. Three at one place: the middle one stays.
    expect(spreadLabels([54, 50], { gap: 10, height: 100 })).toEqual([57, 47]);
    expect(spreadLabels([40, 40, 40], { gap: 10, height: 100 })).toEqual([30, 40, 50]);
  });

  it('are pushed inwards from the edges', () => {
    expect(spreadLabels([0, 1], { gap: 10, height: 100 })).toEqual([0, 10]);
    expect(spreadLabels([99, 100], { gap: 10, height: 100 })).toEqual([90, 100]);
  });

  it('keep order, distance and bounds, whatever they want', () => {
    const places = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { maxLength: 12 });
    fc.assert(
      fc.property(places, (wanted) => {
        const placed = spreadLabels(wanted, { gap: 8, height: 100 });
        const order = [...wanted.keys()].sort((a, b) => wanted[a] - wanted[b]);
        for (const [i, at] of order.entries()) {
          expect(placed[at]).toBeGreaterThanOrEqual(-1e-9);
          expect(placed[at]).toBeLessThanOrEqual(100 + 1e-9);
          if (i > 0) expect(placed[at] - placed[order[i - 1]]).toBeGreaterThanOrEqual(8 - 1e-9);
        }
      }),
    );
  });

  it('lie closer where there is no room for all', () => {
    expect(spreadLabels([1, 2, 3], { gap: 80, height: 100 })).toEqual([0, 50, 100]);
    expect(spreadLabels([], { gap: 8, height: 100 })).toEqual([]);
  });
});
