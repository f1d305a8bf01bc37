import { UserError } from '../engine/errors.ts';
import type { InstrumentInfo } from '../engine/market/instrument.ts';
import { formatInterval, parseInterval, STANDARD_INTERVALS } from '../engine/market/interval.ts';
import { lookup } from '../engine/series/catalog.ts';
import { quoted } from './clean-text.ts';
import type { CommandContext } from './command.ts';
import type { Suggestion } from './service.ts';

type SymbolContext = Pick<CommandContext, 'chat' | 'market'>;

const OFFERED = 3;

function preferenceOf({ chat }: SymbolContext) {
  return { venue: chat.venue, quote: chat.quote };
}

/**
 * The instrument that somebody typed.
 * @param whole the text that `word` stands in: near symbols are offered as the same text with another symbol
 * @throws UserError with near ones where there is none
 */
export function requireInstrument(context: SymbolContext, word: string, whole = word): InstrumentInfo {
  const preference = preferenceOf(context);
  const found = context.market.symbols.resolve(word, preference);
  if (found !== undefined) return found;
  const near = context.market.symbols.suggest(word, preference, OFFERED).map((info) => info.symbol);
  const at = Math.max(0, whole.indexOf(word));
  const end = at + word.length;
  throw new UserError('symbol-unknown', `I know no symbol ${quoted(word)}.`, {
    hint: near.length > 0 ? `Did you mean ${near.join(', ')}?` : 'Type it as btcusdt or binance:btcusdt.',
    span: [at, end],
    suggestions: near.map((symbol) => whole.slice(0, at) + symbol + whole.slice(end)),
  });
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
  for (const { word, at } of placedWords(text)) {
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

/** A name of the catalog is no symbol: `/chart rsi eth` means ethereum's rsi. */
function isSymbol(context: SymbolContext, word: string): boolean {
  if (lookup(word) !== undefined || !/^[a-z0-9:/_.-]+$/i.test(word) || /^\d+$/.test(word)) return false;
  return context.market.symbols.resolve(word, preferenceOf(context)) !== undefined;
}

/** Words, where what stands in brackets belongs together: `ema(20, close) rsi`. */
export function splitWords(text: string): readonly string[] {
  return placedWords(text).map(({ word }) => word);
}

function placedWords(text: string): readonly { readonly word: string; readonly at: number }[] {
  const words: { word: string; at: number }[] = [];
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
