import type { Command, CommandContext } from './command.ts';
import type { TextSpan } from './message.ts';
import type { PartStatus, VenueOffer } from './ports.ts';
import { markOfState } from './status.ts';

/** Names of one line that are listed: all that ccxt has fit. */
const MOST_NAMES = 150;

export const venues: Command = {
  name: 'venues',
  summary: 'Where prices come from',
  usage: '/venues',
  permission: 'members',
  examples: ['/venues'],
  args: [],
  slow: true,
  private: false,
  async run(context) {
    const spans: TextSpan[] = [{ bold: 'Venues' }];
    const feeds = context.market.feeds();
    for (const feed of feeds) spans.push('\n', ...configured(context, feed));
    const all = (await context.venues?.()) ?? [];
    const offers = offered(
      all,
      feeds.map(({ name }) => name),
    );
    if (offers.length === 0) return { text: spans };
    const own = feeds.map(({ name }) => name).join(',');
    spans.push('\n\nCould be turned on, by adding it to the operator’s ', { code: 'FEEDS' }, `:`, ...offers);
    spans.push('\nFor example ', {
      code: `FEEDS=${[own, example(all, feeds)].filter((part) => part !== '').join(',')}`,
    });
    return { text: spans };
  },
};

/** `🟢 binance: live, 2,041 markets`. */
function configured({ market, chat }: CommandContext, { name, state, detail }: PartStatus): readonly TextSpan[] {
  const why = detail === undefined ? '' : ` (${detail})`;
  const count = market.symbols.all().filter((info) => info.venue === name && info.active).length;
  const markets = `, ${count.toLocaleString(chat.locale)} ${count === 1 ? 'market' : 'markets'}`;
  // What is on a tape keeps the names under which it was recorded.
  const isCounted = count > 0 || (name !== 'tape' && !market.unlisted().includes(name));
  const known = isCounted ? markets : name === 'tape' ? '' : ', its markets are not known yet';
  return [`${markOfState(state)} `, { bold: name }, `: ${state}${known}${why}`];
}

/** One line each; a kind that stands for many (`ccxt:<id>`) has one for all. */
function offered(all: readonly VenueOffer[], there: readonly string[]): readonly TextSpan[] {
  return all.flatMap(({ name, about, members }): readonly TextSpan[] => {
    const left = members?.filter((member) => !there.includes(member));
    if (left?.length === 0 || there.includes(name.split(':')[0])) return [];
    const more = left !== undefined && left.length > MOST_NAMES ? ` and ${left.length - MOST_NAMES} more` : '';
    const names = left === undefined ? '' : `: ${left.slice(0, MOST_NAMES).join(', ')}${more}`;
    return ['\n⚪ ', { bold: name }, ` · ${about}${names}`];
  });
}

/** What can be copied as it is. */
function example(offers: readonly VenueOffer[], feeds: readonly PartStatus[]): string {
  const there = new Set(feeds.map(({ name }) => name));
  const all = offers.flatMap(({ name, members }) => members ?? [name]);
  return all.find((name) => !there.has(name) && !name.includes('<')) ?? '';
}
