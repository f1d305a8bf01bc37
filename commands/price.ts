import { UserError } from '../engine/errors.ts';
import { MINUTE } from '../engine/market/interval.ts';
import type { Command, CommandContext } from './command.ts';
import { dayBefore } from './day.ts';
import { formatLength, formatPercent, formatPrice, formatShort } from './format.ts';
import type { TextSpan } from './message.ts';
import { requireInstrument, splitWords } from './symbol-argument.ts';

const MOST = 10;
/** A price that is older than this says how old it is, in ms. */
const OLD_AFTER_MS = 2 * MINUTE;

export const price: Command = {
  name: 'price',
  summary: 'Last price and how the day went',
  usage: '/price SYMBOL…',
  examples: ['/price btcusdt', '/price btc eth sol'],
  args: [{ name: 'symbol', kind: 'symbol', description: 'One or more symbols, e.g. btcusdt', required: true }],
  slow: true,
  private: false,
  async run(context, text) {
    const words = splitWords(text);
    if (words.length === 0)
      throw new UserError('symbol-missing', 'Which symbol?', { hint: 'For example /price btcusdt' });
    const lines = await Promise.all(words.slice(0, MOST).map((word) => line(context, word, text)));
    const spans = lines.flatMap((each, i) => (i === 0 ? each : ['\n', ...each]));
    return { text: words.length > MOST ? [...spans, `\nThat is ${MOST}, the most I show at once.`] : spans };
  },
};

async function line(context: CommandContext, word: string, text: string): Promise<readonly TextSpan[]> {
  const { market, chat, clock } = context;
  const info = requireInstrument(context, word, text);
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
