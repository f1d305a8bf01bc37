import { parseInterval } from '../market/interval.ts';
import type { Span } from './ast.ts';
import { type Cursor, endOf, isOp, isWord, peek } from './cursor.ts';
import { corrected, fail } from './failure.ts';
import { isDefined } from './named.ts';
import { findSymbol, isFreeName } from './symbol-reader.ts';
import { isComparing, KEYWORDS } from './words.ts';

/** `btc,eth > 70k`. @throws UserError where a rule begins with several symbols */
export function refuseSeveral(cursor: Cursor): void {
  const first = symbolLength(cursor);
  if (first === 0) return;
  const ahead = { ...cursor, at: cursor.at + first };
  const start = endOf(ahead);
  for (;;) {
    const next = { ...ahead, at: ahead.at + 1 };
    const length = isJoin(ahead) ? symbolLength(next) : 0;
    if (length === 0) break;
    ahead.at = next.at + length;
  }
  const span: Span = [start, endOf(ahead)];
  if (span[1] === start) return;
  fail('unexpected', 'an alert is for one symbol', span, {
    hint: 'set one for each',
    suggestions: [corrected(cursor.text, span, '')],
  });
}

const isJoin = (cursor: Cursor): boolean =>
  isOp(peek(cursor), ',') || isWord(peek(cursor), 'and') || isWord(peek(cursor), 'or');

/** How many tokens of a symbol stand at the cursor. */
const symbolLength = (cursor: Cursor): number =>
  isFreeName(peek(cursor)) && !isDefined(cursor) ? (findSymbol(cursor)?.length ?? 0) : 0;

/** `btc 5m 1h rsi < 30`, with `btc 5m` read already. @throws UserError where a second interval follows */
export function refuseSecondInterval(cursor: Cursor): void {
  const second = peek(cursor);
  const follower = peek(cursor, 1);
  if (second.kind !== 'number' || second.percent || parseInterval(second.text) === undefined) return;
  // What is compared is five million.
  if (follower.kind !== 'word' || isComparing(follower) || KEYWORDS.has(follower.text)) return;
  const { text } = cursor;
  const at = cursor.tokens.findIndex(({ kind }) => kind === 'number');
  const first = cursor.tokens[at]!;
  // `15 min` are two tokens.
  const end = parseInterval(first.text) === undefined ? cursor.tokens[at + 1]!.span[1] : first.span[1];
  const written = text.slice(first.span[0], end);
  fail('unexpected', 'a rule has one interval', second.span, {
    hint: `${written} or ${second.text}?`,
    suggestions: [
      corrected(text, [endOf(cursor), second.span[1]], ''),
      corrected(text, [first.span[0], second.span[0]], text.slice(end, second.span[0]).trimStart()),
    ],
  });
}
