import type { Placed } from './labels.ts';
import { fractionOf } from './layout.ts';
import { type LevelLine, lastClose } from './level-lines.ts';
import { placeOfName } from './name-places.ts';
import type { Scene } from './scene.ts';
import { formatFixed, formatTrimmed } from './text.ts';
import { COLORS } from './theme.ts';

/** Lines that are drawn at most: more would be a fence before the candles. */
const MOST_LINES = 8;
/** Least distances of two lines, where all find room and in a crowd, of two names and two tags, in px. */
const LINE_GAP = 3;
const CROWD_GAP = 8;
const NAME_GAP = 22;
/** Names that are drawn at most, those at the edges among them. */
const MOST_NAMES = 6;
/** Where the middle of a name stands, from its line down: the first that has room without covering candles, else the first that has room. */
const NAME_SHIFTS = [-12, 12, -32, 32, -54, 54, -76, 76];
export const TAG_GAP = 33;
/** How far a tag may stand from its line: further off than half its height it would say another line's price. */
const TAG_REACH = 15;
/** Labels of the axis that the tags leave. */
const LEAST_TICKS = 3;

/** Whether more levels lie within the axis than get a line. */
function isCrowded({ levels, layout }: Scene): boolean {
  const { min, max } = layout.price.axis;
  return levels.filter(({ price }) => price > min && price < max).length > MOST_LINES;
}

/** Those that get a line: the nearest ones, within the axis and apart from one another. */
export function drawnLevels(scene: Scene): readonly LevelLine[] {
  const { levels, layout, plotHeight } = scene;
  const { min, max } = layout.price.axis;
  const drawn: LevelLine[] = [];
  const at = (level: LevelLine) => fractionOf(layout.price, level.price);
  const within = levels.filter(({ price }) => price > min && price < max);
  const gap = isCrowded(scene) ? CROWD_GAP : LINE_GAP;
  for (const level of within) {
    if (drawn.length === MOST_LINES) break;
    if (drawn.every((other) => Math.abs(at(other) - at(level)) * plotHeight >= gap)) drawn.push(level);
  }
  return drawn;
}

/** What moves with its series is fainter. */
export const colorOf = ({ isMoving }: LevelLine): string => (isMoving ? COLORS.alertSoft : COLORS.alert);

interface Names {
  readonly placed: readonly Placed[];
  readonly above: readonly LevelLine[];
  readonly below: readonly LevelLine[];
}

/** Each name just above its line, else below it or further off, but in the order of the lines, else nowhere; the nearest to the price choose first. */
function placeNames(scene: Scene, reserved: readonly number[], tagged: ReadonlySet<string>): Names {
  const { layout, plotHeight, levels, request } = scene;
  const px = 1 / plotHeight;
  const lines = drawnLevels(scene).map(({ price }) => fractionOf(layout.price, price));
  // One that is not to be told from a line that is drawn has that for its own, where there is no crowd.
  const reach = isCrowded(scene) ? 0 : LINE_GAP * px;
  const placed: (Placed & { readonly price: number })[] = [];
  const left: LevelLine[] = [];
  const isFree = (at: number, price: number) =>
    at > layout.price.top + 9 * px &&
    at < layout.price.bottom - 9 * px &&
    reserved.every((other) => Math.abs(other - at) > NAME_GAP * px) &&
    placed.every((other) => (other.price > price ? at - other.at : other.at - at) > NAME_GAP * px);
  for (const level of levels) {
    const line = fractionOf(layout.price, level.price);
    const text = namedFully(level, tagged, request.digits);
    const places = NAME_SHIFTS.map((shift) => line + shift * px).filter((place) => isFree(place, level.price));
    const at = places.find((place) => placeOfName(scene, place, text).isFree) ?? places[0];
    const isFull = placed.length + 2 >= MOST_NAMES;
    if (isFull || at === undefined || !lines.some((other) => Math.abs(other - line) <= reach)) left.push(level);
    else placed.push({ ...named(at, text, colorOf(level)), price: level.price });
  }
  const last = lastClose(request);
  return { placed, above: left.filter(({ price }) => price >= last), below: left.filter(({ price }) => price < last) };
}

