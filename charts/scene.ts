import { formatValue } from './axis.ts';
import { type BarSizes, barSizes } from './datasets.ts';
import { type Layout, layOut, overlaysOf, panesOf } from './layout.ts';
import { type LevelLine, levelLines } from './levels.ts';
import { ARROW_ROOM, marksWithin, type PlacedMark, placeMarks } from './marks.ts';
import type { ChartRequest, ChartSeries } from './request.ts';
import { cleanText, formatFixed, textWidth } from './text.ts';
import { COLORS, FONT, GUTTER_MIN, HEIGHT, LINE_COLORS, WIDTH } from './theme.ts';

export const MARGIN = { side: 12, top: 12, bottom: 6 };
export const LINE_HEIGHT = 1.2;
export const TITLE_GAP = 4;
export const LEGEND_ROW = 28;
/** Height of the labels of the times. */
export const TIME_ROOM = 32;
/** Height of the label of a mark. */
const LABEL_ROOM = 20;

/** The height in px that header, legend and time axis leave to the plot. */
function plotHeightOf(legendRows: number): number {
  const above = MARGIN.top + FONT.title * LINE_HEIGHT + TITLE_GAP + legendRows * LEGEND_ROW;
  const below = MARGIN.bottom + FONT.small * LINE_HEIGHT + TIME_ROOM;
  return HEIGHT - above - below;
}

/** A series over the candles: one entry and one family of colours, however many lines it has. */
export interface LegendEntry {
  readonly series: ChartSeries;
  readonly text: string;
  readonly color: string;
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
  readonly legend: readonly LegendEntry[];
  readonly legendRows: number;
  readonly marks: readonly PlacedMark[];
  /** Nearest to the last price first. */
  readonly levels: readonly LevelLine[];
  readonly lastColor: string;
}

/** A length in px as one on the `along` scale. */
export function along({ plotWidth, ends }: Scene, px: number): number {
  return (px / plotWidth) * (ends[1] - ends[0]);
}

/** NaN where none is finite. */
export function lastFinite(values: readonly number[]): number {
  for (let i = values.length - 1; i >= 0; i--) if (Number.isFinite(values[i])) return values[i];
  return Number.NaN;
}

/** Room in px that arrows and their labels need. */
function markRoom(request: ChartRequest): { above: number; below: number } {
  const room = (direction: 'up' | 'down') => {
    const marks = marksWithin(request).filter(({ mark }) => mark.direction === direction);
    if (marks.length === 0) return 0;
    return ARROW_ROOM + (marks.some(({ mark }) => mark.label !== '') ? LABEL_ROOM : 0);
  };
  return { above: room('down'), below: room('up') };
}

/** Names and last values of the overlays; the wide space at the end keeps the next one away. */
function legendOf(request: ChartRequest): Scene['legend'] {
  return overlaysOf(request).map((series, i) => {
    const values = series.lines.map((line) => formatValue(lastFinite(line.values), 'price', request.digits));
    const text = `${cleanText(series.label, 32)}  ${values.join(' · ')}\u2003`;
    return { series, text, color: LINE_COLORS[i % LINE_COLORS.length] };
  });
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
  const legend = legendOf(request);
  const legendRows = rowsOf(legend);
  const plotHeight = plotHeightOf(legendRows);
  const layout = layOut(request, plotHeight, markRoom(request));
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
    marks: placeMarks(request, layout.price, plotHeight),
    levels: levelLines(request),
    lastColor: !last || last.close >= last.open ? COLORS.up : COLORS.down,
  };
}
