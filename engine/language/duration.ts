/** Lengths of time as they are written: `15m`, `1h30m`, `2 hours`. */

const SECOND = 1000;
const UNIT_WORDS: readonly (readonly [ms: number, words: readonly string[]])[] = [
  [SECOND, ['s', 'sec', 'secs', 'second', 'seconds']],
  [60 * SECOND, ['m', 'min', 'mins', 'minute', 'minutes']],
  [3600 * SECOND, ['h', 'hr', 'hrs', 'hour', 'hours']],
  [86_400 * SECOND, ['d', 'day', 'days']],
  [604_800 * SECOND, ['w', 'week', 'weeks']],
];

const UNIT_MS = new Map(UNIT_WORDS.flatMap(([ms, words]) => words.map((word) => [word, ms] as const)));

/** A year: nothing in a rule lasts longer. */
export const LONGEST_DURATION = 366 * 86_400 * SECOND;

/** The length in ms of one `unit` such as `min` or `hours`, in lower case. */
export function unitLength(unit: string): number | undefined {
  return UNIT_MS.get(unit);
}

/** `15m`, `1h30m` (lower case) in ms; undefined where it is no length of time. May be 0, or too long to be of use. */
export function parseDuration(text: string): number | undefined {
  const parts = /^(?:\d+[a-z]+)+$/.test(text) ? text.match(/\d+[a-z]+/g) : null;
  if (!parts) return undefined;
  let total = 0;
  for (const part of parts) {
    const digits = /^\d+/.exec(part)![0];
    const unit = UNIT_MS.get(part.slice(digits.length));
    if (unit === undefined) return undefined;
    total += Number(digits) * unit;
  }
  return total;
}
