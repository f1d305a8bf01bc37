import type { Span } from './ast.ts';
import { accept, type Cursor, endOf, expectDuration, expectOp, isOp, isWord, nameToken, next, peek } from './cursor.ts';
import { checkName } from './definitions.ts';
import { corrected, didYouMean, fail, quote } from './failure.ts';
import { nearest } from './nearest.ts';
import { percentNumber, plainNumber } from './numbers.ts';
import type { ParamValue } from './scope.ts';
import type { PositionSide, StrategyParam } from './strategy-ast.ts';
import type { Syntax } from './syntax.ts';
import { readCondition } from './syntax-parser.ts';
import type { Token } from './tokens.ts';

/** A clause as it was read, with its place. */
interface Clause {
  readonly syntax: Syntax;
  readonly span: Span;
}

/** What a strategy says behind its symbols, not yet checked. */
export interface StrategySyntax {
  readonly params: StrategyParam[];
  long?: Clause;
  short?: Clause;
  exitLong?: Clause;
  exitShort?: Clause;
  stop?: Clause & { readonly isLevel: boolean };
  target?: Clause & { readonly isLevel: boolean };
  expire?: number;
  size?: number;
  fee?: number;
  slippage?: number;
}

const CLAUSES = ['param', 'long', 'short', 'exit', 'stop', 'target', 'expire', 'size', 'fee', 'slippage'] as const;
const HINT = 'behind the symbols stand: long when, short when, exit when, stop, target, expire, size, fee, slippage';
const MOST_PARAMS = 12;
/** Shares of the equity and of the price, at most. */
const MOST = { size: 1, fee: 0.05, slippage: 0.05 } as const;

/** Whether a lower-case word begins a clause. */
export const isClause = (word: string): boolean => (CLAUSES as readonly string[]).includes(word);

/** Words of the grammar of strategies: no parameter can have them for a name. */
const RESERVED: ReadonlySet<string> = new Set([...CLAUSES, 'when', 'at', 'on']);

/**
 * Reads clauses up to the end.
 *
 * @param params takes the parameters as they are read, so that what stands behind them can name them
 * @param values what parameters are instead of what the text gives them
 * @throws UserError for what is no clause, or is said twice
 */
export function readClauses(
  cursor: Cursor,
  params: Map<string, ParamValue>,
  values: ReadonlyMap<string, number>,
): StrategySyntax {
  const read: StrategySyntax = { params: [] };
  while (peek(cursor).kind !== 'end') readClause(cursor, read, params, values);
  return read;
}

function readClause(
  cursor: Cursor,
  read: StrategySyntax,
  params: Map<string, ParamValue>,
  values: ReadonlyMap<string, number>,
): void {
  const token = next(cursor);
  switch (token.kind === 'word' ? token.text : '') {
    case 'param':
      readParam(cursor, read, params, values);
      return;
    case 'long':
    case 'short':
      put(read, token.text as PositionSide, readWhen(cursor, token), token.text);
      return;
    case 'exit':
      readExit(cursor, read, token);
      return;
    case 'stop':
    case 'target': {
      const name = token.text as 'stop' | 'target';
      const isLevel = accept(cursor, 'word', 'at');
      const syntax = readCondition(cursor);
      put(read, name, { syntax, isLevel, span: [token.span[0], endOf(cursor)] }, name);
      return;
    }
    case 'expire':
      accept(cursor, 'word', 'after');
      put(read, 'expire', expectDuration(cursor, 'expire 12h').ms, 'expire', token.span);
      return;
    case 'size':
    case 'fee':
    case 'slippage': {
      const name = token.text as keyof typeof MOST;
      put(read, name, readShare(cursor, name), name, token.span);
      return;
    }
    default:
      failClause(cursor, token);
  }
}

function failClause(cursor: Cursor, token: Token): never {
  const names = token.kind === 'word' ? nearest(token.text, CLAUSES) : [];
  const details = names.length > 0 ? didYouMean(cursor.text, token.span, names) : { hint: HINT };
  return fail('unexpected', `I can't use ${nameToken(cursor, token)} here`, token.span, details);
}

type Single = Exclude<keyof StrategySyntax, 'params'>;

function put<Name extends Single>(
  read: StrategySyntax,
  name: Name,
  value: StrategySyntax[Name],
  written: string,
  at?: Span,
): void {
  const span = at ?? (value as Clause).span;
  if (read[name] !== undefined) fail('contradiction', `${quote(written)} is given twice`, span);
  read[name] = value;
}

/** `when COND`; the word may be left out. */
function readWhen(cursor: Cursor, token: Token): Clause {
  accept(cursor, 'word', 'when');
  if (peek(cursor).kind === 'end') {
    const hint = `for example ${token.text} when rsi(14) crosses above 30`;
    fail('unexpected', 'a condition is missing at the end', peek(cursor).span, { hint });
  }
  const syntax = readCondition(cursor);
  return { syntax, span: [token.span[0], endOf(cursor)] };
}

