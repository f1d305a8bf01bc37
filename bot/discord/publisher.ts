import { type REST, Routes } from 'discord.js';
import type { Clock } from '../../engine/clock.ts';
import { createBudget } from '../delivery/budget.ts';
import type { Logger } from '../logger.ts';
import type { Ask } from './asking.ts';
import type { Channels } from './channels.ts';
import { describeFailure } from './failures.ts';

/** What Discord lets one publish of a channel's. */
const LIMIT = { count: 10, ms: 3_600_000 };

/** Hands messages of announcement channels on to those who follow them. */
export interface Publisher {
  /** Returns at once and never fails: what was sent is sent, published or not. */
  publish(channel: string, messageId: string): void;
}

export function createPublisher(
  rest: REST,
  ask: Ask,
  channels: Channels,
  { clock, log }: { readonly clock: Pick<Clock, 'now'>; readonly log: Logger },
): Publisher {
  const budget = createBudget({ all: [], chat: () => [LIMIT] });

  async function tryTo(channel: string, messageId: string): Promise<void> {
    try {
      if (!(await channels.of(channel)).isAnnouncement) return;
      if (budget.left(channel, clock.now())?.left === 0) {
        log.info({ channel }, 'a message is not published: its channel has had ten within an hour');
        return;
      }
      budget.record(channel, clock.now());
      await ask(() => rest.post(Routes.channelMessageCrosspost(channel, messageId)));
    } catch (error) {
      log.warn({ channel, ...describeFailure(error) }, 'a message could not be published');
    }
  }

  return { publish: (channel, messageId) => void tryTo(channel, messageId) };
}
