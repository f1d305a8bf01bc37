import type { ChartConfig, JsonObject } from '../chart-config.ts';
import { MARGIN } from '../scene.ts';
import { cleanText, textWidth } from '../text.ts';
import { COLORS, FONT, FONT_FAMILY, WIDTH } from '../theme.ts';
import { footTitle, framed } from './frame.ts';
import { heatColor } from './heat-map.ts';
import type { TreemapRequest, TreemapTile } from './request.ts';
import { type Rectangle, squarify } from './squarify.ts';

/** The plot in CSS pixels: nothing stands beside it; above and below, as much as a figure's words need. */
const PLOT: Rectangle = { x: 0, y: 0, width: WIDTH - 2 * MARGIN.side, height: 404 };
/** Between two tiles, in px. */
const GAP = 2.5;
const LONGEST_NAME = 14;
/** Sizes of text from the largest that is used to the smallest that a phone shows. */
const SIZES = [30, FONT.title, FONT.tag, FONT.label, FONT.sign];
const LINE = 1.2;

interface Label {
  readonly lines: readonly string[];
  readonly size: number;
}

/** The largest text that a tile has room for, with its note or without; undefined where it has none. */
function labelOf({ name, note }: TreemapTile, { width, height }: Rectangle): Label | undefined {
  const short = cleanText(name, LONGEST_NAME);
  for (const lines of [note === '' ? [short] : [short, note], [short]]) {
    for (const size of SIZES) {
      const widest = Math.max(...lines.map((line) => textWidth(line, size)));
      if (widest + 10 < width && lines.length * size * LINE + 4 < height) return { lines, size };
    }
  }
  return undefined;
}

/** A tile: a line along its top, filled down to its bottom. Heights are counted from below. */
function tileSet({ x, y, width, height }: Rectangle, color: string): JsonObject {
  const half = GAP / 2;
  const [left, right] = [x + half, x + Math.max(half, width - half)];
  const [top, bottom] = [PLOT.height - y - half, PLOT.height - y - Math.max(half, height - half)];
  return {
    ...{ type: 'line', label: '', xAxisID: 'x', yAxisID: 'y', pointRadius: 0, borderWidth: 0 },
    data: [
      { x: left, y: top },
      { x: right, y: top },
    ],
    fill: { value: bottom },
    backgroundColor: color,
  };
}

/** Chart.js writes text at the ticks of an axis: this one runs through the tile's middle, its one label moved to there. */
function tileText({ lines, size }: Label, { x, y, width, height }: Rectangle): JsonObject {
  return {
    ...{ axis: 'x', type: 'category', labels: [[''], [...lines], ['']], offset: false },
    position: { y: PLOT.height - y - height / 2 },
    border: { display: false },
    grid: { display: false, tickLength: 0 },
    ticks: {
      ...{ autoSkip: false, maxRotation: 0, align: 'inner', z: 2 },
      padding: -size * LINE * 0.5 * lines.length,
      labelOffset: Number((x + width / 2 - PLOT.width / 2).toFixed(1)) + 0,
      color: COLORS.text,
      font: { family: FONT_FAMILY, size, weight: 600, lineHeight: LINE },
    },
  };
}

export function treemapConfig(request: TreemapRequest): ChartConfig {
  const { tiles, range, foot } = request;
  const places = squarify(
    tiles.map(({ size }) => size),
    PLOT,
  );
  const texts = tiles.flatMap((tile, i) => {
    const label = labelOf(tile, places[i]);
    return label === undefined ? [] : [[`tile${i}`, tileText(label, places[i])] as const];
  });
  const plain = { offset: false, border: { display: false }, grid: { display: false, tickLength: 0 } };
  const scales = {
    x: {
      ...{ axis: 'x', type: 'linear', position: 'bottom', min: 0, max: PLOT.width, ...plain },
      ticks: { display: false },
      title: footTitle(foot),
    },
    y: { axis: 'y', type: 'linear', display: false, min: 0, max: PLOT.height },
    ...Object.fromEntries(texts),
  };
  const datasets = tiles.map(({ value }, i) => tileSet(places[i], heatColor(value, range)));
  return framed(request, { labels: [], datasets }, scales);
}
