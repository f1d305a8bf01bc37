import { withRule } from './alert-actions.ts';
import { detailMessage } from './alert-detail.ts';
import { requireRoom } from './alert-limits.ts';
import { savedMessage } from './alert-saved.ts';
import { nameOf, title } from './alert-words.ts';
import { clipped } from './clean-text.ts';
import type { Action, CommandContext } from './command.ts';
import type { Message } from './message.ts';
import type { StoredRule } from './ports.ts';
import { propose } from './proposal.ts';
import { votesNeeded } from './rule-policy.ts';
import type { PressOutcome } from './service.ts';

/** What no longer fires does not stand in the way of a new one. */
const OVER: ReadonlySet<string | undefined> = new Set(['done', 'expired', 'broken', undefined]);
const LONGEST_NAME = 100;

/** The alert of this chat with the same text: the asker's own, else another's. */
export async function twinOf({ rules, chatKey, asker }: CommandContext, text: string): Promise<StoredRule | undefined> {
  const all = await rules.list(chatKey);
  const same = all.filter((stored) => stored.text === text && !OVER.has(rules.view(stored.id)?.state));
  return same.find(({ ownerId }) => ownerId === asker.userId) ?? same[0];
}

/** Instead of saving what is there already: the alert itself, or another's with the offer to be called by it. */
export async function twinMessage(context: CommandContext, stored: StoredRule): Promise<Message> {
  if (stored.ownerId === context.asker.userId) {
    const detail = await detailMessage(context, stored, '0');
    return { ...detail, text: ['You have this alert already:\n', ...detail.text] };
  }
  const owner = await context.users.get(stored.ownerId);
  const rule = context.rules.running(stored.id);
  const name = rule === undefined ? [stored.text] : title(context, rule);
  const whose = owner === undefined ? 'Somebody here' : owner.name;
  return {
    text: [`${whose} has this alert already, number `, { code: String(stored.number) }, ':\n', ...name],
    buttons: [[context.button('Ping me too', 'pme', [stored.id]), context.button('Save my own', 'own', [stored.id])]],
  };
}

export const twinActions: Readonly<Record<string, Action>> = {
  pme: { permission: 'members', run: toggleCall },
  own: { permission: 'members', run: saveOwn },
};

/** A second press takes the wish back. */
function toggleCall(context: CommandContext, [id]: readonly string[]): Promise<PressOutcome> {
  return withRule(context, id, async (stored) => {
    const isCalled = await context.pings.toggle(id, context.asker.userId);
    const name = clipped(nameOf(context, stored, context.rules.running(id)), LONGEST_NAME);
    return {
      toast: isCalled
        ? `I will call you when ${name} fires. Press again to stop that.`
        : `I no longer call you when ${name} fires.`,
    };
  });
}

function saveOwn(context: CommandContext, [id]: readonly string[]): Promise<PressOutcome> {
  return withRule(context, id, async (stored) => {
    const rule = context.rules.running(id);
    if (rule === undefined) return { toast: 'I can no longer read this alert. Type it again.' };
    const same = await twinOf(context, stored.text);
    if (same?.ownerId === context.asker.userId) return { toast: 'You have this alert already.' };
    await requireRoom(context);
    context.spend('alerts');
    const votes = votesNeeded(context);
    if (votes !== undefined) return { reply: await propose(context, rule, [], votes) };
    const { chatKey, asker } = context;
    const own = await context.rules.create({ chatKey, ownerId: asker.userId, text: stored.text, rule });
    return { edit: savedMessage(context, own, rule) };
  });
}
