import { timeOf } from './coinbase-values.ts';

const POWERS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));
const MAX_DIGITS = 15;
/** Length of `2026-08-09T21:`. */
const HOUR_CHARS = 14;
const HOUR = 3_600_000;

/**
 * Reads a frame of known shape from left to right, without building it. Each call takes what stands at `at` and goes on behind it; at a
 * surprise it says so, and the caller gives up. Whatever it takes, `JSON.parse` reads the same.
 */
export class Scan {
  text = '';
  at = 0;
  private hourText = '-';
  private hourMs = 0;

  /** Takes these very characters; false where others stand there. */
  take(characters: string): boolean {
    const { text, at } = this;
    const { length } = characters;
    // Texts as short as these are sooner compared here than by a call of startsWith.
    for (let i = 0; i < length; i++) if (text.charCodeAt(at + i) !== characters.charCodeAt(i)) return false;
    this.at = at + length;
    return true;
  }

  // Hot path: one pass, no substring.
  /** A decimal of zero or more and the quote behind it; NaN where something else stands there. */
  decimal(): number {
    const { text, at: from } = this;
    let mantissa = 0;
    let point = -1;
    let i = from;
    for (; ; i++) {
      const code = text.charCodeAt(i);
      if (code >= 48 && code <= 57) mantissa = mantissa * 10 + (code - 48);
      else if (code === 46 && point < 0 && i > from) point = i;
      else if (code === 34 && i > from) break;
      else return Number.NaN;
    }
    this.at = i + 1;
    const decimals = point < 0 ? 0 : i - point - 1;
    // A quotient of two exact doubles is rounded once, as Number rounds; past 2^53 the mantissa is not exact.
    if (mantissa > Number.MAX_SAFE_INTEGER || decimals > 22) return finite(Number(text.slice(from, i)));
    return decimals === 0 ? mantissa : mantissa / POWERS[decimals];
  }

  /** A JSON integer of at most 15 digits; NaN where there is none. */
  integer(): number {
    const { text, at: from } = this;
    let value = 0;
    let i = from;
    for (; ; i++) {
      const code = text.charCodeAt(i);
      if (!(code >= 48 && code <= 57)) break;
      value = value * 10 + (code - 48);
    }
    const digits = i - from;
    if (digits < 1 || digits > MAX_DIGITS || (digits > 1 && text.charCodeAt(from) === 48)) return Number.NaN;
    this.at = i;
    return value;
  }

  /** The text up to the next quote, which is taken too. */
  name(): string {
    const end = this.text.indexOf('"', this.at);
    const name = this.text.slice(this.at, end);
    this.at = end + 1;
    return name;
  }

  /** A time as `timeOf` reads it and the quote behind it, in ms; NaN where something else stands there. */
  time(): number {
    const { text, at: from } = this;
    // Nearly always in the hour of the last one.
    if (!text.startsWith(this.hourText, from)) return this.otherHour();
    const minute = two(text, from + HOUR_CHARS);
    const second = two(text, from + HOUR_CHARS + 3);
    let i = from + HOUR_CHARS + 5;
    if (!(minute < 60 && second < 60) || text.charCodeAt(from + HOUR_CHARS + 2) !== 58) return Number.NaN;
    let ms = 0;
    if (text.charCodeAt(i) === 46) {
      let unit = 100;
      const first = ++i;
      for (; i < first + 9; i++) {
        const digit = text.charCodeAt(i) - 48;
        if (!(digit >= 0 && digit <= 9)) break;
        if (unit >= 1) ms += digit * unit;
        unit /= 10;
      }
      if (i === first) return Number.NaN;
    }
    if (text.charCodeAt(i) !== 90 || text.charCodeAt(i + 1) !== 34) return Number.NaN;
    this.at = i + 2;
    return this.hourMs + (minute * 60 + second) * 1000 + ms;
  }

  private otherHour(): number {
    const end = this.text.indexOf('"', this.at);
    const ms = timeOf(this.text, this.at, end);
    if (!(ms >= 0)) return Number.NaN;
    this.hourText = this.text.slice(this.at, this.at + HOUR_CHARS);
    this.hourMs = ms - (ms % HOUR);
    this.at = end + 1;
    return ms;
  }
}

const finite = (value: number): number => (Number.isFinite(value) ? value : Number.NaN);

/** Two digits; NaN for anything else. */
function two(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}
