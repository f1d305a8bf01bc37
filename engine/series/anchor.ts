import type { BarsEntry, PairEntry, SeriesEntry } from './catalog-entry.ts';

/** Longest stretch over which a computation is begun anew, in bars: two of them are kept. */
const LONGEST = 2500;

/**
 * When a recursive indicator is begun anew. An average that never forgets depends in its last bits on where it began, which
 * after a restart is somewhere else, and a rule at its threshold would fire in one run and not in the other. So every `every`
 * bars, at bars that the clock and the series' name say, it is computed again from its last `every` inputs, as many as it needs to
 * forget what came before. Then its value depends on the stored bars alone.
 */
export interface Anchor {
  readonly every: number;
  /** Number of the stretch that a bar belongs to, by its start in ms. */
  stretch(start: number): number;
}

/** Undefined for windows, whose value depends on their inputs alone, and for what counts from some time on. */
export function anchorOf(
  entry: SeriesEntry | BarsEntry | PairEntry,
  params: readonly number[],
  name: string,
  interval: number,
): Anchor | undefined {
  const { first, settled, counts = false } = entry.warmup(params);
  if (settled <= first || counts) return undefined;
  const every = Math.min(settled, LONGEST);
  return { every, stretch: stretches(every, interval, hash(name)) };
}

/** Bars after which a fit of so many is made anew: the fewer it is made of, the cheaper it is and the sooner they are others. */
export const refitEvery = (length: number): number => Math.ceil(length / 10);

/**
 * Numbers of the stretches of `every` bars that bars belong to, by their start in ms: what is done once a stretch is not done by all at
 * once, but by each when `seed`, a number of its name, says, and after a restart by the same ones.
 */
export function stretches(every: number, interval: number, seed: number): (start: number) => number {
  const phase = seed % every;
  return (start) => Math.floor((start / interval + phase) / every);
}

/** 32-bit FNV-1a: a number of a name, for what is to happen at other times for each. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
