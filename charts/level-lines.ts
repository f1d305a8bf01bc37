import type { ChartRequest } from './request.ts';
import { cleanText, formatFixed } from './text.ts';

/** How long a name is at most: it stands among the candles. */
const LONGEST_NAME = 18;

/** Alert levels that read the same, as one line. */
export interface LevelLine {
  readonly price: number;
  readonly text: string;
  /** How many alerts wait there. */
  readonly count: number;
  /** Whether none of them is a fixed price. */
  readonly isMoving: boolean;
}

/** 0 where there are no bars. */
export function lastClose({ bars }: ChartRequest): number {
  return bars.length > 0 ? bars[bars.length - 1].close : 0;
}

/** The lines of all levels, nearest to the last price first. */
export function levelLines(request: ChartRequest): readonly LevelLine[] {
  const groups = new Map<string, { price: number; labels: string[]; isMoving: boolean }>();
  for (const { price, label, isMoving = false } of request.levels) {
    if (!Number.isFinite(price)) continue;
    const key = formatFixed(price, request.digits);
    const group = groups.get(key) ?? { price, labels: [], isMoving: true };
    group.labels.push(label);
    group.isMoving &&= isMoving;
    groups.set(key, group);
  }
  const last = lastClose(request);
  return [...groups.values()]
    .map(({ price, labels, isMoving }) => {
      const count = labels.length;
      const text = count === 1 ? cleanText(labels[0], LONGEST_NAME) : `${count} alerts`;
      return { price, text, count, isMoving };
    })
    .sort((a, b) => Math.abs(a.price - last) - Math.abs(b.price - last));
}
