import type { Span } from './ast.ts';
import { LONGEST_DURATION, parseDuration, unitLength } from './duration.ts';
import { fail, quote } from './failure.ts';
import type { Scope } from './scope.ts';
import { readTokens, type Token } from './tokens.ts';
import { KEYWORDS } from './words.ts';

/** Characters of a text: 64 parts written out in full and a long message stay below. */
const MAX_TEXT = 5000;
const MAX_PARTS_READ = 400;
const MAX_NESTING = 120;

/** Where a parser stands in a text. */
export interface Cursor {
  readonly text: string;
  readonly scope: Scope;
  readonly tokens: readonly Token[];
  at: number;
  /** How deep the parts nest at this place, and how many were read: so that no text can exhaust the machine. */
  nesting: number;
  parts: number;
  /** Names of the definitions that are being read, the outermost first. */
  readonly within: readonly string[];
}

/** @throws UserError where the text cannot be cut into tokens, or is empty or too long */
export function createCursor(text: string, scope: Scope, from = 0, within: readonly string[] = []): Cursor {
  if (text.length > MAX_TEXT) {
    fail('too-big', `this is ${text.length} characters long, the limit is ${MAX_TEXT}`, [MAX_TEXT, text.length]);
  }
  return { text, scope, tokens: readTokens(text, from), at: 0, nesting: 0, parts: 0, within };
}

export const peek = (cursor: Cursor, ahead = 0): Token =>
  cursor.tokens[Math.min(cursor.at + ahead, cursor.tokens.length - 1)];

export function next(cursor: Cursor): Token {
  const token = peek(cursor);
  if (token.kind !== 'end') cursor.at++;
  return token;
}

/** The end of what has been read. */
export const endOf = (cursor: Cursor): number => (cursor.at === 0 ? 0 : cursor.tokens[cursor.at - 1].span[1]);

export const isOp = (token: Token, op: string): boolean => token.kind === 'op' && token.text === op;

export const isWord = (token: Token, word: string): boolean => token.kind === 'word' && token.text === word;

/** Whether nothing stands between a token and the one before it. */
export const isGlued = (cursor: Cursor, ahead = 0): boolean =>
  cursor.at + ahead > 0 && cursor.tokens[cursor.at + ahead - 1].span[1] === peek(cursor, ahead).span[0];

export function accept(cursor: Cursor, kind: 'op' | 'word', text: string): boolean {
  const token = peek(cursor);
  if (token.kind !== kind || token.text !== text) return false;
  cursor.at++;
  return true;
}

/** How a token is named in a message to people. */
export function nameToken(cursor: Cursor, token: Token): string {
  return token.kind === 'end' ? 'the end' : quote(cursor.text.slice(...token.span));
}

export function expectOp(cursor: Cursor, op: string, hint?: string): Token {
  const token = peek(cursor);
  if (isOp(token, op)) return next(cursor);
  const commas = isOp(token, ',') && cursor.at > 0 && cursor.tokens[cursor.at - 1].kind === 'number';
  const said = commas ? 'inside brackets numbers are written without commas: 70000' : hint;
  const details = { ...(said === undefined ? {} : { hint: said }), ...closing(cursor, op) };
  return fail('unexpected', `\`${op}\` is missing before ${nameToken(cursor, token)}`, token.span, details);
}

function closing(cursor: Cursor, op: string): { suggestions?: readonly string[] } {
  const atEnd = peek(cursor).kind === 'end' && (op === ')' || op === ']');
  return atEnd ? { suggestions: [`${cursor.text.trimEnd()}${op}`] } : {};
}

/** Counts a part that was read. @throws UserError where there are too many */
export function countPart(cursor: Cursor, span: Span): void {
  cursor.parts++;
  if (cursor.parts > MAX_PARTS_READ) fail('too-big', 'this has too many parts', span, { hint: 'at most 64' });
}

/** Runs `read` one level deeper. @throws UserError where it goes too deep */
export function nested<T>(cursor: Cursor, read: () => T): T {
  if (cursor.nesting >= MAX_NESTING) fail('too-big', 'this is nested too deeply', peek(cursor).span);
  cursor.nesting++;
  const result = read();
  cursor.nesting--;
  return result;
}

/** A length of time at the cursor: `15m`, `15 min`, `2 hours`, `hour`; nothing is read where there is none. */
export function acceptDuration(cursor: Cursor): { ms: number; span: Span } | undefined {
  const token = peek(cursor);
  const unit = peek(cursor, 1);
  if (token.kind === 'number' && token.ms !== undefined) {
    cursor.at++;
    return { ms: token.ms, span: token.span };
  }
  if (token.kind === 'number' && unit.kind === 'word') {
    const ms = parseDuration(`${token.text}${unit.text}`);
    if (ms === undefined) return undefined;
    cursor.at += 2;
    return { ms, span: [token.span[0], unit.span[1]] };
  }
  // `hour`, `an hour`.
  const article = isWord(token, 'a') || isWord(token, 'an') ? 1 : 0;
  const name = article === 0 ? token : unit;
  const single = name.kind === 'word' && name.text.length > 2 ? unitLength(name.text) : undefined;
  if (single === undefined) return undefined;
  cursor.at += article + 1;
  return { ms: single, span: [token.span[0], name.span[1]] };
}

/** @throws UserError where no length of time stands, or one that is nought or longer than a year */
export function expectDuration(cursor: Cursor, example: string): { ms: number; span: Span } {
  const token = peek(cursor);
  const found = acceptDuration(cursor);
  if (!found) {
    const name = nameToken(cursor, token);
    const isOther = token.kind === 'word' && !KEYWORDS.has(token.text);
    const missing = isOther ? `${name} is no length of time` : `a length of time is missing before ${name}`;
    const message = token.kind === 'number' ? `${name} has no unit of time` : missing;
    const suggestions =
      token.kind === 'end' ? [`${cursor.text.trimEnd()} ${example.slice(example.lastIndexOf(' ') + 1)}`] : [];
    return fail('bad-duration', message, token.span, { hint: `for example ${example}`, suggestions });
  }
  if (found.ms <= 0 || found.ms > LONGEST_DURATION) {
    fail('bad-duration', 'a length of time is between 1s and 366d', found.span, { hint: `for example ${example}` });
  }
  return found;
}
