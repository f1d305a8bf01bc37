import { type JsonObject, SCALES } from './chart-config.ts';
import { isUpAtLast } from './legend.ts';
import type { ChartLine } from './request.ts';
import { COLORS } from './theme.ts';

/** Drawing order: the lowest number lies on top. The legend goes by it too, so lines come first. */
export const ORDER = { line: 1, mark: 2, close: 3, tagLine: 4, candle: 5, level: 6, volume: 7, frame: 9 } as const;

/** Radius of a dot a bar, and of a value that has none beside it. */
const DOT = 2.2;
const LONELY = 1.2;

/** Far more digits than a screen could show, but not all: a config stays small enough for a server's limit. */
export function short(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(8)) : null;
}

interface LineStyle {
  readonly scale: string;
  readonly color: string;
  readonly width: number;
  /** Makes it appear in the legend. */
  readonly label?: string;
}

/** Radius of the points: none but where a value has no neighbour that a line could join it to. */
function radiusOf(
  data: readonly (number | null)[],
  form: ChartLine['form'],
  isNamed: boolean,
): number | readonly number[] {
  const found = data.filter((value) => value !== null).length;
  // A named one has an outline besides.
  if (form === 'dots') return isNamed ? DOT : DOT + 0.5;
  if (found === 1) return 4;
  const has = (i: number) => (data[i] ?? null) !== null;
  const isLonely = (i: number) => has(i) && !has(i - 1) && !has(i + 1);
  if (form === 'turns' || !data.some((_, i) => isLonely(i))) return 0;
  return data.map((_, i) => (isLonely(i) ? LONELY : 0));
}

/** A line with a value a bar, of one colour. */
export function lineDataset({ values, form }: ChartLine, { scale, color, width, label = '' }: LineStyle): JsonObject {
  const data = values.map(short);
  return {
    type: 'line',
    label,
    data,
    xAxisID: SCALES.bars,
    yAxisID: scale,
    borderColor: color,
    backgroundColor: color,
    borderWidth: width,
    borderJoinStyle: 'round',
    pointRadius: radiusOf(data, form, label !== ''),
    pointBackgroundColor: color,
    // The legend shows every dataset, in this colour: those without a name must not be seen there.
    pointBorderColor: label ? color : COLORS.clear,
    tension: 0,
    order: ORDER.line,
    ...(form === 'dots' && { showLine: false }),
    ...(form === 'turns' && { spanGaps: true }),
    ...(form === 'stairs' && { stepped: true }),
  };
}

/** The values of the bars that `pick` says, NaN at the others. */
const only = (values: readonly number[], pick: (i: number) => boolean): readonly number[] =>
  values.map((value, i) => (pick(i) ? value : Number.NaN));

/** Numbers the stretches of equal values. */
function runsOf(values: readonly number[]): readonly number[] {
  let run = 0;
  return values.map((value, i) => (i > 0 && value !== values[i - 1] ? ++run : run));
}

/** A line as its form and its sides ask for, as one dataset or two that take turns; the one that the last value is in comes first. */
export function lineDatasets(line: ChartLine, style: LineStyle): JsonObject[] {
  const { values, sides } = line;
  if (sides !== undefined) {
    const isUp = isUpAtLast(line);
    return [isUp, !isUp].map((up) => {
      const color = up ? COLORS.up : COLORS.down;
      const part = { ...line, values: only(values, (i) => sides[i] > 0 === up) };
      return lineDataset(part, { ...style, color, ...(up !== isUp && { label: '' }) });
    });
  }
  if (line.form !== 'steps') return [lineDataset(line, style)];
  const runs = runsOf(values);
  const last = (runs[runs.length - 1] ?? 0) % 2;
  return [last, 1 - last].map((half, i) => {
    const part = { ...line, values: only(values, (at) => runs[at] % 2 === half) };
    return lineDataset(part, { ...style, ...(i > 0 && { label: '' }) });
  });
}
