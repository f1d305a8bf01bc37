import { type JsonObject, SCALES } from './chart-config.ts';
import type { Pane } from './layout.ts';
import { ORDER } from './lines.ts';
import type { ChartMark, ChartRequest } from './request.ts';
import { cleanText } from './text.ts';
import { COLORS } from './theme.ts';

/** Px between the end of a candle's wick and the middle of the arrow, and what the arrow takes in all. */
const ARROW_DISTANCE = 15;
export const ARROW_ROOM = 26;
/** Px from side to side of an arrow. */
export const ARROW_WIDTH = 19;

/** Px between the dots of one bar that are told apart. */
const DOT_DISTANCE = 6;

/** Firings that stand together: `x` is the index of the bar in their middle, `dots` where they fired, `arrow` where their arrow stands. */
export interface PlacedMark {
  readonly x: number;
  readonly dots: readonly Dot[];
  readonly direction: ChartMark['direction'];
  readonly arrow: number;
  readonly label: string;
}

interface Dot {
  readonly x: number;
  readonly y: number;
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

/** Marks that point the same way and whose arrows would lie on one another, as one: named as the latest that has a name, with how many there are. */
export interface MarkGroup {
  readonly marks: readonly { readonly x: number; readonly mark: ChartMark }[];
  readonly direction: ChartMark['direction'];
  readonly label: string;
}

/**
 * In the order of their latest marks.
 *
 * @param reach bars that an arrow takes: what lies within so many of the first belongs to it
 */
export function markGroups(request: ChartRequest, reach: number): readonly MarkGroup[] {
  const groups: { direction: ChartMark['direction']; marks: { x: number; mark: ChartMark }[] }[] = [];
  for (const each of [...marksWithin(request)].sort((a, b) => a.x - b.x)) {
    const { direction } = each.mark;
    const last = groups.findLast((group) => group.direction === direction);
    if (last !== undefined && each.x - last.marks[0].x <= reach) last.marks.push(each);
    else groups.push({ direction, marks: [each] });
  }
  return groups.map(({ direction, marks }) => {
    const name = cleanText(marks.findLast(({ mark }) => mark.label !== '')?.mark.label ?? '', 40);
    const count = marks.length > 1 ? `×${marks.length}` : '';
    return { direction, marks, label: `${name} ${count}`.trim() };
  });
}

/** An upward crossing points up from below its candle, a downward one down from above it. */
export function placeMarks(
  request: ChartRequest,
  { axis: { min, max }, bottom, top }: Pane,
  { plotHeight, reach }: { readonly plotHeight: number; readonly reach: number },
): readonly PlacedMark[] {
  const perPixel = (max - min) / ((bottom - top) * plotHeight);
  return markGroups(request, reach).map(({ marks, direction, label }) => {
    const [first, last] = [marks[0].x, marks[marks.length - 1].x];
    const bars = request.bars.slice(first, last + 1);
    const prices = marks.map(({ mark }) => mark.price);
    const up = Math.min(...prices, ...bars.map(({ low }) => low)) - ARROW_DISTANCE * perPixel;
    const down = Math.max(...prices, ...bars.map(({ high }) => high)) + ARROW_DISTANCE * perPixel;
    const arrow = direction === 'up' ? Math.max(min, up) : Math.min(max, down);
    return { x: Math.round((first + last) / 2), dots: apart(marks, DOT_DISTANCE * perPixel), direction, arrow, label };
  });
}

/** Where marks fired, without those that lie within `distance` of another of their bar. */
function apart(marks: MarkGroup['marks'], distance: number): readonly Dot[] {
  const kept: Dot[] = [];
  for (const { x, mark } of [...marks].sort((a, b) => a.x - b.x || a.mark.price - b.mark.price)) {
    const last = kept.at(-1);
    if (last?.x !== x || mark.price - last.y >= distance) kept.push({ x, y: mark.price });
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
  const dots = marks.flatMap((mark) => mark.dots);
  const dot = { pointStyle: 'circle', pointRadius: 5, pointBorderWidth: 2, order: ORDER.mark };
  return [...arrows('up', 0), ...arrows('down', 180), points(dots, dot)];
}
