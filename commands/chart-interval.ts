import { UserError } from '../engine/errors.ts';
import {
  DAY,
  formatInterval,
  HOUR,
  LONGEST_INTERVAL,
  MINUTE,
  SECOND,
  STANDARD_INTERVALS,
} from '../engine/market/interval.ts';
import { quoted } from './clean-text.ts';

/** A number with the unit of a time, or with none: what can only be meant as an interval. */
const LIKE_ONE =
  /^(\d+(?:[.,]\d+)?)(s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?|mo|months?|y|years?)?$/i;

const UNITS: Readonly<Record<string, number>> = { s: SECOND, h: HOUR, d: DAY, w: 7 * DAY, y: 365 * DAY };

/** In ms; minutes where no unit is written. */
function lengthOf(number: string, unit: string): number {
  const count = Number(number.replace(',', '.'));
  if (/^mo/i.test(unit)) return count * 30 * DAY;
  return count * (UNITS[unit.charAt(0).toLowerCase()] ?? MINUTE);
}

/** The interval itself where there are such bars, else the nearest of those that are offered. */
function nearest(length: number): number {
  if (length > 0 && length <= LONGEST_INTERVAL && length % SECOND === 0) return length;
  const distance = (interval: number) => Math.abs(Math.log(interval / (length || MINUTE)));
  return [...STANDARD_INTERVALS].sort((a, b) => distance(a) - distance(b))[0];
}

/**
 * Refuses what was meant as an interval and is none, or as a second one.
 * @param rest the text with blanks where the symbol and the interval stood
 * @throws UserError that says which there are, with the whole text and the nearest one as its offer
 */
export function requireNoOtherInterval(text: string, rest: string, interval: number | undefined): void {
  for (const found of rest.matchAll(/(?<![^\s,])[^\s,]+(?![^\s,])/g)) {
    const word = found[0];
    const [, number, unit = ''] = LIKE_ONE.exec(word) ?? [];
    if (number === undefined) continue;
    const end = found.index + word.length;
    const offer = formatInterval(nearest(lengthOf(number, unit)));
    const suggestions = [`${text.slice(0, found.index)}${offer}${text.slice(end)}`.trim()];
    const span = [found.index, end] as const;
    if (interval !== undefined) {
      const first = formatInterval(interval);
      throw new UserError('interval-twice', `A chart has one interval: ${first} or ${word}?`, {
        span,
        suggestions: [`${text.slice(0, found.index)}${text.slice(end)}`.trim().replace(/\s+/g, ' ')],
      });
    }
    const names = STANDARD_INTERVALS.map(formatInterval);
    throw new UserError('interval-unknown', `There are no bars of ${quoted(word)}.`, {
      hint: `An interval is ${names.slice(0, -1).join(', ')} or ${names.at(-1)}, or a multiple such as 7m, up to 7d.`,
      span,
      suggestions,
    });
  }
}
