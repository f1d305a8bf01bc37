import { z } from 'zod';
import { UserError } from '../engine/errors.ts';
import type { Expr } from '../engine/language/ast.ts';
import { parseExpression } from '../engine/language/parse.ts';
import type { SignalEventBody, SignalStory } from '../engine/ledger/rows.ts';
import { splitInstrument } from '../engine/market/instrument.ts';
import { formatInterval } from '../engine/market/interval.ts';
import type { FiringContext } from './firing-message.ts';
import { formatLength, formatMinute, formatPercent, formatPrice, formatTime, formatValue } from './format.ts';
import type { Button, Message, TextSpan } from './message.ts';
import { formatSeriesValue } from './rule-words.ts';
import { storedScope } from './scope.ts';

/** Kinds of deliveries: the message of a signal, and what changes it. */
export const SIGNAL = 'signal';
export const SIGNAL_MOVED = 'signal-moved';

/** What both are composed from, beside the ledger. */
const Payload = z.object({
  feedId: z.string(),
  instrument: z.string(),
  /** Signals of its strategy that had ended by then. */
  past: z.number(),
});
export type SignalPayload = z.infer<typeof Payload>;
export const readSignalPayload = (payload: unknown): SignalPayload | undefined => Payload.safeParse(payload).data;

/** A signal is told as late from here on, in ms. */
const LATE_AFTER_MS = 10_000;
/** Under the first signals of a day. */
export const NO_ADVICE: readonly TextSpan[] = [{ italic: 'Signals are no advice: ' }, { code: '/disclaimer' }];
/** Reasons that are listed. */
const MOST_REASONS = 6;

export type SignalWords = Pick<FiringContext, 'market' | 'chat' | 'clock'>;

/** What is said beside the signal itself. */
export interface SignalSurroundings {
  readonly payload: SignalPayload;
  /** When the message went out, or now, in ms. */
  readonly sentAt: number;
  /** Whether the line that signals are no advice stands under it. */
  readonly isFirstToday: boolean;
}

/** The message of a signal as it stands: what was raised, and what came of it so far. */
export function signalMessage(
  context: Pick<FiringContext, 'market' | 'chat' | 'clock' | 'button'>,
  story: SignalStory,
  { payload, sentAt, isFirstToday }: SignalSurroundings,
): Message {
  const { signal, end } = story;
  const text: TextSpan[] = [
    ...headWords(context, story, sentAt),
    '\n',
    ...levelWords(context, story),
    `\n${confidenceWords(context, story, payload.past)}`,
    `\n${reasonWords(context, story)}`,
    `\n${placeWords(context, story, sentAt)}`,
  ];
  if (isFirstToday) text.push('\n', ...NO_ADVICE);
  return {
    text,
    buttons: [buttonsOf(context, payload)],
    tone: end === undefined ? signal.side : end.result > 0 ? 'good' : 'bad',
  };
}

function buttonsOf({ button }: Pick<FiringContext, 'button'>, { feedId, instrument }: SignalPayload): Button[] {
  const [, symbol] = splitInstrument(instrument);
  return [
    button('Ledger', 'flg', [feedId]),
    // What a button can carry.
    ...(/^[a-z0-9_:-]{0,30}$/.test(symbol) ? [button(`Mute ${symbol} 2h`, 'mut', [symbol])] : []),
  ];
}

export const priceWords = ({ market, chat }: Omit<SignalWords, 'clock'>, instrument: string, price: number): string =>
  formatPrice(price, market.symbols.get(instrument)?.tick, chat.locale);

/** How a signal that ended is called, and with what mark. */
const ENDS: Readonly<Record<SignalEventBody['what'], string>> = {
  target: 'target',
  stop: 'stop',
  exit: 'exit',
  expired: 'time over',
};

