import { UserError } from '../engine/errors.ts';
import type { InstrumentInfo } from '../engine/market/instrument.ts';
import { formatInterval, parseInterval, STANDARD_INTERVALS } from '../engine/market/interval.ts';
import { lookup } from '../engine/series/catalog.ts';
import type { CommandContext } from './command.ts';
import type { Suggestion } from './service.ts';

/** The instrument that somebody typed. @throws UserError with near ones where there is none */
export function requireInstrument(context: Pick<CommandContext, 'chat' | 'market'>, text: string): InstrumentInfo {
  const preference = { venue: context.chat.venue, quote: context.chat.quote };
  const found = context.market.symbols.resolve(text, preference);
  if (found !== undefined) return found;
  const near = context.market.symbols.suggest(text, preference, 3).map((info) => info.symbol);
  throw new UserError('symbol-unknown', `I know no symbol “${text}”.`, {
    hint: near.length > 0 ? `Did you mean ${near.join(', ')}?` : 'Type it as btcusdt or binance:btcusdt.',
    suggestions: near,
  });
}

/** Symbol, interval and the rest of a text, in whatever order they were typed: `5m eth rsi`, `BTC/USDT 1h`. */
export function splitArguments(
  context: Pick<CommandContext, 'chat' | 'market'>,
  text: string,
): { readonly symbol: string | undefined; readonly interval: number | undefined; readonly rest: string } {
  const preference = { venue: context.chat.venue, quote: context.chat.quote };
  let symbol: string | undefined;
  let interval: number | undefined;
  const rest: string[] = [];
  for (const word of splitWords(text)) {
    if (interval === undefined && parseInterval(word) !== undefined) interval = parseInterval(word);
    else if (symbol === undefined && isSymbol(word) && context.market.symbols.resolve(word, preference) !== undefined)
      symbol = word;
    else rest.push(word);
  }
  return { symbol, interval, rest: rest.join(' ') };
}

/** A name of the catalog is no symbol: `/chart rsi eth` means ethereum's rsi. */
function isSymbol(word: string): boolean {
  return lookup(word) === undefined && /^[a-z0-9:/_.-]+$/i.test(word) && !/^\d+$/.test(word);
}

/** Words, where what stands in brackets belongs together: `ema(20, close) rsi`. */
export function splitWords(text: string): readonly string[] {
  const words: string[] = [];
  let word = '';
  let depth = 0;
  for (const char of text) {
    if (char === '(' || char === '[') depth++;
    if (char === ')' || char === ']') depth--;
    if (/[\s,]/.test(char) && depth <= 0) {
      if (word !== '') words.push(word);
      word = '';
    } else word += char;
  }
  if (word !== '') words.push(word);
  return words;
}

export function completeSymbols(
  context: Pick<CommandContext, 'chat' | 'market'>,
  typed: string,
): readonly Suggestion[] {
  const preference = { venue: context.chat.venue, quote: context.chat.quote };
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
  return [...new Set(all)].filter((text) => text.startsWith(wanted)).map((text) => ({ label: text, value: text }));
}
