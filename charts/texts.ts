import { formatValue } from './axis.ts';
import type { JsonObject } from './chart-config.ts';
import { paneColor } from './datasets.ts';
import { AXIS_TEXT, INSIDE_TEXT, leftText, type Placed, spread, TAG_TEXT, textEndingAt } from './labels.ts';
import { fractionOf, type Pane, panesOf } from './layout.ts';
import { lastFinite, MARGIN, type Scene } from './scene.ts';
import { cleanText, formatFixed, textWidth } from './text.ts';
import { COLORS, FONT } from './theme.ts';

const MOST_FLAGS = 4;

/** A length in px as one on the `along` scale. */
function along(scene: Scene, px: number): number {
  return (px / scene.plotWidth) * (scene.ends[1] - scene.ends[0]);
}

/** The price axis' labels and, on top of them, the tags of the last price and of the alert levels. */
export function axisTexts(scene: Scene): Record<string, JsonObject> {
  const { layout, request, plotHeight, ends, gutter } = scene;
  const gap = 27 / plotHeight;
  const tags: Placed[] = request.levels
    .filter((level) => level.price > layout.price.axis.min && level.price < layout.price.axis.max)
    .map((level) => ({
      at: fractionOf(layout.price, level.price),
      text: formatFixed(level.price, request.digits),
      color: COLORS.alert,
      box: COLORS.alertTag,
    }));
  const last = request.bars[request.bars.length - 1];
  if (last) {
    const at = fractionOf(layout.price, last.close);
    tags.push({ at, text: formatFixed(last.close, request.digits), color: COLORS.onTag, box: scene.lastColor });
  }
  const placed = spread(tags, gap).map((tag) => ({ ...tag, at: Math.min(tag.at, layout.price.bottom) }));
  const free = (item: Placed) => placed.every((tag) => Math.abs(tag.at - item.at) > gap * 0.92);
  const panes = panesOf(layout);
  const ticks = panes
    .flatMap((pane) =>
      pane.axis.ticks.map((tick) => ({ at: fractionOf(pane, tick.value), text: tick.text, color: COLORS.dim, pane })),
    )
    .filter(({ at, pane }) => at - pane.top > 4 / plotHeight && pane.bottom - at > 4 / plotHeight);
  const end = ends[1] + along(scene, gutter - MARGIN.side);
  const texts = spaced(ticks, 17 / plotHeight).filter(free);
  return {
    ...numbered('axis', texts, (item) => textEndingAt(item, end, AXIS_TEXT, plotHeight)),
    ...numbered('tag', placed, (item) => textEndingAt(item, end, TAG_TEXT, plotHeight)),
  };
}

/** `tag0`, `tag1`, …: ids of the axes that the texts are. */
export function numbered<T>(
  name: string,
  items: readonly T[],
  make: (item: T) => JsonObject,
): Record<string, JsonObject> {
  return Object.fromEntries(items.map((item, i) => [`${name}${i}`, make(item)]));
}

/** Leaves out what would stand on the text before it. */
function spaced(items: readonly Placed[], gap: number): Placed[] {
  const kept: Placed[] = [];
  for (const item of items) if (kept.every((other) => Math.abs(other.at - item.at) >= gap)) kept.push(item);
  return kept;
}

