import type { Markets } from './venue.ts';

const DECIMAL = /^\d+(\.\d*)?([eE][+-]?\d{1,3})?$/;
const ID = /^(0|[1-9]\d{0,14})$/;
const DAY = 86_400_000;
const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];
const MAX_KEPT = 20_000;
const MAX_NAME = 40;
const NONE: readonly string[] = [];

/** The number in a text that is a decimal of zero or more; NaN for anything else. */
export function amount(value: unknown): number {
  if (typeof value !== 'string' || !DECIMAL.test(value)) return Number.NaN;
  const number = Number(value);
  return Number.isFinite(number) ? number : Number.NaN;
}

/** A decimal integer of at most 15 digits in a text. */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && ID.test(value);
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// Hot path: each book frame and each trade has one.
/** `2026-08-09T21:05:42.514318Z` in `[from, to)`, with up to 9 digits after the second, in whole ms (rounded down); NaN for anything else. */
export function timeOf(text: string, from: number, to: number): number {
  if (to - from < 20 || to - from > 30 || text.charCodeAt(to - 1) !== 90) return Number.NaN;
  if (text.charCodeAt(from + 4) !== 45 || text.charCodeAt(from + 7) !== 45) return Number.NaN;
  if (text.charCodeAt(from + 10) !== 84 || text.charCodeAt(from + 13) !== 58) return Number.NaN;
  const hour = two(text, from + 11);
  const minute = two(text, from + 14);
  const second = two(text, from + 17);
  if (!(hour < 24 && minute < 60 && second < 60) || text.charCodeAt(from + 16) !== 58) return Number.NaN;
  const day = dayOf(two(text, from) * 100 + two(text, from + 2), two(text, from + 5), two(text, from + 8));
  return day * DAY + ((hour * 60 + minute) * 60 + second) * 1000 + fraction(text, from + 19, to - 1);
}

/** Days since the epoch; NaN where there is no such day. */
function dayOf(year: number, month: number, day: number): number {
  if (!(year >= 1970 && month >= 1 && month <= 12 && day >= 1)) return Number.NaN;
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const length = DAYS_BEFORE_MONTH[month] - DAYS_BEFORE_MONTH[month - 1] + (isLeap && month === 2 ? 1 : 0);
  if (!(day <= length)) return Number.NaN;
  const before = year - 1;
  const years = before * 365 + Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400) - 719_162;
  return years + DAYS_BEFORE_MONTH[month - 1] + (isLeap && month > 2 ? 1 : 0) + day - 1;
}

/** `.514318` in whole ms; nothing is 0. */
function fraction(text: string, from: number, to: number): number {
  if (from === to) return 0;
  if (text.charCodeAt(from) !== 46 || from + 1 === to) return Number.NaN;
  let ms = 0;
  let unit = 100;
  for (let i = from + 1; i < to; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    ms += digit * unit;
    unit = unit === 100 ? 10 : unit === 10 ? 1 : 0;
  }
  return ms;
}

/** Two digits; NaN for anything else. */
function two(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/** The instruments that a product of the venue stands for. */
export type Targets = (product: string) => readonly string[];

/**
 * `BTC-USD` -> `coinbase:btcusd`, and `coinbase:btcusdc` too where the venue lists BTC-USDC as another name of BTC-USD: asked for the
 * one it streams the other. None for a product that is not listed.
 */
export function createTargets(markets: Markets): Targets {
  const kept = new Map<string, Names>();
  return (product) => {
    const names = kept.get(product) ?? namesOf(product);
    if (!names) return NONE;
    const own = markets.get(names.symbol)?.wire;
    const twin = names.twinSymbol === '' ? undefined : markets.get(names.twinSymbol)?.wire;
    // The listed text is kept and not the part of a frame, which would hold the whole of it.
    if (kept.size < MAX_KEPT && (own === product || twin === product)) kept.set((own ?? twin) as string, names);
    if (own !== product) return twin === product ? names.twin : NONE;
    return twin === product ? names.both : names.own;
  };
}

interface Names {
  readonly symbol: string;
  /** Empty where the product has none. */
  readonly twinSymbol: string;
  readonly own: readonly string[];
  readonly twin: readonly string[];
  readonly both: readonly string[];
}

function namesOf(product: string): Names | undefined {
  if (product.length > MAX_NAME) return undefined;
  const symbol = symbolOf(product);
  const twinSymbol = product.endsWith('-USD') ? `${symbol}c` : '';
  const [own, twin] = [`coinbase:${symbol}`, `coinbase:${twinSymbol}`];
  return { symbol, twinSymbol, own: [own], twin: [twin], both: [own, twin] };
}

/** `BTC-USD` -> `btcusd`. */
export function symbolOf(product: string): string {
  return product.replace('-', '').toLowerCase();
}
