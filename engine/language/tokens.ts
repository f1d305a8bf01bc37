import type { Span } from './ast.ts';
import { WHEN } from './calendar-words.ts';
import { parseDuration } from './duration.ts';
import { corrected, type FailureDetails, fail, quote } from './failure.ts';
import { timesAt, timesAverage } from './times-average.ts';

/**
 * `date`: a time behind `until`, in
 * words too. `word`: a name, also one that begins with a digit (`1inch`). `qualified`: `venue:symbol`. `number`: also whatever is a
 * length of time. Words and operators are in lower case; a string's text is what stands between its quotes, unescaped.
 */
type TokenKind = 'number' | 'word' | 'qualified' | 'op' | 'string' | 'date' | 'end';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly span: Span;
  /** What a `number` counts; undefined where it can only be a length of time. */
  readonly value: number | undefined;
  /** What a `number` is as a length of time in ms: `5m` is both. */
  readonly ms: number | undefined;
  readonly percent: boolean;
}

const BLANK = /[\s\u200b\u2060\ufeff]+/uy;
const QUALIFIED = /(?:\p{L}[\p{L}\p{N}_-]*:)+[\p{L}\p{N}_]+/uy;
const WORD = /[\p{L}_][\p{L}\p{N}_]*/uy;
const GROUPED = /\d{1,3}(?:,\d{3})+(?![\d,])(?:\.\d+)?/y;
const PLAIN = /(?:\d[\d_]*(?:\.\d[\d_]*)?|\.\d+)(?:e[+-]?\d+(?![\p{L}\p{N}_]))?/iuy;
/** `1.250,50` and `1.250.000`: points between thousands. */
const POINTED = /\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}(?![\d.])/y;
/** `2,5` and `0,125`. */
const COMMA = /(?:0,\d+|\d+,\d+)(?![\d,])/y;
const SUFFIX = /[\p{L}\p{N}_]+/uy;
const PERCENT = /\s*%/y;
const DATE = /\d{4}-\d{1,2}-\d{1,2}(?:(?:t| +)\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:z|[+-]\d{2}:?\d{2})?)?/iuy;
const OPERATOR = /\.\.|>=|<=|=>|=<|==|!=|&&|\|\||[-+*/^()[\],.@=<>≥≤&|!−×÷]/uy;

const SPELLINGS: Readonly<Record<string, string>> = {
  '−': '-',
  '×': '*',
  '÷': '/',
  '&&': 'and',
  '&': 'and',
  '||': 'or',
  '|': 'or',
  '!': 'not',
};
const EXPONENTS: Readonly<Record<string, number>> = { k: 3, m: 6, b: 9, t: 12 };
const QUOTES: Readonly<Record<string, string>> = { '"': '"', '“': '”“', '„': '“”', "'": "'" };
const LARGEST = 1e18;
/** What a number begins with. */
const FIGURES = '.0123456789';

const simple = (kind: TokenKind, text: string, start: number, end: number): Token => ({
  kind,
  text,
  span: [start, end],
  value: undefined,
  ms: undefined,
  percent: false,
});

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** A number, a length of time, or a word that begins with a digit. */
function readNumber(text: string, at: number, grouping: boolean): Token | undefined {
  if (!FIGURES.includes(text.charAt(at)) || text.startsWith('..', at)) return undefined;
  refuseForeign(text, at, grouping);
  const digits = (grouping ? matchAt(GROUPED, text, at) : undefined) ?? matchAt(PLAIN, text, at);
  if (digits === undefined) return undefined;
  const suffix = (matchAt(SUFFIX, text, at + digits.length) ?? '').toLowerCase();
  let end = at + digits.length + suffix.length;
  const raw = text.slice(at, end).toLowerCase();
  const percent = suffix === '' ? matchAt(PERCENT, text, end) : undefined;
  if (percent !== undefined) end += percent.length;
  else if (text[end] === '$') end++;
  const exponent = percent !== undefined ? -2 : suffix === '' ? 0 : EXPONENTS[suffix];
  const ms = suffix === '' ? undefined : parseDuration(raw);
  if (exponent === undefined && ms === undefined) {
    if (/^\d+$/.test(digits)) return simple('word', raw, at, end);
    fail('bad-number', `I can't read the number ${quote(text.slice(at, end))}`, [at, end], timesDetails(text, at));
  }
  const value = exponent === undefined ? undefined : scaled(digits.replace(/[,_]/g, ''), exponent);
  if (value !== undefined && !(Math.abs(value) <= LARGEST)) {
    fail('bad-number', 'this number is too large', [at, end], { hint: 'at most 1000000t' });
  }
  return { kind: 'number', text: raw, span: [at, end], value, ms, percent: percent !== undefined };
}

