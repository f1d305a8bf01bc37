import { type JsonObject, SCALES } from './chart-config.ts';
import { overVolumeOf, type Pane } from './layout.ts';
import type { LegendEntry } from './legend.ts';
import { lineDataset, lineDatasets, ORDER, short } from './lines.ts';
import type { ChartLine, ChartRequest, ChartSeries } from './request.ts';
import type { Scene } from './scene.ts';
import { COLORS, LINE_COLORS } from './theme.ts';

/** Opacity of what lies between two bands, of the line in their middle, and of a cloud: two hexadecimal digits behind a colour. */
const BAND_ALPHA = '14';
const MIDDLE_ALPHA = 'b0';
const CLOUD_ALPHA = '2e';

/** How wide things are in px: thinner the more bars there are. */
export interface BarSizes {
  readonly body: number;
  readonly wick: number;
  readonly line: number;
}

export function barSizes(slots: number, plotWidth: number): BarSizes {
  const slot = plotWidth / slots;
  const body = slot < 3 ? slot * 0.8 : Math.min(slot * 0.68, 34);
  return {
    body: Math.max(0.8, body),
    wick: slot < 4 ? 0.8 : Math.min(2, Math.max(1.2, slot * 0.14)),
    line: slot < 3 ? 1.5 : 2,
  };
}

function bars(data: JsonObject['data'], scale: string, color: string, width: number, order: number): JsonObject {
  return {
    type: 'bar',
    label: '',
    data,
    xAxisID: SCALES.bars,
    yAxisID: scale,
    backgroundColor: color,
    borderColor: COLORS.clear,
    borderWidth: 0,
    grouped: false,
    barThickness: width,
    minBarLength: 1.4,
    order,
  };
}

/** Which bars are drawn as rising. A flat one goes by the close before it, and like the bar before it where that is the same. */
export function risesOf(bars: ChartRequest['bars']): readonly boolean[] {
  const rises: boolean[] = [];
  for (const [i, { open, close }] of bars.entries()) {
    const change = close - open || (i > 0 ? close - bars[i - 1].close : 0);
    rises.push(change === 0 ? (rises[i - 1] ?? true) : change > 0);
  }
  return rises;
}

/** Candles as floating bars, rising and falling apart so that each set has one colour: wicks under bodies. */
export function candleDatasets(request: ChartRequest, sizes: BarSizes): JsonObject[] {
  const rises = risesOf(request.bars);
  const wicks = request.bars.map((bar) => [short(bar.low), short(bar.high)]);
  const bodies = request.bars.map((bar) => [short(bar.open), short(bar.close)]);
  const pick = (all: (number | null)[][], up: boolean) => all.map((pair, i) => (rises[i] === up ? pair : null));
  return [
    bars(pick(bodies, true), SCALES.price, COLORS.up, sizes.body, ORDER.candle),
    bars(pick(bodies, false), SCALES.price, COLORS.down, sizes.body, ORDER.candle),
    bars(pick(wicks, true), SCALES.price, COLORS.up, sizes.wick, ORDER.candle),
    bars(pick(wicks, false), SCALES.price, COLORS.down, sizes.wick, ORDER.candle),
  ];
}

/** The colour of a line over the volume. */
export const volumeLineColor = (index: number): string => LINE_COLORS[(index + 1) % LINE_COLORS.length];

export function volumeDatasets(request: ChartRequest, sizes: BarSizes): JsonObject[] {
  const lines = overVolumeOf(request).flatMap((series) => series.lines);
  const rises = risesOf(request.bars);
  const pick = (up: boolean) =>
    request.bars.map((bar, i) => (rises[i] === up && bar.volume > 0 ? short(bar.volume) : null));
  return [
    bars(pick(true), SCALES.volume, COLORS.upVolume, sizes.body, ORDER.volume),
    bars(pick(false), SCALES.volume, COLORS.downVolume, sizes.body, ORDER.volume),
    ...lines.flatMap((line, i) =>
      lineDatasets(line, { scale: SCALES.volume, color: volumeLineColor(i), width: sizes.line }),
    ),
  ];
}

/** The closes as one line, where there is nothing else to show of a bar. */
export function closeDataset(request: ChartRequest, sizes: BarSizes): JsonObject {
  const closes = { label: '', values: request.bars.map((bar) => bar.close) };
  return {
    ...lineDataset(closes, { scale: SCALES.price, color: COLORS.text, width: sizes.line + 0.5 }),
    order: ORDER.close,
  };
}

/** To which line it is tinted from a line, and how: in one colour, or in another where it lies below. */
function fillOf(
  { series, color }: LegendEntry,
  line: ChartLine,
): { readonly to: ChartLine; readonly style: (target: number) => JsonObject } | undefined {
  if (series.cloud !== undefined) {
    const [first, second] = series.cloud.map((index) => series.lines[index]);
    const tint = { above: COLORS.up + CLOUD_ALPHA, below: COLORS.down + CLOUD_ALPHA };
    return line === first ? { to: second, style: (target) => ({ fill: { target, ...tint } }) } : undefined;
  }
  const lower = series.lines.find(({ label }) => label.endsWith('lower'));
  if (lower === undefined || !line.label.endsWith('upper')) return undefined;
  return { to: lower, style: (fill) => ({ fill, backgroundColor: color + BAND_ALPHA }) };
}

