import type { JsonObject } from './chart-config.ts';
import { SCALES } from './chart-config.ts';
import { textWidth } from './text.ts';
import { COLORS, FONT, FONT_FAMILY } from './theme.ts';
import type { TimeTick } from './time-axis.ts';

/** A text beside the plot or in it. `at` is its middle as a fraction of the plot's height from the top. */
export interface Placed {
  readonly at: number;
  readonly text: string;
  readonly color: string;
  /** Colour of the box behind it. */
  readonly box?: string;
}

export interface TextStyle {
  readonly size: number;
  readonly weight: number;
  /** Drawn later, so above, the higher it is. */
  readonly z: number;
  /** Width of an outline in the colour of the background, so that the text reads on lines. */
  readonly halo: number;
  /** Px that a box reaches beyond the text. */
  readonly pad?: { readonly x: number; readonly y: number };
}

/** The labels that put a text at the top, the middle or the bottom of an axis, whichever is nearest to `at`. */
function anchored(text: string, at: number): { labels: string[]; anchor: number } {
  if (at < 0.25) return { labels: [text], anchor: 0 };
  if (at > 0.75) return { labels: ['', text], anchor: 1 };
  return { labels: ['', text, ''], anchor: 0.5 };
}

/**
 * Chart.js writes free text nowhere but at the ticks of an axis. So each text is an axis of its own over the whole plot, with
 * one label, moved from the nearest of three anchors to its place.
 * @param plotHeight in px
 */
function textAxis(item: Placed, style: TextStyle, plotHeight: number): { base: JsonObject; ticks: JsonObject } {
  const { labels, anchor } = anchored(item.text, item.at);
  const box = {
    showLabelBackdrop: labels.map((text) => text !== ''),
    backdropColor: item.box ?? COLORS.clear,
    backdropPadding: style.pad ?? { x: 7, y: 3.5 },
  };
  return {
    base: { axis: 'y', type: 'category', labels, offset: false, border: { display: false } },
    ticks: {
      autoSkip: false,
      mirror: true,
      z: style.z,
      // Adding 0 makes a plain one of a negative 0, which JSON does not know.
      labelOffset: Number(((item.at - anchor) * plotHeight).toFixed(1)) + 0,
      color: item.color,
      ...(style.halo > 0 ? { textStrokeColor: COLORS.background, textStrokeWidth: style.halo } : {}),
      font: { family: FONT_FAMILY, size: style.size, weight: style.weight },
      ...(item.box ? box : {}),
    },
  };
}

const LEFT = 8;

/** A text in the plot at its left edge; takes no room. */
export function leftText(item: Placed, style: TextStyle, plotHeight: number): JsonObject {
  const { base, ticks } = textAxis(item, style, plotHeight);
  return {
    ...base,
    position: 'left',
    // An axis is as wide as its tick marks and twice its padding: a negative mark takes that room back.
    grid: { display: false, tickLength: -2 * LEFT },
    ticks: { ...ticks, padding: LEFT, crossAlign: 'near' },
  };
}

/** A text that ends at `end` of the `along` scale, in the plot or beside it. */
export function textEndingAt(item: Placed, end: number, style: TextStyle, plotHeight: number): JsonObject {
  const { base, ticks } = textAxis(item, style, plotHeight);
  return {
    ...base,
    position: { [SCALES.along]: end },
    grid: { display: false, tickLength: 0 },
    ticks: { ...ticks, padding: 0 },
  };
}

/** The label of a time, below the plot; `at` as a fraction of its width from the left. A `major` one begins a day, a month or a year. */
export function textBelow(at: number, { text, major }: TimeTick, plotWidth: number): JsonObject {
  // A text in the middle of the first bars would begin beyond the picture's edge.
  const leftmost = textWidth(text, FONT.axis) / 2 - LEFT;
  return {
    axis: 'x',
    type: 'category',
    labels: ['', text, ''],
    offset: false,
    position: { [SCALES.full]: 0 },
    border: { display: false },
    grid: { display: false, tickLength: 0 },
    ticks: {
      autoSkip: false,
      maxRotation: 0,
      padding: 6,
      // The outer labels, which are empty, keep within the plot: nothing is left free for them.
      align: 'inner',
      labelOffset: Number((Math.max(at * plotWidth, leftmost) - plotWidth / 2).toFixed(1)) + 0,
      color: major ? COLORS.text : COLORS.dim,
      font: { family: FONT_FAMILY, size: FONT.axis, weight: major ? 600 : 400 },
    },
  };
}

export const AXIS_TEXT: TextStyle = { size: FONT.axis, weight: 400, z: 2, halo: 0 };
export const TAG_TEXT: TextStyle = { size: FONT.tag, weight: 600, z: 4, halo: 0 };
export const SIGN_TEXT: TextStyle = { size: FONT.sign, weight: 600, z: 2, halo: 4 };
export const NAME_TEXT: TextStyle = { size: FONT.sign, weight: 600, z: 3, halo: 0, pad: { x: 4, y: 0 } };
export const INSIDE_TEXT: TextStyle = { size: FONT.small, weight: 600, z: 3, halo: 5 };
