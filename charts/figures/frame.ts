import type { ChartConfig, JsonObject } from '../chart-config.ts';
import { LINE_HEIGHT, MARGIN, TITLE_GAP } from '../scene.ts';
import { cleanText } from '../text.ts';
import { COLORS, FONT, FONT_FAMILY, HEIGHT, WIDTH } from '../theme.ts';
import type { FigureRequest } from './request.ts';

const LONGEST_TITLE = 40;
const LONGEST_NOTE = 34;
const LONGEST_FOOT = 90;

export const AXIS_FONT: JsonObject = { family: FONT_FAMILY, size: FONT.axis, weight: 400 };

/** The scale that a figure's foot stands below: the last that is drawn at the bottom. */
export function footTitle(foot: string): JsonObject {
  return {
    display: true,
    text: cleanText(foot, LONGEST_FOOT),
    align: 'end',
    color: COLORS.dim,
    font: { size: FONT.small, family: FONT_FAMILY },
    padding: { top: 2, bottom: 0 },
  };
}

/** What stands before a name in the legend: a stroke, or a field of the colour. */
const LEGENDS = {
  strokes: { pointStyle: 'line', pointStyleWidth: 22, boxHeight: 4 },
  fields: { pointStyle: 'rect', pointStyleWidth: 18, boxHeight: 13 },
} as const;

/** A figure's config: title and note above, whatever is drawn, nothing that moves. @param height in CSS pixels */
export function framed(
  { title, note }: FigureRequest,
  { labels, datasets }: ChartConfig['data'],
  scales: JsonObject,
  { height = HEIGHT, legend }: { readonly height?: number; readonly legend?: keyof typeof LEGENDS } = {},
): ChartConfig {
  const font = { family: FONT_FAMILY, size: FONT.title, weight: 600, lineHeight: LINE_HEIGHT };
  const row = FONT.title * LINE_HEIGHT;
  return {
    type: 'bar',
    data: { labels, datasets },
    options: {
      responsive: false,
      aspectRatio: WIDTH / height,
      animation: false,
      events: [],
      locale: 'en-US',
      font: { family: FONT_FAMILY, size: FONT.axis },
      layout: {
        padding: { left: MARGIN.side, right: MARGIN.side, top: MARGIN.top, bottom: MARGIN.bottom },
        autoPadding: false,
      },
      plugins: {
        title: {
          display: true,
          align: 'start',
          text: cleanText(title, LONGEST_TITLE),
          color: COLORS.text,
          font,
          padding: { top: 0, bottom: TITLE_GAP },
        },
        // The negative padding lifts the second title into the row of the first.
        subtitle: {
          display: true,
          align: 'end',
          text: cleanText(note, LONGEST_NOTE),
          color: COLORS.dim,
          font: { ...font, size: FONT.label },
          padding: { top: -row - TITLE_GAP + 6, bottom: TITLE_GAP + 2 },
        },
        legend: {
          display: legend !== undefined,
          position: 'top',
          align: 'start',
          labels: {
            usePointStyle: true,
            ...LEGENDS[legend ?? 'strokes'],
            padding: 8,
            color: COLORS.text,
            font: { family: FONT_FAMILY, size: FONT.label, weight: 600 },
          },
        },
        tooltip: { enabled: false },
        datalabels: { display: false },
      },
      scales,
    },
  };
}
