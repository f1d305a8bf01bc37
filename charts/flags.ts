import { extent } from './axis.ts';
import type { JsonObject } from './chart-config.ts';
import { INSIDE_TEXT, SIGN_TEXT, type TextStyle, textEndingAt } from './labels.ts';
import { fractionOf } from './layout.ts';
import type { ChartRequest } from './request.ts';
import { along, type Scene } from './scene.ts';
import { formatFixed, formatSpan, textWidth } from './text.ts';
import { COLORS, FONT } from './theme.ts';

const MOST_FLAGS = 4;
const MOST_SIGNS = 12;

/** A rectangle in the plot: `from` and `to` in px from its left edge, `at` its middle as a fraction of the height. */
interface Box {
  readonly from: number;
  readonly to: number;
  readonly at: number;
}

const FLAG_DISTANCE = 23;
const SIGN_DISTANCE = 15;
const FLAG_HEIGHT = 20;

/** A name that wants to stand `away` px beyond a price at a bar, as seen from the candle. */
interface Flag {
  readonly x: number;
  readonly price: number;
  readonly direction: 'up' | 'down';
  readonly label: string;
  readonly color: string;
  readonly away: number;
  readonly style: TextStyle;
}

/** Names of the latest marks, then of the latest signs: the first ones choose their place first. */
function wantedFlags({ marks, signs }: Scene): readonly Flag[] {
  const named = marks.filter((mark) => mark.label !== '');
  // How many there are takes little room.
  const isCount = ({ label }: { readonly label: string }) => /^×\d+$/.test(label);
  const shown = [
    ...named.filter(isCount).slice(-MOST_SIGNS),
    ...named.filter((mark) => !isCount(mark)).slice(-MOST_FLAGS),
  ];
  const ofMarks = shown.map((mark) => ({
    ...{ ...mark, price: mark.arrow },
    ...{ color: COLORS.alert, away: FLAG_DISTANCE, style: INSIDE_TEXT },
  }));
  const ofSigns = signs.map((sign) => ({ ...sign, away: SIGN_DISTANCE, style: SIGN_TEXT }));
  return [...ofMarks.reverse(), ...ofSigns.reverse()];
}

function flagBox(scene: Scene, mark: Flag): Box {
  const { layout, ends, plotHeight, plotWidth } = scene;
  const width = textWidth(mark.label, mark.style.size);
  const middle = ((mark.x - ends[0]) / (ends[1] - ends[0])) * plotWidth;
  const to = Math.min(plotWidth - 2, Math.max(width + 6, middle + width / 2));
  const edge = FLAG_HEIGHT / 2 / plotHeight;
  const side = mark.direction === 'up' ? 1 : -1;
  const at = fractionOf(layout.price, mark.price) + (side * mark.away) / plotHeight;
  return { from: to - width, to, at: Math.min(layout.price.bottom - edge, Math.max(layout.price.top + edge, at)) };
}

/** How far the bars reach that end beyond the axis, at the furthest of them. */
export function spikes(scene: Scene): Record<string, JsonObject> {
  const { layout, request, ends, plotWidth, plotHeight } = scene;
  const { min, max } = layout.price.axis;
  const axes: Record<string, JsonObject> = {};
  const note = (id: string, index: number, text: string, at: number) => {
    const width = textWidth(text, FONT.small);
    const middle = ((index - ends[0]) / (ends[1] - ends[0])) * plotWidth;
    const right = middle + 8 + width < plotWidth ? middle + 8 + width : middle - 8;
    axes[id] = textEndingAt({ at, text, color: COLORS.text }, ends[0] + along(scene, right), INSIDE_TEXT, plotHeight);
  };
  const highs = request.bars.map((bar) => bar.high);
  const lows = request.bars.map((bar) => bar.low);
  const [low, high] = extent(lows, highs) ?? [min, max];
  const edge = 14 / plotHeight;
  if (high > max)
    note('spikeUp', highs.indexOf(high), `↑ ${formatFixed(high, request.digits)}`, layout.price.top + edge);
  if (low < min)
    note('spikeDown', lows.indexOf(low), `↓ ${formatFixed(low, request.digits)}`, layout.price.bottom - edge);
  return axes;
}

/** Holes between bars that are named at most: where they are many, as over the nights of an exchange, they are no news. */
const MOST_GAPS = 3;

/** The bars before which some are missing, few enough to be marked. */
export function gapsOf({
  bars,
  interval,
}: ChartRequest): readonly { readonly index: number; readonly missing: number }[] {
  const gaps = bars.flatMap(({ start }, index) => {
    const missing = index === 0 ? 0 : start - bars[index - 1].start - interval;
    return missing > 0 ? [{ index, missing }] : [];
  });
  return gaps.length <= MOST_GAPS ? gaps : [];
}

/** How much time is missing at a hole, at the foot of the candles. */
export function gapNotes(scene: Scene): Record<string, JsonObject> {
  const { layout, request, ends, plotHeight, plotWidth } = scene;
  const notes = gapsOf(request).map(({ index, missing }, i) => {
    const text = `${formatSpan(missing)} missing`;
    const middle = ((index - 0.5 - ends[0]) / (ends[1] - ends[0])) * plotWidth;
    const right = middle - 6 >= textWidth(text, FONT.sign) ? middle - 6 : middle + 6 + textWidth(text, FONT.sign);
    const item = { at: layout.price.bottom - 12 / plotHeight, text, color: COLORS.dim };
    return [`gap${i}`, textEndingAt(item, ends[0] + along(scene, right), SIGN_TEXT, plotHeight)] as const;
  });
  return Object.fromEntries(notes);
}

/** The names of the latest marks and signs, where they do not lie on one another. */
export function flags(scene: Scene): Record<string, JsonObject> {
  const { ends, plotHeight } = scene;
  const texts = placedFlags(scene).map(({ flag, box }, i) => {
    const item = { at: box.at, text: flag.label, color: flag.color };
    return [`flag${i}`, textEndingAt(item, ends[0] + along(scene, box.to), flag.style, plotHeight)] as const;
  });
  return Object.fromEntries(texts);
}

function placedFlags(scene: Scene): readonly { readonly flag: Flag; readonly box: Box }[] {
  const placed: { readonly flag: Flag; readonly box: Box }[] = [];
  for (const flag of wantedFlags(scene)) {
    if (placed.length === MOST_FLAGS + MOST_SIGNS) break;
    const box = flagBox(scene, flag);
    if (!placed.some((other) => covers(scene, other.box, box))) placed.push({ flag, box });
  }
  return placed;
}

const covers = ({ plotHeight }: Scene, one: Box, other: Box): boolean =>
  one.from < other.to && other.from < one.to && Math.abs(one.at - other.at) < (FLAG_HEIGHT + 2) / plotHeight;

/** Whether something else that is as high as a flag would lie on one. */
export const isOnFlag = (scene: Scene, box: Box): boolean =>
  placedFlags(scene).some((flag) => covers(scene, flag.box, box));
