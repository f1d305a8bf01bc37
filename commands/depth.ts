import type { DepthRequest } from '../charts/figures/request.ts';
import { UserError } from '../engine/errors.ts';
import type { BookEvent } from '../engine/market/events.ts';
import type { InstrumentInfo } from '../engine/market/instrument.ts';
import type { DepthReport, MarketOrder, Wall } from '../engine/quant/depth.ts';
import { quoted } from './clean-text.ts';
import type { CommandContext } from './command.ts';
import { SYMBOL_ARG } from './desk-arguments.ts';
import { deskCommand } from './desk-command.ts';
import { deskPicture } from './desk-picture.ts';
import { timeOf } from './desk-report.ts';
import { offerButton } from './error-message.ts';
import {
  formatClock,
  formatFixed,
  formatLength,
  formatNumber,
  formatPercent,
  formatPrice,
  formatShort,
  priceDigits,
} from './format.ts';
import type { TextSpan } from './message.ts';
import { requireInstrument, splitWords } from './symbol-argument.ts';

/** What a market order costs is told for these amounts of the quote where no size is named. */
const AMOUNTS = [10_000, 100_000];
/** A book that is older is told with its age, in ms. */
const FRESH_MS = 10_000;
const SIZES = { k: 1e3, m: 1e6 } as const;

export const depth = deskCommand(
  {
    name: 'depth',
    summary: 'The order book, and what a market order would cost',
    usage: '/depth SYMBOL [SIZE]',
    examples: ['/depth btc', '/depth btc 10', '/depth btc 50k usdt'],
    details:
      'Bids and asks added up from the best price on, spread, imbalance, walls, and what buying or selling a size at once would cost.',
    args: [
      SYMBOL_ARG,
      { name: 'size', kind: 'text', description: 'Of a market order, in coins or shares, e.g. 10', required: false },
    ],
  },
  async (context, text) => {
    const { info, order, size } = readArguments(context, text);
    const book = await context.market.book(info.instrument);
    const { bids, asks } = book;
    const report = await context.desk.analyse('depth', { bids, asks, ...order });
    const picture = await deskPicture(context, figureOf(context, info, book, report), `Order book of ${info.symbol}`);
    const again = await offerButton(context, 'Again', 'depth', [info.instrument, ...size].join(' '));
    return {
      text: words(context, info, book, report),
      ...(picture && { picture }),
      buttons: [[again]],
      report: { symbols: [info.instrument], interval: undefined, values: { at: timeOf(book.ts), ...report } },
    };
  },
);

/** Sizes in units of the base, and amounts of the quote. */
interface Order {
  readonly sizes: readonly number[];
  readonly amounts: readonly number[];
}

const NUMBER = /^(?:\d+(?:\.\d+)?|\.\d+)[km]?$/i;

interface Arguments {
  readonly info: InstrumentInfo;
  readonly order: Order;
  /** The words that say the size. */
  readonly size: readonly string[];
}

/** `btc`, `btc 10`, `btc 50k usdt`, and the size first: `10 btc`, `50k usdt btc`. @throws UserError */
function readArguments(context: CommandContext, text: string): Arguments {
  const words = splitWords(text);
  const isSizeFirst = words.length > 1 && NUMBER.test(words[0]);
  const [symbol, size, unit, ...more] = isSizeFirst ? [words[words.length - 1], ...words.slice(0, -1)] : words;
  if (symbol === undefined)
    throw new UserError('symbol-missing', 'Which symbol?', { hint: 'For example /depth btc 10' });
  const info = requireInstrument(context, symbol, text);
  if (size === undefined) return { info, order: { sizes: [], amounts: AMOUNTS }, size: [] };
  const [, digits, factor] = /^(\d+(?:\.\d+)?|\.\d+)([km])?$/i.exec(size) ?? [];
  const number = Number(digits) * (factor === undefined ? 1 : SIZES[factor.toLowerCase() as keyof typeof SIZES]);
  if (!(number > 0) || more.length > 0) refuse(text, more.length > 0 ? more[0] : size, info);
  const isInQuote = unit?.toLowerCase() === info.quote;
  if (unit !== undefined && unit.toLowerCase() !== info.base && !isInQuote) refuse(text, unit, info);
  return {
    info,
    order: isInQuote ? { sizes: [], amounts: [number] } : { sizes: [number], amounts: [] },
    size: unit === undefined ? [size] : [size, unit],
  };
}

