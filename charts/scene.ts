import { formatValue } from './axis.ts';
import { type BarSizes, barSizes } from './datasets.ts';
import { type Layout, layOut, overlaysOf, panesOf } from './layout.ts';
import type { ChartLine, ChartRequest } from './request.ts';
import { cleanText, formatFixed, textWidth } from './text.ts';
import { COLORS, FONT, GUTTER_MIN, HEIGHT, LINE_COLORS, WIDTH } from './theme.ts';

export const MARGIN = { side: 12, top: 12, bottom: 6 };
export const LINE_HEIGHT = 1.2;
export const TITLE_GAP = 4;
export const LEGEND_ROW = 28;
/** Height of the labels of the times. */
export const TIME_ROOM = 32;

/** The height in px that header, legend and time axis leave to the plot. */
function plotHeightOf(legendRows: number): number {
  const above = MARGIN.top + FONT.title * LINE_HEIGHT + TITLE_GAP + legendRows * LEGEND_ROW;
  const below = MARGIN.bottom + FONT.small * LINE_HEIGHT + TIME_ROOM;
  return HEIGHT - above - below;
}

/** Everything that several parts of the config need to know of the picture. */
export interface Scene {
  readonly request: ChartRequest;
  readonly layout: Layout;
  readonly sizes: BarSizes;
  /** Left and right edge of the plot on the `along` scale: bars lie at 0, 1, 2, … */
  readonly ends: readonly [number, number];
  readonly gutter: number;
  readonly plotWidth: number;
  /** About: what the header leaves depends on the font. */
  readonly plotHeight: number;
  readonly legend: readonly { readonly line: ChartLine; readonly text: string; readonly color: string }[];
  readonly legendRows: number;
  readonly marks: readonly { readonly x: number; readonly y: number; readonly label: string }[];
  readonly lastColor: string;
}

/** NaN where none is finite. */
export function lastFinite(values: readonly number[]): number {
  for (let i = values.length - 1; i >= 0; i--) if (Number.isFinite(values[i])) return values[i];
  return Number.NaN;
}

/** Marks that lie within the bars, as points on the `along` scale. */
function placeMarks(request: ChartRequest): { x: number; y: number; label: string }[] {
  const { bars, interval } = request;
  if (bars.length === 0) return [];
  const end = bars[bars.length - 1].start + interval;
  const points: { x: number; y: number; label: string }[] = [];
  for (const mark of request.marks) {
    if (mark.ts < bars[0].start || mark.ts > end || !Number.isFinite(mark.price)) continue;
    let index = bars.length - 1;
    while (index > 0 && bars[index].start > mark.ts) index--;
    points.push({ x: index, y: mark.price, label: cleanText(mark.label, 40) });
  }
  return points;
}

/** Names and last values of the overlays; the wide space at the end keeps the next one away. */
function legendOf(request: ChartRequest): Scene['legend'] {
  return overlaysOf(request).map((line, i) => ({
    line,
    text: `${cleanText(line.label, 32)}  ${formatValue(lastFinite(line.values), 'price', request.digits)}\u2003`,
    color: LINE_COLORS[i % LINE_COLORS.length],
  }));
}

function rowsOf(legend: Scene['legend']): number {
  let rows = legend.length > 0 ? 1 : 0;
  let used = 0;
  for (const entry of legend) {
    const width = textWidth(entry.text, FONT.label) + 44;
    if (used > 0 && used + width > WIDTH - 24) {
      rows++;
      used = 0;
    }
    used += width;
  }
  return Math.min(3, rows);
}

/** Slots of the time axis: a little room to the right of the last bar, and never so few that a candle is as broad as a wall. */
function edges(count: number): readonly [number, number] {
  const side = Math.max(0, Math.ceil((12 - count) / 2));
  const room = count < 12 ? 0 : Math.round(count * 0.015);
  return [-0.5 - side, count - 0.5 + side + room];
}

function widestLabel(layout: Layout, request: ChartRequest): number {
  const texts = panesOf(layout).flatMap((pane) => pane.axis.ticks.map((tick) => tick.text));
  const last = request.bars[request.bars.length - 1];
  if (last) texts.push(formatFixed(last.close, request.digits));
  return Math.max(0, ...texts.map((text) => textWidth(text, FONT.axis)));
}

export function sceneOf(request: ChartRequest): Scene {
  const marks = placeMarks(request);
  const legend = legendOf(request);
  const legendRows = rowsOf(legend);
  const plotHeight = plotHeightOf(legendRows);
  const layout = layOut(
    request,
    plotHeight,
    marks.some((mark) => mark.label),
  );
  const ends = edges(request.bars.length);
  const gutter = Math.max(GUTTER_MIN, Math.ceil(widestLabel(layout, request)) + 24);
  const plotWidth = WIDTH - MARGIN.side - gutter;
  const last = request.bars[request.bars.length - 1];
  return {
    request,
    layout,
    ends,
    gutter,
    plotWidth,
    sizes: barSizes(ends[1] - ends[0], plotWidth),
    plotHeight,
    legend,
    legendRows,
    marks,
    lastColor: !last || last.close >= last.open ? COLORS.up : COLORS.down,
  };
}
