import { UserError } from '../engine/errors.ts';
import { pause, remove, resume, snooze, withRule } from './alert-actions.ts';
import { detailMessage } from './alert-detail.ts';
import { alertNumber, numberedAlert } from './alert-number.ts';
import { undo } from './alert-undo.ts';
import { startWizard } from './alert-wizard.ts';
import { listMessage } from './alerts-list.ts';
import { quoted } from './clean-text.ts';
import type { ActionHandler, Command } from './command.ts';
import { digestActions } from './digest-actions.ts';

const SHARED: Readonly<Record<string, ActionHandler>> = { res: resume, snz: snooze, del: remove };

/** Below a message for several people who have the same alert: each of them acts on their own. */
const share: ActionHandler = async (context, [action, id]) => {
  const stored = await context.rules.get(id);
  const all = stored === undefined ? [] : await context.rules.list(context.chatKey);
  const own = all.find(({ text, ownerId }) => text === stored?.text && ownerId === context.asker.userId);
  return SHARED[action]?.(context, [own?.id ?? id]) ?? { toast: 'This button no longer works here.' };
};

export const alerts: Command = {
  name: 'alerts',
  summary: 'This chat’s alerts, nearest first',
  usage: '/alerts [NUMBER]',
  examples: ['/alerts', '/alerts 1'],
  args: [{ name: 'number', kind: 'text', description: 'Number of an alert, to see it alone', required: false }],
  slow: true,
  private: false,
  async run(context, text) {
    if (text === '') return listMessage(context, 0);
    const number = alertNumber(text);
    if (number !== undefined) return numberedAlert(context, number);
    throw new UserError('alert-number', `${quoted(text)} is no alert’s number.`, {
      hint: 'Type /alerts for all of them, or /alerts 1 for the first.',
    });
  },
  actions: {
    als: async (context, [page]) => ({ edit: await listMessage(context, Number(page)) }),
    al: (context, [id, page = '0']) =>
      withRule(context, id, async (rule) => ({ edit: await detailMessage(context, rule, page) })),
    new: async (context) => ({ reply: await startWizard(context) }),
    pau: pause,
    res: resume,
    snz: snooze,
    del: remove,
    und: undo,
    ...digestActions,
    shr: share,
  },
};
