import type { Api } from 'grammy';
import type { Clock } from '../../engine/clock.ts';
import type { Logger } from '../logger.ts';
import { describe, type Scrub } from './failures.ts';
import type { Target } from './target.ts';

/** Fast answers need no sign of life. */
const PATIENCE_MS = 300;
/** Telegram takes the sign away after five seconds. */
const REPEAT_MS = 4000;

export interface ProgressParts {
  readonly api: Api;
  readonly clock: Clock;
  readonly log: Logger;
  readonly scrub: Scrub;
}

/** Shows that something is going on: at once if `slow`, else when it takes a while. @returns what ends it */
export function showProgress({ api, clock, log, scrub }: ProgressParts, target: Target, slow: boolean): () => void {
  const { chat_id, message_thread_id } = target;
  let cancel = () => {};

  function show(): void {
    const other = message_thread_id === undefined ? {} : { message_thread_id };
    api.sendChatAction(chat_id, slow ? 'upload_photo' : 'typing', other).catch((error: unknown) => {
      log.debug({ chat: chat_id, reason: describe(error, scrub) }, 'could not show progress');
    });
    cancel = clock.after(REPEAT_MS, show);
  }

  if (slow) show();
  else cancel = clock.after(PATIENCE_MS, show);
  return () => cancel();
}
