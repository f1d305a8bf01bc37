import { type DigestItem, digestMessage } from '../commands/digest-message.ts';
import type { FiringContext } from '../commands/firing-message.ts';
import { firingMessage } from '../commands/firing-message.ts';
import type { Message } from '../commands/message.ts';
import { ruleOf } from '../commands/rule-of.ts';
import type { Delivery } from '../db/delivery-rows.ts';
import { TransportError } from '../engine/errors.ts';
import { HOUR } from '../engine/market/interval.ts';
import type { Firing } from '../engine/rules/rule.ts';
import { audienceOf } from './audience.ts';
import type { ComposePorts } from './compose.ts';
import { ruleOfFiring } from './holds.ts';

/** So many messages that are due at once in a chat are one. */
const FROM = 3;
/** As few as two, where one of them is older than this: they are listed, not sent one by one. */
const OLD_MS = HOUR;
/** At most so many alerts in one message. */
const MOST = 500;

/**
 * Alerts that are due together in one chat: three and more become one message, the same rule of several people is one in any case.
 * @param contextOf what the messages of a chat are made with; undefined where nothing is sent there
 */
export function createDigest(ports: ComposePorts, contextOf: (chatKey: string) => Promise<FiringContext | undefined>) {
  const { rules, clock } = ports;
  const textOf = ({ firingId }: Delivery): string | undefined => rules.stored(ruleOfFiring(firingId))?.text;

  async function firingOf({ firingId }: Delivery): Promise<Firing | undefined> {
    return firingId === undefined ? undefined : await rules.firing(firingId);
  }

  /** Those of `others` whose rule says the same and fired at the same moment. */
  async function twins(first: Delivery, others: readonly Delivery[]): Promise<readonly Delivery[]> {
    const text = textOf(first);
    const same = text === undefined ? [] : others.filter((other) => textOf(other) === text);
    if (same.length === 0) return [];
    const [firing, ...firings] = await Promise.all([first, ...same].map(firingOf));
    return same.filter((_, i) => firing !== undefined && firings[i]?.ts === firing.ts);
  }

  /** How many messages they would be one by one: of rules that say the same, those are counted that fired most often. */
  function messagesIn(deliveries: readonly Delivery[]): number {
    const texts = new Map<string, Map<string, number>>();
    for (const delivery of deliveries) {
      const text = textOf(delivery) ?? delivery.id;
      const counts = texts.get(text) ?? new Map<string, number>();
      texts.set(text, counts);
      const rule = ruleOfFiring(delivery.firingId);
      counts.set(rule, (counts.get(rule) ?? 0) + 1);
    }
    return [...texts.values()].reduce((sum, counts) => sum + Math.max(...counts.values()), 0);
  }

  async function firedOf(delivery: Delivery): Promise<Omit<DigestItem, 'text'> | undefined> {
    const firing = await firingOf(delivery);
    const stored = firing && (rules.stored(firing.ruleId) ?? (await rules.get(firing.ruleId)));
    if (firing === undefined || stored === undefined) return undefined;
    if (stored.chatKey !== delivery.chatKey) {
      throw new TransportError('the chat has moved', { retryable: true, reason: 'moved', movedTo: stored.chatKey });
    }
    return { firing, stored, held: delivery.held };
  }

  async function compose(deliveries: readonly Delivery[]): Promise<Message | undefined> {
    const [first] = deliveries;
    const context = await contextOf(first.chatKey);
    // In this order: a chat that was moved before it was asked for shows in the rules.
    await ports.moves.settled();
    const fired = (await Promise.all(deliveries.map(firedOf))).filter((item) => item !== undefined);
    if (context === undefined || fired.length === 0) return undefined;
    const items = fired.map((item) => ({ ...item, text: ruleOf({ rules, chat: context.chat }, item.stored) }));
    const [{ stored, text, firing }] = items;
    const isOne = items.every((item) => item.stored.text === stored.text && item.firing.ts === firing.ts);
    const isShared = isOne && items.length > 1;
    const all = items.map((item) => item.stored);
    const people = context.chat.kind === 'private' ? [] : await audienceOf(ports, all, isOne);
    if (isOne && text !== undefined) return await firingMessage(context, stored, text, firing, { people, isShared });
    return digestMessage(context, items, { deliveryId: first.id, people });
  }

  return {
    kind: 'alert',
    most: MOST,
    async choose(first: Delivery, others: readonly Delivery[]): Promise<readonly Delivery[]> {
      const messages = messagesIn([first, ...others]);
      const isOld = [first, ...others].some(({ createdAt }) => clock.now() - createdAt > OLD_MS);
      return messages >= (isOld ? FROM - 1 : FROM) ? others : await twins(first, others);
    },
    compose,
  };
}