function refuse(text: string, word: string, { symbol, base, quote }: InstrumentInfo): never {
  const at = text.lastIndexOf(word);
  throw new UserError('depth-size', `${quoted(word)} is no size of ${symbol}.`, {
    hint: `In ${base}, as 10, or in ${quote}, as 50k ${quote}.`,
    span: [at, at + word.length],
  });
}

function words(
  { chat, clock }: CommandContext,
  info: InstrumentInfo,
  book: BookEvent,
  report: DepthReport,
): readonly TextSpan[] {
  const { locale } = chat;
  const { bidSize, askSize, imbalance } = report;
  const age = clock.now() - book.ts;
  const heavier = imbalance > 0 ? 'more is bid than asked' : 'more is asked than bid';
  const within = formatPercent(report.reach, locale, 2).replace('+', '');
  const known = report.reach > 0 ? `within ${within}` : 'at the best prices alone';
  return [
    { bold: info.symbol },
    ` order book · ${info.venue}${age > FRESH_MS ? ` · ${formatLength(age)} old` : ''}: spread `,
    { bold: `${formatFixed(report.spread, 2, locale)} bps` },
    `\n${known} ${amountOf(bidSize, info, locale)} bid, ${amountOf(askSize, info, locale)} asked: imbalance ${formatFixed(imbalance, 2, locale)}${Math.abs(imbalance) < 0.2 ? ', balanced' : `, ${heavier}`}`,
    `\n${report.walls.length === 0 ? 'No level stands out.' : `Walls: ${report.walls.map((wall) => wallText(wall, info, locale)).join(', ')}.`}`,
    ...report.orders.map((order) => `\n${orderText(order, info, locale)}`),
  ];
}

/** Large ones in full: `5m btc` would read as thousandths of one. */
const amountOf = (size: number, { base }: InstrumentInfo, locale: string): string =>
  `${formatNumber(size >= 1_000 ? Math.round(size) : Number(size.toPrecision(4)), locale)} ${base}`;

function wallText({ side, price, size, distance, times }: Wall, info: InstrumentInfo, locale: string): string {
  const far = formatPercent(side === 'bid' ? -distance : distance, locale, 2);
  const usual = `${formatFixed(times, 0, locale)} times the usual level`;
  return `${amountOf(size, info, locale)} ${side} at ${formatPrice(price, info.tick, locale)} (${far}, ${usual})`;
}

/** `Buying 10 btc: 60,012.30 on average, 3.1 bps worse than the middle (186 usdt), the last at 60,020.00.` */
function orderText(order: MarketOrder, info: InstrumentInfo, locale: string): string {
  const { side, size, filled, average, worst, slippage, cost } = order;
  const what = `${side === 'buy' ? 'Buying' : 'Selling'} ${amountOf(size, info, locale)}`;
  const price = (value: number) => formatPrice(value, info.tick, locale);
  const paid = `${formatFixed(slippage, 1, locale)} bps worse than the middle (${formatShort(cost, locale)} ${info.quote})`;
  if (filled < size * (1 - 1e-9))
    return `${what}: the book that is known holds ${amountOf(filled, info, locale)} of it, to ${price(worst)}, ${paid} on average.`;
  return `${what}: ${price(average)} on average, ${paid}, the last at ${price(worst)}.`;
}

function figureOf(
  { chat, clock }: CommandContext,
  { symbol, venue, tick, base }: InstrumentInfo,
  book: BookEvent,
  report: DepthReport,
): DepthRequest {
  const { bids, asks, middle, reach, walls } = report;
  // Where a side has but one level there is no reach: its own spread gives some room.
  const room = Math.max(reach, report.spread / 10_000);
  const amount = (size: number) => `${formatShort(size, 'en')} ${base}`;
  return {
    kind: 'depth',
    title: `${symbol.toUpperCase()}   order book`,
    note: `spread ${formatFixed(report.spread, 2, 'en')} bps`,
    foot: `${venue} · ${formatClock(book.ts, chat.timeZone, clock.now())} · within ${formatPercent(room, 'en', 2).replace('+', '')}${walls.length > 0 ? ' · yellow: walls' : ''}`,
    bids,
    asks,
    middle,
    range: [middle * (1 - room), middle * (1 + room)],
    digits: priceDigits(middle, tick),
    sides: { bids: `bids ${amount(report.bidSize)}`, asks: `asks ${amount(report.askSize)}` },
    unit: base,
    walls: walls.flatMap(({ side, price }) => {
      const curve = side === 'bid' ? bids : asks;
      const at = curve.prices.indexOf(price);
      return at < 0 ? [] : [{ price, sum: curve.sizes[at] }];
    }),
  };
}
