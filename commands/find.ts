import { UserError } from '../engine/errors.ts';
import type { InstrumentInfo } from '../engine/market/instrument.ts';
import { quoted } from './clean-text.ts';
import { baseOf } from './coin-names.ts';
import type { Command, CommandContext } from './command.ts';
import { offerButton } from './error-message.ts';
import { formatPrice, formatShort } from './format.ts';
import { absentSymbol, preferenceOf, unlistedWords } from './known-symbols.ts';
import type { Button, Message, TextSpan } from './message.ts';

/** Matches that are listed, and the first of them that have buttons. */
const MOST = 8;
const MOST_BUTTONS = 4;

export const find: Command = {
  name: 'find',
  summary: 'Markets of a coin or share',
  usage: '/find TEXT',
  permission: 'members',
  examples: ['/find sol', '/find bybit:btc', '/find eth perp'],
  args: [{ name: 'text', kind: 'symbol', description: 'Symbol, coin or share, e.g. sol', required: true }],
  slow: false,
  private: false,
  async run(context, text) {
    if (text === '') throw new UserError('find-missing', 'What shall I look for?', { hint: 'For example /find sol' });
    requireVenue(context, text);
    const found = matches(context, text);
    if (found.length === 0) return { text: nothing(context, text) };
    const spans: TextSpan[] = [];
    found.forEach((info, i) => {
      const number: TextSpan[] = found.length === 1 ? [] : [{ code: String(i + 1) }, ' '];
      spans.push(...(i === 0 ? [] : ['\n']), ...number, ...line(context, info));
    });
    spans.push(...silentVenues(context, text));
    return { text: spans, buttons: await buttons(context, found.slice(0, MOST_BUTTONS)) };
  },
};

/** Best first; a coin's name finds its symbol. */
function matches(context: CommandContext, text: string): readonly InstrumentInfo[] {
  const { symbols } = context.market;
  const preference = preferenceOf(context);
  const venue = venueOf(text);
  const suggest = (typed: string) =>
    symbols.suggest(typed, preference, MOST).filter((info) => venue === undefined || info.venue === venue);
  const base = baseOf(text.slice(text.lastIndexOf(':') + 1));
  const named = base === undefined ? [] : suggest(venue === undefined ? base : `${venue}:${base}`);
  return named.length > 0 ? named : suggest(text);
}

/** `bybit` of `bybit:btc`. */
const venueOf = (text: string): string | undefined =>
  text.includes(':') ? text.slice(0, text.lastIndexOf(':')).toLowerCase() : undefined;

/** @throws UserError where a venue was typed that this bot has not: the markets of another one are no answer */
function requireVenue(context: CommandContext, text: string): void {
  const absent = venueOf(text) === undefined ? undefined : absentSymbol(context, text);
  if (absent?.code !== 'venue-unknown') return;
  const { code, message, hint, instead } = absent;
  throw new UserError(code, message, { hint, span: [0, text.length], suggestions: instead });
}

/** `solusdt · binance · spot · 181.35`. The price only where it is watched: a look at a list subscribes to nothing. */
function line({ market, chat }: CommandContext, info: InstrumentInfo): readonly TextSpan[] {
  const last = market.price(info.instrument);
  const price = last === undefined ? '' : ` · ${formatPrice(last.price, info.tick, chat.locale)}`;
  const volume = info.volume === undefined ? '' : ` · ${formatShort(info.volume, chat.locale)} ${info.quote} in 24 h`;
  return [{ bold: info.symbol }, ` · ${info.venue} · ${info.kind}${price}${volume}`];
}

async function buttons(context: CommandContext, found: readonly InstrumentInfo[]): Promise<readonly Button[][]> {
  const { symbols } = context.market;
  const row = async (info: InstrumentInfo, i: number): Promise<Button[]> => {
    const number = found.length === 1 ? '' : ` ${i + 1}`;
    const isFirst = symbols.resolve(info.symbol, preferenceOf(context))?.instrument === info.instrument;
    const typed = isFirst ? info.symbol : info.instrument;
    return Promise.all([
      offerButton(context, `Chart${number}`, 'chart', typed),
      offerButton(context, `Alert${number}`, 'alert', typed),
    ]);
  };
  return Promise.all(found.map(row));
}

function nothing(context: CommandContext, text: string): Message['text'] {
  const venue = venueOf(text);
  const venues = venue === undefined ? context.market.feeds().map((feed) => feed.name) : [venue];
  const name = text.slice(text.lastIndexOf(':') + 1);
  return [`Nothing like ${quoted(name)} at ${venues.join(', ')}.`, ...silentVenues(context, text)];
}

/** That a venue has not told what it lists must not look like a market that it has not. */
function silentVenues({ market }: CommandContext, text: string): readonly string[] {
  const venue = venueOf(text);
  const silent = market.unlisted().filter((name) => venue === undefined || name === venue);
  return silent.length === 0 ? [] : [`\n${unlistedWords(silent)}.`];
}
