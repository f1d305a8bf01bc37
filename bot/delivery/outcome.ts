import { chatKey, parseChatKey } from '../../commands/service.ts';
import { TransportError } from '../../engine/errors.ts';
import { backoffMs } from '../backoff.ts';
import type { Delivery } from './outbox-port.ts';

/** What becomes of a delivery after a try. Times in ms. */
export type Outcome =
  | { readonly type: 'sent'; readonly messageId: string }
  | { readonly type: 'expired'; readonly reason: string }
  /** `isRefused`: the platform said that it did not take it. */
  | { readonly type: 'retry'; readonly at: number; readonly reason: string; readonly isRefused?: boolean }
  /** It was not tried; `isAlone`: what else is owed to the chat does not wait for it. */
  | { readonly type: 'postponed'; readonly at: number; readonly isAlone?: boolean }
  | { readonly type: 'failed'; readonly reason: string }
  | { readonly type: 'blocked'; readonly reason: string }
  | { readonly type: 'moved'; readonly to: string };

/** What a verdict depends on besides the error. */
export interface Circumstances {
  readonly now: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Whether the platform took a message from us lately: then it is this message that it does not take. */
  readonly platformWorks: boolean;
}

const TRIES = 10;
/** A platform may be down for long; an alert that is younger than this is still worth a try. */
const GIVE_UP_AFTER_MS = 3_600_000;
/** Tries where the fault is ours: composing failed, or a platform broke its promise about errors. */
const OWN_TRIES = 3;
/** Where a platform does not say when. */
const NOT_YET_MS = 60_000;

function movedKey(delivery: Delivery, to: string): string {
  if (to.includes(':')) return to;
  return chatKey({ ...parseChatKey(delivery.chatKey), chat: to });
}

/** The verdict on a failed try. */
export function judge(error: unknown, delivery: Delivery, { now, random, platformWorks }: Circumstances): Outcome {
  const reason = error instanceof Error ? error.message : 'unknown error';
  const later: Outcome = { type: 'retry', at: now + backoffMs(delivery.attempts, random), reason };
  if (!(error instanceof TransportError)) {
    return delivery.attempts >= OWN_TRIES ? { type: 'failed', reason: `could not be composed: ${reason}` } : later;
  }
  switch (error.reason) {
    case 'blocked':
      return { type: 'blocked', reason };
    case 'moved': {
      if (error.movedTo === undefined || delivery.attempts >= TRIES) return { type: 'failed', reason };
      return { type: 'moved', to: movedKey(delivery, error.movedTo) };
    }
    case 'rate-limited':
      // No fault of the message: it waits for as long as it is worth sending at all.
      return { ...later, isRefused: true, ...(error.retryAfterMs !== undefined && { at: now + error.retryAfterMs }) };
    case 'not-yet':
      return { type: 'postponed', at: now + (error.retryAfterMs ?? NOT_YET_MS), isAlone: true };
    case 'refused':
    case 'storage':
    case 'unreachable': {
      const hopeless = delivery.attempts >= TRIES && (platformWorks || now - delivery.createdAt >= GIVE_UP_AFTER_MS);
      return !error.retryable || hopeless ? { type: 'failed', reason } : later;
    }
  }
}
