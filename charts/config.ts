import { type ChartConfig, type Json, type JsonObject, SCALES } from './chart-config.ts';
import {
  candleDatasets,
  closeDataset,
  overlayDatasets,
  paneDatasets,
  segment,
  tagLine,
  volumeDatasets,
} from './datasets.ts';
import { flags, gapNotes, gapsOf, spikes } from './flags.ts';
import { header, headings } from './header.ts';
import { textBelow } from './labels.ts';
import { type Pane, panesOf } from './layout.ts';
import { colorOf, drawnLevels } from './levels.ts';
import { markDatasets } from './marks.ts';
import type { ChartRequest } from './request.ts';
import { MARGIN, type Scene, sceneOf, slotsOf, TIME_ROOM } from './scene.ts';
import { signDatasets } from './signs.ts';
import { axisTexts, insideLabels, numbered } from './texts.ts';
import { COLORS, FONT, FONT_FAMILY, WIDTH } from './theme.ts';
import { knownZone, type TimeTick, timeSpan, timeTicks } from './time-axis.ts';

/** Lines across the panes: round times, round values, and the borders between panes. */
function frame(scene: Scene, times: readonly TimeTick[]): JsonObject[] {
  const { layout, ends } = scene;
  const panes = panesOf(layout);
  const sets: JsonObject[] = [];
  for (const pane of panes.slice(1)) {
    const style = { color: COLORS.separator, width: 1.2, under: true };
    sets.push(segment(SCALES.full, [ends[0], 1 - pane.top], [ends[1], 1 - pane.top], style));
  }
  const style = { color: COLORS.grid, width: 1, under: true };
  for (const { index, major } of times) {
    const color = major ? COLORS.separator : COLORS.grid;
    sets.push(segment(SCALES.full, [index, 0], [index, 1], { ...style, color }));
  }
  for (const { index } of gapsOf(scene.request)) {
    const dashed = { ...style, color: COLORS.level, dash: [2, 5] };
    sets.push(segment(SCALES.full, [index - 0.5, 0], [index - 0.5, 1], dashed));
  }
  for (const pane of panes) {
    if (pane.series?.levels.length) continue;
    for (const tick of pane.axis.ticks)
      sets.push(segment(pane.id, [ends[0], tick.value], [ends[1], tick.value], style));
  }
  return sets;
}

function priceDatasets(scene: Scene): JsonObject[] {
  const { request, ends } = scene;
  const sets = overlayDatasets(scene.legend, scene.sizes);
  if (request.style === 'line') sets.push(closeDataset(request, scene.sizes));
  else sets.push(...candleDatasets(request, scene.sizes));
  for (const level of drawnLevels(scene)) {
    sets.push(
      segment(SCALES.price, [ends[0], level.price], [ends[1], level.price], {
        color: colorOf(level),
        width: level.isMoving ? 1.2 : 1.6,
        dash: level.isMoving ? [3, 6] : [8, 6],
      }),
    );
  }
  const last = request.bars[request.bars.length - 1];
  if (last) sets.push(tagLine(last.close, scene.lastColor, ends));
  sets.push(...signDatasets(scene.signs));
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

/** Where the bars begin, and those to come that a line reaches to, where one follows upon the other. */
function timesOf(request: ChartRequest): readonly { readonly start: number }[] {
  const { bars, interval } = request;
  const ahead = slotsOf(request) - bars.length;
  const last = bars[bars.length - 1]?.start;
  if (ahead === 0 || last !== bars[0].start + (bars.length - 1) * interval) return bars;
  return [...bars, ...Array.from({ length: ahead }, (_, i) => ({ start: last + (i + 1) * interval }))];
}

/** Moves the values of a dataset that has one a bar to the slots of its bars. */
function shifted(dataset: JsonObject, slots: number): JsonObject {
  if (slots === 0 || dataset.xAxisID !== SCALES.bars) return dataset;
  const { data, pointRadius } = dataset as { data: Json[]; pointRadius?: Json };
  const radii = Array.isArray(pointRadius) && { pointRadius: [...new Array<number>(slots).fill(0), ...pointRadius] };
  return { ...dataset, data: [...new Array<null>(slots).fill(null), ...data], ...radii };
}

/**
 * What to draw, for any server or program that has Chart.js 4: pure JSON, without plug-ins, functions or a date library.
 * A picture of it is 800 CSS pixels wide.
 */
export function buildConfig(request: ChartRequest): ChartConfig {
  const scene = sceneOf(request);
  const { layout, ends } = scene;
  const zone = knownZone(request.timeZone);
  const times = timeTicks(timesOf(request), request.interval, zone, 8);
  const span = timeSpan(request.bars, request.interval, zone);
  const { venueBelow } = headings(request);
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
      aspectRatio: WIDTH / scene.height,
      animation: false,
      events: [],
      locale: 'en-US',
      font: { family: FONT_FAMILY, size: FONT.axis },
      layout: {
        padding: { left: MARGIN.side, right: MARGIN.side, top: MARGIN.top, bottom: MARGIN.bottom },
        autoPadding: false,
      },
      plugins: {
        ...header(scene),
        // What is tinted between lines lies under the candles.
        filler: { drawTime: 'beforeDatasetsDraw' },
        tooltip: { enabled: false },
        datalabels: { display: false },
      },
      scales: {
        [SCALES.bars]: barScale(venueBelow === undefined ? span : `${venueBelow} · ${span}`),
        [SCALES.along]: hiddenScale('x', ends[0], ends[1]),
        ...Object.fromEntries(panes.map((pane) => [pane.id, paneScale(pane, scene.gutter - MARGIN.side)])),
        [SCALES.full]: hiddenScale('y', 0, 1),
        ...numbered('time', times, (time) => textBelow(fractionAlong(time.index), time, scene.plotWidth)),
        ...axisTexts(scene),
        ...insideLabels(scene),
        ...flags(scene),
        ...gapNotes(scene),
        ...spikes(scene),
      },
    },
  };
}
