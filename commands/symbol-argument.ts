import { UserError } from '../engine/errors.ts';
import type { InstrumentInfo } from '../engine/market/instrument.ts';
import { formatInterval, parseInterval, STANDARD_INTERVALS } from '../engine/market/interval.ts';
import { lookup } from '../engine/series/catalog.ts';
import { quoted } from './clean-text.ts';
import { absentSymbol, preferenceOf, resolveSymbol, type SymbolContext, symbolsNear } from './known-symbols.ts';
import type { Suggestion } from './service.ts';

/**
 * The instrument that somebody typed.
 * @param whole the text that `word` stands in: near symbols are offered as the same text with another symbol
 * @param at where it stands there, where the same may stand there before
 * @throws UserError with near ones where there is none, or with the reason why none can be known
 */
export function requireInstrument(
  context: SymbolContext,
  word: string,
  whole = word,
  at = Math.max(0, whole.indexOf(word)),
): InstrumentInfo {
  const found = resolveSymbol(context, word);
  if (found !== undefined) return found;
  const end = at + word.length;
  const refuse = (code: string, message: string, hint: string, symbols: readonly string[]): never => {
    const suggestions = symbols.map((symbol) => whole.slice(0, at) + symbol + whole.slice(end));
    throw new UserError(code, message, { hint, span: [at, end], suggestions });
  };
  const absent = absentSymbol(context, word);
  if (absent !== undefined) return refuse(absent.code, absent.message, absent.hint, absent.instead);
  const near = symbolsNear(context, word);
  const venue = context.market.feeds()[0]?.name ?? 'binance';
  const hint = near.length > 0 ? `Did you mean ${near.join(', ')}?` : `Type it as btcusdt or ${venue}:btcusdt.`;
  return refuse('symbol-unknown', `I know no symbol ${quoted(word)}.`, hint, near);
}

/** What a text says, in whatever order it was typed: `5m eth rsi`, `BTC/USDT 1h`. */
export interface SplitArguments {
  readonly symbol: string | undefined;
  /** In ms. */
  readonly interval: number | undefined;
  /** The text with blanks where the symbol and the interval stood: places in it are places in the text. */
  readonly rest: string;
}

/** Finds the symbol and the interval among the words of a text. */
export function splitArguments(context: SymbolContext, text: string): SplitArguments {
  let symbol: string | undefined;
  let interval: number | undefined;
  const rest = Array<string>(text.length).fill(' ');
  let restEnd = 0;
  for (const { word, at } of joinedIntervals(joinedPerpetuals(text, placedWords(text)))) {
    const length = interval === undefined ? parseInterval(word) : undefined;
    if (length !== undefined) interval = length;
    else if (symbol === undefined && isSymbol(context, word)) symbol = word;
    else {
      // Only a comma between two words that are left parts them: `rsi, -z`.
      const comma = text.slice(restEnd, at).indexOf(',');
      if (restEnd > 0 && comma >= 0) rest[restEnd + comma] = ',';
      rest.splice(at, word.length, ...word.split(''));
      restEnd = at + word.length;
    }
  }
  return { symbol, interval, rest: rest.slice(0, restEnd).join('') };
}

/** What somebody may write for a symbol, `btc perp` included. */
export const SYMBOL = /^[a-z0-9:/_.-]+(?: +perp(?:etual)?)?$/i;

/** A name of the catalog is no symbol: `/chart rsi eth` means ethereum's rsi. */
function isSymbol(context: SymbolContext, word: string): boolean {
  if (lookup(word) !== undefined || !SYMBOL.test(word) || /^\d+$/.test(word)) return false;
  return context.market.symbols.resolve(word, preferenceOf(context)) !== undefined;
}

/** Words, where what stands in brackets belongs together: `ema(20, close) rsi`, and `btc perp` is one. */
export function splitWords(text: string): readonly string[] {
  return splitPlaced(text).map(({ word }) => word);
}

/** The same words with their places. */
export const splitPlaced = (text: string): readonly PlacedWord[] => joinedPerpetuals(text, placedWords(text));

export interface PlacedWord {
  readonly word: string;
  /** Where it begins in the text. */
  readonly at: number;
}

/** `15 min` as one word. */
function joinedIntervals(words: readonly PlacedWord[]): readonly PlacedWord[] {
  const joined: PlacedWord[] = [];
  for (const next of words) {
    const last = joined[joined.length - 1];
    const isInterval = /^\d+$/.test(last?.word ?? '') && /^(min|minutes?|hours?|days?|weeks?)$/i.test(next.word);
    if (isInterval) joined[joined.length - 1] = { word: `${last.word}${next.word.charAt(0)}`, at: last.at };
    else joined.push(next);
  }
  return joined;
}

/** `btc perp` as one word. */
function joinedPerpetuals(text: string, words: readonly PlacedWord[]): readonly PlacedWord[] {
  const joined: PlacedWord[] = [];
  for (const next of words) {
    const last = joined[joined.length - 1];
    const end = last === undefined ? 0 : last.at + last.word.length;
    const belongs = last !== undefined && /^perp(?:etual)?$/i.test(next.word) && text.slice(end, next.at).trim() === '';
    if (belongs) joined[joined.length - 1] = { word: text.slice(last.at, next.at + next.word.length), at: last.at };
    else joined.push(next);
  }
  return joined;
}

function placedWords(text: string): readonly PlacedWord[] {
  const words: PlacedWord[] = [];
  let start = 0;
  let depth = 0;
  const end = (at: number): void => {
    if (at > start) words.push({ word: text.slice(start, at), at: start });
    start = at + 1;
  };
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '(' || char === '[') depth++;
    if (char === ')' || char === ']') depth--;
    if (/[\s,]/.test(char) && depth <= 0) end(at);
  }
  end(text.length);
  return words;
}

export function completeSymbols(context: SymbolContext, typed: string): readonly Suggestion[] {
  const preference = preferenceOf(context);
  const found = context.market.symbols.suggest(typed, preference, 25);
  return found.map((info) => {
    const isFirst = context.market.symbols.resolve(info.symbol, preference)?.instrument === info.instrument;
    return { label: `${info.symbol} · ${info.venue}`, value: isFirst ? info.symbol : info.instrument };
  });
}

export function completeIntervals(typed: string): readonly Suggestion[] {
  const wanted = typed.trim().toLowerCase();
  const texts = STANDARD_INTERVALS.map(formatInterval);
  const own = parseInterval(wanted);
  const all = own === undefined ? texts : [formatInterval(own), ...texts];
  return [...new Set(all)]
    .filter((text) => text.startsWith(wanted) || (own !== undefined && text === formatInterval(own)))
    .map((text) => ({ label: text, value: text }));
}
