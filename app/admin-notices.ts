import { formatLength } from '../commands/format.ts';
import type { Message } from '../commands/message.ts';
import type { ChatPlatform } from '../commands/platform.ts';
import type { Clock } from '../engine/clock.ts';
import { TransportError } from '../engine/errors.ts';
import type { Logger } from './part-logger.ts';
import type { StorageNews } from './storage-watch.ts';

/** Tries of one message, and the wait between them in ms where the platform names none. */
const TRIES = 5;
const AGAIN_MS = 5_000;

/** Tells admins, each in private, what they have to know while nothing can be stored. */
export interface AdminNotices {
  storage(news: StorageNews): void;
}

export interface AdminNoticesOptions {
  readonly platforms: readonly ChatPlatform[];
  /** `telegram:123`; those of today. */
  readonly admins: () => Iterable<string>;
  readonly clock: Clock;
  readonly log: Logger;
}

const alerts = (count: number): string => (count === 1 ? '1 alert' : `${count} alerts`);

/** What is said of the database. */
export function storageMessage(news: StorageNews): Message {
  if (news.type === 'began') {
    const { reason } = news.fault;
    return {
      text: [
        '⚠️ ',
        { bold: 'I cannot store anything' },
        `: ${reason}. Alerts are still checked; what fires is kept beside the database and sent, marked as late, when it can be stored. Until then most commands fail.`,
      ],
    };
  }
  const { lastedMs, kept, dropped } = news;
  const what =
    kept === 0 ? 'No alert had to wait.' : `${alerts(kept)} waited and ${kept === 1 ? 'goes' : 'go'} out now.`;
  const lost = dropped === 0 ? '' : ` ${alerts(dropped)} found no room and ${dropped === 1 ? 'is' : 'are'} lost.`;
  return { text: ['✅ ', { bold: 'I can store again' }, `, after ${formatLength(lastedMs)}. ${what}${lost}`] };
}

/** These messages pass by the outbox, which is in the database: one that is cut off by the end of the program is not sent again. */
export function createAdminNotices({ platforms, admins, clock, log }: AdminNoticesOptions): AdminNotices {
  async function send(userId: string, message: Message, nonce: string): Promise<void> {
    const [name, id] = userId.split(':', 2);
    const platform = platforms.find((each) => each.name === name);
    // Who sits at the machine sees it on the page.
    if (platform?.privateChat === undefined) return;
    for (let tries = 1; tries <= TRIES; tries++) {
      try {
        await platform.send(await platform.privateChat(id), message, nonce);
        return;
      } catch (error) {
        log.warn({ err: error, admin: userId, tries }, 'an admin could not be told');
        if (!(error instanceof TransportError) || !error.retryable) return;
        const wait = error.retryAfterMs ?? AGAIN_MS;
        await new Promise<void>((resolve) => clock.after(wait, resolve));
      }
    }
  }

  return {
    storage(news) {
      const message = storageMessage(news);
      const nonce = `storage-${clock.now().toString(36)}`;
      if (news.type === 'began') log.error({ reason: news.fault.reason }, 'nothing can be stored');
      else log.warn({ ...news }, 'the database works again');
      for (const userId of admins()) void send(userId, message, nonce);
    },
  };
}
