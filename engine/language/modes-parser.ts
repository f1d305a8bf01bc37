import type { Span } from './ast.ts';
import { accept, type Cursor, endOf, expectDuration, isWord, nameToken, next, peek } from './cursor.ts';
import { corrected, fail, quote } from './failure.ts';
import { nearest } from './nearest.ts';
import type { ModesSyntax, Syntax } from './syntax.ts';
import { readCondition } from './syntax-parser.ts';
import type { Token } from './tokens.ts';
import { readDate } from './until-date.ts';
import { beginsMode } from './words.ts';

/**
 * The modes at the cursor, up to the first token that begins none.
 * @throws UserError for a mode that is given twice or in two contradicting ways
 */
export function readModes(cursor: Cursor): ModesSyntax {
  const modes: ModesSyntax = {};
  for (;;) {
    const token = peek(cursor);
    if (token.kind === 'string') readMessage(cursor, modes);
    else if (token.kind !== 'word' || !readMode(cursor, modes, token)) return modes;
  }
}

function readMode(cursor: Cursor, modes: ModesSyntax, token: Token): boolean {
  switch (token.text) {
    case 'once':
      next(cursor);
      set(modes, 'once', true, token.span);
      return true;
    case 'silent':
      next(cursor);
      set(modes, 'silent', true, token.span);
      return true;
    case 'every':
      next(cursor);
      set(modes, 'every', expectDuration(cursor, 'every 15m').ms, since(cursor, token));
      return true;
    case 'on':
      readOnClose(cursor, modes, token);
      return true;
    case 'for':
      readFor(cursor, modes, token);
      return true;
    case 'rearm':
      next(cursor);
      set(modes, 'rearm', readOwnCondition(cursor, 'rearm z < 1'), since(cursor, token));
      return true;
    case 'gate':
      next(cursor);
      set(modes, 'gate', readOwnCondition(cursor, 'gate rsi < 50'), since(cursor, token));
      return true;
    case 'until':
      next(cursor);
      setUntil(cursor, modes, readDate(cursor), since(cursor, token));
      return true;
    case 'late':
      readLate(cursor, modes, token);
      return true;
    default:
      return false;
  }
}

/** What a mode looks at by itself. */
function readOwnCondition(cursor: Cursor, example: string): Syntax {
  const token = peek(cursor);
  if (token.kind !== 'end' && !beginsMode(token)) return readCondition(cursor);
  const mode = quote(example.slice(0, example.indexOf(' ')));
  return fail('unexpected', `a condition is missing behind ${mode}`, token.span, { hint: `for example ${example}` });
}

const since = (cursor: Cursor, token: Token): Span => [token.span[0], endOf(cursor)];

const NAMES: Readonly<Record<keyof ModesSyntax, string>> = {
  once: 'once',
  every: 'every',
  onClose: 'on close',
  hold: 'for',
  rearm: 'rearm',
  gate: 'gate',
  until: 'until',
  late: 'late within',
  silent: 'silent',
  message: 'a message',
};

const CONTRADICTIONS: readonly (readonly [keyof ModesSyntax, keyof ModesSyntax])[] = [
  ['once', 'every'],
  ['once', 'rearm'],
];

function set<Name extends keyof ModesSyntax>(
  modes: ModesSyntax,
  name: Name,
  value: ModesSyntax[Name],
  span: Span,
): void {
  if (modes[name] !== undefined) fail('contradiction', `${quote(NAMES[name])} is given twice`, span);
  modes[name] = value;
  for (const [a, b] of CONTRADICTIONS) {
    if (modes[a] === undefined || modes[b] === undefined) continue;
    fail('contradiction', `${quote(NAMES[a])} and ${quote(NAMES[b])} contradict each other`, span, {
      hint: 'a rule that fires once has nothing to wait for afterwards',
    });
  }
}

function readOnClose(cursor: Cursor, modes: ModesSyntax, token: Token): void {
  next(cursor);
  if (!accept(cursor, 'word', 'close')) {
    const wrong = peek(cursor);
    const { span } = wrong;
    const suggestions = nearest(wrong.text, ['close']).map((word) => corrected(cursor.text, span, word));
    // `on 1h close`: an interval at the end is told where it belongs.
    const close = peek(cursor, 1);
    if (wrong.kind === 'number' && isWord(close, 'close'))
      suggestions.push(corrected(cursor.text, [span[0], close.span[1]], `close ${wrong.text}`));
    fail('unexpected', `I expected \`on close\`, not ${nameToken(cursor, wrong)}`, span, { suggestions });
  }
  set(modes, 'onClose', true, since(cursor, token));
}

/** `late within 2h`. */
function readLate(cursor: Cursor, modes: ModesSyntax, token: Token): void {
  next(cursor);
  if (!accept(cursor, 'word', 'within')) {
    const { span } = peek(cursor);
    const hint = 'for example late within 2h';
    fail('unexpected', `I expected \`late within\`, not ${nameToken(cursor, peek(cursor))}`, span, { hint });
  }
  set(modes, 'late', expectDuration(cursor, 'late within 2h').ms, since(cursor, token));
}

/** `for 5m` or `for the next 7d`. */
function readFor(cursor: Cursor, modes: ModesSyntax, token: Token): void {
  next(cursor);
  const the = accept(cursor, 'word', 'the');
  if (!the && !isWord(peek(cursor), 'next')) {
    set(modes, 'hold', expectDuration(cursor, 'for 5m').ms, since(cursor, token));
    return;
  }
  if (!accept(cursor, 'word', 'next')) {
    fail('unexpected', `I expected \`for the next\``, peek(cursor).span, { hint: 'for example for the next 7d' });
  }
  const length = expectDuration(cursor, 'for the next 7d');
  // Whole seconds keep the canonical text short.
  const end = Number.isFinite(cursor.scope.now) ? Math.ceil((cursor.scope.now + length.ms) / 1000) * 1000 : length.ms;
  setUntil(cursor, modes, end, since(cursor, token));
}

function setUntil(cursor: Cursor, modes: ModesSyntax, until: number, span: Span): void {
  if (until <= cursor.scope.now) fail('impossible', 'this time has passed', span);
  set(modes, 'until', until, span);
}

function readMessage(cursor: Cursor, modes: ModesSyntax): void {
  const { span } = next(cursor);
  set(modes, 'message', { span }, span);
}
