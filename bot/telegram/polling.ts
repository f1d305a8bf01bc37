import { type Api, GrammyError } from 'grammy';
import type { Update, UserFromGetMe } from 'grammy/types';
import type { PlatformStatus } from '../../commands/platform.ts';
import type { Clock } from '../../engine/clock.ts';
import { backoffMs } from '../backoff.ts';
import type { Logger } from '../logger.ts';
import { firstWithin, pause } from '../waiting.ts';
import { describe, type Scrub, TOKEN_REFUSED } from './failures.ts';
import { createLru } from './lru.ts';

const POLL_SECONDS = 30;
/** How long updates are held back from being confirmed, so that a kill right after they came loses none. */
const CONFIRM_AFTER_MS = 500;
const IDS_KEPT = 1000;
const UPDATE_TYPES = ['message', 'channel_post', 'callback_query', 'my_chat_member'] as const;

export interface PollingParts {
  readonly api: Api;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly log: Logger;
  readonly scrub: Scrub;
  onState(state: PlatformStatus['state'], detail?: string): void;
  onReady(me: UserFromGetMe): void;
  /** Resolves once the update is dealt with; must not reject. */
  onUpdate(update: Update): Promise<void>;
}

type ApiSignal = NonNullable<Parameters<Api['getMe']>[0]>;

/** Why trying again is of no use; undefined where it is. */
function fatalReason(error: unknown): string | undefined {
  if (!(error instanceof GrammyError)) return undefined;
  // A token of the wrong shape makes a path that the API does not know.
  if (error.error_code === 401 || error.error_code === 404) return TOKEN_REFUSED;
  if (error.error_code !== 409) return undefined;
  const isWebhook = /webhook/i.test(error.description);
  return isWebhook
    ? 'a webhook was set for this token: polling stopped'
    : 'another program polls with this token: polling stopped';
}

/** Fetches updates until `signal`, whatever happens to the network, unless Telegram says that it is of no use. */
export async function poll(parts: PollingParts, signal: AbortSignal): Promise<void> {
  // grammY's types know only a polyfill's signal; what it calls takes the platform's as well.
  const apiSignal = signal as unknown as ApiSignal;
  const { api, clock, log, scrub, onState } = parts;
  let failures = 0;

  /** @returns undefined where polling is over */
  async function keepTrying<T>(call: () => Promise<T>): Promise<T | undefined> {
    while (!signal.aborted) {
      try {
        const value = await call();
        failures = 0;
        return value;
      } catch (error) {
        if (signal.aborted) return undefined;
        const reason = describe(error, scrub);
        const fatal = fatalReason(error);
        if (fatal !== undefined) {
          log.error({ reason }, `Telegram: ${fatal}`);
          onState('down', fatal);
          return undefined;
        }
        failures++;
        log.warn({ reason, failures }, 'Telegram cannot be reached: trying again');
        onState('connecting', `cannot be reached (try ${failures}): ${reason}`);
        await pause(clock, waitMs(error), signal);
      }
    }
    return undefined;
  }

  function waitMs(error: unknown): number {
    const retryAfter = error instanceof GrammyError ? error.parameters.retry_after : undefined;
    return retryAfter === undefined ? backoffMs(failures, parts.random) : retryAfter * 1000;
  }

  onState('connecting');
  const me = await keepTrying(async () => {
    const user = await api.getMe(apiSignal);
    await api.deleteWebhook({}, apiSignal);
    return user;
  });
  if (me === undefined) return;
  parts.onReady(me);
  onState('live');
  await takeUpdates(parts, signal, async (offset) => {
    const updates = await keepTrying(() => {
      // After a failure an answer at once tells soonest that Telegram is back.
      const timeout = failures > 0 ? 0 : POLL_SECONDS;
      return api.getUpdates({ offset, timeout, allowed_updates: UPDATE_TYPES }, apiSignal);
    });
    if (updates !== undefined) onState('live');
    return updates;
  });
}

async function takeUpdates(
  { api, clock, onUpdate }: PollingParts,
  signal: AbortSignal,
  fetch: (offset: number) => Promise<Update[] | undefined>,
): Promise<void> {
  const seen = createLru<true>(IDS_KEPT);
  let offset = 0;
  while (!signal.aborted) {
    const updates = await fetch(offset);
    if (updates === undefined) break;
    const fresh = updates.filter(({ update_id: id }) => {
      const isNew = seen.get(String(id)) === undefined;
      seen.set(String(id), true);
      return isNew;
    });
    // The next fetch confirms these to Telegram: what is quick is done by then.
    await firstWithin(clock, CONFIRM_AFTER_MS, Promise.all(fresh.map(onUpdate)));
    const last = updates[updates.length - 1];
    if (last !== undefined) offset = last.update_id + 1;
  }
  // Without this the last batch would come again after the next start.
  if (offset > 0 && signal.aborted) await api.getUpdates({ offset, limit: 1, timeout: 0 }).catch(() => {});
}
