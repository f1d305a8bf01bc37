/**
 * What never forgets is begun anew every so many bars (decision 011): at bars that their start and the name of the series say,
 * from as many of its last inputs.
 */
export interface Stretches {
  readonly every: number;
  /** Whether the bar that starts at `start` (ms) belongs to another stretch than the one before it. */
  begins(before: number, start: number): boolean;
}

/** @param every bars of a stretch; undefined for windows, which forget */
export function stretchesOf(every: number | undefined, name: string, interval: number): Stretches | undefined {
  if (every === undefined) return undefined;
  const phase = hash(name) % every;
  const number = (start: number): number => Math.floor((start / interval + phase) / every);
  return { every, begins: (before, start) => number(before) !== number(start) };
}

/** How many inputs a window has; undefined for what is no window. */
export function windowOf(name: string, [n]: readonly number[]): number | undefined {
  return memoryOf(name, [n, 0, 0]) === undefined ? n + 1 : undefined;
}

/** How many bars a series remembers: 12 lengths of an exponential average, 24 of Wilder's. */
export function memoryOf(name: string, [n, slow, signal]: readonly number[]): number | undefined {
  switch (name) {
    case 'ema':
      return 12 * (n + 1);
    case 'rsi':
      return 1 + 24 * n;
    case 'atr':
      return 24 * n;
    case 'macd':
      return 12 * (slow + 1) + 12 * (signal + 1);
    default:
      return undefined;
  }
}

/** First of the inputs from which the value at input `i` is computed, where it is no window's. */
export function firstInput(stretches: Stretches | undefined, starts: readonly number[], i: number): number {
  if (stretches === undefined) return 0;
  let at = i;
  while (at > 0 && !stretches.begins(starts[at - 1], starts[at])) at--;
  return at <= 0 ? 0 : Math.max(0, at + 1 - stretches.every);
}

/** 32-bit FNV-1a, in whole numbers. */
function hash(text: string): number {
  let value = 2_166_136_261n;
  for (const letter of text) value = ((value ^ BigInt(letter.charCodeAt(0))) * 16_777_619n) % 4_294_967_296n;
  return Number(value);
}