/** `exit when`, of the side that was named last, or `exit short when`. */
function readExit(cursor: Cursor, read: StrategySyntax, token: Token): void {
  const named = (['long', 'short'] as const).find((side) => accept(cursor, 'word', side));
  const side = named ?? impliedSide(cursor, read, token);
  const clause = readWhen(cursor, token);
  if (read[side] === undefined) {
    fail('contradiction', `nothing enters ${side}, so nothing can leave it`, clause.span, {
      hint: `say first when: ${side} when …`,
    });
  }
  put(read, side === 'long' ? 'exitLong' : 'exitShort', clause, `exit ${side}`);
}

function impliedSide({ text }: Cursor, read: StrategySyntax, { span }: Token): PositionSide {
  if (read.short === undefined) return 'long';
  if (read.long === undefined || read.exitLong !== undefined) return 'short';
  if (read.exitShort !== undefined) return 'long';
  return fail('two-readings', 'is this the exit of `long` or of `short`?', span, {
    hint: 'write exit long when … or exit short when …',
    suggestions: ['exit long', 'exit short'].map((meant) => corrected(text, span, meant)),
  });
}

/** `10%` as a share. */
function readShare(cursor: Cursor, name: keyof typeof MOST): number {
  const token = next(cursor);
  const example = name === 'size' ? 'size 10%' : `${name} 0.1%`;
  if (token.kind !== 'number' || token.value === undefined) {
    return fail('unexpected', `a percentage is missing before ${nameToken(cursor, token)}`, token.span, {
      hint: `for example ${example}`,
    });
  }
  if (!token.percent && token.value !== 0) {
    const meant = `${token.text}%`;
    fail('wrong-type', `${quote(name)} is a percentage`, token.span, {
      hint: `write ${meant}`,
      suggestions: [corrected(cursor.text, token.span, meant)],
    });
  }
  const least = name === 'size' ? 1e-6 : 0;
  if (token.value < least || token.value > MOST[name]) {
    const range =
      name === 'size' ? 'more than 0% and at most 100% of the equity' : `0% to ${percentNumber(MOST[name])}`;
    fail('impossible', `${quote(name)} is ${range}`, token.span, { hint: `for example ${example}` });
  }
  return token.value;
}

/** `param fast = 12 [5..30]`. */
function readParam(
  cursor: Cursor,
  read: StrategySyntax,
  params: Map<string, ParamValue>,
  values: ReadonlyMap<string, number>,
): void {
  const hint = 'for example param fast = 12 [5..30]';
  const token = next(cursor);
  if (token.kind !== 'word') {
    fail('unexpected', `a name is missing before ${nameToken(cursor, token)}`, token.span, { hint });
  }
  const name = checkName(token.text, token.span, cursor.scope);
  if (RESERVED.has(name)) {
    fail('bad-name', `${quote(name)} is a word of strategies`, token.span, { hint: 'take another name' });
  }
  if (params.has(name)) fail('contradiction', `${quote(name)} is given twice`, token.span);
  if (params.size === MOST_PARAMS) fail('too-big', `there are more than ${MOST_PARAMS} parameters`, token.span);
  expectOp(cursor, '=', hint);
  const given = readNumber(cursor, hint);
  const range = isOp(peek(cursor), '[') ? readRange(cursor, hint) : undefined;
  const value = values.get(name) ?? given.value;
  const [low, high] = range ?? [undefined, undefined];
  if (low !== undefined && high !== undefined && !(value >= low && value <= high)) {
    const said = given.percent ? percentNumber : plainNumber;
    fail('impossible', `${quote(name)} is ${said(value)}, outside its range`, token.span, {
      hint: `it runs from ${said(low)} to ${said(high)}`,
    });
  }
  params.set(name, { value, percent: given.percent });
  read.params.push({ name, value, low, high, percent: given.percent });
}

function readNumber(cursor: Cursor, hint: string): { value: number; percent: boolean } {
  const negative = accept(cursor, 'op', '-');
  const token = next(cursor);
  if (token.kind !== 'number' || token.value === undefined) {
    return fail('unexpected', `a number is missing before ${nameToken(cursor, token)}`, token.span, { hint });
  }
  return { value: negative ? 0 - token.value : token.value, percent: token.percent };
}

/** `[5..30]` */
function readRange(cursor: Cursor, hint: string): readonly [low: number, high: number] {
  const open = next(cursor);
  const low = readNumber(cursor, hint);
  if (!accept(cursor, 'op', ',') && !(isWord(peek(cursor), 'to') && next(cursor))) expectOp(cursor, '..', hint);
  const high = readNumber(cursor, hint);
  expectOp(cursor, ']', hint);
  if (!(low.value < high.value)) {
    fail('impossible', 'a range runs from less to more', [open.span[0], endOf(cursor)], { hint });
  }
  return [low.value, high.value];
}