/** A name that ends where its price belongs, with that where no tag at the axis says it: `price >` is `price > 66,040`. */
function namedFully({ price, text }: LevelLine, tagged: ReadonlySet<string>, digits: number): string {
  const isOpen = /(?:[<>=]|crosses|above|below)$/.test(text) && !tagged.has(formatFixed(price, digits));
  return isOpen ? `${text} ${formatTrimmed(price, digits)}` : text;
}

/** A name lets the candles behind it be seen. */
const named = (at: number, text: string, color: string): Placed => ({ at, text, color, box: COLORS.nameBack });

/** What stands at an edge for the levels without a name: a lone one beyond the axis by its price and its name. */
function edgeText(left: readonly LevelLine[], side: 'above' | 'below', scene: Scene): string {
  const { min, max } = scene.layout.price.axis;
  const [first] = left;
  const isBeyond = first.price >= max || first.price <= min;
  if (left.length > 1 || !isBeyond) return `+${left.reduce((sum, { count }) => sum + count, 0)} more ${side}`;
  const price = formatTrimmed(first.price, scene.request.digits);
  // Most names say their price: `price > 500`.
  const text = first.text.includes(price) ? first.text : `${price} · ${first.text}`;
  return `${side === 'above' ? '↑' : '↓'} ${text}`;
}

/**
 * Names of the alert levels, standing on their lines, and at the edges how many there are besides.
 *
 * @param tagged prices that stand at the axis
 */
export function levelNames(scene: Scene, tagged: ReadonlySet<string>): readonly Placed[] {
  const { layout, plotHeight } = scene;
  const edges = { above: layout.price.top + 14 / plotHeight, below: layout.price.bottom - 14 / plotHeight };
  const needed = new Set<'above' | 'below'>();
  for (;;) {
    const names = placeNames(
      scene,
      [...needed].map((side) => edges[side]),
      tagged,
    );
    const lacking = (['above', 'below'] as const).filter((side) => names[side].length > 0 && !needed.has(side));
    for (const side of lacking) needed.add(side);
    if (lacking.length > 0) continue;
    const edge = (side: 'above' | 'below'): Placed[] =>
      names[side].length === 0 ? [] : [named(edges[side], edgeText(names[side], side, scene), COLORS.alert)];
    return [...names.placed, ...edge('above'), ...edge('below')];
  }
}

/**
 * Prices of the levels beside the axis, each at its own line: the nearest to the last price make room for its tag at `last` and for
 * one another, and go where that would move them away. Those that follow go too where fewer than `LEAST_TICKS` of the axis' own labels,
 * which stand at `ticks`, would be left.
 */
export function levelTags(scene: Scene, last: number, ticks: readonly number[]): readonly Placed[] {
  const { layout, plotHeight, request } = scene;
  const gap = TAG_GAP / plotHeight;
  const reach = TAG_REACH / plotHeight;
  const edge = { top: layout.price.top + gap / 2, bottom: layout.price.bottom - gap / 4 };
  const close = lastClose(request);
  let up = last;
  let down = last;
  let free = ticks.filter((tick) => isClear(scene, tick, last));
  const tags: Placed[] = [];
  for (const level of drawnLevels(scene)) {
    const line = fractionOf(layout.price, level.price);
    const isAbove = level.price >= close;
    const at = isAbove
      ? Math.min(Math.max(line, edge.top), up - gap)
      : Math.max(Math.min(line, edge.bottom), down + gap);
    if (Math.abs(at - line) > reach || at < edge.top || at > edge.bottom) continue;
    const left = free.filter((tick) => isClear(scene, tick, at));
    if (left.length < LEAST_TICKS && left.length < free.length) continue;
    free = left;
    if (isAbove) up = at;
    else down = at;
    const text = formatFixed(level.price, request.digits);
    tags.push({ at, text, color: colorOf(level), box: COLORS.alertTag });
  }
  return tags;
}

/** Whether a label of the axis has room beside a tag. */
export const isClear = ({ plotHeight }: Scene, label: number, tag: number): boolean =>
  Math.abs(tag - label) > (TAG_GAP * 0.92) / plotHeight;
