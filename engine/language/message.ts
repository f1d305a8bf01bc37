import { UserError } from '../errors.ts';
import { lookup } from '../series/catalog.ts';
import type { Expr, Span } from './ast.ts';
import { parseExpression } from './expression.ts';
import { corrected, didYouMean, fail, quote } from './failure.ts';
import { nearest } from './nearest.ts';
import { exprText, spelledOut } from './print-expr.ts';
import { instrumentsOf, seriesOf } from './references.ts';
import { constantOf } from './scale.ts';
import type { Scope } from './scope.ts';
import { isPlaceholder, PLACEHOLDERS, type PlaceholderName } from './words.ts';

/** Characters of a message: a chat's caption has room for a chart's title beside it. */
const MAX_MESSAGE = 500;

/** The rule that a message belongs to. */
interface PrintHome {
  readonly instrument: string;
  readonly interval: number;
}

/** A piece of a message: plain text, one of the named placeholders, or a series to be filled in. */
export type MessagePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'placeholder'; readonly name: PlaceholderName }
  | { readonly kind: 'series'; readonly expr: Expr };

interface Hole {
  readonly name: string;
  /** What stands between the braces, in the message. */
  readonly span: Span;
}

/** Cuts a message at its `{placeholders}`. */
function cut(message: string): (string | Hole)[] {
  const pieces: (string | Hole)[] = [];
  let at = 0;
  for (;;) {
    const open = message.indexOf('{', at);
    if (open < 0) break;
    const close = message.indexOf('}', open);
    if (close < 0)
      fail('bad-placeholder', 'this brace is not closed', [open, message.length], { hint: 'for example {price}' });
    if (open > at) pieces.push(message.slice(at, open));
    pieces.push({ name: message.slice(open + 1, close), span: [open + 1, close] });
    at = close + 1;
  }
  if (at < message.length) pieces.push(message.slice(at));
  return pieces;
}

/**
 * What a rule's message is made of. Series are read in `scope`: give it the rule's instrument and interval.
 * @throws UserError with the place in `message`
 */
export function parseMessage(message: string, scope: Scope): readonly MessagePart[] {
  return cut(message).map((piece): MessagePart => {
    if (typeof piece === 'string') return { kind: 'text', text: piece };
    const word = piece.name.trim().toLowerCase();
    return isPlaceholder(word)
      ? { kind: 'placeholder', name: word }
      : { kind: 'series', expr: fill(message, piece, scope) };
  });
}

function fill(message: string, hole: Hole, scope: Scope): Expr {
  const word = hole.name.trim().toLowerCase();
  if (
    /^[a-z0-9_]*$/.test(word) &&
    !lookup(word) &&
    !scope.definitions?.has(word) &&
    scope.resolve(word) === undefined
  ) {
    const names = nearest(word, PLACEHOLDERS);
    const details =
      names.length > 0
        ? didYouMean(message, hole.span, names)
        : { hint: `one of ${PLACEHOLDERS.join(', ')}, or a series` };
    fail('bad-placeholder', `no placeholder ${quote(word)}`, [hole.span[0] - 1, hole.span[1] + 1], details);
  }
  try {
    const expr = parseExpression(hole.name, scope);
    if (constantOf(expr) === undefined) return expr;
    return fail('bad-placeholder', 'a fixed number is no placeholder', [0, hole.name.length], {
      hint: `one of ${PLACEHOLDERS.join(', ')}, or a series`,
    });
  } catch (cause) {
    if (!(cause instanceof UserError)) throw cause;
    const [start, end] = cause.span ?? [0, hole.name.length];
    const suggestions = cause.suggestions.map((suggestion) => corrected(message, hole.span, suggestion));
    throw new UserError(cause.code, cause.message, {
      ...(cause.hint === undefined ? {} : { hint: cause.hint }),
      span: [hole.span[0] + start, hole.span[0] + end],
      suggestions,
      cause,
    });
  }
}

/** The text between the quotes at `span`, unescaped, with the place in `text` of each of its characters. */
function unescaped(text: string, span: Span): { message: string; places: number[] } {
  let message = '';
  const places: number[] = [];
  for (let at = span[0] + 1; at < span[1] - 1; at++) {
    places.push(at);
    if (text[at] === '\\') {
      at++;
      message += text[at] === 'n' ? '\n' : text[at];
    } else message += text[at];
  }
  places.push(span[1] - 1);
  return { message, places };
}

/**
 * Checks the message that stands in quotes at `span` of a rule's text, and makes its series independent of the chat: what
 * is of the rule's instrument as short as can be, what is of another one in full.
 * @throws UserError with the place in `text`
 */
export function checkMessage(text: string, span: Span, scope: Scope & PrintHome): string {
  const { message, places } = unescaped(text, span);
  try {
    const settled = parseMessage(message, scope)
      .map((part) => partText(part, scope))
      .join('');
    if (settled.length <= MAX_MESSAGE) return settled;
    const counted = `the message is ${settled.length} characters long, the limit is ${MAX_MESSAGE}`;
    return fail('too-big', counted, [0, message.length]);
  } catch (cause) {
    if (!(cause instanceof UserError)) throw cause;
    const [start, end] = cause.span ?? [0, message.length];
    // A corrected message goes back between its quotes as it was: what had to be escaped is offered without.
    const suggestions = cause.suggestions
      .filter((suggestion) => !/["\\\n“”„']/.test(suggestion))
      .map((suggestion) => corrected(text, [span[0] + 1, span[1] - 1], suggestion));
    throw new UserError(cause.code, cause.message, {
      ...(cause.hint === undefined ? {} : { hint: cause.hint }),
      span: [places[start], places[end]],
      suggestions,
      cause,
    });
  }
}

function partText(part: MessagePart, { instrument, interval }: PrintHome): string {
  if (part.kind === 'text') return part.text;
  if (part.kind === 'placeholder') return `{${part.name}}`;
  const short = instrumentsOf(part.expr).every((each) => each === instrument);
  const spelled = spelledOut(seriesOf(part.expr));
  return `{${exprText(part.expr, { instrument, interval, short, mixed: false, spelledOut: spelled })}}`;
}
