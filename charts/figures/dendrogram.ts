import type { ChartConfig, JsonObject } from '../chart-config.ts';
import { cleanText } from '../text.ts';
import { COLORS, FONT, FONT_FAMILY, HEIGHT, LINE_COLORS } from '../theme.ts';
import { AXIS_FONT, footTitle, framed } from './frame.ts';
import type { DendrogramRequest } from './request.ts';

const LONGEST_LABEL = 12;
/** Leaves that fit into the usual height; each further one adds its own. */
const USUAL_LEAVES = 11;
const LEAF_HEIGHT = 32;

/** Where a leaf or a join stands: along the axis, its row, and its group where all its leaves have one. */
interface Knot {
  readonly at: number;
  readonly row: number;
  readonly group: number | undefined;
}

const colorOf = (group: number | undefined): string =>
  group === undefined ? COLORS.level : LINE_COLORS[group % LINE_COLORS.length];

/** Each join as a bracket: from one child along the axis, across, and back to the other. */
function brackets({ leaves, joins, axis }: DendrogramRequest): readonly JsonObject[] {
  const knots: Knot[] = leaves.map(({ group }, i) => ({ at: axis[0], row: leaves.length - i - 0.5, group }));
  return joins.map(({ left, right, at }) => {
    const [a, b] = [knots[left], knots[right]];
    const group = a.group === b.group ? a.group : undefined;
    knots.push({ at, row: (a.row + b.row) / 2, group });
    return {
      type: 'line',
      data: [
        { x: a.at, y: a.row },
        { x: at, y: a.row },
        { x: at, y: b.row },
        { x: b.at, y: b.row },
      ],
      ...{ xAxisID: 'x', yAxisID: 'rows', borderColor: colorOf(group), borderWidth: 3 },
      ...{ borderJoinStyle: 'round', pointRadius: 0, tension: 0, clip: false },
    };
  });
}

export function dendrogramConfig(request: DendrogramRequest): ChartConfig {
  const { leaves, axis, digits, foot } = request;
  const [from, to] = axis;
  const names = leaves.map(({ label }) => cleanText(label, LONGEST_LABEL));
  const colors = leaves.map(({ group }) => colorOf(group));
  const plain = { border: { display: false }, grid: { display: false, tickLength: 0 } };
  const rows = { axis: 'y', type: 'category', offset: true, ...plain };
  const scales = {
    x: {
      ...{ axis: 'x', type: 'linear', offset: false, position: 'bottom', reverse: from > to },
      ...{ min: Math.min(from, to), max: Math.max(from, to) },
      border: { display: false },
      grid: { color: COLORS.grid, tickLength: 0, offset: false },
      ticks: {
        ...{ color: COLORS.dim, font: AXIS_FONT, padding: 6, maxTicksLimit: 8, maxRotation: 0 },
        format: { minimumFractionDigits: digits, maximumFractionDigits: digits },
      },
    },
    // The title of an axis that runs the other way would be set at the wrong side of its end.
    foot: {
      ...{ axis: 'x', type: 'category', labels: [''], position: 'bottom', weight: 1, ...plain },
      ticks: { display: false },
      title: footTitle(foot),
    },
    rows: { axis: 'y', type: 'linear', display: false, min: 0, max: leaves.length },
    names: {
      ...{ ...rows, labels: names, position: 'left' },
      ticks: { autoSkip: false, color: colors, font: AXIS_FONT, padding: 8 },
    },
    sides: {
      ...{ ...rows, labels: leaves.map(({ side }) => cleanText(side, LONGEST_LABEL)), position: 'right' },
      ticks: {
        ...{ autoSkip: false, color: COLORS.text, padding: 10 },
        font: { family: FONT_FAMILY, size: FONT.axis, weight: 600 },
      },
    },
  };
  const height = HEIGHT + Math.max(0, leaves.length - USUAL_LEAVES) * LEAF_HEIGHT;
  return framed(request, { labels: [], datasets: [...brackets(request)] }, scales, { height });
}
