import { lastBeat } from '../commands/heartbeat.ts';
import { HEARTBEAT, type HeartbeatPayload } from '../commands/heartbeat-message.ts';
import type { Chat, ChatStore } from '../db/chats.ts';
import type { NewDelivery } from '../db/delivery-rows.ts';
import type { OutboxStore } from '../db/outbox.ts';
import type { Clock } from '../engine/clock.ts';
import { DAY, MINUTE } from '../engine/market/interval.ts';
import type { Logger } from './part-logger.ts';

/** After everything else. */
const PRIORITY = 30;

/** Owes chats that want it a message on how things stand, at their time. */
export interface Heartbeats {
  start(): void;
  stop(): void;
}

export interface HeartbeatOptions {
  readonly chats: Pick<ChatStore, 'beating' | 'beaten'>;
  readonly outbox: Pick<OutboxStore, 'enqueue'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called when a message is owed. */
  readonly wake: () => void;
}

export function createHeartbeats({ chats, outbox, clock, log, wake }: HeartbeatOptions): Heartbeats {
  let cancel: (() => void) | undefined;
  let stopped = false;
  let isLooking = false;

  /** At each whole minute; never rejects. */
  async function look(): Promise<void> {
    const now = clock.now();
    if (!stopped) cancel = clock.after(MINUTE - (now % MINUTE), () => void look());
    if (isLooking) return;
    isLooking = true;
    try {
      const due = (await chats.beating()).flatMap((chat) => dueOf(chat, now) ?? []);
      if (due.length > 0) {
        await outbox.enqueue(due.map(({ delivery }) => delivery));
        // Behind it: what a crash keeps from being noted is owed once all the same.
        for (const { chat, beat } of due) await chats.beaten(chat.key, beat);
        wake();
      }
    } catch (error) {
      log.warn({ err: error }, 'no heartbeat could be told, trying again in a minute');
    }
    isLooking = false;
  }

  /** However many were missed, the newest stands for all of them. */
  function dueOf(chat: Chat, now: number) {
    if (chat.heartbeat === undefined) return undefined;
    const told = chat.heartbeatAt ?? now;
    const beat = lastBeat(chat.heartbeat, chat.timeZone, now);
    if (beat <= told) return undefined;
    const payload: HeartbeatPayload = { since: Math.max(told, beat - 7 * DAY) };
    const base = { chatKey: chat.key, kind: HEARTBEAT, payload, priority: PRIORITY, dueAt: now, createdAt: now };
    const delivery: NewDelivery = { ...base, dedupeKey: `${HEARTBEAT} ${beat}>${chat.key}` };
    return { chat, beat, delivery };
  }

  return {
    start: () => void look(),
    stop() {
      stopped = true;
      cancel?.();
    },
  };
}
