import { parseInterval } from '../market/interval.ts';
import { lookup } from '../series/catalog.ts';
import { type Cursor, isGlued, isOp, peek } from './cursor.ts';
import { unitLength } from './duration.ts';
import { isMove } from './move.ts';
import { isDefined, isOtherFact } from './named.ts';
import { findPair, type Pair } from './pair-header.ts';
import { findSymbol, gluedLength, isFreeName, refuseArguments } from './symbol-reader.ts';
import type { Token } from './tokens.ts';
import { failSymbol } from './unknown.ts';
import { isComparing, isMathName, KEYWORDS } from './words.ts';

/** What stands before the condition: the symbol and the interval of everything that names none. */
export interface Header {
  readonly instrument: string | undefined;
  readonly interval: number | undefined;
  /** Two symbols whose ratio everything is of that names none; `instrument` is the one above. */
  readonly pair?: Pair;
}

const JOINING = new Set(['.', '@', '[', '*', '/', '^', '+', '-', ')', ',', '=']);

/**
 * Reads a symbol and an interval, in either order, each if it is there. With `alone` a symbol that nothing follows is read
 * too, or one that a comparison follows, and two symbols as one pair; without it a symbol is read only before something that
 * is a value by itself.
 */
export function readHeader(cursor: Cursor, alone: boolean): Header {
  let instrument: string | undefined;
  let interval: number | undefined;
  let pair: Pair | undefined;
  for (;;) {
    const token = peek(cursor);
    const length = interval === undefined ? headerInterval(cursor, instrument !== undefined) : undefined;
    if (length !== undefined) {
      interval = length.ms;
      cursor.at += length.tokens;
      continue;
    }
    const two = alone && instrument === undefined ? headerPair(cursor, interval === undefined) : undefined;
    if (two !== undefined) {
      pair = two.pair;
      instrument = pair.instrument;
      cursor.at += two.length;
      continue;
    }
    const symbol = instrument === undefined && token.kind !== 'number' ? headerSymbol(cursor, alone) : undefined;
    if (!symbol) return { instrument, interval, ...(pair === undefined ? {} : { pair }) };
    refuseArguments(cursor, symbol.length);
    instrument = symbol.instrument;
    cursor.at += symbol.length;
  }
}

/** `5m` where it cannot be five million: nothing is calculated with it, and nothing compared where no symbol stands before. */
function headerInterval(cursor: Cursor, afterSymbol: boolean): { ms: number; tokens: number } | undefined {
  const token = peek(cursor);
  if (token.kind !== 'number' || token.percent) return undefined;
  const ms = parseInterval(token.text);
  if (ms === undefined) return spacedInterval(cursor, token);
  const follower = peek(cursor, 1);
  if (joins(cursor, 1) || (!afterSymbol && isComparing(follower) && token.value !== undefined)) return undefined;
  return { ms, tokens: 1 };
}

/** `15 min`, `4 hours`. */
function spacedInterval(cursor: Cursor, { text }: Token): { ms: number; tokens: number } | undefined {
  const unit = peek(cursor, 1);
  const length = unit.kind === 'word' && !isOp(peek(cursor, 2), '(') ? unitLength(unit.text) : undefined;
  const ms = length === undefined ? undefined : parseInterval(`${text}${unit.text.charAt(0)}`);
  return ms === undefined || joins(cursor, 2) ? undefined : { ms, tokens: 2 };
}

/** Whether the token ahead goes on with the expression before it. */
function joins(cursor: Cursor, ahead: number): boolean {
  const token = peek(cursor, ahead);
  if (token.kind !== 'op' || !JOINING.has(token.text)) return false;
  return !isMove({ ...cursor, at: cursor.at + ahead });
}

/** Whether a value or an interval begins with this token. */
const beginsValue = (token: Token): boolean =>
  token.kind === 'number' ||
  token.kind === 'qualified' ||
  isOp(token, '(') ||
  (token.kind === 'word' && (!KEYWORDS.has(token.text) || token.text === 'not'));

/** A pair before an interval or a series: before anything else its ratio is a value by itself. */
function headerPair(cursor: Cursor, mayHaveInterval: boolean): ReturnType<typeof findPair> {
  const found = findPair(cursor);
  if (found === undefined) return undefined;
  const behind = { ...cursor, at: cursor.at + found.length };
  const follower = peek(behind);
  if (follower.kind === 'number')
    return mayHaveInterval && headerInterval(behind, true) !== undefined ? found : undefined;
  const isOtherSymbol = isFreeName(follower) && !isDefined(behind) && findSymbol(behind) !== undefined;
  return beginsValue(follower) && !isGlued(behind) && !isOtherSymbol ? found : undefined;
}

function headerSymbol(cursor: Cursor, alone: boolean) {
  const token = peek(cursor);
  if (isDefined(cursor) || isOtherFact(cursor, token)) return undefined;
  const named = token.kind === 'word' && (lookup(token.text) !== undefined || isMathName(token.text));
  const symbol = named || isFreeName(token) ? findSymbol(cursor) : undefined;
  const length = symbol?.length ?? gluedLength(cursor);
  const follower = peek(cursor, length);
  // A name of the catalog is a symbol only where it could be nothing else: `ma rsi < 30`.
  if (named) return symbol && beginsValue(follower) && !isOp(follower, '(') ? symbol : undefined;
  if (joins(cursor, length)) return undefined;
  const before = beginsValue(follower);
  if (symbol) return alone || before ? symbol : undefined;
  if (isFreeName(token) && before && !isOp(follower, '(')) return failSymbol(cursor);
  return undefined;
}
