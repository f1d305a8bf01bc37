import type { Action, CommandContext } from './command.ts';
import { type DigestItem, digestList } from './digest-message.ts';
import type { Message } from './message.ts';
import type { ToldTogether } from './ports.ts';
import { ruleOf } from './rule-of.ts';
import { signalList } from './signal-digest.ts';

const GONE = { toast: 'I no longer know what was in it. /alerts lists this chat’s alerts, /ledger its signals.' };

/** All that a message tells: alerts, or signals. */
async function listOf(context: CommandContext, deliveryId: string, page: string): Promise<Message | undefined> {
  const told = await context.rules.told(deliveryId);
  if (told === undefined || told.chatKey !== context.chatKey) return undefined;
  if (told.firings.length > 0) return digestList(context, await alertsOf(context, told), deliveryId, Number(page));
  const stories = await Promise.all(told.ids.map((id) => context.ledger.story(id)));
  const known = stories.filter((story) => story !== undefined);
  return known.length === 0 ? undefined : signalList(context, known, deliveryId, Number(page));
}

async function alertsOf(context: CommandContext, { firings }: ToldTogether): Promise<readonly DigestItem[]> {
  const stored = await Promise.all(firings.map(({ ruleId }) => context.rules.get(ruleId)));
  return firings.flatMap((firing, i) => {
    const rule = stored[i];
    return rule === undefined ? [] : [{ firing, stored: rule, text: ruleOf(context, rule), held: undefined }];
  });
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
