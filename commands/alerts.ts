import { UserError } from '../engine/errors.ts';
import { pause, remove, resume, snooze, withRule } from './alert-actions.ts';
import { detailMessage } from './alert-detail.ts';
import { alertNumber, numberedAlert } from './alert-number.ts';
import { undo } from './alert-undo.ts';
import { startWizard } from './alert-wizard.ts';
import { listMessage } from './alerts-list.ts';
import { quoted } from './clean-text.ts';
import type { Command, CommandContext } from './command.ts';
import type { PressOutcome } from './service.ts';

export const alerts: Command = {
  name: 'alerts',
  summary: 'This chat’s alerts, nearest first',
  usage: '/alerts [NUMBER]',
  permission: 'members',
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
    als: {
      permission: 'members',
      run: async (context, [page]) => ({ edit: await listMessage(context, Number(page)) }),
    },
    al: { permission: 'members', run: showOne },
    new: { permission: 'members', run: async (context) => ({ reply: await startWizard(context) }) },
    pau: { permission: 'own', run: pause },
    res: { permission: 'own', run: resume },
    snz: { permission: 'own', run: snooze },
    del: { permission: 'own', run: remove },
    und: { permission: 'own', run: undo },
  },
};

function showOne(context: CommandContext, [id, page = '0']: readonly string[]): Promise<PressOutcome> {
  return withRule(context, id, async (rule) => ({ edit: await detailMessage(context, rule, page) }));
}
