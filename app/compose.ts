import { createButtonCodec, createButtonMaker } from '../commands/button-codec.ts';
import { firingMessage } from '../commands/firing-message.ts';
import type { Message } from '../commands/message.ts';
import type { CommandPorts } from '../commands/ports.ts';
import type { Delivery } from '../db/delivery-rows.ts';
import type { RulesHost } from './rules-host.ts';

type Ports = Pick<CommandPorts, 'market' | 'charts' | 'chats' | 'clock' | 'log' | 'secret' | 'defaults'> & {
  readonly rules: RulesHost;
};

/** Makes the message of a delivery when it is about to be sent; undefined where its rule, its firing or its chat is gone. */
export function createComposer(ports: Ports): (delivery: Delivery) => Promise<Message | undefined> {
  const codec = createButtonCodec(ports.secret);
  return async ({ chatKey, firingId }) => {
    const chat = await ports.chats.get(chatKey);
    if (chat === undefined || !chat.active) return undefined;
    const firing = firingId === undefined ? undefined : await ports.rules.firing(firingId);
    const stored = firing && ports.rules.stored(firing.ruleId);
    const text = firing && ports.rules.running(firing.ruleId);
    if (firing === undefined || stored === undefined || text === undefined) return undefined;
    return firingMessage({ ...ports, chat, button: createButtonMaker(codec, chatKey) }, stored, text, firing);
  };
}
