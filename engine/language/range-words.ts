import type { Span } from './ast.ts';
import { type Cursor, isOp, isWord, peek } from './cursor.ts';

/** A range that is not in brackets at the cursor, such as `60k-70k` or `60k to 70k`, as the language writes it. */
export function rangeAt(cursor: Cursor): { readonly meant: string; readonly span: Span } | undefined {
  const [low, joint, high] = [0, 1, 2].map((ahead) => peek(cursor, ahead));
  if (low.kind !== 'number' || high.kind !== 'number') return undefined;
  const isJoined = ['-', ',', '..'].some((op) => isOp(joint, op)) || ['to', 'and'].some((word) => isWord(joint, word));
  if (!isJoined) return undefined;
  const [from, to] = [low, high].map(({ text }) => text.replaceAll(',', ''));
  return { meant: `[${from}, ${to}]`, span: [low.span[0], high.span[1]] };
}