/** `🟢 long btcusdt at 60,150.00`, or with its end: `✅ long btcusdt: target 62,300.00 → +3.3 % after costs`. */
export function headWords(context: SignalWords, { signal, end }: SignalStory, sentAt: number): readonly TextSpan[] {
  const { side, instrument, strategy, interval } = signal;
  const what = `${side} ${splitInstrument(instrument)[1]}`;
  const said = (price: number): string => priceWords(context, instrument, price);
  const from = ` · ${formatInterval(interval)} · ${strategy}`;
  if (end === undefined) {
    const lateMs = sentAt - signal.ts;
    const late: readonly TextSpan[] = lateMs > LATE_AFTER_MS ? [{ bold: `late ${formatLength(lateMs)}` }, ' · '] : [];
    return [side === 'long' ? '🟢 ' : '🔴 ', ...late, { bold: what }, ` at ${said(signal.price)}${from}`];
  }
  const result = formatPercent(end.result, context.chat.locale, 2);
  const mark = end.result > 0 ? '✅ ' : '❌ ';
  return [mark, { bold: what }, `: ${ENDS[end.what]} ${said(end.price)} → `, { bold: result }, ` after costs${from}`];
}

/** Entry, stop and target, with how far they are away. */
function levelWords(context: SignalWords, { signal, opened }: SignalStory): readonly TextSpan[] {
  const { instrument, price, stop, target } = signal;
  const entry = opened?.price ?? price;
  const away = (level: number): string =>
    `${priceWords(context, instrument, level)} (${formatPercent(level / entry - 1, context.chat.locale, 2)})`;
  const parts = [
    opened === undefined
      ? `entry at the next price, near ${priceWords(context, instrument, price)}`
      : `entry ${priceWords(context, instrument, opened.price)}`,
    stop === null ? 'no stop' : `stop ${away(stop)}`,
    ...(target === null ? [] : [`target ${away(target)}`]),
  ];
  return [parts.join(' · ')];
}

function confidenceWords({ chat }: SignalWords, { signal }: SignalStory, past: number): string {
  const { confidence } = signal;
  const count = past.toLocaleString(chat.locale);
  if (confidence === null)
    return `Too few past signals for a confidence: ${past === 0 ? 'none has ended' : `${count} ended`}.`;
  return `Hit rate of ${count} like signals: ${Math.round(confidence * 100)} %.`;
}

/** A series of a signal, read back from its text; undefined where that cannot be read any more. */
function seriesFrom(
  { market }: SignalWords,
  { instrument, interval }: SignalStory['signal'],
  text: string,
): Expr | undefined {
  const scope = storedScope({ instrument, interval });
  const preference = { venue: splitInstrument(instrument)[0], quote: '' };
  const resolve = (name: string) => scope.resolve(name) ?? market.symbols.resolve(name, preference)?.instrument;
  try {
    return parseExpression(text, { ...scope, resolve });
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** The values that raised it, each in its own unit. */
function reasonWords(words: SignalWords, { signal }: SignalStory): string {
  const { market, chat } = words;
  const shown = (series: string, value: number): string => {
    const expr = seriesFrom(words, signal, series);
    return expr === undefined ? formatValue(value, chat.locale) : formatSeriesValue(market, expr, value, chat.locale);
  };
  const all = Object.entries(signal.reasons).map(([series, value]) => {
    const said = typeof value === 'number' ? shown(series, value) : (value ?? 'unknown');
    return `${series} ${said}`;
  });
  const more = all.length > MOST_REASONS ? [`${all.length - MOST_REASONS} more`] : [];
  return `because of ${[...all.slice(0, MOST_REASONS), ...more].join(' · ')}`;
}

/** `14:05:00 UTC · binance · filled 14:05:01 · out 15:12`. */
function placeWords({ chat }: SignalWords, { signal, opened, end }: SignalStory, sentAt: number): string {
  const { timeZone } = chat;
  const at = formatTime(signal.ts, timeZone, sentAt);
  const filled = opened === undefined ? [] : [`filled ${formatTime(opened.ts, timeZone, sentAt)}`];
  const out =
    end === undefined
      ? []
      : [
          `out ${formatMinute(end.ts, timeZone, sentAt)} after ${formatLength(Math.max(0, end.ts - (opened?.ts ?? signal.ts)))}`,
        ];
  return [at, splitInstrument(signal.instrument)[0], ...filled, ...out].join(' · ');
}
