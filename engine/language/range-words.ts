import type { Span } from './ast.ts';
import { type Cursor, isOp, isWord, peek } from './cursor.ts';

/** A range that is not in brackets at the cursor, such as `60k-70k` or `60k to 70k`, as the language writes it. */
export function rangeAt(cursor: Cursor): { readonly meant: string; readonly span: Span } | undefined {
  const [low, joint, high] = [0, 1, 2].map((ahead) => peek(cursor, ahead));
  if (low.kind !== 'number' || high.kind !== 'number') return undefined;
  const isJoined = ['-', ',', '..'].some((op) => isOp(joint, op)) || ['to', 'and'].some((word) => isWord(joint, word));
  if (!isJoined) return undefined;
  const [from, to] = [low, high].map(({ text }) => text.replaceAll(',', ''));
  const [start] = low.span;
  // A `$` stands before a number and is no part of it.
  return { meant: `[${from}, ${to}]`, span: [cursor.text[start - 1] === '$' ? start - 1 : start, high.span[1]] };
}

/** A range behind `inside` and the like that is not written as `[60k, 70k]`: `60k-70k`, `[60k-70k]`, `(60k, 70k)`. */
export function wrongRangeAt(cursor: Cursor): ReturnType<typeof rangeAt> {
  const open = peek(cursor);
  const isBracket = isOp(open, '[');
  if (!isBracket && !isOp(open, '(')) return rangeAt(cursor);
  const found = rangeAt({ ...cursor, at: cursor.at + 1 });
  const close = peek(cursor, 4);
  if (found === undefined || (isBracket && isOp(peek(cursor, 2), ','))) return undefined;
  return isOp(close, ']') || isOp(close, ')') ? { ...found, span: [open.span[0], close.span[1]] } : undefined;
}
