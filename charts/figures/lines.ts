import { extent } from '../axis.ts';
import type { ChartConfig, JsonObject } from '../chart-config.ts';
import { short } from '../lines.ts';
import { cleanText } from '../text.ts';
import { COLORS, FONT, FONT_FAMILY, LINE_COLORS } from '../theme.ts';
import { knownZone, timeTicks } from '../time-axis.ts';
import { spreadLabels } from './end-labels.ts';
import { AXIS_FONT, footTitle, framed } from './frame.ts';
import type { LinesRequest, NamedLine } from './request.ts';

const LONGEST_LABEL = 22;
const MOST_TIMES = 6;
/** Room above the highest and below the lowest value, of their distance. */
const EDGE = 0.05;
/** Places that a label at a line's end can have: finer than one sees. */
const PLACES = 96;
/** Places that a label is high. */
const LABEL_PLACES = 6;

const colorAt = (i: number): string => LINE_COLORS[i % LINE_COLORS.length];

/** The scale's ends; a line that never moves runs through the middle. */
function rangeOf({ lines, levels }: LinesRequest): readonly [low: number, high: number] {
  const [low, high] = extent(...lines.map(({ values }) => values), levels) ?? [0, 1];
  const edge = (high - low) * EDGE || Math.abs(high) * EDGE || 1;
  return [low - edge, high + edge];
}

const lastAt = (values: readonly number[]): number => values.findLastIndex(Number.isFinite);

/** How near two lines are that cannot be told apart, of the height, and for what share of their points. */
const NEAR = 0.004;
const LONG = 0.1;

/** Whether a line runs along one before it, and would lie hidden under it. */
function runsAlong({ lines }: LinesRequest, i: number, height: number): boolean {
  const { values } = lines[i];
  return lines.slice(0, i).some(({ values: others }) => {
    const near = values.filter((value, at) => Math.abs(value - others[at]) <= NEAR * height);
    return near.length > LONG * values.length;
  });
}

function lineOf({ values }: NamedLine, i: number, isAlong: boolean): JsonObject {
  const last = lastAt(values);
  const color = colorAt(i);
  return {
    ...{ type: 'line', label: '', data: values.map(short), xAxisID: 'x', yAxisID: 'y', order: isAlong ? 0 : i + 1 },
    ...{ borderColor: color, backgroundColor: color, borderWidth: 2.5, borderJoinStyle: 'round', tension: 0 },
    // Dashed and above the other: both are seen.
    ...(isAlong && { borderDash: [7, 7] }),
    // A dot at its end, and where it has no neighbour to be joined to.
    pointRadius: values.map((_, at) => (at === last ? 4 : isLonely(values, at) ? 2 : 0)),
    pointBackgroundColor: color,
    pointBorderColor: color,
  };
}

const isLonely = (values: readonly number[], at: number): boolean =>
  Number.isFinite(values[at]) && !Number.isFinite(values[at - 1]) && !Number.isFinite(values[at + 1]);

function levelOf(level: number, count: number): JsonObject {
  return {
    ...{ type: 'line', label: '', data: new Array<number>(count).fill(level), xAxisID: 'x', yAxisID: 'y', order: 99 },
    ...{ borderColor: COLORS.level, borderWidth: 1.5, borderDash: [6, 6], pointRadius: 0 },
  };
}

/** Names at the ends of the lines, each in its line's colour: the ticks of an axis with many places, most of them empty. */
function endLabels({ lines }: LinesRequest, [low, high]: readonly [number, number]): JsonObject {
  const wanted = lines.map(({ values }) => {
    const value = values[lastAt(values)] ?? low;
    return ((high - value) / (high - low)) * (PLACES - 1);
  });
  const places = spreadLabels(wanted, { gap: LABEL_PLACES, height: PLACES - 1 }).map(Math.round);
  const at = (place: number) => places.indexOf(place);
  const texts = Array.from({ length: PLACES }, (_, place) => {
    const line = lines[at(place)];
    return line === undefined ? '' : cleanText(`${line.name} ${line.note}`, LONGEST_LABEL);
  });
  return {
    ...{ axis: 'y', type: 'category', labels: texts, offset: false, position: 'right' },
    border: { display: false },
    grid: { display: false, tickLength: 0 },
    ticks: {
      autoSkip: false,
      padding: 10,
      color: texts.map((_, place) => (at(place) < 0 ? COLORS.clear : colorAt(at(place)))),
      font: { family: FONT_FAMILY, size: FONT.label, weight: 600 },
    },
  };
}

function timeScale({ times, interval, timeZone, foot }: LinesRequest): { labels: readonly string[]; x: JsonObject } {
  const bars = times.map((start) => ({ start }));
  // Bars begin at multiples of their length.
  const isSampled = times.some((time) => time % interval !== 0);
  const ticks = new Map(
    timeTicks(bars, interval, knownZone(timeZone), MOST_TIMES, isSampled).map((tick) => [tick.index, tick]),
  );
  const colorOf = (i: number) => {
    const tick = ticks.get(i);
    return tick === undefined ? COLORS.clear : tick.major ? COLORS.separator : COLORS.grid;
  };
  return {
    labels: times.map((_, i) => ticks.get(i)?.text ?? ''),
    x: {
      ...{ axis: 'x', type: 'category', offset: false, position: 'bottom' },
      border: { display: true, color: COLORS.separator },
      grid: { color: times.map((_, i) => colorOf(i)), tickLength: 0 },
      ticks: {
        ...{ autoSkip: false, maxRotation: 0, align: 'inner', padding: 6, font: AXIS_FONT },
        color: times.map((_, i) => (ticks.get(i)?.major === true ? COLORS.text : COLORS.dim)),
      },
      title: footTitle(foot),
    },
  };
}

export function linesConfig(request: LinesRequest): ChartConfig {
  const { lines, levels, times, unit } = request;
  const range = rangeOf(request);
  const { labels, x } = timeScale(request);
  const scales = {
    x,
    y: {
      ...{ axis: 'y', type: 'linear', position: 'left', min: range[0], max: range[1] },
      border: { display: false },
      grid: { color: COLORS.grid, tickLength: 0 },
      ticks: {
        ...{ includeBounds: false, maxTicksLimit: 7, padding: 8, color: COLORS.dim, font: AXIS_FONT },
        ...(unit === 'percent' && { format: { style: 'percent', minimumFractionDigits: 0, maximumFractionDigits: 2 } }),
      },
    },
    ends: endLabels(request, range),
  };
  const datasets = [
    ...lines.map((line, i) => lineOf(line, i, runsAlong(request, i, range[1] - range[0]))),
    ...levels.map((level) => levelOf(level, times.length)),
  ];
  return framed(request, { labels, datasets }, scales);
}
