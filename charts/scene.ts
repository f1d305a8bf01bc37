import { type BarSizes, barSizes, risesOf } from './datasets.ts';
import { type Layout, layOut, panedOf, panesOf, signedOf } from './layout.ts';
import { type LegendEntry, legendOf, legendRowsOf } from './legend.ts';
import { type LevelLine, levelLines } from './level-lines.ts';
import { ARROW_ROOM, ARROW_WIDTH, markGroups, type PlacedMark, placeMarks } from './marks.ts';
import type { ChartRequest } from './request.ts';
import { type PlacedSign, placeSigns, SIGN_ROOM } from './signs.ts';
import { formatFixed, textWidth } from './text.ts';
import { COLORS, FONT, GUTTER_MIN, HEIGHT, PANE_HEIGHT, WIDTH } from './theme.ts';

export const MARGIN = { side: 12, top: 12, bottom: 6 };
export const LINE_HEIGHT = 1.2;
export const TITLE_GAP = 4;
export const LEGEND_ROW = 28;
/** Height of the labels of the times. */
export const TIME_ROOM = 32;
/** Height of the label of a mark. */
const LABEL_ROOM = 20;

/** The height in px that header, legend and time axis leave to the plot. */
function plotHeightOf(height: number, legendRows: number): number {
  const above = MARGIN.top + FONT.title * LINE_HEIGHT + TITLE_GAP + legendRows * LEGEND_ROW;
  const below = MARGIN.bottom + FONT.small * LINE_HEIGHT + TIME_ROOM;
  return height - above - below;
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
  /** Of the whole picture. */
  readonly height: number;
  /** About: what the header leaves depends on the font. */
  readonly plotHeight: number;
  readonly legend: readonly LegendEntry[];
  readonly legendRows: number;
  readonly marks: readonly PlacedMark[];
  readonly signs: readonly PlacedSign[];
  /** Nearest to the last price first. */
  readonly levels: readonly LevelLine[];
  readonly lastColor: string;
}

/** A length in px as one on the `along` scale. */
export function along({ plotWidth, ends }: Scene, px: number): number {
  return (px / plotWidth) * (ends[1] - ends[0]);
}

/** Bars that the arrow of a mark takes, where the axis is as narrow as it can be. */
const arrowReach = (request: ChartRequest): number =>
  Math.floor((ARROW_WIDTH * slotsOf(request)) / (WIDTH - MARGIN.side - GUTTER_MIN));

/** Room in px that arrows and their labels need. */
function markRoom(request: ChartRequest): { above: number; below: number } {
  const room = (direction: 'up' | 'down') => {
    const marks = markGroups(request, arrowReach(request)).filter((mark) => mark.direction === direction);
    if (marks.length === 0) return 0;
    return ARROW_ROOM + (marks.some(({ label }) => label !== '') ? LABEL_ROOM : 0);
  };
  const signs = signedOf(request).length > 0 ? SIGN_ROOM : 0;
  return { above: Math.max(signs, room('down')), below: Math.max(signs, room('up')) };
}

/** So few that the labels of the times have room beside each other. */
const LEAST_SLOTS = 7;

/** Slots of the time axis: a little room to the right of the last bar, and never so few that a candle is as broad as a wall. */
function edges(count: number): readonly [number, number] {
  const side = Math.max(0, Math.ceil((LEAST_SLOTS - count) / 2));
  const room = count < 12 ? 0 : Math.round(count * 0.015);
  return [-0.5 - side, count - 0.5 + side + room];
}

/** One for each bar, and for each that a line reaches ahead. */
export function slotsOf({ bars, series }: ChartRequest): number {
  return Math.max(bars.length, ...series.flatMap(({ lines }) => lines.map(({ values }) => values.length)));
}

function widestLabel(layout: Layout, request: ChartRequest): number {
  const texts = panesOf(layout).flatMap((pane) => pane.axis.ticks.map((tick) => tick.text));
  const tags = request.levels.map(({ price }) => formatFixed(price, request.digits));
  const last = request.bars[request.bars.length - 1];
  if (last) tags.push(formatFixed(last.close, request.digits));
  const widths = [...texts.map((text) => textWidth(text, FONT.axis)), ...tags.map((text) => textWidth(text, FONT.tag))];
  return Math.max(0, ...widths);
}

export function sceneOf(request: ChartRequest): Scene {
  const legend = legendOf(request);
  const legendRows = legendRowsOf(legend);
  const height = HEIGHT + PANE_HEIGHT * Math.max(0, panedOf(request).length - 1);
  const plotHeight = plotHeightOf(height, legendRows);
  const layout = layOut(request, plotHeight, markRoom(request));
  const ends = edges(slotsOf(request));
  const gutter = Math.max(GUTTER_MIN, Math.ceil(widestLabel(layout, request)) + 24);
  const plotWidth = WIDTH - MARGIN.side - gutter;
  return {
    request,
    layout,
    ends,
    gutter,
    plotWidth,
    sizes: barSizes(ends[1] - ends[0], plotWidth),
    height,
    plotHeight,
    legend,
    legendRows,
    marks: placeMarks(request, layout.price, { plotHeight, reach: arrowReach(request) }),
    signs: placeSigns(request, layout.price, plotHeight),
    levels: levelLines(request),
    lastColor: (risesOf(request.bars).at(-1) ?? true) ? COLORS.up : COLORS.down,
  };
}
