import type { Param } from '../catalog-entry.ts';

/** Longest look-back in bars. */
export const MAX_BARS = 5000;

/** A window of `standard` bars where none is named. */
export const length = (standard: number, min = 1, name = 'length'): Param => ({
  name,
  kind: 'bars',
  default: standard,
  min,
  max: MAX_BARS,
});

/** A number that is no count of bars. */
export const factor = (name: string, standard: number, min: number, max: number): Param => ({
  name,
  kind: 'number',
  default: standard,
  min,
  max,
});

/** The value of a window is exact as soon as the window is full. */
export const windowWarmup = ([bars]: readonly number[]) => ({ first: bars, settled: bars });
