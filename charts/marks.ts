import { type JsonObject, SCALES } from './chart-config.ts';
import type { Pane } from './layout.ts';
import { ORDER } from './lines.ts';
import type { ChartMark, ChartRequest } from './request.ts';
import { cleanText } from './text.ts';
import { COLORS } from './theme.ts';

/** Px between the end of a candle's wick and the middle of the arrow, and what the arrow takes in all. */
const ARROW_DISTANCE = 15;
export const ARROW_ROOM = 26;

/** A firing at its place: `x` is the index of its bar, `price` where it fired, `arrow` where its arrow stands. */
export interface PlacedMark {
  readonly x: number;
  readonly price: number;
  readonly direction: ChartMark['direction'];
  readonly arrow: number;
  readonly label: string;
}

/** The bars that marks fall in; those beyond the bars are left out. */
export function marksWithin(request: ChartRequest): readonly { readonly x: number; readonly mark: ChartMark }[] {
  const { bars, interval, marks } = request;
  if (bars.length === 0) return [];
  const end = bars[bars.length - 1].start + interval;
  const found: { x: number; mark: ChartMark }[] = [];
  for (const mark of marks) {
    if (mark.ts < bars[0].start || mark.ts > end || !Number.isFinite(mark.price)) continue;
    let index = bars.length - 1;
    while (index > 0 && bars[index].start > mark.ts) index--;
    found.push({ x: index, mark });
  }
  return found;
}

/** An upward crossing points up from below its candle, a downward one down from above it. */
export function placeMarks(request: ChartRequest, pane: Pane, plotHeight: number): readonly PlacedMark[] {
  const { min, max } = pane.axis;
  const perPixel = (max - min) / ((pane.bottom - pane.top) * plotHeight);
  return marksWithin(request).map(({ x, mark }) => {
    const { high, low } = request.bars[x];
    const up = Math.max(min, Math.min(low, mark.price) - ARROW_DISTANCE * perPixel);
    const down = Math.min(max, Math.max(high, mark.price) + ARROW_DISTANCE * perPixel);
    const arrow = mark.direction === 'up' ? up : down;
    return { x, price: mark.price, direction: mark.direction, arrow, label: cleanText(mark.label, 40) };
  });
}

/** A set of points without a line. The first point is none: it is what the legend would show. */
export function points(places: readonly { readonly x: number; readonly y: number }[], style: JsonObject): JsonObject {
  return {
    type: 'line',
    label: '',
    data: [{ x: 0, y: null }, ...places.map(({ x, y }) => ({ x, y }))],
    xAxisID: SCALES.along,
    yAxisID: SCALES.price,
    showLine: false,
    clip: false,
    pointBackgroundColor: COLORS.alert,
    pointBorderColor: [COLORS.clear, ...places.map(() => COLORS.background)],
    ...style,
  };
}

/** Firings: an arrow at the candle, and a dot at the price. */
export function markDatasets(marks: readonly PlacedMark[]): JsonObject[] {
  const arrows = (direction: ChartMark['direction'], pointRotation: number) => {
    const places = marks.filter((mark) => mark.direction === direction).map(({ x, arrow }) => ({ x, y: arrow }));
    const style = { pointStyle: 'triangle', pointRotation, pointRadius: 11, pointBorderWidth: 2, order: ORDER.mark };
    return places.length > 0 ? [points(places, style)] : [];
  };
  const dots = marks.map(({ x, price }) => ({ x, y: price }));
  const dot = { pointStyle: 'circle', pointRadius: 5, pointBorderWidth: 2, order: ORDER.mark };
  return [...arrows('up', 0), ...arrows('down', 180), points(dots, dot)];
}
