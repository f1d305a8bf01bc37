import type { Watcher } from '../rules/threshold-index.ts';
import type { SeriesNode } from './node.ts';
import { DOWN_LOWERS, DOWN_RAISES, UP_LOWERS, UP_RAISES } from './ways.ts';

/** Bounds are drawn in by this share, against rounding. */
const CAUTION = 1e-6;
/** What rounding may make of a value, as a share of it. */
const ROUNDING = 1e-10;
/** A bound that holds so many times as far as is needed is asked for anew, nearer by: there it is closer. */
const TOO_FAR = 4;

/** How far what moves a series may go up and down before a threshold of it can be passed; 0 where it may be passed at once. */
export interface Band {
  readonly up: number;
  readonly down: number;
}

const NONE: Band = { up: 0, down: 0 };

/** The band of a series that was just computed, at most `reach` wide to each side; undefined where it cannot be told while the bar is open. */
export function drawBand<W extends Watcher>(node: SeriesNode<W>, reach: number): Band | undefined {
  const { value, liveIndex } = node;
  if (Number.isNaN(value) || liveIndex === undefined) return undefined;
  const most = node.sensitivity(reach);
  // Before its bar has begun nothing is known; with the first trade it will be.
  if (!(most < Number.POSITIVE_INFINITY)) return node.isOpen ? undefined : NONE;
  const above = safe(liveIndex.roomAbove(value), value);
  const below = safe(liveIndex.roomBelow(value), value);
  if (!(above > 0 && below > 0)) return NONE;
  const band = bandWithin(node, most, reach, above, below);
  const nearer = TOO_FAR * Math.max(band.up, band.down);
  return nearer < reach ? bandWithin(node, node.sensitivity(nearer), nearer, above, below) : band;
}

function bandWithin<W extends Watcher>(
  node: SeriesNode<W>,
  most: number,
  reach: number,
  above: number,
  below: number,
): Band {
  let [up, down] = [reach, reach];
  if (most > 0) {
    const ways = node.ways(reach);
    if (ways & UP_RAISES) up = Math.min(up, above / most);
    if (ways & UP_LOWERS) up = Math.min(up, below / most);
    if (ways & DOWN_RAISES) down = Math.min(down, above / most);
    if (ways & DOWN_LOWERS) down = Math.min(down, below / most);
  }
  return { up: up * (1 - CAUTION), down: down * (1 - CAUTION) };
}

/** What is left of the room to a threshold whatever rounding does. */
function safe(room: number, value: number): number {
  return room === Number.POSITIVE_INFINITY ? room : room - (Math.abs(value) + room) * ROUNDING;
}
