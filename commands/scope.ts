import { DateTime } from 'luxon';
import { ANY_FACT, type FactNames, type Scope } from '../engine/language/scope.ts';
import { LISTING } from '../engine/market/listing.ts';
import { lookup } from '../engine/series/catalog.ts';
import type { CommandContext } from './command.ts';
import { absentSymbol, resolveSymbol, symbolsNear } from './known-symbols.ts';

/** How a text is read in the context's chat. */
export function scopeOf(
  context: Pick<CommandContext, 'chat' | 'market' | 'clock'> & Partial<Pick<CommandContext, 'defined'>>,
  instrument?: string,
): Scope {
  const { chat, clock, market } = context;
  return {
    resolve: (text) => resolveSymbol(context, text)?.instrument,
    suggest: (text) => symbolsNear(context, text),
    venues: market.feeds().map((feed) => feed.name),
    ...(context.defined === undefined ? {} : { definitions: context.defined }),
    facts: otherFacts(market),
    absent: (text) => absentSymbol(context, text),
    instrument,
    interval: chat.interval,
    now: clock.now(),
    wallTime: (year, month, day, hour, minute) =>
      DateTime.fromObject({ year, month, day, hour, minute }, { zone: chat.timeZone }).toMillis(),
  };
}

/** The facts that the catalog does not know. */
export function otherFacts(market: Pick<CommandContext['market'], 'factNames'>): FactNames {
  const names = () => market.factNames().filter((name) => lookup(name) === undefined && name !== LISTING);
  return { has: (name) => names().includes(name), names };
}

/** As `scopeOf`, for what somebody types and is stored. */
export function typedScopeOf(context: CommandContext, onReading?: (written: string, value: number) => void): Scope {
  const price = (instrument: string) => context.market.price(instrument)?.price;
  return { ...scopeOf(context), typed: { price, ...(onReading === undefined ? {} : { onReading }) } };
}

/** How a text that was stored is read: every `venue:symbol` is itself, listed or not, whatever the chat's settings. */
export function storedScope({ instrument, interval }: { instrument: string; interval: number }): Scope {
  return {
    resolve: (text) => (text.includes(':') ? text.toLowerCase() : undefined),
    suggest: () => [],
    facts: ANY_FACT,
    instrument,
    interval,
    now: Number.NEGATIVE_INFINITY,
    wallTime: (year, month, day, hour, minute) => DateTime.utc(year, month, day, hour, minute).toMillis(),
  };
}
