import type { AbsentSymbol } from '../engine/language/scope.ts';
import type { InstrumentInfo } from '../engine/market/instrument.ts';
import { baseOf } from './coin-names.ts';
import type { CommandContext } from './command.ts';

export type SymbolContext = Pick<CommandContext, 'chat' | 'market'>;

const OFFERED = 3;

/** How a chat reads a bare symbol. */
export function preferenceOf({ chat }: SymbolContext) {
  return { venue: chat.venue, quote: chat.quote };
}

/**
 * The instrument that a chat means by a text. While a venue that would come first has not told what it lists, a bare symbol is
 * nobody's: an alert on another venue's prices is not what was asked for.
 */
export function resolveSymbol(context: SymbolContext, text: string): InstrumentInfo | undefined {
  const { market, chat } = context;
  const found = market.symbols.resolve(text, preferenceOf(context));
  if (found === undefined || text.includes(':')) return found;
  const order = [chat.venue, ...market.feeds().map((feed) => feed.name)];
  const before = order.slice(0, order.indexOf(found.venue));
  return market.unlisted().some((venue) => before.includes(venue)) ? undefined : found;
}

/** Up to three symbols that may have been meant, best first, as one would write them. */
export function symbolsNear(context: SymbolContext, text: string): readonly string[] {
  const preference = preferenceOf(context);
  const { symbols } = context.market;
  const base = baseOf(text);
  const named = base === undefined ? undefined : symbols.resolve(base, preference);
  const near: readonly InstrumentInfo[] = symbols.suggest(text, preference, OFFERED);
  const all = [...(named === undefined ? [] : [named]), ...near].map((info) => info.symbol);
  return [...new Set(all)].slice(0, OFFERED);
}

/** Items that need no feed: whatever was handed in is known, and nothing else. */
const HANDED_IN = 'ingest';

/** Why nothing can be known of a symbol: its venue is not this bot's, or has not told yet what it lists. */
export function absentSymbol(context: SymbolContext, text: string): AbsentSymbol | undefined {
  const { market } = context;
  const venues = market.feeds().map((feed) => feed.name);
  const colon = text.lastIndexOf(':');
  const venue = colon < 0 ? undefined : text.slice(0, colon).toLowerCase();
  if (venue !== undefined && venue !== HANDED_IN && !venues.includes(venue)) {
    const bare = market.symbols.resolve(text.slice(colon + 1), preferenceOf(context));
    return {
      code: 'venue-unknown',
      message: `${venue} is not among this bot’s venues (${venues.join(', ')}).`,
      hint: 'Its operator can add it to FEEDS.',
      instead: bare === undefined ? [] : [bare.symbol],
    };
  }
  const down = market.unlisted().filter((name) => venue === undefined || name === venue);
  if (down.length === 0) return undefined;
  const elsewhere = venue === undefined ? market.symbols.resolve(text, preferenceOf(context)) : undefined;
  return {
    code: 'venue-down',
    message: `${unlistedWords(down)}.`,
    hint: `I keep trying; see /status.${elsewhere === undefined ? '' : ` There is ${elsewhere.instrument}, too.`}`,
    instead: elsewhere !== undefined ? [elsewhere.instrument] : venue === undefined ? symbolsNear(context, text) : [],
  };
}

/** `binance cannot be reached at the moment, so its symbols are not known yet`. */
export function unlistedWords(venues: readonly string[]): string {
  const whose = venues.length === 1 ? 'its' : 'their';
  return `${venues.join(' and ')} cannot be reached at the moment, so ${whose} symbols are not known yet`;
}
