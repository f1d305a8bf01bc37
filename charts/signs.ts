import type { JsonObject } from './chart-config.ts';
import { type Pane, signedOf } from './layout.ts';
import { ORDER } from './lines.ts';
import { marksWithin, points } from './marks.ts';
import type { ChartRequest } from './request.ts';
import { cleanText } from './text.ts';
import { COLORS } from './theme.ts';

/** Px between the end of a wick and the first sign, from one sign at a candle to the next, and what a sign with its name takes in all. */
const SIGN_DISTANCE = 9;
const SIGN_STEP = 12;
export const SIGN_ROOM = 34;

/** A pattern at the candle that it ends in: below it where it is bullish or undecided, above it where it is bearish. */
export interface PlacedSign {
  readonly x: number;
  readonly direction: 'up' | 'down';
  readonly price: number;
  readonly label: string;
  readonly color: string;
}

/** The signs of all patterns, oldest first. */
export function placeSigns(request: ChartRequest, pane: Pane, plotHeight: number): readonly PlacedSign[] {
  const { min, max } = pane.axis;
  const perPixel = (max - min) / ((pane.bottom - pane.top) * plotHeight);
  // An arrow of a firing stands nearest to its candle.
  const stacked = new Map(marksWithin(request).map(({ x, mark }) => [`${x}${mark.direction}`, 2]));
  const signs: PlacedSign[] = [];
  for (const { lines } of signedOf(request)) {
    for (const { values, label, form } of lines) {
      values.forEach((value, x) => {
        if (!Number.isFinite(value) || value === 0) return;
        const isUndecided = form === 'dots';
        const direction = isUndecided || value > 0 ? 'up' : 'down';
        const below = stacked.get(`${x}${direction}`) ?? 0;
        stacked.set(`${x}${direction}`, below + 1);
        const away = (SIGN_DISTANCE + below * SIGN_STEP) * perPixel;
        const { high, low } = request.bars[x];
        const price = direction === 'up' ? Math.max(min, low - away) : Math.min(max, high + away);
        const color = isUndecided ? COLORS.dim : direction === 'up' ? COLORS.up : COLORS.down;
        signs.push({ x, direction, price, label: cleanText(label, 16), color });
      });
    }
  }
  return signs.sort((a, b) => a.x - b.x);
}

/** Triangles that point the way of the pattern, dots where it is undecided. */
export function signDatasets(signs: readonly PlacedSign[]): JsonObject[] {
  const shapes: readonly (readonly [string, JsonObject])[] = [
    [COLORS.up, { pointStyle: 'triangle', pointRotation: 0, pointRadius: 5 }],
    [COLORS.down, { pointStyle: 'triangle', pointRotation: 180, pointRadius: 5 }],
    [COLORS.dim, { pointStyle: 'circle', pointRadius: 3.5 }],
  ];
  return shapes.flatMap(([color, shape]) => {
    const places = signs.filter((sign) => sign.color === color).map(({ x, price }) => ({ x, y: price }));
    if (places.length === 0) return [];
    return [points(places, { ...shape, pointBackgroundColor: color, pointBorderWidth: 1, order: ORDER.mark })];
  });
}
