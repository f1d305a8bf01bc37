import { HOUR } from '../engine/market/interval.ts';
import { detailMessage } from './alert-detail.ts';
import { deletedMessage, withDeleted } from './alert-undo.ts';
import { nameOf } from './alert-words.ts';
import { listMessage } from './alerts-list.ts';
import { clipped } from './clean-text.ts';
import type { ActionHandler, CommandContext } from './command.ts';
import { formatMinute } from './format.ts';
import type { StoredRule } from './ports.ts';
import type { PressOutcome } from './service.ts';

const SNOOZE_MS = HOUR;
const GONE: PressOutcome = { toast: 'This alert is gone.' };
/** Characters of an alert's name in a toast, which holds 200 in all. */
const LONGEST_NAME = 120;

type Act = (rule: StoredRule) => Promise<PressOutcome>;

/** Runs `act` on an alert of this chat that was not deleted. */
export async function withRule(context: CommandContext, id: string, act: Act): Promise<PressOutcome> {
  const rule = await context.rules.get(id);
  if (rule === undefined || rule.deletedAt !== undefined || rule.chatKey !== context.chatKey) return GONE;
  return act(rule);
}

/** As `withRule`, for what only the owner and the chat's admins may do. */
export function withOwnRule(context: CommandContext, id: string, act: Act): Promise<PressOutcome> {
  return withRule(context, id, async (rule) =>
    context.mayActFor(rule.ownerId) ? act(rule) : { toast: 'Only its owner or an admin may do that.' },
  );
}

function shortName(context: CommandContext, rule: StoredRule): string {
  return clipped(nameOf(context, rule, context.rules.running(rule.id)), LONGEST_NAME);
}

/** `page` of the list that the detail was opened from; absent where the button was on an alert. */
export const pause: ActionHandler = (context, [id, page]) =>
  withOwnRule(context, id, async (rule) => {
    await context.rules.pause(id);
    return { toast: 'Paused.', ...(await detailOn(context, rule, page)) };
  });

export const resume: ActionHandler = (context, [id, page]) =>
  withOwnRule(context, id, async (rule) => {
    await context.rules.resume(id);
    return { toast: `${shortName(context, rule)} is on watch again.`, ...(await detailOn(context, rule, page)) };
  });

async function detailOn(context: CommandContext, rule: StoredRule, page: string | undefined): Promise<PressOutcome> {
  return page === undefined ? {} : { edit: await detailMessage(context, rule, page) };
}

export const snooze: ActionHandler = (context, [id, page]) =>
  withOwnRule(context, id, async (rule) => {
    const state = context.rules.view(id)?.state;
    if (state === 'paused') return { toast: 'It is paused already.' };
    if (state === undefined || state === 'done' || state === 'expired' || state === 'broken')
      return { toast: 'It is over, there is nothing to snooze.' };
    const now = context.clock.now();
    const until = now + SNOOZE_MS;
    await context.rules.pause(id, until);
    const toast = `${shortName(context, rule)} is quiet until ${formatMinute(until, context.chat.timeZone, now)}.`;
    return { toast, ...(await detailOn(context, rule, page)) };
  });

/** From the list's detail back to the list; everywhere else the message says that its alert is no more. Both offer it back. */
export const remove: ActionHandler = (context, [id, page]) =>
  withOwnRule(context, id, async (rule) => {
    const name = shortName(context, rule);
    if (!(await context.rules.remove(id, `deleted by ${context.asker.userId}`))) return GONE;
    const deleted = deletedMessage(context, rule, name);
    const edit = page === undefined ? deleted : withDeleted(deleted, await listMessage(context, Number(page)));
    return { toast: `${name} is deleted.`, edit };
  });
