import type { Bar } from '../market/events.ts';
import { createDraw } from '../quant/random.ts';
import { TAPE_START } from './test-tape.ts';

/** A step that is nearly normal, of deviation 1. */
const normal = (draw: () => number): number => {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += draw();
  return sum;
};

/**
 * Steps of the price within a bar. A bar tells its extremes alone: one that goes through a stop is taken to have been at it. With few
 * steps it would have jumped over it, which no bar shows and flatters by what it jumped: with 4 steps mean-reversion, which has a stop
 * and no target, came out 0.07% a trade above the base rate. Where trades are known, live, the stop is filled at the trade's price.
 */
const STEPS = 64;

/**
 * Bars of a price that walks at random, without a drift: after each bar of `calm` bars a lively one comes, so that volatility clusters
 * as it does in markets. The open is the close before it.
 */
export function randomBars(seed: number, interval: number, count: number, calm = 40): readonly Bar[] {
  const draw = createDraw(seed);
  const bars: Bar[] = [];
  let price = 100;
  for (let i = 0; i < count; i++) {
    const step = (i % (2 * calm) < calm ? 0.002 : 0.006) * price;
    const path = [price];
    for (let j = 0; j < STEPS; j++) {
      const way = draw() < 0.5 ? -1 : 1;
      path.push(Math.max(1, path.at(-1)! + (way * step) / Math.sqrt(STEPS)));
    }
    const [open, close] = [price, path.at(-1)!];
    const volume = 5 + 10 * draw();
    bars.push({
      ...{ start: TAPE_START + i * interval, open, high: Math.max(...path), low: Math.min(...path), close },
      ...{ volume, trades: 20 },
    });
    price = close;
  }
  return bars;
}

/** A price that is tied to another one's: half of its moves, and noise that is drawn back. */
export function tiedBars(to: readonly Bar[], seed: number): readonly Bar[] {
  const draw = createDraw(seed);
  let off = 0;
  let before: number | undefined;
  return to.map((bar) => {
    off = 0.8 * off + normal(draw) * 0.4;
    const close = 20 + bar.close / 2 + off;
    const open = before ?? close;
    before = close;
    const [high, low] = [Math.max(open, close) + 0.1, Math.min(open, close) - 0.1];
    return { ...bar, open, high, low, close };
  });
}
