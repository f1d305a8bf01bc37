import type { Span } from './ast.ts';
import {
  accept,
  acceptDuration,
  type Cursor,
  endOf,
  expectDuration,
  isOp,
  isWord,
  nameToken,
  next,
  peek,
} from './cursor.ts';
import { corrected, fail, quote } from './failure.ts';
import { percentLength } from './percent-words.ts';
import type { Syntax } from './syntax.ts';
import type { Token } from './tokens.ts';
import { CROSS_DIRECTIONS } from './words.ts';

/** Whether `+5% 1h` or `-5% in 1h` stands at the cursor. */
export function isMove(cursor: Cursor): boolean {
  const sign = peek(cursor);
  if ((!isOp(sign, '+') && !isOp(sign, '-')) || !peek(cursor, 1).percent) return false;
  if (isWord(peek(cursor, 2), 'in') || isWithin(peek(cursor, 2))) return true;
  return peek(cursor, 2).kind === 'number' && acceptDuration({ ...cursor, at: cursor.at + 2 }) !== undefined;
}

/** `rises 5% in 1h` with `rises` read already, or `+5% 1h` with its sign still to come. */
export function readMove(cursor: Cursor, target: Syntax, known: 1 | -1 | undefined, word?: Token): Syntax {
  const sign = known ?? (next(cursor).text === '-' ? -1 : 1);
  const turn = peek(cursor);
  if (word !== undefined && CROSS_DIRECTIONS.has(turn.text)) failTurn(cursor, word, turn);
  accept(cursor, 'word', 'by');
  const amount = next(cursor);
  if (amount.kind !== 'number' || amount.value === undefined) {
    refuseMoreThan(cursor, amount);
    fail('unexpected', `a percentage is missing before ${nameToken(cursor, amount)}`, amount.span, {
      hint: 'for example rises 5% in 1h',
    });
  }
  if (!amount.percent) failPercentage(cursor, amount);
  if (amount.value === 0) {
    const suggestions = [corrected(cursor.text, amount.span, '1%')];
    fail('impossible', 'by 0 % nothing rises or falls', amount.span, { hint: 'for example 1%', suggestions });
  }
  if (peek(cursor).kind === 'end') failTime(cursor, amount);
  const day = DAYS.get(peek(cursor).text);
  if (day !== undefined) failDay(cursor, peek(cursor), day);
  refuseWithin(cursor);
  accept(cursor, 'word', 'in');
  const length = expectDuration(cursor, 'rises 5% in 1h');
  return {
    kind: 'move',
    target,
    amount: sign * amount.value,
    amountSpan: amount.span,
    ms: length.ms,
    msSpan: length.span,
    span: [target.span[0], endOf(cursor)],
  };
}

/** `falls more than 5%`. */
function refuseMoreThan({ text }: Cursor, { span: [start] }: Token): void {
  const [words] = /^(?:more\s+than|at\s+least|over)\s+/i.exec(text.slice(start)) ?? [];
  if (words === undefined) return;
  const span: Span = [start, start + words.trimEnd().length];
  const suggestions = [corrected(text, [start, start + words.length], '')];
  fail('unexpected', `${quote(text.slice(...span))} can be left out`, span, { suggestions });
}

/** `falls 5`, `falls 5 percent`. */
function failPercentage({ text }: Cursor, { text: number, span: [start, end] }: Token): never {
  const span: Span = [start, end + percentLength(text, end)];
  const times = text.slice(span[1]).trim() === '' ? [' in 1h', ' in 1d'] : [''];
  return fail('wrong-type', 'a rise or fall is a percentage', span, {
    hint: `write ${number}%${times[0]}`,
    suggestions: times.map((time) => corrected(text, span, `${number}%${time}`)),
  });
}

const WITHIN: ReadonlySet<string> = new Set(['within', 'over', 'during']);
const TIME_WORDS = /(?:in|within|over|during)\s+(?:the\s+)?(?:(?:last|past|next)\s+)?/iuy;

const isWithin = ({ kind, text }: Token): boolean => kind === 'word' && WITHIN.has(text);

/** `falls 5% within 1h`, `falls 5% in the last hour`. */
function refuseWithin(cursor: Cursor): void {
  const { text } = cursor;
  const [start] = peek(cursor).span;
  TIME_WORDS.lastIndex = start;
  const [words] = TIME_WORDS.exec(text) ?? [];
  if (words === undefined || /^in\s+$/i.test(words)) return;
  const span: Span = [start, start + words.trimEnd().length];
  // `in the last hour` is one hour.
  const meant = /^(?!an?\s)[a-z]/i.test(text.slice(start + words.length)) ? 'in 1' : 'in';
  const suggestions = [corrected(text, span, meant)];
  fail('unexpected', `I can't use ${quote(text.slice(...span))} here`, span, { hint: `write ${meant}`, suggestions });
}

/** `falls below 50k`. */
function failTurn(cursor: Cursor, word: Token, turn: Token): never {
  const { text } = cursor;
  const suggestions = [corrected(text, word.span, 'crosses')];
  const hint = `a level is passed with crosses ${turn.text}`;
  return fail('unexpected', `${quote(text.slice(...word.span))} is about a percentage`, word.span, {
    hint,
    suggestions,
  });
}

const DAYS: ReadonlyMap<string, string> = new Map([
  ['today', 'in 1d'],
  ['daily', 'in 1d'],
  ['hourly', 'in 1h'],
]);

/** `falls 5% today`: what is meant is a day, whenever it began. */
function failDay(cursor: Cursor, { span }: Token, meant: string): never {
  fail('bad-duration', `${quote(cursor.text.slice(...span))} is no length of time`, span, {
    hint: `write ${meant}`,
    suggestions: [corrected(cursor.text, span, meant)],
  });
}

function failTime(cursor: Cursor, amount: Token): never {
  const suggestions = ['1h', '1d'].map((length) =>
    corrected(cursor.text, [amount.span[1], amount.span[1]], ` in ${length}`),
  );
  const hint = `for example ${cursor.text.slice(...amount.span)} in 1h`;
  return fail('bad-duration', 'in what time?', amount.span, { hint, suggestions });
}
