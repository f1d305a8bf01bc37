import { pause, remove, resume, snooze, withRule } from './alert-actions.ts';
import { detailMessage } from './alert-detail.ts';
import { alertHint } from './alert-hint.ts';
import { listMessage } from './alerts-list.ts';
import type { Command } from './command.ts';

export const alerts: Command = {
  name: 'alerts',
  summary: 'This chat’s alerts, nearest first',
  usage: '/alerts',
  examples: ['/alerts'],
  args: [],
  slow: true,
  private: false,
  run: (context) => listMessage(context, 0),
  actions: {
    als: async (context, [page]) => ({ edit: await listMessage(context, Number(page)) }),
    al: (context, [id, page = '0']) =>
      withRule(context, id, async (rule) => ({ edit: await detailMessage(context, rule, page) })),
    new: async () => ({ reply: alertHint('btcusdt') }),
    pau: pause,
    res: resume,
    snz: snooze,
    del: remove,
  },
};
