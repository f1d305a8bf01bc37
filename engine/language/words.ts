import type { CompareOp, CrossCondition, MathName, RangeCondition } from './ast.ts';
import type { Token } from './tokens.ts';

/** Least time between two firings where a text says nothing of when to fire again, in ms. */
export const DEFAULT_EVERY = 15 * 60_000;

/** Functions of numbers with the number of their arguments. */
export const MATH: Readonly<Record<MathName, { readonly least: number; readonly most: number }>> = {
  min: { least: 2, most: 8 },
  max: { least: 2, most: 8 },
  abs: { least: 1, most: 1 },
  log: { least: 1, most: 1 },
  sqrt: { least: 1, most: 1 },
};

/** Whether a lower-case word is a function of numbers. */
export function isMathName(word: string): word is MathName {
  return Object.hasOwn(MATH, word);
}

/** The comparison with its sides changed over. */
export const MIRRORED: Readonly<Record<CompareOp, CompareOp>> = { '>': '<', '<': '>', '>=': '<=', '<=': '>=' };

export const COMPARE_OPS: ReadonlyMap<string, CompareOp> = new Map([
  ['>', '>'],
  ['<', '<'],
  ['>=', '>='],
  ['=>', '>='],
  ['≥', '>='],
  ['<=', '<='],
  ['=<', '<='],
  ['≤', '<='],
  ['above', '>'],
  ['below', '<'],
]);

export const CROSS_WORDS: ReadonlySet<string> = new Set(['crosses', 'cross', 'crossing']);

export const CROSS_DIRECTIONS: ReadonlyMap<string, CrossCondition['direction']> = new Map([
  ['above', 'above'],
  ['over', 'above'],
  ['up', 'above'],
  ['below', 'below'],
  ['under', 'below'],
  ['down', 'below'],
]);

export const RANGE_WORDS: ReadonlyMap<string, RangeCondition['how']> = new Map([
  ['enters', 'enters'],
  ['enter', 'enters'],
  ['leaves', 'leaves'],
  ['leave', 'leaves'],
  ['inside', 'inside'],
  ['outside', 'outside'],
]);

export const MOVE_WORDS: ReadonlyMap<string, 1 | -1> = new Map([
  ['rises', 1],
  ['rise', 1],
  ['falls', -1],
  ['fall', -1],
]);

/** Whether a token compares, so that what stands left of it may be implied. */
export function isComparing(token: Token): boolean {
  if (token.kind === 'op') return COMPARE_OPS.has(token.text);
  if (token.kind !== 'word') return false;
  const { text } = token;
  const known = COMPARE_OPS.has(text) || CROSS_WORDS.has(text) || RANGE_WORDS.has(text) || MOVE_WORDS.has(text);
  return known || text === 'is';
}

/** Words that begin a mode. */
const MODE_WORDS: ReadonlySet<string> = new Set([
  'once',
  'every',
  'on',
  'for',
  'rearm',
  'gate',
  'until',
  'late',
  'silent',
]);

/** Whether a mode begins with this token, or is it. */
export const beginsMode = ({ kind, text }: Token): boolean =>
  kind === 'string' || (kind === 'word' && MODE_WORDS.has(text));

/** Words of the grammar: none of them names a symbol or a series. */
export const KEYWORDS: ReadonlySet<string> = new Set([
  ...['and', 'or', 'not', 'is', 'in', 'by', 'the', 'next'],
  ...['above', 'below'],
  ...CROSS_WORDS,
  ...RANGE_WORDS.keys(),
  ...MOVE_WORDS.keys(),
  ...MODE_WORDS,
]);

/** What can stand in a message's braces besides a series. */
export const PLACEHOLDERS = [
  'symbol',
  'venue',
  'interval',
  'price',
  'value',
  'threshold',
  'time',
  'change_24h',
  'rule',
] as const;

export type PlaceholderName = (typeof PLACEHOLDERS)[number];

/** Whether a lower-case word is one of PLACEHOLDERS. */
export function isPlaceholder(word: string): word is PlaceholderName {
  return (PLACEHOLDERS as readonly string[]).includes(word);
}
