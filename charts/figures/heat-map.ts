import type { ChartConfig, JsonObject } from '../chart-config.ts';
import { cleanText, formatFixed } from '../text.ts';
import { COLORS, FONT, FONT_FAMILY, HEIGHT } from '../theme.ts';
import { AXIS_FONT, footTitle, framed } from './frame.ts';
import type { HeatMapRequest } from './request.ts';

const LONGEST_LABEL = 10;
/** Rows that fit into the usual height; each further one adds its own. */
const USUAL_ROWS = 10;
const ROW_HEIGHT = 34;
/** With more columns than this there is no room for numbers. */
const MOST_WITH_NUMBERS = 14;
const NEUTRAL = '#1b232d';

const channels = (color: string): readonly number[] =>
  [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));

/** A colour a share of the way from one to the other. */
function mixed(from: string, to: string, share: number): string {
  const [a, b] = [channels(from), channels(to)];
  const hex = a.map((value, i) =>
    Math.round(value + share * (b[i] - value))
      .toString(16)
      .padStart(2, '0'),
  );
  return `#${hex.join('')}`;
}

/** From a fall's colour over nearly none to that of a rise. */
export function heatColor(value: number, [low, high]: HeatMapRequest['range']): string {
  if (!Number.isFinite(value)) return COLORS.clear;
  const middle = (low + high) / 2;
  const share = Math.max(-1, Math.min(1, (value - middle) / Math.max(1e-12, high - middle)));
  return mixed(NEUTRAL, share < 0 ? COLORS.downVolume : COLORS.upVolume, Math.abs(share));
}

/** The squares of a row: bars that float between two heights. */
function rowBars(request: HeatMapRequest, row: number): JsonObject {
  const { values, strength = values, range, marked } = request;
  const below = values.length - 1 - row;
  const isMarked = (column: number) => marked.some(([r, c]) => r === row && c === column);
  return {
    type: 'bar',
    data: values[row].map(() => [below, below + 1]),
    backgroundColor: strength[row].map((value) => heatColor(value, range)),
    borderColor: values[row].map((_, column) => (isMarked(column) ? COLORS.alert : COLORS.background)),
    borderWidth: 1.5,
    borderSkipped: false,
    grouped: false,
    categoryPercentage: 1,
    barPercentage: 1,
    xAxisID: 'x',
    yAxisID: 'rows',
  };
}

/** The numbers of a row: Chart.js writes text at the ticks of an axis, so they are an axis through the row's middle. */
function rowTexts({ values, digits }: HeatMapRequest, row: number): JsonObject {
  const size = Math.max(values.length, values[row].length) > 9 ? FONT.sign : FONT.small;
  return {
    axis: 'x',
    type: 'category',
    labels: values[row].map((value) => (Number.isFinite(value) ? formatFixed(value, digits) : '')),
    offset: true,
    position: { rows: values.length - row - 0.5 },
    border: { display: false },
    grid: { display: false, tickLength: 0 },
    ticks: {
      autoSkip: false,
      maxRotation: 0,
      // Above the squares.
      z: 2,
      padding: -size * 0.62,
      color: COLORS.text,
      font: { family: FONT_FAMILY, size, weight: 600 },
    },
  };
}

export function heatMapConfig(request: HeatMapRequest): ChartConfig {
  const { labels, values, foot } = request;
  const names = labels.map((label) => cleanText(label, LONGEST_LABEL));
  const columns = (request.columns ?? labels).map((label) => cleanText(label, LONGEST_LABEL));
  const rows = values.map((_, row) => row);
  const withNumbers = columns.length <= MOST_WITH_NUMBERS;
  const texts = withNumbers ? rows.map((row) => [`row${row}`, rowTexts(request, row)] as const) : [];
  const plain = { border: { display: false }, grid: { display: false, tickLength: 0 } };
  const height = HEIGHT + Math.max(0, rows.length - USUAL_ROWS) * ROW_HEIGHT;
  const scales = {
    x: {
      ...{ axis: 'x', type: 'category', offset: true, position: 'bottom' },
      ...plain,
      ticks: {
        autoSkip: false,
        maxRotation: columns.length > 8 ? 50 : 0,
        color: COLORS.dim,
        font: AXIS_FONT,
        padding: 6,
      },
      title: footTitle(foot),
    },
    rows: { axis: 'y', type: 'linear', display: false, min: 0, max: rows.length },
    names: {
      ...{ axis: 'y', type: 'category', labels: names, offset: true, position: 'left' },
      ...plain,
      ticks: { autoSkip: false, color: COLORS.text, font: AXIS_FONT, padding: 8 },
    },
    ...Object.fromEntries(texts),
  };
  return framed(request, { labels: columns, datasets: rows.map((row) => rowBars(request, row)) }, scales, { height });
}
