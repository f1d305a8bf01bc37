import { MINUTE } from '../engine/market/interval.ts';
import { detailMessage } from './alert-detail.ts';
import { MOST_ALERTS } from './alert-limits.ts';
import type { ActionHandler, CommandContext } from './command.ts';
import { formatLength } from './format.ts';
import type { Button, Message, TextSpan } from './message.ts';
import type { StoredRule } from './ports.ts';
import type { PressOutcome } from './service.ts';

/** How long a deleted alert can be brought back. */
const UNDO_MS = 10 * MINUTE;

/** Says that an alert is deleted, with the button that brings it back. */
export function deletedMessage(context: CommandContext, { id, ownerId }: StoredRule, name: string): Message {
  return {
    text: ['🗑 ', { bold: name }, ' is deleted.'],
    buttons: [[undoButton(context, id, ownerId)]],
  };
}

const undoButton = (context: CommandContext, id: string, ownerId: string): Button =>
  context.button('Undo', 'und', [id], ownerId);

/** A list above which stands what was deleted from it. */
export function withDeleted(deleted: Message, list: Message): Message {
  const buttons = [...(deleted.buttons ?? []), ...(list.buttons ?? [])];
  return { ...list, text: [...deleted.text, '\n\n', ...list.text], buttons };
}

/** Brings a deleted alert back as it was, where it was deleted just now. */
export const undo: ActionHandler = async (context, [id]) => {
  const { rules, chatKey, clock } = context;
  const before = await rules.get(id);
  if (before === undefined || before.chatKey !== chatKey) return { toast: 'This alert is gone.' };
  if (!context.mayActFor(before.ownerId)) return { toast: 'Only its owner or an admin may do that.' };
  if (before.deletedAt === undefined) return { toast: 'It is back already.' };
  if (clock.now() - before.deletedAt > UNDO_MS)
    return { toast: `Too late: a deleted alert can be brought back for ${formatLength(UNDO_MS)}. Type it again.` };
  const most = MOST_ALERTS[context.asker.chatKind];
  if ((await rules.list(chatKey)).length >= most)
    return { toast: `This chat has ${most} alerts again, and that is the most. Delete another one first.` };
  context.spend('alerts');
  const restored = await rules.restore(id, `brought back by ${context.asker.userId}`);
  return restored === undefined ? { toast: 'It is back already.' } : backOutcome(context, before, restored);
};

async function backOutcome(context: CommandContext, before: StoredRule, now: StoredRule): Promise<PressOutcome> {
  const isSame = before.number === now.number;
  const words = isSame
    ? 'It is back as it was.'
    : `It is back, as number ${now.number}: ${before.number} was taken meanwhile.`;
  const detail = await detailMessage(context, now, '0');
  const text: TextSpan[] = [`↩️ ${words}\n`, ...detail.text];
  return { toast: words, edit: { ...detail, text } };
}
