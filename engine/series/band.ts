import type { Watcher } from '../rules/threshold-index.ts';
import type { SeriesNode } from './node.ts';
import { DOWN_LOWERS, DOWN_RAISES, UP_LOWERS, UP_RAISES } from './ways.ts';

/** Bounds are drawn in by this share, against rounding. */
const CAUTION = 1e-6;
/** What rounding may make of a value, as a share of it. */
const ROUNDING = 1e-10;
/** Where there is no bound as far as it is wanted, there may be one within this share of that. */
const NEAR = 1 / 16;
/** A bound that holds so many times as far as is needed is asked for anew, nearer by: there it is closer. */
const TOO_FAR = 4;

/** How far what moves a series may go up and down before a threshold of it can be passed; 0 where it may be passed at once. */
export interface Band {
  readonly up: number;
  readonly down: number;
}

const NONE: Band = { up: 0, down: 0 };

/**
 * The band of a series that was just computed, at most `reach` wide to each side.
 *
 * @returns undefined where nothing can be told: while the bar is open each trade may pass a threshold
 */
export function drawBand<W extends Watcher>(node: SeriesNode<W>, reach: number): Band | undefined {
  const { value, liveIndex } = node;
  if (Number.isNaN(value) || liveIndex === undefined) return undefined;
  const above = safe(liveIndex.roomAbove(value), value);
  const below = safe(liveIndex.roomBelow(value), value);
  let within = reach;
  let most = node.sensitivity(within);
  // A quotient is bounded only where what it is divided by stays away from zero.
  if (most === Number.POSITIVE_INFINITY) {
    within = reach * NEAR;
    most = node.sensitivity(within);
  }
  if (!(most < Number.POSITIVE_INFINITY)) return undefined;
  if (!(above > 0 && below > 0)) return NONE;
  const band = bandWithin(node, most, within, above, below);
  const nearer = TOO_FAR * Math.max(band.up, band.down);
  return nearer < within ? bandWithin(node, node.sensitivity(nearer), nearer, above, below) : band;
}

function bandWithin<W extends Watcher>(
  node: SeriesNode<W>,
  most: number,
  reach: number,
  above: number,
  below: number,
): Band {
  let up = reach;
  let down = reach;
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

/** The next number above a positive one. */
export function beyond(x: number): number {
  const next = x + (x * Number.EPSILON) / 2;
  return next > x ? next : x * (1 + Number.EPSILON);
}

/** The next number below a positive one. */
export const beneath = (x: number): number => x * (1 - Number.EPSILON / 2);
