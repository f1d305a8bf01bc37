import type { Action, CommandContext } from './command.ts';
import { digestList } from './digest-message.ts';
import type { Message } from './message.ts';
import { ruleOf } from './rule-of.ts';

const GONE = { toast: 'I no longer know what was in it. /alerts lists this chat’s alerts.' };

async function listOf(context: CommandContext, deliveryId: string, page: string): Promise<Message | undefined> {
  const { rules, chatKey } = context;
  const told = await rules.told(deliveryId);
  if (told === undefined || told.chatKey !== chatKey || told.firings.length === 0) return undefined;
  const stored = await Promise.all(told.firings.map(({ ruleId }) => rules.get(ruleId)));
  const items = told.firings.flatMap((firing, i) => {
    const rule = stored[i];
    return rule === undefined ? [] : [{ firing, stored: rule, text: ruleOf(context, rule), held: undefined }];
  });
  return digestList(context, items, deliveryId, Number(page));
}

/** What the buttons of a digest do. `dga` shows all that is in it, `dgp` another page of that. */
export const digestActions: Readonly<Record<string, Action>> = {
  dga: {
    permission: 'members',
    async run(context, [deliveryId, page = '0']) {
      const reply = await listOf(context, deliveryId, page);
      return reply === undefined ? GONE : { reply };
    },
  },
  dgp: {
    permission: 'members',
    async run(context, [deliveryId, page = '0']) {
      const edit = await listOf(context, deliveryId, page);
      return edit === undefined ? GONE : { edit };
    },
  },
};
