import { extent } from './axis.ts';
import type { JsonObject } from './chart-config.ts';
import { INSIDE_TEXT, textEndingAt } from './labels.ts';
import { fractionOf } from './layout.ts';
import type { PlacedMark } from './marks.ts';
import { along, type Scene } from './scene.ts';
import { formatFixed, textWidth } from './text.ts';
import { COLORS, FONT } from './theme.ts';

const MOST_FLAGS = 4;

/** A rectangle in the plot: `from` and `to` in px from its left edge, `at` its middle as a fraction of the height. */
interface Box {
  readonly from: number;
  readonly to: number;
  readonly at: number;
}

const FLAG_DISTANCE = 23;
const FLAG_HEIGHT = 20;

/** Beyond the arrow, as seen from the candle. */
function flagBox(scene: Scene, mark: PlacedMark): Box {
  const { layout, ends, plotHeight, plotWidth } = scene;
  const width = textWidth(mark.label, FONT.small);
  const middle = ((mark.x - ends[0]) / (ends[1] - ends[0])) * plotWidth;
  const to = Math.min(plotWidth - 2, Math.max(width + 6, middle + width / 2));
  const edge = FLAG_HEIGHT / 2 / plotHeight;
  const side = mark.direction === 'up' ? 1 : -1;
  const at = fractionOf(layout.price, mark.arrow) + (side * FLAG_DISTANCE) / plotHeight;
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

/** The labels of the latest marks, where they do not lie on one another. */
export function flags(scene: Scene): Record<string, JsonObject> {
  const { ends, plotHeight } = scene;
  const taken: Box[] = [];
  const axes: Record<string, JsonObject> = {};
  const latest = scene.marks.filter((mark) => mark.label).slice(-MOST_FLAGS);
  for (const [i, mark] of [...latest].reverse().entries()) {
    const box = flagBox(scene, mark);
    const near = (one: Box) => Math.abs(one.at - box.at) < (FLAG_HEIGHT + 2) / plotHeight;
    if (taken.some((one) => one.from < box.to && box.from < one.to && near(one))) continue;
    taken.push(box);
    const item = { at: box.at, text: mark.label, color: COLORS.alert };
    axes[`flag${i}`] = textEndingAt(item, ends[0] + along(scene, box.to), INSIDE_TEXT, plotHeight);
  }
  return axes;
}
