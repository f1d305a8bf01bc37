import { TransportError, UserError } from '../engine/errors.ts';
import type { InstrumentInfo } from '../engine/market/instrument.ts';
import { MINUTE } from '../engine/market/interval.ts';
import type { Command, CommandContext } from './command.ts';
import { dayBefore } from './day.ts';
import { offerButton, sentence } from './error-message.ts';
import { formatLength, formatPercent, formatPrice, formatShort, formatValue } from './format.ts';
import { resolveSymbol } from './known-symbols.ts';
import type { Message, TextSpan } from './message.ts';
import type { MarketPort } from './ports.ts';
import { barsOf, namesOf, ratioId } from './ratio.ts';
import { requireInstrument, splitWords } from './symbol-argument.ts';

const MOST = 10;
const MOST_OFFERS = 3;
/** A price that is older than this says how old it is, in ms. */
const OLD_AFTER_MS = 2 * MINUTE;

export const price: Command = {
  name: 'price',
  summary: 'Last price and how the day went',
  usage: '/price SYMBOL…',
  permission: 'members',
  examples: ['/price btcusdt', '/price btc eth sol', '/price btc/eth'],
  args: [{ name: 'symbol', kind: 'symbol', description: 'One or more symbols, e.g. btcusdt', required: true }],
  slow: true,
  private: false,
  async run(context, text) {
    const words = splitWords(text);
    if (words.length === 0)
      throw new UserError('symbol-missing', 'Which symbol?', { hint: 'For example /price btcusdt' });
    const once = eachOnce(context, words);
    if (once.length > 1) return several(context, once);
    return { text: await lineOf(context, words[0], text) };
  },
};

/** As they were typed first: `btc btcusdt` is one. */
function eachOnce(context: CommandContext, words: readonly string[]): readonly string[] {
  const named = new Map<string, string>();
  for (const word of words) {
    const name = resolveSymbol(context, word)?.instrument ?? word.toLowerCase();
    if (!named.has(name)) named.set(name, word);
  }
  return [...named.values()];
}

/** A line for each; one that is not known, or whose venue is down, does not keep the others back. */
async function several(context: CommandContext, words: readonly string[]): Promise<Message> {
  const found = await Promise.all(words.slice(0, MOST).map((word) => lineOrWhyNot(context, word)));
  const spans: TextSpan[] = found.flatMap(({ spans: each }, i) => (i === 0 ? each : ['\n', ...each]));
  if (words.length > MOST) spans.push(`\nThat is ${MOST}, the most I show at once.`);
  const near = [...new Set(found.flatMap(({ offers }) => offers))].slice(0, MOST_OFFERS);
  const buttons = await Promise.all(near.map((symbol) => offerButton(context, symbol, 'price', symbol)));
  return { text: spans, ...(buttons.length > 0 ? { buttons: [buttons] } : {}) };
}

async function lineOrWhyNot(
  context: CommandContext,
  word: string,
): Promise<{ readonly spans: readonly TextSpan[]; readonly offers: readonly string[] }> {
  try {
    return { spans: await lineOf(context, word, word), offers: [] };
  } catch (error) {
    if (error instanceof UserError) return { spans: [sentence(error)], offers: error.suggestions };
    if (!(error instanceof TransportError) || !error.retryable) throw error;
    context.log.warn({ err: error, symbol: word }, 'a price could not be fetched');
    return { spans: [{ bold: word }, ' · its venue cannot be reached just now'], offers: [] };
  }
}

/** What a word stands for: a symbol, or a ratio of two. */
function lineOf(context: CommandContext, word: string, whole: string): Promise<readonly TextSpan[]> {
  const legs = word.split('/');
  const isSymbol = legs.length !== 2 || resolveSymbol(context, word) !== undefined;
  if (isSymbol) return line(context, requireInstrument(context, word, whole));
  const [above, below] = legs.map((leg) => requireInstrument(context, leg, whole));
  return ratioLine(context, above, below);
}

async function ratioLine(
  context: CommandContext,
  above: InstrumentInfo,
  below: InstrumentInfo,
): Promise<readonly TextSpan[]> {
  const { market, chat, clock } = context;
  const id = ratioId(above.instrument, below.instrument);
  const { symbol, venue } = namesOf(id);
  await Promise.all([above, below].map((leg) => market.bars(leg.instrument, MINUTE, 1)));
  const [top, bottom] = [market.price(above.instrument), market.price(below.instrument)];
  if (top === undefined || bottom === undefined)
    return [{ bold: symbol }, ` · ${venue} · no trade yet, I have just subscribed`];
  const now = clock.now();
  const last = { ts: Math.min(top.ts, bottom.ts), price: top.price / bottom.price };
  const bars: Pick<MarketPort, 'bars'> = { bars: (leg, interval, count) => barsOf(market, leg, interval, count) };
  const day = await dayBefore(bars, id, last, now);
  const spans: TextSpan[] = [{ bold: symbol }, ' ', { bold: formatValue(last.price, chat.locale) }];
  if (day !== undefined) spans.push(` ${formatPercent(day.change, chat.locale)} (24 h)`);
  spans.push(` · ${venue}`);
  if (now - last.ts > OLD_AFTER_MS) spans.push(` · ${formatLength(now - last.ts)} old`);
  return spans;
}

async function line(context: CommandContext, info: InstrumentInfo): Promise<readonly TextSpan[]> {
  const { market, chat, clock } = context;
  // The first request for an instrument subscribes to it and brings its last price.
  await market.bars(info.instrument, MINUTE, 1);
  const last = market.price(info.instrument);
  if (last === undefined) return [{ bold: info.symbol }, ` · ${info.venue} · no trade yet, I have just subscribed`];
  const priceOf = (value: number): string => formatPrice(value, info.tick, chat.locale);
  const now = clock.now();
  const day = await dayBefore(market, info.instrument, { ts: now, price: last.price }, now);
  const spans: TextSpan[] = [{ bold: info.symbol }, ' ', { bold: priceOf(last.price) }];
  if (day === undefined) spans.push(` · ${info.venue}`);
  else {
    spans.push(` ${formatPercent(day.change, chat.locale)} (24 h)`);
    const volume = `volume ${formatShort(day.volume, chat.locale)} ${info.base}`;
    spans.push(`\n${priceOf(day.low)} to ${priceOf(day.high)} · ${volume} · ${info.venue}`);
  }
  const age = now - last.ts;
  if (age > OLD_AFTER_MS) spans.push(` · ${formatLength(age)} old`);
  return spans;
}
