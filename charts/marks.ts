import { type JsonObject, SCALES } from './chart-config.ts';
import type { Pane } from './layout.ts';
import { ORDER } from './lines.ts';
import type { ChartMark, ChartRequest } from './request.ts';
import { cleanText } from './text.ts';
import { COLORS } from './theme.ts';

/** Px between the end of a candle's wick and the middle of the arrow, and what the arrow takes in all. */
const ARROW_DISTANCE = 15;
export const ARROW_ROOM = 26;

/** Px between the dots of one bar that are told apart. */
const DOT_DISTANCE = 6;

/** Firings of one bar at their place: `x` is the index of the bar, `prices` where they fired, `arrow` where their arrow stands. */
export interface PlacedMark {
  readonly x: number;
  readonly prices: readonly number[];
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

/** Marks of one bar that point the same way, as one: named as the latest that has a name, with how many there are. */
export interface MarkGroup {
  readonly x: number;
  readonly direction: ChartMark['direction'];
  readonly prices: readonly number[];
  readonly label: string;
}

/** In the order of their latest marks. */
export function markGroups(request: ChartRequest): readonly MarkGroup[] {
  const groups = new Map<string, { readonly x: number; readonly marks: ChartMark[] }>();
  for (const { x, mark } of marksWithin(request)) {
    const key = `${x} ${mark.direction}`;
    const marks = groups.get(key)?.marks ?? [];
    marks.push(mark);
    groups.delete(key);
    groups.set(key, { x, marks });
  }
  return [...groups.values()].map(({ x, marks }) => {
    const name = cleanText(marks.findLast((mark) => mark.label !== '')?.label ?? '', 40);
    const count = marks.length > 1 ? `×${marks.length}` : '';
    const label = `${name} ${count}`.trim();
    return { x, direction: marks[0].direction, prices: marks.map(({ price }) => price), label };
  });
}

/** An upward crossing points up from below its candle, a downward one down from above it. */
export function placeMarks(request: ChartRequest, pane: Pane, plotHeight: number): readonly PlacedMark[] {
  const { min, max } = pane.axis;
  const perPixel = (max - min) / ((pane.bottom - pane.top) * plotHeight);
  return markGroups(request).map(({ x, direction, prices, label }) => {
    const { high, low } = request.bars[x];
    const up = Math.max(min, Math.min(low, ...prices) - ARROW_DISTANCE * perPixel);
    const down = Math.min(max, Math.max(high, ...prices) + ARROW_DISTANCE * perPixel);
    return {
      x,
      prices: apart(prices, DOT_DISTANCE * perPixel),
      direction,
      arrow: direction === 'up' ? up : down,
      label,
    };
  });
}

/** Without those that lie within `distance` of one that is there. */
function apart(prices: readonly number[], distance: number): readonly number[] {
  const kept: number[] = [];
  for (const price of [...prices].sort((a, b) => a - b)) {
    if (kept.length === 0 || price - kept[kept.length - 1] >= distance) kept.push(price);
  }
  return kept;
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
  const dots = marks.flatMap(({ x, prices }) => prices.map((price) => ({ x, y: price })));
  const dot = { pointStyle: 'circle', pointRadius: 5, pointBorderWidth: 2, order: ORDER.mark };
  return [...arrows('up', 0), ...arrows('down', 180), points(dots, dot)];
}
