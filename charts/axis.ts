import type { Scale } from '../engine/series/catalog-entry.ts';
import { formatCompact, formatFixed, formatLoose } from './text.ts';

export interface AxisTick {
  readonly value: number;
  readonly text: string;
}

export interface Axis {
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly AxisTick[];
}

/** Least and greatest of the finite values; undefined where there are none. */
export function extent(...lists: readonly (readonly number[])[]): readonly [number, number] | undefined {
  let min = Infinity;
  let max = -Infinity;
  for (const list of lists) {
    for (const value of list) {
      if (!Number.isFinite(value)) continue;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  return min <= max ? [min, max] : undefined;
}

/** The step of 1, 2, 2.5 or 5 times a power of ten, a multiple of `unit` where one is given, that cuts `span` into at most `most` parts. */
function niceStep(span: number, most: number, unit = 0): number {
  const raw = Math.max(unit, span / Math.max(1, most));
  const power = 10 ** Math.floor(Math.log10(raw) + 1e-9);
  const isWhole = (step: number) => unit === 0 || Math.abs(step / unit - Math.round(step / unit)) < 1e-6;
  for (const factor of [1, 2, 2.5, 5]) {
    if (factor * power >= raw * 0.999999 && isWhole(factor * power)) return factor * power;
  }
  return 10 * power;
}

/** Round values within `[min, max]` that lie `step` apart. */
function multiples(min: number, max: number, step: number): number[] {
  const values: number[] = [];
  for (let n = Math.ceil(min / step - 1e-9); n * step <= max + step * 1e-9; n++) values.push(n * step + 0);
  return values;
}

/** Digits behind the point that tell multiples of `step` apart. */
function stepDigits(step: number): number {
  for (let digits = 0; digits < 12; digits++) {
    const shifted = Math.abs(step) * 10 ** digits;
    if (Math.abs(shifted - Math.round(shifted)) <= shifted * 1e-6) return digits;
  }
  return 12;
}

/** Widens an empty range so that a flat line runs through the middle. */
function widened([min, max]: readonly [number, number], least: number): readonly [number, number] {
  const floor = Math.max(least, Math.abs(max) * 1e-9);
  return max - min >= floor ? [min, max] : [(min + max) / 2 - floor / 2, (min + max) / 2 + floor / 2];
}

/** The share of an axis' stretch of the picture that is kept free, in px. */
export interface Room {
  /** Length of the whole axis. */
  readonly height: number;
  readonly above: number;
  readonly below: number;
}

/** `[low, high]` with the room around it. */
function roomy([low, high]: readonly [number, number], room: Room): readonly [number, number] {
  const perPixel = (high - low) / Math.max(8, room.height - room.above - room.below);
  return [low - perPixel * room.below, high + perPixel * room.above];
}

const LABEL_DISTANCE = { price: 32, pane: 28 };
/** Prices with more digits than this are written on the axis with as many as its steps need. */
const MOST_AXIS_DIGITS = 4;

/** The axis of prices: labels with the instrument's digits. */
export function priceAxis(range: readonly [number, number], digits: number, room: Room): Axis {
  const tick = 10 ** -digits;
  const [min, max] = roomy(widened(range, Math.max(4 * tick, Math.abs(range[1]) * 1e-4)), room);
  const step = niceStep(max - min, room.height / LABEL_DISTANCE.price, tick);
  const shown = digits > MOST_AXIS_DIGITS ? Math.min(digits, stepDigits(step)) : digits;
  const ticks = multiples(min, max, step).map((value) => ({ value, text: formatFixed(value, shown) }));
  return { min, max, ticks };
}

/** How a value of a pane is written beside its title. */
export function formatValue(value: number, scale: Scale, priceDigits: number): string {
  if (!Number.isFinite(value)) return '–';
  if (scale === 'price') return formatFixed(value, priceDigits);
  if (scale === 'fraction') return `${formatFixed(value * 100, Math.abs(value) < 0.1 ? 2 : 1)} %`;
  if (scale === 'percent') return formatFixed(value, 1);
  if (scale === 'volume') return formatCompact(value);
  return formatLoose(value);
}

function tickText(value: number, step: number, scale: Scale): string {
  if (value === 0) return scale === 'fraction' ? '0 %' : '0';
  if (scale === 'fraction') return `${formatFixed(value * 100, stepDigits(step * 100))} %`;
  if (scale === 'volume' || Math.abs(value) >= 10_000) return formatCompact(value);
  return formatFixed(value, stepDigits(step));
}

/** What of the scale a pane with levels keeps free around them and its values. */
const PERCENT_ROOM = 8;

/** 0 to 100, or with levels as much of it as they and the values need. */
function percentRange(found: readonly [number, number] | undefined, hasLevels: boolean): readonly [number, number] {
  if (!found || !hasLevels) return [0, 100];
  return [Math.max(0, found[0] - PERCENT_ROOM), Math.min(100, found[1] + PERCENT_ROOM)];
}

function paneRange(
  scale: Scale,
  found: readonly [number, number] | undefined,
  hasLevels: boolean,
): readonly [number, number] {
  if (scale === 'percent') return percentRange(found, hasLevels);
  if (!found) return scale === 'volume' ? [0, 1] : [-1, 1];
  const [low, high] = found;
  if (scale === 'volume') return [0, high > 0 ? high : 1];
  if (scale === 'centred') {
    const reach = Math.max(Math.abs(low), Math.abs(high)) || 1;
    return [-reach, reach];
  }
  return widened([low, high], Math.max(Math.abs(high) * 0.02, 1e-9));
}

/**
 * The axis of a pane. Its levels, where it has some, are the labels; else a few round values.
 * @param values finite or NaN
 */
export function paneAxis(
  scale: Scale,
  values: readonly (readonly number[])[],
  levels: readonly number[],
  room: Room,
): Axis {
  const finite = levels.filter(Number.isFinite);
  const [low, high] = paneRange(scale, extent(...values, finite), finite.length > 0);
  const [min, max] = roomy([low, high], scale === 'volume' ? { ...room, below: 0 } : room);
  if (finite.length > 0) {
    const unique = [...new Set(finite)].filter((value) => value > min && value < max);
    return { min, max, ticks: unique.map((value) => ({ value, text: formatLevel(value, scale) })) };
  }
  const step = niceStep(high - low, Math.max(1, (room.height - room.above) / LABEL_DISTANCE.pane));
  const inner = multiples(low, high, step).filter((value) => value > min);
  return { min, max, ticks: inner.map((value) => ({ value, text: tickText(value, step, scale) })) };
}

function formatLevel(value: number, scale: Scale): string {
  if (scale === 'fraction') return `${formatFixed(value * 100, stepDigits(value * 100))} %`;
  if (scale === 'volume') return formatCompact(value);
  return Math.abs(value) >= 10_000 ? formatCompact(value) : formatFixed(value, stepDigits(value));
}
