import { formatValue } from './axis.ts';
import type { JsonObject } from './chart-config.ts';
import { paneColor, volumeLineColor } from './datasets.ts';
import { AXIS_TEXT, INSIDE_TEXT, leftText, NAME_TEXT, type Placed, TAG_TEXT, textEndingAt } from './labels.ts';
import { fractionOf, overVolumeOf, type Pane, panesOf } from './layout.ts';
import { lastFinite } from './legend.ts';
import { isClear, levelNames, levelTags, TAG_GAP } from './levels.ts';
import { placeOfName } from './name-places.ts';
import { along, MARGIN, type Scene } from './scene.ts';
import { cleanText, formatFixed, textWidth } from './text.ts';
import { COLORS, FONT } from './theme.ts';

/** The price axis' labels and, on top of them, the tags of the last price and of the alert levels. */
export function axisTexts(scene: Scene): Record<string, JsonObject> {
  const { plotHeight, ends, gutter } = scene;
  const ticks = ticksOf(scene);
  const placed = tagsOf(scene, ticks);
  const free = (item: Placed) => placed.every((tag) => isClear(scene, item.at, tag.at));
  const end = ends[1] + along(scene, gutter - MARGIN.side);
  const texts = ticks.filter(free);
  return {
    ...numbered('axis', texts, (item) => textEndingAt(item, end, AXIS_TEXT, plotHeight)),
    ...numbered('tag', placed, (item) => textEndingAt(item, end, TAG_TEXT, plotHeight)),
  };
}

type Tick = Placed & { readonly pane: Pane };

function ticksOf({ layout, plotHeight }: Scene): readonly Tick[] {
  const all = panesOf(layout)
    .flatMap((pane) =>
      pane.axis.ticks.map((tick) => ({ at: fractionOf(pane, tick.value), text: tick.text, color: COLORS.dim, pane })),
    )
    .filter(({ at, pane }) => at - pane.top > 8 / plotHeight && pane.bottom - at > 4 / plotHeight);
  return spaced(all, 17 / plotHeight);
}

/** The tag of the last price, and those of the alert levels that have room beside it. */
function tagsOf(scene: Scene, ticks: readonly Tick[]): readonly Placed[] {
  const { layout, request, plotHeight } = scene;
  const last = request.bars[request.bars.length - 1];
  if (last === undefined) return [];
  const wanted = fractionOf(layout.price, last.close);
  const at = Math.min(layout.price.bottom, Math.max(layout.price.top + TAG_GAP / plotHeight / 2, wanted));
  const text = formatFixed(last.close, request.digits);
  const own = ticks.filter(({ pane }) => pane === layout.price).map((tick) => tick.at);
  return [{ at, text, color: COLORS.onTag, box: scene.lastColor }, ...levelTags(scene, at, own)];
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
function spaced<T extends Placed>(items: readonly T[], gap: number): T[] {
  const kept: T[] = [];
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
    let right = 8 + textWidth(text, FONT.small);
    const lines = overVolumeOf(request).flatMap((series) => series.lines);
    lines.forEach((line, i) => {
      const value = `${cleanText(line.label, 32)}  ${formatValue(lastFinite(line.values), 'volume', 0)}`;
      right += 18 + textWidth(value, FONT.small);
      if (right > scene.plotWidth - 8) return;
      const item = { at: titleAt(layout.volume!), text: value, color: volumeLineColor(i) };
      axes[`volumeValue${i}`] = textEndingAt(item, ends[0] + along(scene, right), INSIDE_TEXT, plotHeight);
    });
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
  const tagged = new Set(tagsOf(scene, ticksOf(scene)).map(({ text }) => text));
  return {
    ...numbered('inside', titles, (item) => leftText(item, INSIDE_TEXT, plotHeight)),
    ...numbered('level', levelNames(scene, tagged), (item) => nameText(item, scene)),
    ...axes,
  };
}

/** The name of an alert level, where it covers no candle. */
function nameText(item: Placed, scene: Scene): JsonObject {
  const { right } = placeOfName(scene, item.at, item.text);
  return textEndingAt(item, scene.ends[0] + along(scene, right), NAME_TEXT, scene.plotHeight);
}