/** Titles of the panes, the last value of each line behind it in its colour, and the names of the alert levels. */
export function insideLabels(scene: Scene): Record<string, JsonObject> {
  const { layout, request, plotHeight, ends } = scene;
  const titles: Placed[] = [];
  const axes: Record<string, JsonObject> = {};
  const titleAt = (pane: Pane) => pane.top + 13 / plotHeight;
  if (layout.volume) {
    const last = lastFinite(request.bars.map((bar) => bar.volume));
    const text = `volume  ${formatValue(last, 'volume', 0)}`;
    titles.push({ at: titleAt(layout.volume), text, color: COLORS.dim });
  }
  for (const pane of layout.others) {
    const series = pane.series!;
    const title = cleanText(series.label, 40);
    titles.push({ at: titleAt(pane), text: title, color: COLORS.text });
    let right = 8 + textWidth(title, FONT.small);
    series.lines.forEach((line, i) => {
      const name = cleanText(line.label, 24).replace(/^.*\./, '');
      const value = formatValue(lastFinite(line.values), series.scale, request.digits);
      const text = series.lines.length > 1 ? `${name} ${value}` : value;
      right += 14 + textWidth(text, FONT.small);
      if (right > scene.plotWidth - 8) return;
      const item = { at: titleAt(pane), text, color: paneColor(series, i) };
      axes[`${pane.id}Value${i}`] = textEndingAt(item, ends[0] + along(scene, right), INSIDE_TEXT, plotHeight);
    });
  }
  const left = [...titles, ...levelNames(scene)];
  return { ...numbered('inside', left, (item) => leftText(item, INSIDE_TEXT, plotHeight)), ...axes };
}

/** Names of the alert levels, standing on their lines; of those beyond the axis at its edge, with an arrow. */
function levelNames(scene: Scene): Placed[] {
  const { layout, request, plotHeight } = scene;
  const { min, max } = layout.price.axis;
  const names = request.levels.map((level): Placed => {
    const text = cleanText(level.label, 44);
    const color = COLORS.alert;
    if (level.price >= max) return { at: layout.price.top + 14 / plotHeight, text: `↑ ${text}`, color };
    if (level.price <= min) return { at: layout.price.bottom - 14 / plotHeight, text: `↓ ${text}`, color };
    return { at: Math.max(layout.price.top, fractionOf(layout.price, level.price) - 12 / plotHeight), text, color };
  });
  const top = layout.price.bottom;
  return spread(names, 23 / plotHeight).map((item) => ({ ...item, at: Math.min(item.at, top - 12 / plotHeight) }));
}

/** A rectangle in the plot: `from` and `to` in px from its left edge, `at` its middle as a fraction of the height. */
interface Box {
  readonly from: number;
  readonly to: number;
  readonly at: number;
}

const FLAG_DISTANCE = 27;
const FLAG_HEIGHT = 20;

/** How many candles a label at `box` would lie on. */
function candlesUnder(scene: Scene, box: Box): number {
  const { layout, ends, plotHeight, plotWidth, request } = scene;
  const slot = plotWidth / (ends[1] - ends[0]);
  const first = Math.max(0, Math.floor(box.from / slot + ends[0]));
  const last = Math.min(request.bars.length - 1, Math.ceil(box.to / slot + ends[0]));
  const half = FLAG_HEIGHT / 2 / plotHeight;
  let count = 0;
  for (let i = first; i <= last; i++) {
    const { high, low } = request.bars[i];
    if (fractionOf(layout.price, high) < box.at + half && fractionOf(layout.price, low) > box.at - half) count++;
  }
  return count;
}

/** Above the mark, or below it where fewer candles lie there. */
function flagBox(scene: Scene, mark: Scene['marks'][number]): Box {
  const { layout, ends, plotHeight, plotWidth } = scene;
  const width = textWidth(mark.label, FONT.small);
  const middle = ((mark.x - ends[0]) / (ends[1] - ends[0])) * plotWidth;
  const to = Math.min(plotWidth - 2, Math.max(width + 6, middle + width / 2));
  const edge = FLAG_HEIGHT / 2 / plotHeight;
  const [above, below] = [-1, 1].map((side): Box => {
    const at = fractionOf(layout.price, mark.y) + (side * FLAG_DISTANCE) / plotHeight;
    return { from: to - width, to, at: Math.min(layout.price.bottom - edge, Math.max(layout.price.top + edge, at)) };
  });
  return candlesUnder(scene, below) < candlesUnder(scene, above) ? below : above;
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
