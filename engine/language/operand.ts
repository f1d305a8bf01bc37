import { parseInterval } from '../market/interval.ts';
import { lookup, lookupBare, otherFact } from '../series/catalog.ts';
import type { CatalogEntry } from '../series/catalog-entry.ts';
import type { Span } from './ast.ts';
import { accept, type Cursor, endOf, expectOp, isGlued, isOp, nameToken, nested, next, peek } from './cursor.ts';
import { equalityDetails, isEquality } from './equality.ts';
import { fail, quote } from './failure.ts';
import { isDefined, isOtherFact, readNamed, withPlace } from './named.ts';
import { isPatternWord, readPatternName } from './pattern.ts';
import { findSymbol, isFreeName, refuseArguments } from './symbol-reader.ts';
import type { ArgumentSyntax, CallSyntax, Syntax } from './syntax.ts';
import type { Token } from './tokens.ts';
import { failUnknown } from './unknown.ts';
import { isMathName, MATH } from './words.ts';

/** Reads one whole expression or condition: the operand reader needs it for what stands in brackets. */
export type ReadInner = (cursor: Cursor) => Syntax;

/**
 * A number, a symbol, a series, a function or something in brackets, with whatever is attached behind it: `.field`,
 * `[bars]`, `@interval`.
 */
export function readOperand(cursor: Cursor, inner: ReadInner): Syntax {
  let node = readBare(cursor, inner);
  for (;;) {
    if (isOp(peek(cursor), '[')) node = readLag(cursor, node);
    else if (isOp(peek(cursor), '@')) node = readAt(cursor, node);
    else if (isOp(peek(cursor), '.')) node = readDot(cursor, node, inner);
    else return node;
  }
}

function readBare(cursor: Cursor, inner: ReadInner): Syntax {
  const token = peek(cursor);
  if (token.kind === 'number') {
    next(cursor);
    return { kind: 'number', value: token.value, ms: token.ms, percent: token.percent, span: token.span };
  }
  if (isOp(token, '(')) return readBrackets(cursor, inner);
  const param = token.kind === 'word' ? cursor.scope.params?.get(token.text) : undefined;
  if (param !== undefined) {
    next(cursor);
    return { kind: 'number', ...param, ms: undefined, param: token.text, span: token.span };
  }
  if (token.kind === 'word' && isMathName(token.text)) return readMath(cursor, inner);
  if (isPatternWord(token)) return readPattern(cursor, undefined, token.span[0], inner);
  const entry = token.kind === 'word' ? written(cursor) : undefined;
  if (entry) return readCall(cursor, entry, undefined, token.span[0], inner);
  if (isDefined(cursor)) return readNamed(cursor, undefined, inner);
  if (isOtherFact(cursor, token)) return readCall(cursor, otherFact(token.text), undefined, token.span[0], inner);
  if (isFreeName(token)) {
    const symbol = findSymbol(cursor);
    if (!symbol) return failUnknown(cursor);
    refuseArguments(cursor, symbol.length);
    cursor.at += symbol.length;
    return { kind: 'symbol', instrument: symbol.instrument, span: symbol.span };
  }
  return failOperand(cursor, token);
}

/** The entry of the word at the cursor. */
const written = (cursor: Cursor): CatalogEntry | undefined =>
  isOp(peek(cursor, 1), '(') ? lookup(peek(cursor).text) : lookupBare(peek(cursor).text);

function failOperand(cursor: Cursor, token: Token): never {
  const examples = 'for example `close`, `rsi(14)` or `70k`';
  if (token.kind === 'end') fail('unexpected', 'something is missing at the end', token.span, { hint: examples });
  if (isEquality(token))
    fail('unexpected', `I can't use ${nameToken(cursor, token)} here`, token.span, equalityDetails(cursor.text, token));
  fail('unexpected', `a value is missing before ${nameToken(cursor, token)}`, token.span, { hint: examples });
}

function readBrackets(cursor: Cursor, inner: ReadInner): Syntax {
  next(cursor);
  const node = nested(cursor, () => inner(cursor));
  expectOp(cursor, ')');
  return node;
}

function readMath(cursor: Cursor, inner: ReadInner): Syntax {
  const token = next(cursor);
  if (!isMathName(token.text)) return failOperand(cursor, token);
  const { least, most } = MATH[token.text];
  const example = `for example ${token.text}(${least === 1 ? 'close' : 'open, close'})`;
  if (!isOp(peek(cursor), '('))
    fail('bad-argument', `${quote(token.text)} needs brackets`, token.span, { hint: example });
  const args = readArguments(cursor, inner);
  const span: Span = [token.span[0], endOf(cursor)];
  const named = args.find((arg) => arg.name !== undefined);
  if (named) fail('bad-argument', `${quote(token.text)} has no argument called ${quote(named.name!)}`, named.span);
  if (args.length < least || args.length > most) {
    const wanted = least === most ? `${least} argument` : `${least} to ${most} arguments`;
    fail('bad-argument', `${quote(token.text)} takes ${wanted}, not ${args.length}`, span, { hint: example });
  }
  return { kind: 'math', name: token.text, args: args.map((arg) => arg.value), span };
}

