import type { ChartConfig, JsonObject } from '../chart-config.ts';
import { short } from '../lines.ts';
import { cleanText } from '../text.ts';
import { COLORS, FONT, FONT_FAMILY } from '../theme.ts';
import { AXIS_FONT, footTitle, framed } from './frame.ts';
import type { DepthCurve, DepthRequest } from './request.ts';

/** Steps are 1, 2 or 5 of a power of ten: that leaves two at least. */
const MOST_PRICES = 6;
const LONGEST_UNIT = 12;
const FILLS = { bids: '#3ddbb433', asks: '#e0454a33' } as const;
/** The band in the middle whose labels are the names of the two sides. */
const SIDES = 8;

/** A step for each level, from the best price out to the edge of the picture, or past it. */
function pointsOf({ prices, sizes }: DepthCurve, edge: number): readonly JsonObject[] {
  const steps = prices.flatMap((price, i) => [
    { x: price, y: i === 0 ? 0 : short(sizes[i - 1]) },
    { x: price, y: short(sizes[i]) },
  ]);
  const isShort = (edge - prices[prices.length - 1]) * (edge - prices[0]) > 0;
  return isShort ? [...steps, { x: edge, y: short(sizes[sizes.length - 1]) }] : steps;
}

function areaOf(label: string, curve: DepthCurve, edge: number, color: string, fill: string): JsonObject {
  return {
    ...{ type: 'line', label, data: pointsOf(curve, edge), xAxisID: 'x', yAxisID: 'y', order: 2 },
    ...{ borderColor: color, backgroundColor: fill, borderWidth: 2.5, pointRadius: 0, tension: 0, fill: 'origin' },
  };
}

/** From the axis up to the top of the area at that price: what is behind the wall shows above it. */
function wallsOf({ walls }: DepthRequest): JsonObject {
  const data = walls.flatMap(({ price, sum }) => [
    { x: price, y: 0 },
    { x: price, y: short(sum) },
    { x: null, y: null },
  ]);
  return {
    ...{ type: 'line', label: '', data, xAxisID: 'x', yAxisID: 'y', order: 1, spanGaps: false },
    ...{ borderColor: COLORS.alert, borderWidth: 3, pointRadius: data.map((_, i) => (i % 3 === 1 ? 6 : 0)) },
    ...{ pointBackgroundColor: COLORS.alert, pointBorderColor: COLORS.alert },
  };
}

/** The middle, as high as the picture. */
function middleOf({ middle }: DepthRequest, top: number): JsonObject {
  return {
    ...{ type: 'line', label: '', xAxisID: 'x', yAxisID: 'y', order: 3, borderColor: COLORS.level, borderWidth: 1.5 },
    ...{
      data: [
        { x: middle, y: 0 },
        { x: middle, y: short(top) },
      ],
      borderDash: [6, 6],
      pointRadius: 0,
    },
  };
}

export function depthConfig(request: DepthRequest): ChartConfig {
  const { bids, asks, range, foot, sides, digits, unit } = request;
  const [low, high] = range;
  const top = Math.max(bids.sizes.at(-1) ?? 0, asks.sizes.at(-1) ?? 0) * 1.06 || 1;
  const names = Array.from({ length: SIDES }, (_, i) => (i === 1 ? sides.bids : i === SIDES - 2 ? sides.asks : ''));
  const scales = {
    x: {
      ...{ axis: 'x', type: 'linear', position: 'bottom', offset: false, min: low, max: high },
      border: { display: true, color: COLORS.separator },
      // Of a picture whose type is that of bars the lines would stand between the labels.
      grid: { color: COLORS.grid, tickLength: 0, offset: false },
      ticks: {
        ...{
          includeBounds: false,
          maxTicksLimit: MOST_PRICES,
          autoSkip: false,
          maxRotation: 0,
          padding: 6,
          font: AXIS_FONT,
        },
        color: COLORS.dim,
        format: { minimumFractionDigits: 0, maximumFractionDigits: digits },
      },
      title: footTitle(foot),
    },
    y: {
      ...{ axis: 'y', type: 'linear', position: 'right', min: 0, max: short(top) },
      border: { display: false },
      grid: { color: COLORS.grid, tickLength: 0 },
      ticks: {
        ...{ includeBounds: false, maxTicksLimit: 6, padding: 8, color: COLORS.dim, font: AXIS_FONT },
        format: { notation: 'compact', maximumSignificantDigits: 3 },
      },
      title: { display: true, text: cleanText(unit, LONGEST_UNIT), color: COLORS.dim, font: AXIS_FONT, padding: 0 },
    },
    sides: {
      ...{ axis: 'x', type: 'category', labels: names, offset: true, position: 'top' },
      border: { display: false },
      grid: { display: false, tickLength: 0 },
      ticks: {
        ...{ autoSkip: false, maxRotation: 0, padding: 4 },
        color: names.map((_, i) => (i < SIDES / 2 ? COLORS.up : COLORS.down)),
        font: { family: FONT_FAMILY, size: FONT.label, weight: 600 },
      },
    },
  };
  const datasets = [
    wallsOf(request),
    areaOf('', bids, low, COLORS.up, FILLS.bids),
    areaOf('', asks, high, COLORS.down, FILLS.asks),
    middleOf(request, top),
  ];
  return framed(request, { labels: [], datasets }, scales);
}
