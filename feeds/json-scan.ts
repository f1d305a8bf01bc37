const POWERS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));
/** Integers of so many digits are exact. */
const MAX_DIGITS = 15;
/** No venue tells of less than a nanosecond. */
const MAX_FRACTION = 9;
const MINUTE_TEXT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:$/;
/** Length of `2026-08-16T23:37:`. */
const MINUTE_CHARS = 17;

/**
 * Reads JSON of a known shape from left to right without building it. Each call takes what stands at `at` and goes on behind it; at
 * a surprise the caller gives up and asks `JSON.parse`. Whatever it takes, `JSON.parse` reads the same.
 */
export class JsonScan {
  text = '';
  at = 0;
  private minuteText: string | undefined;
  private minuteMs = 0;

  start(text: string): void {
    this.text = text;
    this.at = 0;
  }

  isAtEnd(): boolean {
    return this.at === this.text.length;
  }

  // Hot path: for short texts a loop is faster than startsWith.
  /** Takes these very characters; false where others stand there. */
  take(characters: string): boolean {
    if (!this.stands(characters)) return false;
    this.at += characters.length;
    return true;
  }

  private stands(characters: string): boolean {
    const { text, at } = this;
    for (let i = 0; i < characters.length; i++) {
      if (text.charCodeAt(at + i) !== characters.charCodeAt(i)) return false;
    }
    return true;
  }

  /** The text up to the next quote, which is taken too; undefined where there is none, or an escape before it. */
  string(): string | undefined {
    const end = this.text.indexOf('"', this.at);
    if (end < 0) return undefined;
    const found = this.text.slice(this.at, end);
    if (found.includes('\\')) return undefined;
    this.at = end + 1;
    return found;
  }

  // Hot path: one pass, no substring.
  /** A bare number of zero or more, without an exponent; NaN where there is none. */
  number(): number {
    const { text, at: from } = this;
    let mantissa = 0;
    let point = -1;
    let i = from;
    for (; ; i++) {
      const code = text.charCodeAt(i);
      if (code >= 48 && code <= 57) mantissa = mantissa * 10 + (code - 48);
      else if (code === 46 && point < 0) point = i;
      else break;
    }
    const whole = (point < 0 ? i : point) - from;
    if (whole === 0 || point === i - 1 || (whole > 1 && text.charCodeAt(from) === 48)) return Number.NaN;
    this.at = i;
    const decimals = point < 0 ? 0 : i - point - 1;
    // A quotient of two exact doubles is rounded once, as Number rounds; past 2^53 the mantissa is not exact.
    if (mantissa > Number.MAX_SAFE_INTEGER || decimals > 22) return finite(text.slice(from, i));
    return decimals === 0 ? mantissa : mantissa / POWERS[decimals];
  }

  /** An integer of at most 15 digits; NaN where there is none. */
  integer(): number {
    const { text, at: from } = this;
    let value = 0;
    let i = from;
    for (let next = digit(text, i); next >= 0; next = digit(text, ++i)) value = value * 10 + next;
    const digits = i - from;
    if (digits < 1 || digits > MAX_DIGITS || (digits > 1 && text.charCodeAt(from) === 48)) return Number.NaN;
    this.at = i;
    return value;
  }

  /** RFC 3339 in UTC, the closing quote included, in whole ms (rounded down); NaN where it is something else. */
  time(): number {
    const isSame = this.minuteText !== undefined && this.text.startsWith(this.minuteText, this.at);
    if (!isSame && !this.readMinute()) return Number.NaN;
    const { text } = this;
    let i = this.at + MINUTE_CHARS;
    const tens = digit(text, i);
    const ones = digit(text, i + 1);
    if (tens < 0 || tens > 5 || ones < 0) return Number.NaN;
    i += 2;
    let ms = 0;
    if (text.charCodeAt(i) === 46) {
      const from = ++i;
      for (let next = digit(text, i); next >= 0; next = digit(text, ++i)) if (i < from + 3) ms = ms * 10 + next;
      if (i === from || i > from + MAX_FRACTION) return Number.NaN;
      if (i < from + 3) ms *= i === from + 1 ? 100 : 10;
    }
    if (text.charCodeAt(i) !== 90 || text.charCodeAt(i + 1) !== 34) return Number.NaN;
    this.at = i + 2;
    return this.minuteMs + (tens * 10 + ones) * 1000 + ms;
  }

  /** Most times stand in the minute of the last one. */
  private readMinute(): boolean {
    const minute = this.text.slice(this.at, this.at + MINUTE_CHARS);
    const ms = MINUTE_TEXT.test(minute) ? Date.parse(`${minute}00Z`) : Number.NaN;
    // Date.parse takes 30 February for a day in March.
    if (!(ms >= 0) || !new Date(ms).toISOString().startsWith(minute)) return false;
    this.minuteText = minute;
    this.minuteMs = ms;
    return true;
  }
}

/** More than 308 digits are beyond a double. */
function finite(text: string): number {
  const value = Number(text);
  return value < Number.POSITIVE_INFINITY ? value : Number.NaN;
}

/** 0 to 9; -1 for anything else. */
function digit(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57 ? code - 48 : -1;
}
