import { parseInterval } from '../market/interval.ts';
import { lookup } from '../series/catalog.ts';
import type { CatalogEntry } from '../series/catalog-entry.ts';
import type { Span } from './ast.ts';
import { type Cursor, nameToken, peek } from './cursor.ts';
import { equalityDetails, isEquality } from './equality.ts';
import { corrected, didYouMean, type FailureDetails, fail } from './failure.ts';
import { intervalBehind } from './interval-behind.ts';
import { nearest } from './nearest.ts';
import { saidOtherwise } from './otherwise.ts';
import { percentLength } from './percent-words.ts';
import { seriesPhraseAt } from './series-phrases.ts';
import { findSymbol, isFreeName } from './symbol-reader.ts';
import type { Token } from './tokens.ts';
import { refuseOtherwise } from './unknown.ts';
import { isComparing } from './words.ts';

/** Said behind a price; a rule's numbers are in the quote currency of its symbol. */
const CURRENCIES: ReadonlySet<string> = new Set('usd usdt usdc eur euro euros dollar dollars bucks'.split(' '));
/** Modes that are long enough for a slip to be told from another word. */
const FOLLOWERS = ['once', 'every', 'rearm', 'gate', 'until', 'silent'];
const MOST_BARS = 5000;

/**
 * @param intervalAt where an interval could stand, of a text that has none yet
 * @throws UserError where something is left over
 */
export function expectEnd(cursor: Cursor, intervalAt?: number): void {
  const token = peek(cursor);
  if (token.kind === 'end') return;
  const before = cursor.tokens[cursor.at - 1];
  const message = `I can't use ${nameToken(cursor, token)} here`;
  if (before?.kind === 'number' && CURRENCIES.has(token.text)) {
    const span: Span = [before.span[1], token.span[1]];
    fail('unexpected', message, token.span, { hint: 'leave it out', suggestions: [corrected(cursor.text, span, '')] });
  }
  const percent = before?.kind === 'number' && !before.percent ? percentLength(cursor.text, before.span[1]) : 0;
  if (before !== undefined && percent > 0) {
    const end = before.span[1] + percent;
    const suggestions = [corrected(cursor.text, [before.span[1], end], '%')];
    fail('unexpected', message, token.span, { hint: `write ${before.text}%`, suggestions });
  }
  const isCompared = cursor.tokens.slice(0, cursor.at).some(isComparing);
  // Behind a condition only a mode can be meant, or nothing, or what says otherwise what the condition ends with.
  const meant = saidOtherwise(cursor)?.meant;
  const isOfCondition = (seriesPhraseAt(cursor)?.span[0] ?? token.span[0]) < token.span[0];
  if (!isCompared || isOfCondition || meant === '' || meant?.startsWith('every')) refuseOtherwise(cursor);
  if (before?.kind === 'number' && before.value === undefined && cursor.at <= 2) {
    const name = nameToken(cursor, before);
    fail('bad-duration', `${name} is no interval`, before.span, {
      hint: 'the longest is 7d, for example 5m, 1h or 1d',
    });
  }
  const symbol = isFreeName(token) ? findSymbol(cursor) : undefined;
  if (symbol && !isFreeName(cursor.tokens[0])) {
    const name = cursor.text.slice(...symbol.span);
    const rest = corrected(cursor.text, symbol.span, '').trim().replace(/\s+/g, ' ');
    fail('unexpected', message, symbol.span, { hint: 'the symbol comes first', suggestions: [`${name} ${rest}`] });
  }
  const moved = intervalAt === undefined ? undefined : intervalBehind(cursor, intervalAt, isCompared);
  fail('unexpected', message, token.span, moved ?? leftoverDetails(cursor, token, before, isCompared));
}

function leftoverDetails(cursor: Cursor, token: Token, before: Token | undefined, isCompared: boolean): FailureDetails {
  const { text } = cursor;
  const replaced = (replacement: string): string => corrected(text, token.span, replacement);
  if (token.kind === 'number' && before?.kind === 'word') return numberBehind(cursor, token, before, isCompared);
  const turned = turnedRound(cursor, token, before);
  if (turned !== undefined) return turned;
  if (before?.kind === 'word' && lookup(before.text)?.fields.includes(token.text)) {
    const meant = `${before.text}.${token.text}`;
    return { hint: `did you mean ${meant}?`, suggestions: [corrected(text, [before.span[0], token.span[1]], meant)] };
  }
  if (isEquality(token)) return equalityDetails(text, token);
  const slips = isCompared && token.kind === 'word' ? nearest(token.text, FOLLOWERS, 1) : [];
  if (slips.length > 0) return didYouMean(text, token.span, slips);
  if (token.text === ',') return { hint: 'conditions are joined with and or or', suggestions: [replaced(' and')] };
  return { hint: 'a condition, then modes such as once or every 1h' };
}

/** `200 ema` is `ema(200)`, and `eth volume` behind another condition `eth.volume`. */
function turnedRound(
  { text, at, ...cursor }: Cursor,
  token: Token,
  before: Token | undefined,
): FailureDetails | undefined {
  const entry = token.kind === 'word' ? lookup(token.text) : undefined;
  if (entry === undefined || before === undefined) return undefined;
  const { span } = token;
  if (isLength(before) && entry.params.length > 0) {
    const meant = `${token.text}(${before.text})`;
    return { hint: `did you mean ${meant}?`, suggestions: [corrected(text, [before.span[0], span[1]], meant)] };
  }
  const symbol = isFreeName(before) ? findSymbol({ text, ...cursor, at: at - 1 }) : undefined;
  if (symbol === undefined) return undefined;
  const meant = `${text.slice(...before.span)}.${token.text}`;
  return { hint: `did you mean ${meant}?`, suggestions: [corrected(text, [before.span[0], span[1]], meant)] };
}

/** Whether a number can be how many bars something looks back. */
const isLength = ({ kind, value, percent }: Token): boolean =>
  kind === 'number' && !percent && Number.isInteger(value) && value! >= 1 && value! <= MOST_BARS;

/** `ema 50` may be `ema(50)`, `rsi 30` at the end of a rule a comparison whose sign is missing. */
function numberBehind(cursor: Cursor, token: Token, before: Token, isCompared: boolean): FailureDetails {
  const { text } = cursor;
  const entry = lookup(before.text);
  if (entry !== undefined && parseInterval(token.text) !== undefined) {
    const meant = `${before.text}@${token.text}`;
    const span: Span = [before.span[0], token.span[1]];
    return { hint: `an interval stands behind an @: ${meant}`, suggestions: [corrected(text, span, meant)] };
  }
  const hint = `parameters go in brackets: ${before.text}(${token.text})`;
  if (!isCompared && peek(cursor, 1).kind === 'end' && (entry === undefined || isLevel(entry))) {
    const signs = entry?.input === 'column' ? ['>', 'crosses'] : ['<', '>'];
    const suggestions = signs.map((sign) => corrected(text, [token.span[0], token.span[0]], `${sign} `));
    return { hint: `compare it: ${signs.map((sign) => `${sign} ${token.text}`).join(' or ')}`, suggestions };
  }
  if (!isLength(token) || (entry?.params.length ?? 0) === 0) return { hint };
  return { hint, suggestions: [corrected(text, [before.span[1], token.span[1]], `(${token.text})`)] };
}

/** Whether a number behind a series is a threshold of it rather than a length. */
const isLevel = (entry: CatalogEntry): boolean =>
  entry.input === 'column' || entry.scale === 'percent' || entry.scale === 'centred';
