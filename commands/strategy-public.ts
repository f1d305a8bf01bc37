import { UserError } from '../engine/errors.ts';
import { checkStrategyName } from '../engine/language/strategy.ts';
import { clipped, quoted } from './clean-text.ts';
import type { CommandContext } from './command.ts';
import { offerButton } from './error-message.ts';
import { formatMinute } from './format.ts';
import type { Button, Message, TextSpan } from './message.ts';
import type { StoredStrategy } from './ports.ts';
import { failOwn, readStored } from './strategy-find.ts';
import { saveStrategy } from './strategy-save.ts';

/** So many are listed, of which a phone shows about so much of each. */
const MOST_LISTED = 20;
const LONGEST_LISTED = 160;
const MOST_BUTTONS = 6;
const A_ROW = 3;
const MOST_VERSIONS = 10;

/** Lets every chat take a strategy of this one, or none any more. @throws UserError for one that is not there, or somebody else's */
export async function publish(context: CommandContext, name: string, on: boolean, at: number): Promise<Message> {
  const found = name === '' ? undefined : await context.strategies.find(context.chatKey, name);
  if (found === undefined) return failOwn(context, on ? 'publish' : 'unpublish', name, at);
  if (!context.mayActFor(found.ownerId)) {
    throw new UserError('strategy-owned', `\`${name}\` is somebody else's.`, {
      hint: 'Only its owner and admins say who may take it.',
    });
  }
  if (on === (found.publishedAt !== undefined)) {
    return { text: [{ bold: name }, on ? ' is public already.' : ' is not public.'] };
  }
  await context.strategies.publish(found.id, on);
  if (!on) return { text: [{ bold: name }, ' is of this chat alone again. Copies that others took stay theirs.'] };
  return {
    text: [
      { bold: name },
      ' is public now: every chat finds it in /strategy public, and takes a copy with ',
      { code: `/strategy take ${found.id}` },
      '. Nothing is told of this chat or of you. Taken back with ',
      { code: `/strategy unpublish ${name}` },
      '.',
    ],
  };
}

/** What every chat may take, newest first. */
export async function listPublic(context: CommandContext): Promise<Message> {
  const all = await context.strategies.published(MOST_LISTED);
  if (all.length === 0) {
    return { text: ['No chat has made a strategy public yet. Yours: ', { code: '/strategy publish NAME' }, '.'] };
  }
  const spans: TextSpan[] = [{ bold: 'Public strategies' }, ' newest first'];
  for (const { id, name, text } of all) {
    spans.push('\n', { bold: `${id} ${name}` }, ' ', { code: clipped(text.slice(name.length).trim(), LONGEST_LISTED) });
  }
  spans.push('\nA copy becomes this chat’s own: ', { code: `/strategy take ${all[0].id}` }, '.');
  const buttons: Button[] = await Promise.all(
    all.slice(0, MOST_BUTTONS).map(({ id, name }) => offerButton(context, `Take ${name}`, 'strategy', `take ${id}`)),
  );
  return { text: spans, buttons: [buttons.slice(0, A_ROW), buttons.slice(A_ROW)].filter((row) => row.length > 0) };
}

/**
 * Takes a copy of a public strategy into this chat: `12`, or `12 NAME` under another name.
 * @throws UserError for a number that is none, or a name that is taken
 */
export async function take(context: CommandContext, typed: string, at: number): Promise<Message> {
  const [number = '', wanted] = typed.trim().split(/\s+/);
  if (number === '') {
    throw new UserError('strategy-public', 'Which public strategy?', {
      hint: '/strategy public lists them with their numbers, for example /strategy take 12',
    });
  }
  const found = /^\d{1,15}$/.test(number) ? await publicOf(context, number) : undefined;
  if (found === undefined) {
    throw new UserError('strategy-public', `There is no public strategy ${quoted(number)}.`, {
      hint: '/strategy public lists them with their numbers.',
      span: [at, at + number.length],
    });
  }
  const name =
    wanted === undefined ? found.name : checkStrategyName(wanted, [at + typed.lastIndexOf(wanted), at + typed.length]);
  const text = { ...readStored(found), name };
  if ((await context.strategies.find(context.chatKey, name)) !== undefined) {
    throw new UserError('strategy-name', `\`${name}\` is a strategy of this chat already.`, {
      hint: `Take it under another name: /strategy take ${number} NAME`,
    });
  }
  return saveStrategy(context, text);
}

/** The version that holds of what once had this number, while it is public. */
async function publicOf({ strategies }: CommandContext, id: string): Promise<StoredStrategy | undefined> {
  const numbered = await strategies.get(id);
  const found = numbered && (await strategies.find(numbered.chatKey, numbered.name));
  return found?.publishedAt === undefined ? undefined : found;
}

/** Every version of a strategy, newest first. */
export async function versions(context: CommandContext, name: string, at: number): Promise<Message> {
  const all = name === '' ? [] : await context.strategies.history(context.chatKey, name, MOST_VERSIONS);
  if (all.length === 0) return failOwn(context, 'versions', name, at);
  const { timeZone } = context.chat;
  const now = context.clock.now();
  const spans: TextSpan[] = [{ bold: name }, ` ${all[0].version} version${all[0].version === 1 ? '' : 's'}`];
  for (const { version, text, createdAt, endedAt } of all) {
    const until = endedAt === undefined ? ', holds' : `, until ${formatMinute(endedAt, timeZone, now)}`;
    spans.push(`\n${version} · since ${formatMinute(createdAt, timeZone, now)}${until}\n`, { code: text });
  }
  return { text: spans };
}
