import type { Composed } from '../bot/delivery/lane.ts';
import type { FiringContext } from '../commands/firing-message.ts';
import { type Resolved, resolvedMessage } from '../commands/resolved-message.ts';
import type { Delivery } from '../db/delivery-rows.ts';
import { isMarket } from '../engine/market/listing.ts';
import { audienceOf } from './audience.ts';
import type { ComposePorts } from './compose.ts';

/**
 * Makes what the message of an alert becomes when it is over. Nothing where that message is not in the chat, tells of other alerts too, or
 * says something newer already: a deleted alert.
 */
export function createResolvedMessages(
  ports: ComposePorts,
  contextOf: (chatKey: string) => Promise<FiringContext | undefined>,
) {
  const { rules } = ports;

  return async ({ id, chatKey, firingId, payload }: Delivery): Promise<Composed | undefined> => {
    const context = await contextOf(chatKey);
    if (context === undefined || firingId === undefined) return undefined;
    const mine = (await rules.deliveries(firingId)).find(({ kind }) => kind === 'alert');
    if (mine?.messageId === undefined) return undefined;
    const told = await rules.told(mine.carrierId ?? mine.id);
    const firings = told?.firings ?? [];
    const [firing] = firings;
    const stored = firing && rules.stored(firing.ruleId);
    const text = firing && rules.running(firing.ruleId);
    if (firing === undefined || stored === undefined || text === undefined || !isMarket(text.instrument))
      return undefined;
    const all = firings.map((each) => rules.stored(each.ruleId));
    if (firings.some(({ ts }, i) => ts !== firing.ts || all[i]?.text !== stored.text)) return undefined;
    if (
      await isSuperseded(
        id,
        firings.map((each) => each.id),
      )
    )
      return undefined;
    const people =
      context.chat.kind === 'private'
        ? []
        : await audienceOf(
            ports,
            all.filter((rule) => rule !== undefined),
            true,
          );
    const audience = { people, isShared: firings.length > 1 };
    return {
      ...resolvedMessage(context, { stored, text, firing }, payload as Resolved, audience),
      edits: mine.messageId,
    };
  };

  /** Whether a later change of the same message is owed. */
  async function isSuperseded(id: string, firingIds: readonly string[]): Promise<boolean> {
    const all = await Promise.all(firingIds.map((each) => rules.deliveries(each)));
    return all
      .flat()
      .some(({ kind, state, id: other }) => kind !== 'alert' && state === 'pending' && Number(other) > Number(id));
  }
}
