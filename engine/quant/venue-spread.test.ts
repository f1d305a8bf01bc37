import { describe, expect, it } from 'vitest';
import { venueSpreads } from './venue-spread.ts';

describe('the spreads between venues', () => {
  it('are those of a hand’s reckoning', () => {
    // Middles 100, 101 and 100.5: the median is 100.5.
    const { middle, venues, best } = venueSpreads([
      { bid: 99.9, ask: 100.1, fee: 0.001 },
      { bid: 100.9, ask: 101.1, fee: 0.002 },
      { bid: 100.4, ask: 100.6, fee: 0 },
    ]);
    expect(middle).toBe(100.5);
    // 0.2 of 100 are 20 bps, 0.2 of 101 are 19.80.
    expect(venues[0].spread).toBeCloseTo(20, 9);
    expect(venues[1].spread).toBeCloseTo(19.801980198, 8);
    // 100 lies 49.7512 bps below 100.5, 101 as far above.
    expect(venues.map(({ off }) => off)).toEqual([
      expect.closeTo(-49.7512438, 6),
      expect.closeTo(49.7512438, 6),
      expect.closeTo(0, 9),
    ]);
    // Bought at 100.1, sold at 100.9: 79.9201 bps; after fees 100.9·0.998 / (100.1·1.001) - 1 = 49.7097 bps.
    expect(best).toMatchObject({ buyAt: 0, sellAt: 1 });
    expect(best!.gross).toBeCloseTo(79.92007992, 6);
    expect(best!.net).toBeCloseTo(((100.9 * 0.998) / (100.1 * 1.001) - 1) * 10_000, 9);
    expect(best!.net).toBeCloseTo(49.8, 0);
  });

  it('choose the trade that pays after fees, not the one that looks widest', () => {
    const { best } = venueSpreads([
      { bid: 99.9, ask: 100, fee: 0 },
      { bid: 100.3, ask: 100.4, fee: 0 },
      { bid: 100.5, ask: 100.6, fee: 0.01 },
    ]);
    expect(best).toMatchObject({ buyAt: 0, sellAt: 1 });
    expect(best!.net).toBeCloseTo(30, 9);
  });

  it('have no trade at one venue alone, and none after fees that nobody knows', () => {
    expect(venueSpreads([{ bid: 1, ask: 2, fee: 0 }]).best).toBeUndefined();
    const { best } = venueSpreads([
      { bid: 10, ask: 11, fee: undefined },
      { bid: 12, ask: 13, fee: 0.1 },
    ]);
    expect(best).toEqual({ buyAt: 0, sellAt: 1, gross: expect.closeTo((12 / 11 - 1) * 10_000, 6), net: undefined });
  });

  it('refuse what is no quote', () => {
    expect(() => venueSpreads([])).toThrow(RangeError);
    expect(() => venueSpreads([{ bid: 2, ask: 1, fee: 0 }])).toThrow('2 / 1 is no quote');
    expect(() => venueSpreads([{ bid: 0, ask: 1, fee: 0 }])).toThrow(RangeError);
  });
});
