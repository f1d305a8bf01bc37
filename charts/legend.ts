import { formatValue } from './axis.ts';
import { overlaysOf, signedOf } from './layout.ts';
import type { ChartLine, ChartRequest, ChartSeries } from './request.ts';
import { cleanText, textWidth } from './text.ts';
import { COLORS, FONT, LINE_COLORS, WIDTH } from './theme.ts';

/** A name over the chart: of a line, of a pair of bands, or of what is marked at the candles. */
export interface LegendEntry {
  readonly series: ChartSeries;
  /** What it names; none for marks. */
  readonly lines: readonly ChartLine[];
  readonly text: string;
  readonly color: string;
}

/** NaN where none is finite. */
export function lastFinite(values: readonly number[]): number {
  return values[lastIndex(values)] ?? Number.NaN;
}

function lastIndex(values: readonly number[]): number {
  for (let i = values.length - 1; i >= 0; i--) if (Number.isFinite(values[i])) return i;
  return -1;
}

/** Whether a line is on the side of a rise where it ends. */
export function isUpAtLast({ values, sides }: ChartLine): boolean {
  return (sides?.[lastIndex(values)] ?? 0) > 0;
}

const isBand = ({ lines }: ChartSeries): boolean =>
  lines[0]?.label.endsWith('upper') && lines.some((line) => line.label.endsWith('lower'));

/** What the overlays are called, with their last values; lines that are no band each have a colour of their own. */
export function legendOf(request: ChartRequest): readonly LegendEntry[] {
  const entries: LegendEntry[] = [];
  let used = 0;
  const colorOf = (line: ChartLine): string => {
    if (line.sides !== undefined) return isUpAtLast(line) ? COLORS.up : COLORS.down;
    return LINE_COLORS[used++ % LINE_COLORS.length];
  };
  const lastOf = (line: ChartLine) => formatValue(lastFinite(line.values), 'price', request.digits);
  for (const series of overlaysOf(request)) {
    const label = cleanText(series.label, 32);
    const groups = isBand(series) ? [series.lines] : series.lines.map((line) => [line]);
    groups.forEach((lines, i) => {
      const name = groups.length > 1 ? `${i === 0 ? `${label}  ` : ''}${cleanText(lines[0].label, 24)} ` : `${label}  `;
      const text = `${name}${lines.map(lastOf).join(' · ')}${WIDE}`;
      entries.push({ series, lines, text, color: colorOf(lines[0]) });
    });
  }
  return [...entries, ...signedOf(request).map(signEntry)];
}

/** The wide space at the end keeps the next one away. */
const WIDE = '\u2003';

function signEntry(series: ChartSeries): LegendEntry {
  const count = series.lines[0].values.filter((value) => Number.isFinite(value) && value !== 0).length;
  const text = `${cleanText(series.label, 32)}  ${count === 0 ? 'none' : `×${count}`}${WIDE}`;
  return { series, lines: [], text, color: COLORS.dim };
}

/** Rows that the names take, at most three. */
export function legendRowsOf(legend: readonly LegendEntry[]): number {
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
