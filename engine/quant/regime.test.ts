import { beforeEach, describe, expect, it } from 'vitest';
import { createDraw } from './random.ts';
import { regimeOf } from './regime.ts';

let draw: () => number;
// Each test draws the same, in whatever order they run.
beforeEach(() => {
  draw = createDraw(4);
});
const noise = (): number => draw() + draw() + draw() - 1.5;
/** Closes whose log returns are made one after the other. */
function closesOf(count: number, move: (i: number, log: number) => number): Float64Array {
  let log = Math.log(100);
  return Float64Array.from({ length: count }, (_each, i) => {
    log += move(i, log);
    return Math.exp(log);
  });
}
const ones = (count: number): Float64Array => new Float64Array(count).fill(1);

describe('a regime', () => {
  it('tells a lively end from a calm past, and twice the volume', () => {
    const closes = closesOf(500, (i) => noise() * (i < 450 ? 0.001 : 0.004));
    const volumes = ones(500).fill(3, 450);
    const regime = regimeOf(closes, volumes);
    expect(regime.volatilityRank).toBe(1);
    // The deviation of a sum of three even draws is 0.5.
    expect(regime.volatility).toBeGreaterThan(0.0015);
    expect(regime.volatility).toBeLessThan(0.0025);
    expect(regime.volume).toBeCloseTo(3 / ((450 + 150) / 500), 12);
    expect(regimeOf(closes.slice(0, 450), ones(450)).volatilityRank).toBeLessThan(1);
  });

  it('tells a straight line from a walk: 1 is a line', () => {
    const line = regimeOf(
      closesOf(500, (i) => (i < 450 ? noise() * 0.001 : 0.001)),
      new Float64Array(500),
    );
    expect(line.efficiency).toBeCloseTo(1, 9);
    expect(line.efficiencyRank).toBe(1);
    expect(line.volume).toBeUndefined();
  });

  it('tells what comes back to a mean from a random walk', () => {
    const back = regimeOf(
      closesOf(600, (_i, log) => (Math.log(100) - log) * 0.3 + noise() * 0.002),
      ones(600),
    );
    const walk = regimeOf(
      closesOf(600, () => noise() * 0.002),
      ones(600),
    );
    expect(back.adf).toBeLessThan(0.01);
    expect(walk.adf).toBeGreaterThan(0.05);
    expect(back.hurst).toBeLessThan(0.3);
    expect(Math.abs(walk.hurst - 0.5)).toBeLessThan(0.15);
  });

  it('is refused for few closes, and where nothing moves', () => {
    expect(() => regimeOf(ones(199), ones(199))).toThrow('at least 200');
    expect(() => regimeOf(ones(300), ones(300))).toThrow('nothing moves');
  });
});
