import { extent } from '../axis.ts';
import type { ChartConfig, JsonObject } from '../chart-config.ts';
import { short } from '../lines.ts';
import { cleanText } from '../text.ts';
import { COLORS, FONT, FONT_FAMILY, LINE_COLORS } from '../theme.ts';
import { knownZone, timeTicks } from '../time-axis.ts';
import { AXIS_FONT, footTitle, framed } from './frame.ts';
import type { ProfileRequest } from './request.ts';

const LONGEST_LABEL = 14;
/** Labels of prices that fit above each other. */
const MOST_LABELS = 13;
const MOST_TIMES = 4;
/** Shares of the width. */
const WIDTHS = { profile: 1, delta: 1.15 } as const;
/** Room above the highest and below the lowest delta, of their distance. */
const EDGE = 0.06;
/** How much of a colour is left outside of the value area, and between the delta and nought. */
const DIM = '59';
const SHADE = '24';
const SIDES = [
  ['bought', COLORS.up],
  ['sold', COLORS.down],
  ['unknown', COLORS.level],
] as const;
const NAMES = { bought: 'takers bought', sold: 'sold', unknown: 'side not known' } as const;
const PLAIN: JsonObject = { border: { display: false }, grid: { display: false, tickLength: 0 } };

/** Rows from the top, with an empty one at each end: air, and the legend has its colours from the first. */
const topDown = <T>(rows: readonly T[], empty: T): T[] => [empty, ...rows.toReversed(), empty];

function sideBars(request: ProfileRequest): JsonObject[] {
  const { value } = request;
  const before = new Array<number>(request.rows.length).fill(0);
  const isInside = (row: number) => row >= value[0] && row <= value[1];
  return SIDES.filter(([side]) => request[side].some((volume) => volume > 0)).map(([side, color]) => {
    const spans = request[side].map((volume, row) => {
      const from = before[row];
      before[row] += volume;
      return [from, before[row]];
    });
    return {
      ...{ type: 'bar', indexAxis: 'y', label: NAMES[side], xAxisID: 'volume', yAxisID: 'rows', order: 2 },
      data: topDown(spans, [0, 0]),
      backgroundColor: topDown(
        spans.map((_, row) => (isInside(row) ? color : `${color}${DIM}`)),
        color,
      ),
      ...{ grouped: false, categoryPercentage: 1, barPercentage: 0.84, borderWidth: 0 },
    };
  });
}

/** Prices of the rows that matter, then of others as far as there is room. */
function priceScale({ rows, control, value }: ProfileRequest): JsonObject {
  const gap = Math.ceil((rows.length + 2) / MOST_LABELS);
  const named = new Map<number, string>();
  const name = (row: number, color: string) => {
    if ([...named.keys()].every((other) => Math.abs(other - row) >= gap)) named.set(row, color);
  };
  name(control, COLORS.alert);
  for (const row of value) name(row, COLORS.text);
  for (let row = control % (2 * gap); row < rows.length; row += 2 * gap) name(row, COLORS.dim);
  const labels = rows.map((text, row) => (named.has(row) ? cleanText(text, LONGEST_LABEL) : ''));
  return {
    ...{ axis: 'y', type: 'category', labels: topDown(labels, ''), offset: true, position: 'left' },
    ...PLAIN,
    ticks: {
      ...{ autoSkip: false, padding: 8, font: { family: FONT_FAMILY, size: FONT.axis, weight: 600 } },
      color: topDown(
        rows.map((_, row) => named.get(row) ?? COLORS.clear),
        COLORS.clear,
      ),
    },
  };
}

/** Shaded down or up to nought. */
function deltaLine({ delta }: ProfileRequest): JsonObject {
  const [color] = LINE_COLORS;
  const last = delta.findLastIndex(Number.isFinite);
  const isLonely = (at: number) =>
    Number.isFinite(delta[at]) && !Number.isFinite(delta[at - 1]) && !Number.isFinite(delta[at + 1]);
  return {
    ...{ type: 'line', label: 'cumulative delta', data: delta.map(short), xAxisID: 'x', yAxisID: 'delta', order: 3 },
    ...{ borderColor: color, borderWidth: 2.5, borderJoinStyle: 'round', tension: 0 },
    ...{ backgroundColor: color, pointBackgroundColor: color, pointBorderColor: color },
    pointRadius: delta.map((_, at) => (at === last ? 4 : isLonely(at) ? 2 : 0)),
    fill: { target: { value: 0 }, above: `${COLORS.up}${SHADE}`, below: `${COLORS.down}${SHADE}` },
  };
}

function deltaScales({ delta, times, interval, timeZone }: ProfileRequest): { labels: string[]; scales: JsonObject } {
  const [low, high] = extent(delta, [0]) ?? [0, 0];
  const edge = (high - low) * EDGE || 1;
  const bars = times.map((start) => ({ start }));
  const ticks = new Map(timeTicks(bars, interval, knownZone(timeZone), MOST_TIMES).map((tick) => [tick.index, tick]));
  const colorOf = (i: number) => {
    const tick = ticks.get(i);
    return tick === undefined ? COLORS.clear : tick.major ? COLORS.separator : COLORS.grid;
  };
  const x = {
    ...{ axis: 'x', type: 'category', offset: false, position: 'bottom', stack: 'panes', stackWeight: WIDTHS.delta },
    border: { display: true, color: COLORS.separator },
    grid: { color: times.map((_, i) => colorOf(i)), tickLength: 0 },
    ticks: {
      ...{ autoSkip: false, maxRotation: 0, align: 'inner', padding: 6, font: AXIS_FONT },
      color: times.map((_, i) => (ticks.get(i)?.major === true ? COLORS.text : COLORS.dim)),
    },
  };
  const y = {
    ...{ axis: 'y', type: 'linear', position: 'right', min: low - edge, max: high + edge },
    ...PLAIN,
    ticks: {
      ...{ includeBounds: false, maxTicksLimit: 7, padding: 8, color: COLORS.dim, font: AXIS_FONT },
      format: { notation: 'compact', maximumSignificantDigits: 3 },
    },
  };
  return { labels: times.map((_, i) => ticks.get(i)?.text ?? ''), scales: { x, delta: y } };
}

export function profileConfig(request: ProfileRequest): ChartConfig {
  const hasDelta = request.delta.some(Number.isFinite);
  const volumes = request.rows.map((_, row) => request.bought[row] + request.sold[row] + request.unknown[row]);
  const beside = hasDelta ? deltaScales(request) : undefined;
  const linear = { axis: 'x', type: 'linear', offset: false, position: 'bottom' };
  const panes = { stack: 'panes', stackWeight: WIDTHS.profile };
  const scales = {
    rows: priceScale(request),
    volume: {
      ...{ ...linear, ...panes, min: 0, max: Math.max(...volumes) * 1.12 },
      ...PLAIN,
      border: { display: true, color: COLORS.separator },
      ticks: {
        ...{ includeBounds: false, maxTicksLimit: 5, padding: 6, color: COLORS.dim, font: AXIS_FONT, maxRotation: 0 },
        format: { notation: 'compact', maximumSignificantDigits: 3 },
      },
    },
    ...beside?.scales,
    foot: { ...linear, ...PLAIN, ticks: { display: false }, title: footTitle(request.foot) },
  };
  const datasets = [...sideBars(request), ...(hasDelta ? [deltaLine(request)] : [])];
  return framed(request, { labels: beside?.labels ?? [], datasets }, scales, { legend: 'fields' });
}
