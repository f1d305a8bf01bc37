import { UserError } from '../engine/errors.ts';
import { pause, remove, resume, snooze, withRule } from './alert-actions.ts';
import { detailMessage } from './alert-detail.ts';
import { alertNumber, numberedAlert } from './alert-number.ts';
import { undo } from './alert-undo.ts';
import { startWizard } from './alert-wizard.ts';
import { listMessage, unpacked } from './alerts-list.ts';
import { quoted } from './clean-text.ts';
import type { ActionHandler, Command, CommandContext } from './command.ts';
import { digestActions } from './digest-actions.ts';
import type { PressOutcome } from './service.ts';
import { requireInstrument, SYMBOL, splitWords } from './symbol-argument.ts';

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
  usage: '/alerts [NUMBER or SYMBOL]',
  permission: 'members',
  examples: ['/alerts', '/alerts 1', '/alerts btc'],
  args: [
    { name: 'which', kind: 'text', description: 'Number of an alert, to see it alone, or a symbol', required: false },
  ],
  slow: true,
  private: false,
  async run(context, text) {
    if (text === '') return listMessage(context, 0);
    const number = alertNumber(text);
    if (number !== undefined) return numberedAlert(context, number);
    const words = splitWords(text);
    if (words.length === 1 && SYMBOL.test(words[0]))
      return listMessage(context, 0, requireInstrument(context, words[0], text).symbol);
    throw new UserError('alert-number', `${quoted(text)} is neither an alert’s number nor a symbol.`, {
      hint: 'Type /alerts for all of them, /alerts 1 for the first, or /alerts btc.',
    });
  },
  actions: {
    als: {
      permission: 'members',
      run: async (context, [page, symbol]) => ({ edit: await listMessage(context, Number(page), unpacked(symbol)) }),
    },
    al: { permission: 'members', run: showOne },
    new: { permission: 'members', run: async (context) => ({ reply: await startWizard(context) }) },
    pau: { permission: 'own', run: pause },
    res: { permission: 'own', run: resume },
    snz: { permission: 'own', run: snooze },
    del: { permission: 'own', run: remove },
    und: { permission: 'own', run: undo },
    ...digestActions,
    shr: { permission: 'members', run: share },
  },
};

function showOne(context: CommandContext, [id, page = '0']: readonly string[]): Promise<PressOutcome> {
  return withRule(context, id, async (rule) => ({ edit: await detailMessage(context, rule, page) }));
}
