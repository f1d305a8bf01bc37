import { z } from 'zod';
import type { Composed } from '../bot/delivery/lane.ts';
import { createButtonCodec, createButtonMaker } from '../commands/button-codec.ts';
import { cleanText } from '../commands/clean-text.ts';
import { DELISTED, type Delisted, delistedMessage } from '../commands/delisted-message.ts';
import { type FiringContext, firingMessage } from '../commands/firing-message.ts';
import type { Message } from '../commands/message.ts';
import { NOISY, type Noisy, noisyMessage } from '../commands/noisy-message.ts';
import type { CommandPorts } from '../commands/ports.ts';
import { quietUntil } from '../commands/quiet-hours.ts';
import { RESOLVED } from '../commands/resolved-message.ts';
import type { Delivery } from '../db/delivery-rows.ts';
import { TransportError } from '../engine/errors.ts';
import { audienceOf } from './audience.ts';
import type { ChatMover } from './chat-moves.ts';
import { createResolvedMessages } from './resolved.ts';
import type { RulesHost } from './rules-host.ts';

export type ComposePorts = Pick<
  CommandPorts,
  'market' | 'charts' | 'chats' | 'users' | 'pings' | 'clock' | 'log' | 'secret' | 'listedLast' | 'preflight'
> & {
  readonly rules: RulesHost;
  readonly moves: Pick<ChatMover, 'settled'>;
};

/** What the messages of a chat are made with; undefined where nothing is sent there. */
export function createChatContexts(ports: ComposePorts): (chatKey: string) => Promise<FiringContext | undefined> {
  const codec = createButtonCodec(ports.secret);
  return async (chatKey) => {
    const chat = await ports.chats.get(chatKey);
    if (chat === undefined || !chat.active) return undefined;
    return { ...ports, chat, button: createButtonMaker(codec, chatKey) };
  };
}

/**
 * Makes the message of a delivery when it is about to be sent; undefined where its rule, its firing or its chat is gone.
 * It throws a TransportError `moved` where the rule is in another chat by now: the firing was on its way when the chat moved.
 */
export function createComposer(ports: ComposePorts): (delivery: Delivery) => Promise<Composed | undefined> {
  const contextOf = createChatContexts(ports);
  const resolved = createResolvedMessages(ports, contextOf);

  async function alert({ chatKey, firingId }: Delivery): Promise<Message | undefined> {
    const firing = firingId === undefined ? undefined : await ports.rules.firing(firingId);
    const context = await contextOf(chatKey);
    // In this order: a chat that was moved before it was asked for shows in the rule.
    await ports.moves.settled();
    const stored = firing && ports.rules.stored(firing.ruleId);
    const text = firing && ports.rules.running(firing.ruleId);
    if (firing === undefined || stored === undefined || text === undefined) return undefined;
    if (stored.chatKey !== chatKey) {
      throw new TransportError('the chat has moved', { retryable: true, reason: 'moved', movedTo: stored.chatKey });
    }
    if (context === undefined) return undefined;
    const people = context.chat.kind === 'private' ? [] : await audienceOf(ports, [stored], true);
    return firingMessage(context, stored, text, firing, { people, isShared: false });
  }

  async function other(context: FiringContext, { kind, payload }: Delivery): Promise<Message | undefined> {
    switch (kind) {
      case 'hook':
        return hookMessage(payload);
      case 'notice':
        return payload as Message;
      case DELISTED:
        return delistedMessage(payload as Delisted);
      case NOISY:
        return noisyMessage({ ...context, preflight: ports.preflight }, payload as Noisy, ports.rules);
      default:
        return undefined;
    }
  }

  return async (delivery) => {
    if (delivery.kind === 'alert') return alert(delivery);
    if (delivery.kind === RESOLVED) return resolved(delivery);
    const context = await contextOf(delivery.chatKey);
    const message = context && (await other(context, delivery));
    if (context === undefined || message === undefined) return undefined;
    const isQuiet = quietUntil(context.chat.quiet, context.chat.timeZone, ports.clock.now()) !== undefined;
    return isQuiet ? { ...message, silent: true } : message;
  };
}

const HookPayload = z.object({ text: z.string() });

/** What was posted to a webhook, as bare words: nothing in it is formatting. */
function hookMessage(payload: unknown): Message | undefined {
  const parsed = HookPayload.safeParse(payload);
  if (!parsed.success) return undefined;
  return { text: ['📨 ', cleanText(parsed.data.text)] };
}
