import { formatInterval, STANDARD_INTERVALS } from '../market/interval.ts';
import { CATALOG, lookup } from '../series/catalog.ts';
import type { CatalogEntry, Param } from '../series/catalog-entry.ts';
import { plainNumber } from './numbers.ts';
import { MATH, PLACEHOLDERS } from './words.ts';

/** Something that may stand at a place. */
export interface Offer {
  readonly text: string;
  readonly label: string;
  readonly summary: string;
  /** What the typed letters are held against, besides the text. */
  readonly names?: readonly string[];
  /** Only offered to somebody who has begun to type it. */
  readonly onlyTyped?: boolean;
  /** Stands right behind what is before it, without a blank. */
  readonly isGlued?: boolean;
}

/** An offer that is shown as it is written. */
export const offer = (text: string, summary: string, over: Partial<Offer> = {}): Offer => ({
  text,
  label: text.trim(),
  summary,
  ...over,
});

/** Series that are looked for most, first. */
const POPULAR = 'price rsi z ema sma change volume close bb macd atr stoch highest lowest vwap'.split(' ');
const FREQUENT: readonly CatalogEntry[] = [
  ...POPULAR.flatMap((name) => lookup(name) ?? []),
  ...CATALOG.filter((entry) => !POPULAR.includes(entry.name)),
];

/** `bb(length=20, k=2)`. */
export function signatureOf({ name, params }: CatalogEntry): string {
  if (params.length === 0) return name;
  return `${name}(${params.map((param) => `${param.name}=${defaultText(param)}`).join(', ')})`;
}

export const defaultText = (param: Param): string => plainNumber(param.default);

/** What cannot stand without its arguments is offered with its bracket. */
const needsArguments = (entry: CatalogEntry): boolean =>
  entry.input === 'pair' || (entry.input === 'series' && entry.ofCondition === true);

export const SERIES: readonly Offer[] = FREQUENT.map((entry) =>
  offer(needsArguments(entry) ? `${entry.name}(` : entry.name, entry.summary, {
    label: signatureOf(entry),
    names: entry.aliases,
  }),
);
/** What takes a series of several instruments, before any symbol is named: `z(`. */
export const CALLS: readonly Offer[] = FREQUENT.filter(
  (entry) => entry.input !== 'column' && entry.input !== 'bars',
).map((entry) =>
  offer(`${entry.name}(`, entry.summary, { label: signatureOf(entry), names: entry.aliases, onlyTyped: true }),
);
export const EXAMPLES: readonly Offer[] = FREQUENT.map((entry) =>
  offer(entry.example, entry.summary, { names: [entry.name, ...entry.aliases], onlyTyped: true }),
);
const MATH_SUMMARIES: Readonly<Record<string, string>> = {
  min: 'the least of several numbers',
  max: 'the largest of several numbers',
  abs: 'without its sign',
  log: 'natural logarithm',
  sqrt: 'square root',
};
export const MATH_OFFERS = Object.keys(MATH).map((name) =>
  offer(`${name}(`, MATH_SUMMARIES[name], { label: `${name}( )`, onlyTyped: true }),
);
export const COMPARISONS = [
  offer('> ', 'is above'),
  offer('< ', 'is below'),
  offer('crosses above ', 'goes from below to above'),
  offer('crosses below ', 'goes from above to below'),
  offer('crosses ', 'either way'),
  offer('leaves [', 'goes out of a range: leaves [60k, 70k]', { label: 'leaves [ , ]' }),
  offer('enters [', 'comes into a range: enters [60k, 70k]', { label: 'enters [ , ]' }),
  offer('inside [', 'is within a range', { label: 'inside [ , ]' }),
  offer('outside [', 'is out of a range', { label: 'outside [ , ]' }),
  offer('rises ', 'by a percentage in a time: rises 5% in 1h'),
  offer('falls ', 'by a percentage in a time: falls 5% in 1h'),
  offer('>= ', 'is at least', { onlyTyped: true }),
  offer('<= ', 'is at most', { onlyTyped: true }),
  offer('above ', 'is above', { onlyTyped: true }),
  offer('below ', 'is below', { onlyTyped: true }),
];
export const NOT = offer('not ', 'must not hold', { onlyTyped: true });
export const JOINS = [offer('and ', 'both must hold'), offer('or ', 'one of both is enough')];
export const SUMS = [offer('+ ', 'plus'), offer('- ', 'less'), offer('* ', 'times'), offer('/ ', 'divided by')];
export const MODES = [
  offer('once', 'fires one time only'),
  offer('every ', 'least time between two firings: every 15m'),
  offer('on close', 'looked at when a bar closes'),
  offer('for ', 'must hold for a time: for 5m'),
  offer('for the next ', 'ends by itself: for the next 7d'),
  offer('rearm ', 'when it may fire again: rearm 1.5'),
  offer('gate ', 'suspended while this does not hold: gate adx > 25'),
  offer('until ', 'ends then: until friday, until 2026-12-31'),
  offer('late within ', 'how late it may still be told by itself: late within 2h'),
  offer('silent', 'without a sound'),
  offer('"{symbol}: {price}"', 'your own message', { names: ['message'] }),
];
export const DURATIONS = ['15m', '1h', '4h', '1d', '5m', '1m', '30m', '7d'].map((text) =>
  offer(text, 'length of time'),
);
export const DAYS = ['1d', '7d', '30d'].map((text) => offer(text, 'length of time'));
export const MOVES = ['5% in 1h', '2% in 1h', '1% in 15m', '5% in 1d', '10% in 1d'].map((text) =>
  offer(text, 'a move'),
);
export const INTERVALS = [...STANDARD_INTERVALS].map((ms) => offer(formatInterval(ms), 'length of a bar'));
export const DIRECTIONS = [offer('above ', 'from below to above'), offer('below ', 'from above to below')];

/** What may stand in the braces of a message. */
export const PLACEHOLDER_OFFERS: readonly Offer[] = [
  ...PLACEHOLDERS.map((name) => offer(`${name}}`, 'filled in when it fires', { label: `{${name}}` })),
  ...SERIES.map((each) => ({ ...each, text: `${each.text}}`, label: `{${each.text}}`, onlyTyped: true })),
];
