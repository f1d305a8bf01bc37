import { formatInterval } from '../engine/market/interval.ts';
import { type ChartConfig, type Json, type JsonObject, SCALES } from './chart-config.ts';
import {
  candleDatasets,
  lineDataset,
  markDatasets,
  paneDatasets,
  segment,
  tagLine,
  volumeDatasets,
} from './datasets.ts';
import { textBelow } from './labels.ts';
import { type Pane, panesOf } from './layout.ts';
import type { ChartRequest } from './request.ts';
import { LEGEND_ROW, LINE_HEIGHT, MARGIN, type Scene, sceneOf, TIME_ROOM, TITLE_GAP } from './scene.ts';
import { cleanText, formatChange, formatFixed } from './text.ts';
import { axisTexts, flags, insideLabels, numbered } from './texts.ts';
import { COLORS, FONT, FONT_FAMILY } from './theme.ts';
import { knownZone, timeSpan, timeTicks } from './time-axis.ts';

/** Lines across the panes: round times, round values, and the borders between panes. */
function frame(scene: Scene, times: readonly { readonly index: number }[]): JsonObject[] {
  const { layout, ends } = scene;
  const panes = panesOf(layout);
  const sets: JsonObject[] = [];
  for (const pane of panes.slice(1)) {
    const style = { color: COLORS.separator, width: 1.2, under: true };
    sets.push(segment(SCALES.full, [ends[0], 1 - pane.top], [ends[1], 1 - pane.top], style));
  }
  const style = { color: COLORS.grid, width: 1, under: true };
  for (const time of times) sets.push(segment(SCALES.full, [time.index, 0], [time.index, 1], style));
  for (const pane of panes) {
    if (pane.series?.levels.length) continue;
    for (const tick of pane.axis.ticks)
      sets.push(segment(pane.id, [ends[0], tick.value], [ends[1], tick.value], style));
  }
  return sets;
}

function priceDatasets(scene: Scene): JsonObject[] {
  const { request, layout, ends } = scene;
  const sets = scene.legend.map((entry) =>
    lineDataset(entry.line, SCALES.price, entry.color, scene.sizes.line, entry.text),
  );
  sets.push(...candleDatasets(request, scene.sizes));
  for (const level of request.levels) {
    if (level.price <= layout.price.axis.min || level.price >= layout.price.axis.max) continue;
    sets.push(
      segment(SCALES.price, [ends[0], level.price], [ends[1], level.price], {
        color: COLORS.alert,
        width: 1.6,
        dash: [8, 6],
      }),
    );
  }
  const last = request.bars[request.bars.length - 1];
  if (last) sets.push(tagLine(last.close, scene.lastColor, ends));
  if (scene.marks.length > 0) sets.push(...markDatasets(scene.marks));
  return sets;
}

function hiddenScale(axis: 'x' | 'y', min: number, max: number): JsonObject {
  return { axis, type: 'linear', display: false, min, max, offset: false };
}

/** Its labels are texts of their own: all that the scale draws is the room for them. */
function paneScale(pane: Pane, gutter: number): JsonObject {
  return {
    axis: 'y',
    type: 'linear',
    position: 'right',
    stack: 'panes',
    stackWeight: pane.weight,
    min: pane.axis.min,
    max: pane.axis.max,
    ticks: { display: false },
    grid: { display: false, tickLength: gutter },
    border: { display: false },
  };
}

/** The scale of the bars. The labels of the times are texts of their own: it draws the room for them, and the days below. */
function barScale(span: string): JsonObject {
  return {
    axis: 'x',
    type: 'category',
    offset: true,
    position: 'bottom',
    grid: { display: false, tickLength: TIME_ROOM },
    border: { display: true, color: COLORS.separator },
    ticks: { display: false },
    title: {
      display: true,
      text: span,
      align: 'end',
      color: COLORS.dim,
      font: { size: FONT.small, family: FONT_FAMILY },
      padding: { top: 0, bottom: 0 },
    },
  };
}

