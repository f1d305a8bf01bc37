const MAX_EXACT_DIGITS = 15;
const POWERS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));
export const DECIMAL = /^\d+(\.\d*)?([eE][+-]?\d{1,3})?$/;

/** Whether `[from, to)` is a JSON integer of at most 15 digits. */
export function isInteger(text: string, from: number, to: number): boolean {
  const digits = to - from;
  if (digits < 1 || digits > MAX_EXACT_DIGITS || (digits > 1 && text.charCodeAt(from) === 48)) return false;
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    if (code < 48 || code > 57) return false;
  }
  return true;
}

/** The number in `[from, to)`, as `Number` reads it; NaN where it is not plain digits with at most one point. */
export function decimal(text: string, from: number, to: number): number {
  let mantissa = 0;
  let point = -1;
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    if (code >= 48 && code <= 57) mantissa = mantissa * 10 + (code - 48);
    else if (code === 46 && point < 0 && i > from) point = i;
    else return Number.NaN;
  }
  if (to <= from) return Number.NaN;
  const decimals = point < 0 ? 0 : to - point - 1;
  // A quotient of two exact doubles is rounded once, as Number rounds; past 2^53 the mantissa is not exact.
  if (mantissa > Number.MAX_SAFE_INTEGER || decimals > 22) return finite(Number(text.slice(from, to)));
  return decimals === 0 ? mantissa : mantissa / POWERS[decimals];
}

/** A whole number of zero or more, as ids are. */
export function isId(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

export function isMillis(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

/** The decimal of zero or more that a text holds; NaN for anything else. */
export function decimalIn(value: unknown): number {
  if (typeof value !== 'string') return Number.NaN;
  const plain = decimal(value, 0, value.length);
  return Number.isNaN(plain) && DECIMAL.test(value) ? finite(Number(value)) : plain;
}

function finite(number: number): number {
  return Number.isFinite(number) ? number : Number.NaN;
}
