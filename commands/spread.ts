import { UserError } from '../engine/errors.ts';
import type { BookEvent } from '../engine/market/events.ts';
import type { InstrumentInfo } from '../engine/market/instrument.ts';
import { type VenueQuote, type VenueSpreads, venueSpreads } from '../engine/quant/venue-spread.ts';
import type { CommandContext } from './command.ts';
import { SYMBOL_ARG } from './desk-arguments.ts';
import { type DeskCommand, timeOf } from './desk-report.ts';
import { formatFixed, formatLength, formatPercent, formatPrice } from './format.ts';
import { unlistedWords } from './known-symbols.ts';
import type { TextSpan } from './message.ts';
import { requireInstrument } from './symbol-argument.ts';
import { takerFee } from './taker-fees.ts';
import { textTable } from './text-table.ts';

/** As many books as are asked for at once. */
const MOST_VENUES = 12;
/** Quotes that differ by more time than this are not of the same moment, in ms. */
const SAME_MOMENT_MS = 10_000;
const BPS = 10_000;

export const spread: DeskCommand = {
  name: 'spread',
  summary: 'One symbol at all venues: bid, ask, and what is left after fees',
  permission: 'members',
  usage: '/spread SYMBOL',
  examples: ['/spread btc', '/spread btcusdt.p'],
  details:
    'Best bid and ask at each venue that has it, how far each is off the median, and whether buying here and selling there pays after takers’ fees.',
  args: [SYMBOL_ARG],
  slow: true,
  private: false,
  async run(context, text) {
    if (text.trim() === '') throw new UserError('symbol-missing', 'Which symbol?', { hint: 'For example /spread btc' });
    const info = requireInstrument(context, text.trim());
    const same = sameThing(context, info);
    const asked = await Promise.all(same.map((each) => quoteOf(context, each)));
    const { quoted, without } = recent(asked, context.clock.now());
    const silent = context.market.unlisted();
    if (silent.length > 0) without.push(unlistedWords(silent));
    if (quoted.length === 0)
      throw new UserError('no-quotes', `Nobody tells bid and ask of ${info.symbol} now: ${without.join('; ')}.`, {
        hint: 'Try again in a moment.',
      });
    return {
      text: words(context, info, quoted, without),
      report: {
        symbols: quoted.map((each) => each.info.instrument),
        interval: undefined,
        values: valuesOf(quoted),
      },
    };
  },
};

/** The same base against the same quote in the same kind of market, at every venue; the one that was meant first. */
function sameThing({ market }: CommandContext, info: InstrumentInfo): readonly InstrumentInfo[] {
  const others = market.symbols.all().filter(({ instrument, base, quote, kind, active }) => {
    const isSame = base === info.base && quote === info.quote && kind === info.kind;
    return isSame && active && instrument !== info.instrument;
  });
  return [info, ...others].slice(0, MOST_VENUES);
}

interface Quoted extends VenueQuote {
  readonly info: InstrumentInfo;
  /** In ms. */
  readonly ts: number;
}

type Asked = Quoted | { readonly info: InstrumentInfo; readonly why: string };

async function quoteOf({ market, log }: CommandContext, info: InstrumentInfo): Promise<Asked> {
  let book: BookEvent;
  try {
    book = await market.book(info.instrument);
  } catch (error) {
    // One venue that has no book must not hide the others.
    log.debug({ err: error, instrument: info.instrument }, 'no book for a comparison of venues');
    return { info, why: error instanceof UserError && error.code === 'no-book' ? 'no order books' : 'no book yet' };
  }
  const [bid, ask] = [book.bids.prices[0], book.asks.prices[0]];
  if (!(bid > 0 && ask > bid)) return { info, why: 'one side of the book is empty' };
  return { info, bid, ask, ts: book.ts, fee: takerFee(info.venue, info.kind) };
}

/** What is of this moment, and of the others why not. */
function recent(asked: readonly Asked[], now: number) {
  const quoted: Quoted[] = [];
  const without: string[] = [];
  for (const each of asked) {
    const { venue } = each.info;
    if ('why' in each) without.push(`${venue}: ${each.why}`);
    else if (now - each.ts > SAME_MOMENT_MS) without.push(`${venue}: its book is ${formatLength(now - each.ts)} old`);
    else quoted.push(each);
  }
  return { quoted, without };
}

function words(
  { chat }: CommandContext,
  info: InstrumentInfo,
  quoted: readonly Quoted[],
  without: readonly string[],
): readonly TextSpan[] {
  const spreads = venueSpreads(quoted);
  const bps = (value: number) => formatFixed(value, 1, chat.locale);
  const rows = quoted.map(({ info: { venue, tick }, bid, ask }, i) => [
    venue,
    formatPrice(bid, tick, chat.locale),
    formatPrice(ask, tick, chat.locale),
    bps(spreads.venues[i].spread),
    bps(spreads.venues[i].off),
  ]);
  const count = quoted.length === 1 ? '1 venue' : `${quoted.length} venues`;
  return [
    { bold: info.symbol },
    ` ${info.kind} · ${count}, spread and distance from the median in basis points\n`,
    { pre: textTable([['', 'bid', 'ask', 'spread', 'off'], ...rows]) },
    `\n${sentence(quoted, spreads, chat.locale)}`,
    ...(without.length > 0 ? [`\nNot told: ${without.join('; ')}.`] : []),
  ];
}

/** What is told of each venue, and the best way round. */
function valuesOf(quoted: readonly Quoted[]): object {
  const { middle, venues, best } = venueSpreads(quoted);
  const venueOf = (place: number) => quoted[place].info.venue;
  const rows = quoted.map(({ info, ts, bid, ask, fee }, i) => {
    return [info.venue, { at: timeOf(ts), bid, ask, fee, ...venues[i] }] as const;
  });
  return {
    middle,
    venues: new Map(rows),
    best: best && { ...best, buyAt: venueOf(best.buyAt), sellAt: venueOf(best.sellAt) },
  };
}

/** Whether any way round pays. */
function sentence(quoted: readonly Quoted[], { best }: VenueSpreads, locale: string): string {
  if (best === undefined) return 'No other venue here has it, so there is nothing to compare.';
  const [from, to] = [quoted[best.buyAt], quoted[best.sellAt]];
  const way = `Buying at ${from.info.venue} and selling at ${to.info.venue}`;
  const bps = (value: number) => `${formatFixed(value, 1, locale)} bps`;
  if (best.net === undefined) {
    const unknown = quoted.filter(({ fee }) => fee === undefined).map((each) => each.info.venue);
    return `${way} is ${bps(best.gross)} before fees; those of ${unknown.join(' and ')} I do not know.`;
  }
  const fees = `${bps((from.fee! + to.fee!) * BPS)} of takers’ fees (${feeOf(from, locale)}, ${feeOf(to, locale)})`;
  const end = best.net > 0 ? 'it pays on paper, before slippage and transfers' : 'no way round pays';
  return `${way}: ${bps(best.gross)}, after ${fees} ${bps(best.net)}: ${end}.`;
}

const feeOf = ({ info, fee }: Quoted, locale: string): string =>
  `${info.venue} ${formatPercent(fee!, locale, 2).replace('+', '')}`;
