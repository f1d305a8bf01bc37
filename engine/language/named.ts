import { UserError } from '../errors.ts';
import type { Condition, Expr, Span } from './ast.ts';
import { type Cursor, createCursor, isGlued, isOp, nameToken, next, peek } from './cursor.ts';
import { corrected, fail, quote } from './failure.ts';
import type { Pair } from './pair-header.ts';
import type { Readings } from './readings.ts';
import { isConditionSyntax, type NamedSyntax, type Syntax } from './syntax.ts';
import type { Token } from './tokens.ts';
import { KEYWORDS } from './words.ts';

type AnyNamed = NamedSyntax<Syntax, 'named' | 'named-condition'>;

/** What can stand around a name. */
interface Place {
  readonly text: string;
  readonly instrument: string;
  readonly interval: number;
  readonly pinned: boolean;
  readonly pair: Pair | undefined;
  readonly readings: Readings | undefined;
}

/** Whether the word at the cursor is a name that the chat has defined. */
export function isDefined(cursor: Cursor): boolean {
  const { kind, text } = peek(cursor);
  return kind === 'word' && cursor.scope.definitions?.has(text) === true;
}

/** Whether the word at the cursor is a fact that the catalog does not know, and no symbol. */
export function isOtherFact({ scope }: Cursor, token: Token): boolean {
  const { kind, text } = token;
  if (kind !== 'word' || scope.facts?.has(text) !== true) return false;
  return !KEYWORDS.has(text) && scope.resolve(text) === undefined;
}

/**
 * Reads the definition whose name stands at the cursor.
 * @param symbol of `ethusdt.tight`
 * @throws UserError with the place of the name, whatever is wrong inside
 */
export function readNamed(
  cursor: Cursor,
  symbol: { readonly instrument: string; readonly span: Span } | undefined,
  read: (cursor: Cursor) => Syntax,
): Syntax {
  const { text: name, span: at } = next(cursor);
  const span: Span = [symbol?.span[0] ?? at[0], at[1]];
  const text = cursor.scope.definitions?.get(name) ?? '';
  refuseBrackets(cursor, name);
  if (cursor.within.includes(name)) fail('circular', `${quote(name)} would be made of itself`, at);
  cursor.scope.onDefinition?.(name);
  const body = saidAt(name, at, () => readBody(cursor, name, text, read));
  const literal = symbol === undefined ? literalAt(body, span) : undefined;
  if (literal !== undefined) return literal;
  const shared = { name, text, instrument: symbol?.instrument, interval: undefined, span };
  return isConditionSyntax(body) ? { kind: 'named-condition', ...shared, body } : { kind: 'named', ...shared, body };
}

function refuseBrackets(cursor: Cursor, name: string): void {
  if (!isOp(peek(cursor), '(') || !isGlued(cursor)) return;
  const { span } = peek(cursor);
  const close = cursor.text.indexOf(')', span[0]);
  const brackets: Span = [span[0], close < 0 ? cursor.text.length : close + 1];
  fail('bad-argument', `${quote(name)} is a definition and takes no arguments`, brackets, {
    suggestions: [corrected(cursor.text, brackets, '')],
  });
}

/** What is read counts as if it stood in the text itself. */
function readBody(cursor: Cursor, name: string, text: string, read: (cursor: Cursor) => Syntax): Syntax {
  const inner = createCursor(text, cursor.scope, 0, [...cursor.within, name]);
  inner.nesting = cursor.nesting + 1;
  inner.parts = cursor.parts;
  const body = read(inner);
  cursor.parts = inner.parts;
  const rest = peek(inner);
  if (rest.kind !== 'end') fail('unexpected', `I can't use ${nameToken(inner, rest)} there`, rest.span);
  return body;
}

/** A name for a plain number or a symbol is just that: `rsi(fast)`, `> level`, `mate.rsi(14)`. */
function literalAt(body: Syntax, span: Span): Syntax | undefined {
  if (body.kind === 'number' || body.kind === 'symbol') return { ...body, span };
  if (body.kind !== 'negate' || body.target.kind !== 'number') return undefined;
  return { ...body, target: { ...body.target, span }, span };
}

/** `tight@1h` is the definition with another interval where it names none; undefined where no name stands. */
export function withPlace(node: Syntax, { interval }: { readonly interval: number }, span: Span): Syntax | undefined {
  if (node.kind !== 'named' && node.kind !== 'named-condition') return undefined;
  return { ...node, interval: node.interval ?? interval, span };
}

/**
 * What a definition means at the place of its name. Everything in it comes from there, as far as the text is concerned. Its
 * numbers were settled when it was made.
 * @throws UserError with the place of the name
 */
export function insideNamed<Context extends Place, Node extends Expr | Condition>(
  node: AnyNamed,
  context: Context,
  check: (inner: Context) => Node,
): Node {
  const { text, name, span } = node;
  const instrument = node.instrument ?? context.instrument;
  const interval = node.interval ?? context.interval;
  const pair = node.instrument === undefined ? context.pair : undefined;
  const pinned = node.interval !== undefined || context.pinned;
  return placed(
    saidAt(name, span, () => check({ ...context, text, instrument, interval, pinned, pair, readings: undefined })),
    span,
  );
}

/** Runs `work` on a definition's own text: its refusals are told at the place of the name. */
function saidAt<T>(name: string, span: Span, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof UserError)) throw cause;
    const hint = cause.hint === undefined ? {} : { hint: cause.hint };
    throw new UserError(cause.code, `in ${quote(name)}: ${cause.message}`, { span, ...hint, cause });
  }
}

/** A tree all of whose parts come from `span`. */
function placed<T>(value: T, span: Span): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each: unknown) => placed(each, span)) as T;
  const parts = Object.entries(value).map(([key, part]) => [key, key === 'span' ? span : placed(part, span)] as const);
  return Object.fromEntries(parts) as T;
}