interface OverlayPart {
  readonly entry: LegendEntry;
  readonly line: ChartLine | undefined;
  readonly set: JsonObject;
}

/** What an entry of the legend names: its lines, or nothing but the name where it is of marks. */
function partsOf(entry: LegendEntry, width: number): readonly OverlayPart[] {
  const { lines, color, text } = entry;
  const style = { scale: SCALES.price, color, width };
  if (lines.length === 0) {
    return [{ entry, line: undefined, set: lineDataset({ label: '', values: [] }, { ...style, label: text }) }];
  }
  return lines.flatMap((line) => {
    const label = line === lines[0] ? text : '';
    const faint = { ...style, label, color: color + MIDDLE_ALPHA, width: width * 0.75 };
    const sets = line.label.endsWith('middle')
      ? [{ ...lineDataset(line, faint), borderDash: [7, 5] }]
      : lineDatasets(line, { ...style, label });
    return sets.map((set) => ({ entry, line, set }));
  });
}

/**
 * Lines over the candles. Those that the legend names come first: it leaves room for every other one that stands between them.
 * What lies between an upper and a lower one, or in a cloud, is tinted.
 */
export function overlayDatasets(legend: Scene['legend'], sizes: BarSizes): JsonObject[] {
  const all = legend.flatMap((entry) => partsOf(entry, sizes.line));
  const sorted = [...all.filter(({ set }) => set.label !== ''), ...all.filter(({ set }) => set.label === '')];
  return sorted.map(({ entry, line, set }) => {
    const fill = line && fillOf(entry, line);
    return fill ? { ...set, ...fill.style(sorted.findIndex((other) => other.line === fill.to)) } : set;
  });
}

/** A straight line between two points that lie anywhere, not only at bars. */
export function segment(
  scale: string,
  from: readonly [number, number],
  to: readonly [number, number],
  style: {
    readonly color: string;
    readonly width: number;
    readonly dash?: readonly number[];
    readonly under?: boolean;
  },
): JsonObject {
  return {
    type: 'line',
    label: '',
    data: [
      { x: from[0], y: from[1] },
      { x: to[0], y: to[1] },
    ],
    xAxisID: SCALES.along,
    yAxisID: scale,
    borderColor: style.color,
    borderWidth: style.width,
    borderDash: style.dash ?? [],
    pointRadius: 0,
    pointBorderColor: COLORS.clear,
    order: style.under ? ORDER.frame : ORDER.level,
  };
}

/** The dotted line at the last price, over the candles. */
export function tagLine(price: number, color: string, ends: readonly [number, number]): JsonObject {
  const line = segment(SCALES.price, [ends[0], price], [ends[1], price], { color, width: 1.2, dash: [2, 4] });
  return { ...line, order: ORDER.tagLine };
}

function isHistogram(line: ChartLine): boolean {
  return /(^|\.)hist(ogram)?$/i.test(line.label);
}

/** The colour of a pane's line; a histogram is drawn in the candles' colours. */
export function paneColor(series: ChartSeries, index: number): string {
  if (isHistogram(series.lines[index])) return COLORS.dim;
  return LINE_COLORS[series.lines.slice(0, index).filter((line) => !isHistogram(line)).length % LINE_COLORS.length];
}

/** The lines, histograms and levels of a pane. */
export function paneDatasets(pane: Pane, ends: readonly [number, number], sizes: BarSizes): JsonObject[] {
  const series = pane.series;
  if (!series) return [];
  const sets: JsonObject[] = [];
  series.lines.forEach((line, i) => {
    if (!isHistogram(line)) {
      sets.push(...lineDatasets(line, { scale: pane.id, color: paneColor(series, i), width: sizes.line }));
      return;
    }
    const pick = (up: boolean) => line.values.map((value) => (value >= 0 === up ? short(value) : null));
    sets.push(bars(pick(true), pane.id, COLORS.upVolume, sizes.body, ORDER.volume));
    sets.push(bars(pick(false), pane.id, COLORS.downVolume, sizes.body, ORDER.volume));
  });
  const inside = (value: number) => value > pane.axis.min && value < pane.axis.max;
  const levels = [...new Set(series.levels)].filter((level) => Number.isFinite(level) && inside(level));
  for (const level of levels) {
    sets.push(segment(pane.id, [ends[0], level], [ends[1], level], { color: COLORS.level, width: 1.3, dash: [6, 5] }));
  }
  if (series.scale === 'percent' && levels.length === 2) {
    const last = sets.length - 1;
    sets[last] = { ...sets[last], fill: { value: levels[0] }, backgroundColor: LINE_COLORS[0] + BAND_ALPHA };
  }
  if (series.scale === 'centred' && !series.levels.includes(0)) {
    sets.push(segment(pane.id, [ends[0], 0], [ends[1], 0], { color: COLORS.separator, width: 1 }));
  }
  return sets;
}