function header(scene: Scene): Record<string, JsonObject> {
  const { request } = scene;
  const { bars, digits } = request;
  const last = bars[bars.length - 1];
  const change = last && bars[0].open !== 0 ? last.close / bars[0].open - 1 : 0;
  const name = `${cleanText(request.symbol, 24).toUpperCase()}   ${formatInterval(request.interval)} · ${cleanText(request.venue, 24)}`;
  const price = last ? `${formatFixed(last.close, digits)}   ${formatChange(change)}` : 'no bars yet';
  const font = { family: FONT_FAMILY, size: FONT.title, weight: 600, lineHeight: LINE_HEIGHT };
  const row = FONT.title * LINE_HEIGHT;
  return {
    title: {
      display: true,
      align: 'start',
      text: name,
      color: COLORS.text,
      font,
      padding: { top: 0, bottom: TITLE_GAP },
    },
    // The negative padding lifts the second title into the row of the first.
    subtitle: {
      display: true,
      align: 'end',
      text: price,
      color: !last ? COLORS.dim : change >= 0 ? COLORS.up : COLORS.down,
      font,
      padding: { top: -row - TITLE_GAP, bottom: TITLE_GAP },
    },
    legend: {
      display: scene.legend.length > 0,
      position: 'top',
      align: 'start',
      maxHeight: scene.legendRows * LEGEND_ROW,
      labels: {
        usePointStyle: true,
        pointStyle: 'line',
        pointStyleWidth: 22,
        boxHeight: 4,
        padding: 8,
        color: COLORS.text,
        font: { family: FONT_FAMILY, size: FONT.label, weight: 600 },
      },
    },
  };
}

/** Moves the values of a dataset that has one a bar to the slots of its bars. */
function shifted(dataset: JsonObject, slots: number): JsonObject {
  if (slots === 0 || dataset.xAxisID !== SCALES.bars) return dataset;
  return { ...dataset, data: [...new Array<null>(slots).fill(null), ...(dataset.data as Json[])] };
}

/**
 * What to draw, for any server or program that has Chart.js 4: pure JSON, without plug-ins, functions or a date library.
 * A picture of it is 1000x600 CSS pixels.
 */
export function buildConfig(request: ChartRequest): ChartConfig {
  const scene = sceneOf(request);
  const { layout, ends } = scene;
  const zone = knownZone(request.timeZone);
  const times = timeTicks(request.bars, request.interval, zone, 8);
  const before = Math.round(-0.5 - ends[0]);
  const labels: string[] = new Array(Math.round(ends[1] - ends[0])).fill('');
  const fractionAlong = (index: number) => (index - ends[0]) / (ends[1] - ends[0]);
  const panes = panesOf(layout);
  const datasets = [
    ...priceDatasets(scene),
    ...(layout.volume ? volumeDatasets(request, scene.sizes) : []),
    ...layout.others.flatMap((pane) => paneDatasets(pane, ends, scene.sizes)),
    ...frame(scene, times),
  ];
  return {
    type: 'bar',
    data: { labels, datasets: datasets.map((set) => shifted(set, before)) },
    options: {
      responsive: false,
      animation: false,
      events: [],
      locale: 'en-US',
      font: { family: FONT_FAMILY, size: FONT.axis },
      layout: {
        padding: { left: MARGIN.side, right: MARGIN.side, top: MARGIN.top, bottom: MARGIN.bottom },
        autoPadding: false,
      },
      plugins: { ...header(scene), tooltip: { enabled: false }, datalabels: { display: false } },
      scales: {
        [SCALES.bars]: barScale(timeSpan(request.bars, request.interval, zone)),
        [SCALES.along]: hiddenScale('x', ends[0], ends[1]),
        ...Object.fromEntries(panes.map((pane) => [pane.id, paneScale(pane, scene.gutter - MARGIN.side)])),
        [SCALES.full]: hiddenScale('y', 0, 1),
        ...numbered('time', times, (time) => textBelow(fractionAlong(time.index), time.text, scene.plotWidth)),
        ...axisTexts(scene),
        ...insideLabels(scene),
        ...flags(scene),
      },
    },
  };
}
