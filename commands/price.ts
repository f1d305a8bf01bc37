import { UserError } from '../engine/errors.ts';
import { MINUTE } from '../engine/market/interval.ts';
import { dayChange } from './chart-view.ts';
import type { Command, CommandContext } from './command.ts';
import { formatLength, formatPercent, formatPrice, formatShort } from './format.ts';
import type { Message, TextSpan } from './message.ts';
import { requireInstrument, splitWords } from './symbol-argument.ts';

const MOST = 10;
/** A price that is older than this says how old it is, in ms. */
const OLD_AFTER_MS = 2 * MINUTE;

export const price: Command = {
  name: 'price',
  summary: 'The last price and how the day went',
  usage: '/price SYMBOL…',
  examples: ['/price btcusdt', '/price btc eth sol'],
  args: [{ name: 'symbol', kind: 'symbol', description: 'One or more symbols, e.g. btcusdt', required: true }],
  slow: true,
  private: false,
  async run(context, text) {
    const words = splitWords(text);
    if (words.length === 0)
      throw new UserError('symbol-missing', 'Which symbol?', { hint: 'For example /price btcusdt' });
    const lines = await Promise.all(words.slice(0, MOST).map((word) => line(context, word)));
    return { text: lines.flatMap((spans, i) => (i === 0 ? spans : ['\n', ...spans])) } satisfies Message;
  },
};

async function line(context: CommandContext, word: string): Promise<readonly TextSpan[]> {
  const { market, chat, clock } = context;
  const info = requireInstrument(context, word);
  const day = await market.bars(info.instrument, 15 * MINUTE, 97);
  const last = market.price(info.instrument);
  if (last === undefined) return [{ bold: info.symbol }, ` · ${info.venue} · no trade yet; I have just subscribed`];
  const shown = formatPrice(last.price, info.tick, chat.locale);
  const spans: TextSpan[] = [{ bold: info.symbol }, ' ', { bold: shown }];
  const change = await dayChange(context, info.instrument);
  if (change !== undefined) spans.push(` ${formatPercent(change, chat.locale)} (24 h)`);
  const bars = day.closed.slice(-96);
  if (bars.length === 96) {
    const low = formatPrice(Math.min(...bars.map((bar) => bar.low)), info.tick, chat.locale);
    const high = formatPrice(Math.max(...bars.map((bar) => bar.high)), info.tick, chat.locale);
    const volume = formatShort(
      bars.reduce((sum, bar) => sum + bar.volume, 0),
      chat.locale,
    );
    spans.push(`\n${low} to ${high} · volume ${volume} ${info.base} · ${info.venue}`);
  } else spans.push(` · ${info.venue}`);
  const age = clock.now() - last.ts;
  if (age > OLD_AFTER_MS) spans.push(` · ${formatLength(age)} old`);
  return spans;
}
