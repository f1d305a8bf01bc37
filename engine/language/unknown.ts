import { CATALOG, lookup } from '../series/catalog.ts';
import { type Cursor, isOp, peek } from './cursor.ts';
import { corrected, didYouMean, fail, quote } from './failure.ts';
import { nearest } from './nearest.ts';
import { saidOtherwise } from './otherwise.ts';
import { gluedLength } from './symbol-reader.ts';
import { MATH } from './words.ts';

const NAMES = [...CATALOG.flatMap((entry) => [entry.name, ...entry.aliases]), ...Object.keys(MATH)];
const OFFERED = 3;

/** What the chat has defined, and what facts were told. */
const defined = ({ scope }: Cursor): readonly string[] => [
  ...(scope.params?.keys() ?? []),
  ...(scope.definitions?.keys() ?? []),
  ...(scope.facts?.names() ?? []),
];

/**
 * Refuses the name at the cursor, with what may have been meant: functions where it is called or applied, symbols where
 * one may stand.
 */
export function failUnknown(cursor: Cursor): never {
  const token = peek(cursor);
  const { text } = cursor;
  const afterDot = cursor.at > 0 && isOp(cursor.tokens[cursor.at - 1], '.');
  if (afterDot || (token.kind === 'word' && isOp(peek(cursor, 1), '('))) {
    const called = isOp(peek(cursor, 1), '(');
    const what = called ? 'function' : 'series';
    const names = nearest(token.text, called ? NAMES : [...defined(cursor), ...NAMES], OFFERED);
    const details =
      names.length > 0 ? didYouMean(text, token.span, names) : { hint: '/help series lists what there is' };
    fail('unknown-name', `no ${what} ${quote(token.text)}`, token.span, details);
  }
  refuseOtherwise(cursor);
  refuseAbsent(cursor);
  // Where no symbol is known yet, the first word is one: a series would only lead to the question of which symbol.
  if (cursor.at === 0 && cursor.scope.instrument === undefined) return failSymbol(cursor);
  const names = token.kind === 'word' ? namesNear(cursor, token.text) : [];
  if (names.length > 0) {
    const symbols = cursor.scope.suggest(token.text).filter((symbol) => nearest(token.text, [symbol]).length > 0);
    const all = [...names, ...symbols].slice(0, OFFERED);
    fail('unknown-name', `no series or symbol ${quote(token.text)}`, token.span, didYouMean(text, token.span, all));
  }
  return failSymbol(cursor);
}

/** `sma200` -> `sma(200)`, `signal` -> `macd.signal`, `vlume` -> `volume`. */
function namesNear(cursor: Cursor, word: string): readonly string[] {
  const sized = withBrackets(word);
  if (sized !== undefined) return [sized];
  const owners = CATALOG.filter((entry) => entry.fields.includes(word));
  const named = owners.filter((entry) => cursor.tokens.some((token) => lookup(token.text) === entry));
  const fields = (named.length > 0 ? named : owners).map((entry) => `${entry.name}.${word}`);
  return fields.length > 0 ? fields.slice(0, OFFERED) : nearest(word, [...defined(cursor), ...NAMES], OFFERED);
}
function withBrackets(word: string): string | undefined {
  const [, name, digits] = /^([a-z_]+)([1-9]\d{0,3})$/.exec(word) ?? [];
  return name !== undefined && (lookup(name)?.params.length ?? 0) > 0 ? `${name}(${digits})` : undefined;
}

/** Refuses a symbol that cannot be known, where the scope can tell why. */
function refuseAbsent(cursor: Cursor): void {
  const token = peek(cursor);
  if (cursor.at > 0 && token.kind !== 'qualified') return;
  const last = peek(cursor, gluedLength(cursor) - 1);
  const span = [token.span[0], last.span[1]] as const;
  const absent = cursor.scope.absent?.(cursor.text.slice(...span).toLowerCase());
  if (absent === undefined) return;
  const { code, message, hint, instead } = absent;
  fail(code, message, span, { hint, suggestions: instead.map((symbol) => corrected(cursor.text, span, symbol)) });
}

/** Refuses what is said in other words than the language's, where it is known what is meant. */
export function refuseOtherwise(cursor: Cursor): void {
  const said = saidOtherwise(cursor);
  if (said === undefined) return;
  const { meant, also = [], span } = said;
  const { text } = cursor;
  const words = quote(text.slice(...span).trim());
  if (meant !== '') fail('unknown-name', `I don't know ${words}`, span, didYouMean(text, span, [meant, ...also]));
  fail('unexpected', `${words} can be left out`, [span[0], text.slice(0, span[1]).trimEnd().length], {
    suggestions: [corrected(text, span, '').trimEnd()],
  });
}

/** Refuses the name at the cursor as a symbol. @throws UserError always */
export function failSymbol(cursor: Cursor): never {
  refuseOtherwise(cursor);
  refuseAbsent(cursor);
  const last = peek(cursor, gluedLength(cursor) - 1);
  const span = [peek(cursor).span[0], last.span[1]] as const;
  const written = cursor.text.slice(...span).toLowerCase();
  const before = cursor.tokens[cursor.at - 1];
  if (/^\d+[a-z]+$/.test(written) && (before === undefined || before.kind === 'word')) {
    const hint = 'an interval is written 30s, 5m, 1h or 1d';
    fail('unknown-symbol', `${quote(written)} is neither an interval nor a symbol`, span, { hint });
  }
  const symbols = cursor.scope.suggest(written).slice(0, OFFERED);
  const what = before === undefined || symbols.length > 0 ? 'symbol' : 'series or symbol';
  return fail('unknown-symbol', `no ${what} ${quote(written)}`, span, didYouMean(cursor.text, span, symbols));
}
