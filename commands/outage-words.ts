import type { CommandContext } from './command.ts';
import { formatLength, formatMinute } from './format.ts';
import { blindOnes, foundShort } from './outage-message.ts';
import type { Outage } from './ports.ts';

type Context = Pick<CommandContext, 'chat' | 'chatKey' | 'clock' | 'rules' | 'outages'>;

/** What the program's own stops are called where they are stored. */
const PROGRAM = 'program';

/** `last outage: binance, 3m40s at 14:05 CET, nothing was missed`; undefined where nothing is known of any. */
export async function lastOutage(context: Context): Promise<string | undefined> {
  const [last] = (await context.outages?.(context.chatKey, 1)) ?? [];
  return last && outageWords(context, last);
}

async function outageWords(context: Context, outage: Outage): Promise<string> {
  const { chat, clock } = context;
  const { cause, startedAt, endedAt } = outage;
  const at = formatMinute(startedAt, chat.timeZone, clock.now());
  const what = cause === PROGRAM ? 'I was down' : cause;
  if (endedAt === undefined) {
    return `outage: ${what} since ${at} (${formatLength(clock.now() - startedAt)}), ${blindOnes(outage)} blind`;
  }
  const found = cause === PROGRAM ? await foundIn(context, startedAt, endedAt) : foundShort(outage);
  return `last outage: ${what}, ${formatLength(endedAt - startedAt)} at ${at}, ${found}`;
}

async function foundIn({ rules, chatKey }: Context, from: number, to: number): Promise<string> {
  return foundShort({ fired: await rules.firedBetween(chatKey, from, to), missed: 0, signals: 0 });
}
