import { UserError } from '../errors.ts';
import type { Span } from './ast.ts';

/** What a text can be refused for. */
export type FailureCode =
  | 'empty'
  | 'unexpected'
  | 'bad-number'
  | 'two-readings'
  | 'bad-date'
  | 'bad-duration'
  | 'unterminated'
  | 'unknown-name'
  | 'unknown-symbol'
  | 'no-symbol'
  | 'venue-down'
  | 'venue-unknown'
  | 'wrong-type'
  | 'bad-argument'
  | 'impossible'
  | 'contradiction'
  | 'bad-placeholder'
  | 'bad-name'
  | 'circular'
  | 'too-big';

export interface FailureDetails {
  readonly hint?: string;
  readonly suggestions?: readonly string[];
}

/** @throws UserError always */
export function fail(code: FailureCode, message: string, span: Span, details: FailureDetails = {}): never {
  throw new UserError(code, message, { span, ...details });
}

/** The whole text with the part at `span` replaced. */
export function corrected(text: string, span: Span, replacement: string): string {
  return text.slice(0, span[0]) + replacement + text.slice(span[1]);
}

/** A quote of the user's text that stays short. */
export function quote(text: string): string {
  return `\`${text.length > 40 ? `${text.slice(0, 39)}…` : text}\``;
}

/** "did you mean rsi?" and the corrected texts, for a name at `span`. */
export function didYouMean(text: string, span: Span, names: readonly string[]): FailureDetails {
  if (names.length === 0) return {};
  const listed = names.length === 1 ? names[0] : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
  return { hint: `did you mean ${listed}?`, suggestions: names.map((name) => corrected(text, span, name)) };
}
