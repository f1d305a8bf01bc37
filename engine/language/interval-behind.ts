import { parseInterval } from '../market/interval.ts';
import { lookup } from '../series/catalog.ts';
import { type Cursor, isOp, isWord, peek } from './cursor.ts';
import { corrected, type FailureDetails } from './failure.ts';
import { beginsMode } from './words.ts';

/**
 * `eth rsi < 30 1h`: the only interval of a rule, behind its condition, is meant for everything.
 * @param at where it belongs
 */
export function intervalBehind(cursor: Cursor, at: number, isCompared: boolean): FailureDetails | undefined {
  const token = peek(cursor);
  if (token.kind !== 'number' || token.percent || parseInterval(token.text) === undefined) return undefined;
  const follower = peek(cursor, 1);
  const isLast = follower.kind === 'end' || beginsMode(follower);
  if (!isLast || cursor.tokens.some((each) => isOp(each, '@'))) return undefined;
  const { text } = cursor;
  const series = seriesBefore(cursor);
  const written = text.slice(at, token.span[0]).trim();
  // A series alone is no condition: its example is one.
  const example = series !== undefined && series.text === written.toLowerCase() ? series.example : undefined;
  if (!isCompared && example === undefined) return undefined;
  const rest = `${example ?? written}${text.slice(token.span[1])}`;
  const moved = `${text.slice(0, at).trim()} ${token.text} ${rest}`.trim();
  const behind = 'the interval stands behind the symbol';
  if (series === undefined || !isCompared) return { hint: behind, suggestions: [moved] };
  const own = `${series.text}@${token.text}`;
  const attached = corrected(text, [series.start, token.span[1]], own);
  return { hint: `${behind}, or behind an @: ${own}`, suggestions: [moved, attached] };
}

/** The series whose interval it may be, too: not the close of `on close`. */
function seriesBefore({ tokens, at }: Cursor): { text: string; start: number; example: string } | undefined {
  const before = tokens[at - 1];
  const entry = before?.kind === 'word' ? lookup(before.text) : undefined;
  const isMode = at > 1 && isWord(tokens[at - 2]!, 'on') && before?.text === 'close';
  if (before === undefined || entry === undefined || isMode) return undefined;
  return { text: before.text, start: before.span[0], example: entry.example };
}
