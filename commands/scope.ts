import { DateTime } from 'luxon';
import type { Scope } from '../engine/language/scope.ts';
import type { CommandContext } from './command.ts';

/** How a text is read in the context's chat. */
export function scopeOf(context: Pick<CommandContext, 'chat' | 'market' | 'clock'>, instrument?: string): Scope {
  const { chat, market, clock } = context;
  const preference = { venue: chat.venue, quote: chat.quote };
  return {
    resolve: (text) => market.symbols.resolve(text, preference)?.instrument,
    suggest: (text) => market.symbols.suggest(text, preference, 5).map((info) => info.symbol),
    instrument,
    interval: chat.interval,
    now: clock.now(),
    wallTime: (year, month, day, hour, minute) =>
      DateTime.fromObject({ year, month, day, hour, minute }, { zone: chat.timeZone }).toMillis(),
  };
}
