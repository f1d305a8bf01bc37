import { ChannelType, DiscordAPIError, type REST, Routes } from 'discord.js';
import { z } from 'zod';
import type { Clock } from '../../engine/clock.ts';
import type { Ask } from './asking.ts';

/** A channel can be made an announcement channel and back. */
const KNOWN_FOR_MS = 3_600_000;
/** Then it begins anew. */
const REMEMBERED = 10_000;

const Channel = z.object({ type: z.number(), parent_id: z.string().nullish() });

export interface ChannelFacts {
  /** Whether what is posted there can be handed on to those who follow it. */
  readonly isAnnouncement: boolean;
  /** The channel that has its webhooks: itself, or that of a thread; undefined where there are none. */
  readonly hookChannel: string | undefined;
}

export interface Channels {
  /** @throws what a call throws where Discord was not reached */
  of(id: string): Promise<ChannelFacts>;
}

const NONE: ChannelFacts = { isAnnouncement: false, hookChannel: undefined };
const THREADS: readonly number[] = [
  ...[ChannelType.PublicThread, ChannelType.PrivateThread, ChannelType.AnnouncementThread],
];
const WITH_HOOKS: readonly number[] = [ChannelType.GuildText, ChannelType.GuildAnnouncement];

/** What channels are, asked for once an hour. */
export function createChannels(rest: REST, ask: Ask, clock: Pick<Clock, 'now'>): Channels {
  const known = new Map<string, { readonly facts: ChannelFacts; readonly at: number }>();

  async function look(id: string): Promise<ChannelFacts> {
    try {
      const { type, parent_id: parent } = Channel.parse(await ask(() => rest.get(Routes.channel(id))));
      const own = WITH_HOOKS.includes(type) ? id : undefined;
      const hookChannel = THREADS.includes(type) ? (parent ?? undefined) : own;
      return { isAnnouncement: type === ChannelType.GuildAnnouncement, hookChannel };
    } catch (error) {
      // Whether one may write there shows when one does.
      if (error instanceof DiscordAPIError && (error.status === 403 || error.status === 404)) return NONE;
      throw error;
    }
  }

  return {
    async of(id) {
      const seen = known.get(id);
      if (seen !== undefined && clock.now() - seen.at < KNOWN_FOR_MS) return seen.facts;
      const facts = await look(id);
      if (known.size >= REMEMBERED) known.clear();
      known.set(id, { facts, at: clock.now() });
      return facts;
    },
  };
}
