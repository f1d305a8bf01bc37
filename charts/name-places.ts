import { isOnFlag } from './flags.ts';
import { NAME_TEXT } from './labels.ts';
import { fractionOf } from './layout.ts';
import { along, type Scene } from './scene.ts';
import { textWidth } from './text.ts';

/** Px of a name around its text. */
const NAME_EDGE = 6;
/** Px between two places that are tried. */
const STEP = 8;

/** Px from the left of the plot to the right end of a name's text. */
interface NamePlace {
  readonly right: number;
  /** Whether it covers no candle and no mark's name. */
  readonly isFree: boolean;
}

/** Where a name at a height goes: as near to the axis as it covers no candle and no mark's name, else no mark's name, else before the axis. */
export function placeOfName(scene: Scene, at: number, text: string): NamePlace {
  const { plotWidth } = scene;
  const width = textWidth(text, NAME_TEXT.size) + 2 * NAME_EDGE;
  let readable: number | undefined;
  for (let right = plotWidth; right >= width; right -= STEP) {
    if (isOnFlag(scene, { from: right - width, to: right, at })) continue;
    readable ??= right;
    if (isFree(scene, at, right - width, right)) return { right: right - NAME_EDGE, isFree: true };
  }
  return { right: (readable ?? plotWidth) - NAME_EDGE, isFree: false };
}

/** Whether no candle reaches into the height of a name between two places, in px from the left of the plot. */
function isFree(scene: Scene, at: number, from: number, to: number): boolean {
  const { layout, request, ends, plotHeight } = scene;
  const { bars } = request;
  const half = NAME_TEXT.size / 2 / plotHeight;
  const first = Math.max(0, Math.ceil(ends[0] + along(scene, from) - 0.5));
  const last = Math.min(bars.length - 1, Math.floor(ends[0] + along(scene, to) + 0.5));
  for (let i = first; i <= last; i++) {
    const { high, low } = bars[i];
    const isApart = fractionOf(layout.price, low) < at - half || fractionOf(layout.price, high) > at + half;
    if (!isApart) return false;
  }
  return true;
}
