import { UserError } from '../engine/errors.ts';
import { LONGEST_DURATION, parseDuration } from '../engine/language/duration.ts';
import { HOUR, MINUTE } from '../engine/market/interval.ts';
import { quoted } from './clean-text.ts';
import type { ActionHandler, Command, CommandContext } from './command.ts';
import { formatLength, formatMinute } from './format.ts';
import type { Button, Message, TextSpan } from './message.ts';
import type { Mute } from './ports.ts';
import { requireInstrument, splitWords } from './symbol-argument.ts';

/** How long a mute lasts where nothing is said, in ms. */
const USUAL_MS = HOUR;
/** What is older than a day is not sent any more: a longer mute would lose it. */
const LONGEST_MS = 23 * HOUR;
const ALL: ReadonlySet<string> = new Set(['all', 'everything', '*']);

export const mute: Command = {
  name: 'mute',
  summary: 'Hear nothing of a symbol for a while',
  usage: '/mute [SYMBOL or all] [LENGTH]',
  permission: (text) => (text.trim() === '' ? 'members' : 'admins'),
  restricted: 'mute it',
  examples: ['/mute btc 2h', '/mute all 30m', '/mute'],
  details:
    'What fires meanwhile is kept and comes as one message when the mute is over. /unmute ends it before. ' +
    'Without a length it lasts an hour; 23h is the longest. To silence one alert alone, snooze it.',
  args: [
    { name: 'symbol', kind: 'symbol', description: 'For example btcusdt, or all', required: false },
    { name: 'length', kind: 'text', description: 'For example 2h', required: false },
  ],
  slow: false,
  private: false,
  async run(context, text) {
    const words = splitWords(text);
    if (words.length === 0) return listMutes(context);
    const { symbol, length } = readMute(context, words, text);
    return begin(context, symbol, length);
  },
  actions: {
    dgm: { permission: 'admins', run: (context) => muteByButton(context, '', USUAL_MS) },
    mut: { permission: 'admins', run: (context, [symbol = '']) => muteByButton(context, symbol, 2 * HOUR) },
    unm: { permission: 'admins', run: unmuteByButton },
  },
};

/** The symbol and the length in whatever order; the empty symbol is all of them. */
function readMute(context: CommandContext, words: readonly string[], text: string) {
  let symbol: string | undefined;
  let length: number | undefined;
  for (const word of words) {
    const ms = parseDuration(word.toLowerCase());
    if (ms !== undefined && length === undefined) length = checkedLength(ms, word);
    else if (symbol !== undefined) throw tooMuch(word);
    else symbol = ALL.has(word.toLowerCase()) ? '' : requireInstrument(context, word, text).symbol;
  }
  return { symbol: symbol ?? '', length: length ?? USUAL_MS };
}

function tooMuch(word: string): UserError {
  return new UserError('mute-unread', `I can’t read ${quoted(word)} there.`, {
    hint: 'Write a symbol and a length: /mute btc 2h',
  });
}

function checkedLength(ms: number, word: string): number {
  if (ms >= MINUTE && ms <= LONGEST_MS) return ms;
  const problem = ms > LONGEST_DURATION || ms > LONGEST_MS ? 'too long for a mute' : 'too short for a mute';
  throw new UserError('mute-length', `${quoted(word)} is ${problem}.`, {
    hint: `From 1m to ${formatLength(LONGEST_MS)}: what is older than a day is not sent any more. Pause or delete alerts instead.`,
  });
}

const nameOf = (symbol: string): string => (symbol === '' ? 'All alerts of this chat' : symbol);

async function begin(context: CommandContext, symbol: string, length: number): Promise<Message> {
  const { mutes, clock, chatKey, asker, chat } = context;
  const now = clock.now();
  const until = now + length;
  await mutes.set({ chatKey, symbol, until, userId: asker.userId });
  await context.reconsider(chatKey);
  const is = symbol === '' ? 'are' : 'is';
  return {
    text: [
      '🔇 ',
      { bold: nameOf(symbol) },
      ` ${is} muted until ${formatMinute(until, chat.timeZone, now)}. What fires meanwhile comes as one message then.`,
    ],
    buttons: [[unmuteButton(context, symbol)]],
  };
}

/** What a button can carry. */
const PACKED = /^[a-z0-9_:.-]{0,30}$/;

/** A button that ends a mute; of a symbol that it cannot carry, all of them. */
const unmuteButton = (context: CommandContext, symbol: string): Button =>
  context.button(symbol === '' ? 'Unmute' : `Unmute ${symbol}`, 'unm', PACKED.test(symbol) ? [symbol] : []);

async function muteByButton(context: CommandContext, symbol: string, length: number) {
  return { reply: await begin(context, symbol, length) };
}

async function unmuteByButton(context: CommandContext, [symbol]: readonly string[]): ReturnType<ActionHandler> {
  return { edit: await endMute(context, symbol) };
}

/** Ends a mute, or with `undefined` all of them: what waited for it is due. */
export async function endMute(context: CommandContext, symbol: string | undefined): Promise<Message> {
  const count = await context.mutes.remove(context.chatKey, symbol);
  await context.reconsider(context.chatKey);
  const what = symbol === undefined || symbol === '' ? 'All alerts of this chat' : symbol;
  if (count === 0) return { text: [symbol === undefined ? 'Nothing was muted.' : `${what} was not muted.`] };
  return { text: ['🔔 ', { bold: what }, ' can be heard again.'] };
}

async function listMutes(context: CommandContext): Promise<Message> {
  const all = await context.mutes.list(context.chatKey);
  if (all.length === 0) return { text: ['Nothing is muted. Try ', { code: '/mute btc 2h' }, '.'] };
  const { chat, clock } = context;
  const line = ({ symbol, until }: Mute): TextSpan[] => [
    '\n',
    { bold: nameOf(symbol) },
    ` until ${formatMinute(until, chat.timeZone, clock.now())}`,
  ];
  const buttons = all.slice(0, 5).map(({ symbol }) => unmuteButton(context, symbol));
  return { text: ['🔇 Muted', ...all.flatMap(line)], buttons: [buttons] };
}
