import { z } from 'zod';
import type { Composed } from '../bot/delivery/lane.ts';
import { createButtonCodec, createButtonMaker } from '../commands/button-codec.ts';
import { cleanText } from '../commands/clean-text.ts';
import { DELISTED, type Delisted, delistedMessage, RELISTED, relistedMessage } from '../commands/delisted-message.ts';
import { type FiringContext, firingMessage } from '../commands/firing-message.ts';
import { GATE, type GateMoved, gateMessage } from '../commands/gate-message.ts';
import { HEARTBEAT, heartbeatMessage } from '../commands/heartbeat-message.ts';
import { type LateCause, readLateCause } from '../commands/late-cause.ts';
import { LEDGER_HEAD, ledgerHeadMessage } from '../commands/ledger-head-message.ts';
import type { Message } from '../commands/message.ts';
import { NOISY, type Noisy, noisyMessage } from '../commands/noisy-message.ts';
import type { CommandPorts } from '../commands/ports.ts';
import { quietUntil } from '../commands/quiet-hours.ts';
import { RESOLVED } from '../commands/resolved-message.ts';
import { SIGNAL, SIGNAL_MOVED } from '../commands/signal-message.ts';
import type { Delivery } from '../db/delivery-rows.ts';
import { TransportError } from '../engine/errors.ts';
import { audienceOf } from './audience.ts';
import type { ChatMover } from './chat-moves.ts';
import { createMissedComposer } from './compose-missed.ts';
import type { Downtime } from './downtime.ts';
import { MISSED } from './lateness.ts';
import { createResolvedMessages } from './resolved.ts';
import type { RulesHost } from './rules-host.ts';
import type { createSignalMessages } from './signal-messages.ts';

/** The program's last note lies up to so long before its end, in ms. */
const NOTE_SLACK_MS = 15_000;

export type ComposePorts = Pick<
  CommandPorts,
  | 'market'
  | 'charts'
  | 'chats'
  | 'users'
  | 'pings'
  | 'clock'
  | 'log'
  | 'secret'
  | 'defaults'
  | 'listedLast'
  | 'outages'
  | 'preflight'
  | 'ledger'
  | 'feeds'
> & {
  readonly rules: RulesHost;
  readonly moves: Pick<ChatMover, 'settled'>;
  /** When the program did not run; nothing is said of it where it is missing. */
  readonly downtime?: Pick<Downtime, 'around' | 'startedAt'>;
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
export function createComposer(
  ports: ComposePorts,
  signals: Pick<ReturnType<typeof createSignalMessages>, 'raised' | 'moved'>,
): (delivery: Delivery) => Promise<Composed | undefined> {
  const contextOf = createChatContexts(ports);
  const resolved = createResolvedMessages(ports, contextOf);
  const missed = createMissedComposer(ports);

  async function alert(delivery: Delivery): Promise<Message | undefined> {
    const { chatKey, firingId } = delivery;
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
    const cause = causeOf(delivery, ports.downtime);
    return firingMessage(context, stored, text, firing, { people, isShared: false, cause });
  }

  async function other(context: FiringContext, { kind, payload }: Delivery): Promise<Message | undefined> {
    switch (kind) {
      case 'hook':
        return hookMessage(payload);
      case 'notice':
        return payload as Message;
      case DELISTED:
        return delistedMessage(payload as Delisted);
      case RELISTED:
        return relistedMessage(payload as Delisted);
      case HEARTBEAT:
        return heartbeatMessage({ ...ports, chat: context.chat, chatKey: context.chat.key }, payload);
      case GATE:
        return gateMessage(context, payload as GateMoved, ports.rules);
      case LEDGER_HEAD:
        return ledgerHeadMessage(payload);
      case NOISY:
        return noisyMessage({ ...context, preflight: ports.preflight }, payload as Noisy, ports.rules);
      default:
        return undefined;
    }
  }

  return async (delivery) => {
    if (delivery.kind === 'alert') return alert(delivery);
    if (delivery.kind === MISSED) return missed([delivery]);
    if (delivery.kind === RESOLVED) return resolved(delivery);
    if (delivery.kind === SIGNAL) return signals.raised(delivery);
    if (delivery.kind === SIGNAL_MOVED) return signals.moved(delivery);
    const context = await contextOf(delivery.chatKey);
    const message = context && (await other(context, delivery));
    if (context === undefined || message === undefined) return undefined;
    const isQuiet = quietUntil(context.chat.quiet, context.chat.timeZone, ports.clock.now()) !== undefined;
    return isQuiet ? { ...message, silent: true } : message;
  };
}

/** Why it could not be told at its moment: as it was found, or because an earlier run ended before it was sent. */
function causeOf({ payload, createdAt }: Delivery, downtime: ComposePorts['downtime']): LateCause | undefined {
  const known = readLateCause(payload);
  if (known !== undefined || downtime === undefined || createdAt >= downtime.startedAt) return known;
  const span = downtime.around(createdAt, NOTE_SLACK_MS);
  return span && { why: 'down', from: Math.max(span.from, createdAt), to: span.to };
}

const HookPayload = z.object({ text: z.string() });

/** What was posted to a webhook, as bare words: nothing in it is formatting. */
function hookMessage(payload: unknown): Message | undefined {
  const parsed = HookPayload.safeParse(payload);
  if (!parsed.success) return undefined;
  return { text: ['📨 ', cleanText(parsed.data.text)] };
}
