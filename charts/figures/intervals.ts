import { extent } from '../axis.ts';
import type { ChartConfig, JsonObject } from '../chart-config.ts';
import { short } from '../lines.ts';
import { cleanText } from '../text.ts';
import { COLORS, FONT, FONT_FAMILY } from '../theme.ts';
import { AXIS_FONT, footTitle, framed } from './frame.ts';
import type { IntervalRow, IntervalsRequest } from './request.ts';

const LONGEST_NAME = 60;
/** Room above the highest and below the lowest end, of their distance; above there stands the row's name. */
const ROOM = { above: 0.22, below: 0.06 };

function rangeOf({ base, values, low, high }: IntervalRow): readonly [low: number, high: number] {
  const [least, most] = extent(values, low, high, [base]) ?? [base, base];
  const span = most - least || Math.abs(base) || 1;
  return [least - ROOM.below * span, most + ROOM.above * span];
}

/** Bars from the base to each value, and thin ones over them from the low to the high end. */
function rowDatasets(row: IntervalRow, id: string): readonly JsonObject[] {
  const { base, values, low, high, marked } = row;
  const stands = new Set(marked);
  const color = (value: number, i: number) =>
    stands.has(i) ? COLORS.alert : value < base ? COLORS.downVolume : COLORS.upVolume;
  const span = (from: number, to: number) => (Number.isFinite(from + to) ? [short(from), short(to)] : null);
  const plain = { type: 'bar', label: '', xAxisID: 'x', yAxisID: id, grouped: false, categoryPercentage: 1 };
  return [
    {
      ...plain,
      data: values.map((_, i) => span(low[i], high[i])),
      backgroundColor: COLORS.text,
      barPercentage: 0.1,
      order: 0,
    },
    {
      ...plain,
      data: values.map((value) => span(base, value)),
      backgroundColor: values.map(color),
      barPercentage: 0.8,
      order: 1,
    },
    {
      ...{ type: 'line', label: '', data: values.map(() => base), xAxisID: 'x', yAxisID: id, order: 2 },
      ...{ borderColor: COLORS.level, borderWidth: 1.5, pointRadius: 0 },
    },
  ];
}

/** The row's name, as the one label of an axis along its upper edge. */
function nameAxis({ name }: IntervalRow, id: string, top: number): JsonObject {
  return {
    ...{ axis: 'x', type: 'category', labels: [cleanText(name, LONGEST_NAME), ''], offset: false },
    position: { [id]: top },
    border: { display: false },
    grid: { display: false, tickLength: 0 },
    ticks: {
      ...{ autoSkip: false, maxRotation: 0, align: 'start', z: 2, padding: 2, color: COLORS.text },
      font: { family: FONT_FAMILY, size: FONT.small, weight: 600 },
    },
  };
}

function valueScale(row: IntervalRow): JsonObject {
  const [min, max] = rangeOf(row);
  return {
    ...{ axis: 'y', type: 'linear', position: 'right', stack: 'rows', stackWeight: 1, min, max, offset: false },
    border: { display: false },
    grid: { color: COLORS.grid, tickLength: 0 },
    // The ends are no round numbers.
    ticks: { includeBounds: false, color: COLORS.dim, font: AXIS_FONT, padding: 8, maxTicksLimit: 6 },
  };
}

export function intervalsConfig(request: IntervalsRequest): ChartConfig {
  const { rows, foot } = request;
  const labels = request.labels.map((label) => cleanText(label, 8));
  const ids = rows.map((_, i) => `row${i}`);
  const scales = {
    x: {
      ...{ axis: 'x', type: 'category', offset: true, position: 'bottom' },
      border: { display: true, color: COLORS.separator },
      grid: { display: false, tickLength: 0 },
      ticks: { autoSkip: false, maxRotation: 0, color: COLORS.dim, font: AXIS_FONT, padding: 6 },
      title: footTitle(foot),
    },
    ...Object.fromEntries(rows.map((row, i) => [ids[i], valueScale(row)])),
    ...Object.fromEntries(rows.map((row, i) => [`name${i}`, nameAxis(row, ids[i], rangeOf(row)[1])])),
  };
  return framed(request, { labels, datasets: rows.flatMap((row, i) => rowDatasets(row, ids[i])) }, scales);
}