function readArguments(cursor: Cursor, inner: ReadInner): ArgumentSyntax[] {
  expectOp(cursor, '(');
  return accept(cursor, 'op', ')') ? [] : readList(cursor, inner);
}

/** What stands between brackets, the closing one included. */
function readList(cursor: Cursor, inner: ReadInner): ArgumentSyntax[] {
  const args: ArgumentSyntax[] = [];
  do {
    const first = peek(cursor);
    const named = first.kind === 'word' && isOp(peek(cursor, 1), '=');
    if (named) cursor.at += 2;
    const value = nested(cursor, () => inner(cursor));
    args.push({ name: named ? first.text : undefined, value, span: [first.span[0], endOf(cursor)] });
  } while (accept(cursor, 'op', ','));
  expectOp(cursor, ')');
  return args;
}

/** `rsi(14)`; `start` is where an `ethusdt.` before it began. */
function readCall(
  cursor: Cursor,
  entry: CatalogEntry,
  instrument: string | undefined,
  start: number,
  inner: ReadInner,
): CallSyntax {
  next(cursor);
  const args = isOp(peek(cursor), '(') ? readArguments(cursor, inner) : [];
  return { kind: 'call', entry, instrument, args, field: undefined, span: [start, endOf(cursor)] };
}

function readPattern(cursor: Cursor, instrument: string | undefined, start: number, inner: ReadInner): CallSyntax {
  const { entry, more } = readPatternName(cursor, next(cursor));
  const args = more ? readList(cursor, inner) : [];
  return { kind: 'call', entry, instrument, args, field: undefined, span: [start, endOf(cursor)] };
}

function readLag(cursor: Cursor, target: Syntax): Syntax {
  next(cursor);
  const token = next(cursor);
  const { value } = token;
  if (token.kind !== 'number' || token.percent || value === undefined || !Number.isInteger(value)) {
    fail('bad-argument', 'a whole number of bars belongs in `[ ]`', token.span, { hint: 'for example close[1]' });
  }
  expectOp(cursor, ']');
  if (target.kind === 'named-condition') {
    const span: Span = [target.span[1], endOf(cursor)];
    fail('wrong-type', `${quote(target.name)} is true or false and has no earlier value`, span);
  }
  return { kind: 'lag', target, bars: value, span: [target.span[0], endOf(cursor)] };
}

function readAt(cursor: Cursor, target: Syntax): Syntax {
  next(cursor);
  const token = next(cursor);
  const interval = token.kind === 'number' ? parseInterval(token.text) : undefined;
  if (interval === undefined) {
    fail('bad-duration', `an interval belongs behind \`@\`, not ${nameToken(cursor, token)}`, token.span, {
      hint: 'for example rsi(14)@1h; the longest is 7d',
    });
  }
  const span: Span = [target.span[0], endOf(cursor)];
  return withPlace(target, { interval }, span) ?? { kind: 'at', target, interval, span };
}

/** `ethusdt.rsi(14)` and `macd.histogram`. */
function readDot(cursor: Cursor, target: Syntax, inner: ReadInner): Syntax {
  const dot = next(cursor);
  const name = peek(cursor);
  if (name.kind !== 'word' || !isGlued(cursor)) {
    fail('unexpected', `a name is missing behind \`.\``, dot.span, { hint: 'for example macd.histogram' });
  }
  if (target.kind === 'symbol') {
    if (isPatternWord(name)) return readPattern(cursor, target.instrument, target.span[0], inner);
    const entry =
      written(cursor) ?? (isOtherFact(cursor, name) && !isDefined(cursor) ? otherFact(name.text) : undefined);
    if (!entry && isDefined(cursor)) return readNamed(cursor, target, inner);
    if (!entry) return failUnknown(cursor);
    return readCall(cursor, entry, target.instrument, target.span[0], inner);
  }
  next(cursor);
  const field = withField(target, name.text, [target.span[0], name.span[1]]);
  return field ?? fail('unexpected', `nothing here has a field ${quote(name.text)}`, name.span);
}

/** Finds the series below what is attached to it: `macd@1h.signal` is `macd.signal@1h`. */
function withField(target: Syntax, field: string, span: Span): Syntax | undefined {
  if (target.kind === 'call' && target.field === undefined) return { ...target, field, span };
  if (target.kind === 'named') {
    const body = withField(target.body, field, span);
    return body && { ...target, body, span };
  }
  if (target.kind !== 'at' && target.kind !== 'lag') return undefined;
  const below = withField(target.target, field, span);
  return below && { ...target, target: below };
}
