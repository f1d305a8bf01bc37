import { ChannelType, DiscordAPIError, type REST, Routes } from 'discord.js';
import { z } from 'zod';
import type { Place } from '../../commands/platform.ts';
import type { Asker } from '../../commands/service.ts';
import { UserError } from '../../engine/errors.ts';
import { toTransportError } from './failures.ts';

const Channel = z.object({
  id: z.string(),
  type: z.number(),
  name: z.string().nullish(),
  guild_id: z.string().optional(),
});

const POSTED_TO: ReadonlySet<number> = new Set([
  ChannelType.GuildText,
  ChannelType.GuildAnnouncement,
  ChannelType.AnnouncementThread,
  ChannelType.PublicThread,
  ChannelType.PrivateThread,
]);

function refused(message: string, hint: string): UserError {
  return new UserError('place-none', message, { hint });
}

/**
 * A channel of the asker's server that they name as `<#123>`, where the bot may post.
 * @throws UserError with the reason why it is none; TransportError where Discord was not reached
 */
export async function findPlace(rest: REST, named: string, asker: Asker, isOwner: boolean): Promise<Place> {
  const id = /^(?:<#)?(\d{15,20})>?$/.exec(named)?.[1];
  if (id === undefined)
    throw refused(`I can’t find ${named} here.`, 'Pick a channel of this server: type # and its name.');
  const isHere = id === asker.address.chat;
  if (!isOwner && !isHere && asker.isGuildAdmin !== true) {
    throw refused('You do not manage this server.', 'Whoever does decides what is posted in its other channels.');
  }
  try {
    const channel = Channel.parse(await rest.get(Routes.channel(id)));
    const isOurs = channel.guild_id !== undefined && `discord:${channel.guild_id}` === asker.guild;
    if (!POSTED_TO.has(channel.type) || !(isOurs || isOwner)) {
      throw refused('That is no text channel of this server.', 'Type # and the name of one.');
    }
    // Discord lets those alone be seen typing who may write there.
    await rest.post(Routes.channelTyping(id));
    const isAnnouncement = channel.type === ChannelType.GuildAnnouncement;
    return {
      address: { platform: 'discord', chat: id },
      title: `#${channel.name ?? id}`,
      kind: 'group',
      isAnnouncement,
    };
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (error instanceof DiscordAPIError && (error.status === 403 || error.status === 404)) {
      throw refused(
        'I may not post in that channel.',
        'Let me see it, send messages, embed links and attach files there.',
      );
    }
    throw toTransportError(error);
  }
}
