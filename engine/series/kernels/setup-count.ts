import type { Kernel } from '../catalog-entry.ts';
import { composed } from './composed.ts';
import { LagKernel } from './extremes.ts';
import { folded } from './folded.ts';

/** Inputs back that one is compared with, and how far is counted. */
const BACK = 4;
const COMPLETE = 9;

/** DeMark's setup: inputs in a row above the one four before (1 to 9, then from 1 on), or below (-1 to -9); 0 for an equal one. */
export function setupCount(): Kernel<number> {
  const earlier = new LagKernel(BACK);
  const count = folded(
    1,
    0,
    (before: number, side: number) => {
      const isNew = Math.sign(before) !== side || Math.abs(before) === COMPLETE;
      return isNew ? side : before + side;
    },
    (now, values) => {
      values[0] = now;
    },
  );
  return composed(1, (x: number, feed, values) => {
    values[0] = feed(count, Math.sign(x - feed(earlier, x)));
  });
}
