import { readLateCause } from '../commands/late-cause.ts';
import type { Message } from '../commands/message.ts';
import { type MissedFiring, missedMessage } from '../commands/missed-message.ts';
import type { CommandPorts } from '../commands/ports.ts';
import type { Delivery } from '../db/delivery-rows.ts';
import { TransportError } from '../engine/errors.ts';
import type { ChatMover } from './chat-moves.ts';
import type { RulesHost } from './rules-host.ts';

/** Firings of one list that are read; the others are counted. */
const MOST_READ = 200;

type Ports = Pick<CommandPorts, 'market' | 'chats' | 'clock'> & {
  readonly rules: Pick<RulesHost, 'firing' | 'stored' | 'running'>;
  readonly moves: Pick<ChatMover, 'settled'>;
};

/**
 * Makes one message of all that a chat missed; undefined where nothing of it is there any more. It throws a TransportError
 * `moved` where the rules are in another chat by now.
 */
export function createMissedComposer(ports: Ports): (deliveries: readonly Delivery[]) => Promise<Message | undefined> {
  const { rules } = ports;

  async function firedBy({ chatKey, firingId }: Delivery): Promise<MissedFiring | undefined> {
    const firing = firingId === undefined ? undefined : await rules.firing(firingId);
    // Before the rule is looked at: a chat that was moved meanwhile shows in it.
    await ports.moves.settled();
    const rule = firing && rules.stored(firing.ruleId);
    const text = firing && rules.running(firing.ruleId);
    if (firing === undefined || rule === undefined || text === undefined) return undefined;
    if (rule.chatKey !== chatKey) {
      throw new TransportError('the chat has moved', { retryable: true, reason: 'moved', movedTo: rule.chatKey });
    }
    return { firing, rule, text };
  }

  return async (deliveries) => {
    const [first] = deliveries;
    const chat = await ports.chats.get(first.chatKey);
    if (chat === undefined || !chat.active) return undefined;
    const read: MissedFiring[] = [];
    for (const delivery of deliveries.slice(0, MOST_READ)) {
      const fired = await firedBy(delivery);
      if (fired !== undefined) read.push(fired);
    }
    if (read.length === 0) return undefined;
    const unread = Math.max(0, deliveries.length - MOST_READ);
    return missedMessage({ ...ports, chat }, read, read.length + unread, readLateCause(first.payload));
  };
}
