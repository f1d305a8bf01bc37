import { z } from 'zod';
import { createButtonCodec, createButtonMaker } from '../commands/button-codec.ts';
import { cleanText } from '../commands/clean-text.ts';
import { DELISTED, type Delisted, delistedMessage, RELISTED, relistedMessage } from '../commands/delisted-message.ts';
import { firingMessage } from '../commands/firing-message.ts';
import { HEARTBEAT, heartbeatMessage } from '../commands/heartbeat-message.ts';
import { type LateCause, readLateCause } from '../commands/late-cause.ts';
import type { Message } from '../commands/message.ts';
import type { Chat, CommandPorts } from '../commands/ports.ts';
import type { Delivery } from '../db/delivery-rows.ts';
import { TransportError } from '../engine/errors.ts';
import type { ChatMover } from './chat-moves.ts';
import { createMissedComposer } from './compose-missed.ts';
import type { Downtime } from './downtime.ts';
import { MISSED } from './lateness.ts';
import type { RulesHost } from './rules-host.ts';

/** The program's last note lies up to so long before its end, in ms. */
const NOTE_SLACK_MS = 15_000;

type Ports = Pick<
  CommandPorts,
  'market' | 'charts' | 'chats' | 'clock' | 'log' | 'secret' | 'defaults' | 'listedLast' | 'outages'
> & {
  readonly rules: RulesHost;
  readonly moves: Pick<ChatMover, 'settled'>;
  /** When the program did not run; nothing is said of it where it is missing. */
  readonly downtime?: Pick<Downtime, 'around' | 'startedAt'>;
};

/**
 * Makes the message of a delivery when it is about to be sent; undefined where its rule, its firing or its chat is gone.
 * It throws a TransportError `moved` where the rule is in another chat by now: the firing was on its way when the chat moved.
 */
export function createComposer(ports: Ports): (delivery: Delivery) => Promise<Message | undefined> {
  const codec = createButtonCodec(ports.secret);
  const missed = createMissedComposer(ports);
  return async (delivery) => {
    const { chatKey, firingId, kind, payload } = delivery;
    if (kind === MISSED) return missed([delivery]);
    if (kind === HEARTBEAT) {
      const told = await ports.chats.get(chatKey);
      return told?.active ? heartbeatMessage({ ...ports, chat: told, chatKey }, payload) : undefined;
    }
    if (kind === 'hook') return hookMessage(await ports.chats.get(chatKey), payload);
    if (kind === 'notice') return (await ports.chats.get(chatKey))?.active ? (payload as Message) : undefined;
    if (kind === DELISTED || kind === RELISTED) {
      const message = kind === DELISTED ? delistedMessage : relistedMessage;
      return (await ports.chats.get(chatKey))?.active ? message(payload as Delisted) : undefined;
    }
    const firing = firingId === undefined ? undefined : await ports.rules.firing(firingId);
    const chat = await ports.chats.get(chatKey);
    // In this order: a chat that was moved before it was asked for shows in the rule.
    await ports.moves.settled();
    const stored = firing && ports.rules.stored(firing.ruleId);
    const text = firing && ports.rules.running(firing.ruleId);
    if (firing === undefined || stored === undefined || text === undefined) return undefined;
    if (stored.chatKey !== chatKey) {
      throw new TransportError('the chat has moved', { retryable: true, reason: 'moved', movedTo: stored.chatKey });
    }
    if (chat === undefined || !chat.active) return undefined;
    const button = createButtonMaker(codec, chatKey);
    return firingMessage({ ...ports, chat, button }, stored, text, firing, causeOf(delivery, ports.downtime));
  };
}

/** Why it could not be told at its moment: as it was found, or because an earlier run ended before it was sent. */
function causeOf({ payload, createdAt }: Delivery, downtime: Ports['downtime']): LateCause | undefined {
  const known = readLateCause(payload);
  if (known !== undefined || downtime === undefined || createdAt >= downtime.startedAt) return known;
  const span = downtime.around(createdAt, NOTE_SLACK_MS);
  return span && { why: 'down', from: Math.max(span.from, createdAt), to: span.to };
}

const HookPayload = z.object({ text: z.string() });

/** What was posted to a webhook, as bare words: nothing in it is formatting. */
function hookMessage(chat: Chat | undefined, payload: unknown): Message | undefined {
  const parsed = HookPayload.safeParse(payload);
  if (chat === undefined || !chat.active || !parsed.success) return undefined;
  return { text: ['📨 ', cleanText(parsed.data.text)] };
}