/** `volume > 1.5x`. */
function timesDetails(text: string, at: number): FailureDetails {
  const series = /([a-z_]+)\s*(?:[<>]=?|above|below)\s*$/i.exec(text.slice(0, at))?.[1];
  const found = series === undefined ? undefined : timesAt(text, at);
  if (series === undefined || found === undefined) return {};
  const meant = timesAverage(found.times, series);
  return { hint: `write ${meant}`, suggestions: [corrected(text, [at, found.end], meant)] };
}

/** Refuses numbers as other countries write them, with the number as it is written here. */
function refuseForeign(text: string, at: number, grouping: boolean): void {
  const pointed = matchAt(POINTED, text, at);
  const isPointed = pointed !== undefined && (grouping || !pointed.includes(','));
  const comma = grouping && !text.startsWith('0,', at) ? matchAt(GROUPED, text, at) : undefined;
  const decimal = grouping && comma === undefined ? matchAt(COMMA, text, at) : undefined;
  const written = isPointed ? pointed : decimal;
  if (written === undefined) return;
  const meant = (isPointed ? written.replaceAll('.', '') : written).replace(',', '.');
  fail('bad-number', 'a comma parts thousands here, and a point decimals', [at, at + written.length], {
    hint: `write ${meant}`,
    suggestions: [corrected(text, [at, at + written.length], meant)],
  });
}

/** Moves the decimal point in the text, so that `7%` is exactly what 0.07 is. */
function scaled(digits: string, exponent: number): number {
  if (exponent === 0) return Number(digits);
  const [mantissa, own] = digits.toLowerCase().split('e');
  return Number(`${mantissa}e${Number(own ?? 0) + exponent}`);
}

function readString(text: string, at: number): Token {
  const closing = QUOTES[text[at]];
  let content = '';
  for (let i = at + 1; i < text.length; i++) {
    if (closing.includes(text[i])) return simple('string', content, at, i + 1);
    if (text[i] === '\\' && i + 1 < text.length) {
      i++;
      content += text[i] === 'n' ? '\n' : text[i];
    } else content += text[i];
  }
  const isEmpty = content.trim() === '';
  return fail('unterminated', 'the message has no closing quote', [at, text.length], {
    hint: isEmpty ? 'a message stands between two: "hello"' : 'end it with "',
    suggestions: [isEmpty ? text.slice(0, at).trimEnd() : corrected(text, [text.length, text.length], closing[0])],
  });
}

function readOther(text: string, at: number): Token {
  const qualified = matchAt(QUALIFIED, text, at);
  if (qualified !== undefined) return simple('qualified', qualified.toLowerCase(), at, at + qualified.length);
  const word = matchAt(WORD, text, at);
  if (word !== undefined) return simple('word', word.toLowerCase(), at, at + word.length);
  const op = matchAt(OPERATOR, text, at);
  if (op === undefined) {
    const character = String.fromCodePoint(text.codePointAt(at)!);
    fail('unexpected', `${quote(character)} has no meaning here`, [at, at + character.length]);
  }
  const spelling = SPELLINGS[op] ?? op;
  return simple(/^[a-z]/.test(spelling) ? 'word' : 'op', spelling, at, at + op.length);
}

function readToken(text: string, at: number, depth: number, last: Token | undefined): Token {
  if (Object.hasOwn(QUOTES, text[at])) return readString(text, at);
  const isUntil = last?.kind === 'word' && last.text === 'until';
  const date = isUntil ? (matchAt(DATE, text, at) ?? matchAt(WHEN, text, at)) : undefined;
  if (date !== undefined) return simple('date', date.toLowerCase(), at, at + date.length);
  const dollars = text[at] === '$' ? 1 : 0;
  const number = readNumber(text, at + dollars, depth === 0);
  if (number) return number;
  return readOther(text, at);
}

/**
 * The tokens of `text` from `from` on, closed by one of kind `end`.
 * @throws UserError for a character without meaning, a number that is none, or a message that does not end
 */
export function readTokens(text: string, from = 0): Token[] {
  const tokens: Token[] = [];
  let depth = 0;
  let at = from;
  for (;;) {
    at += matchAt(BLANK, text, at)?.length ?? 0;
    if (at >= text.length) break;
    const token = readToken(text, at, depth, tokens.at(-1));
    if (token.kind === 'op' && (token.text === '(' || token.text === '[')) depth++;
    if (token.kind === 'op' && (token.text === ')' || token.text === ']')) depth--;
    tokens.push(token);
    at = token.span[1];
  }
  tokens.push(simple('end', '', text.length, text.length));
  return tokens;
}
