import { type BaseInteraction, PermissionFlagsBits } from 'discord.js';
import type { Asker } from '../../commands/service.ts';

/** What one has for the whole server, where a channel cannot give it. */
const GUILD_PERMISSIONS = [PermissionFlagsBits.Administrator, PermissionFlagsBits.ManageGuild];
const ADMIN_PERMISSIONS = [...GUILD_PERMISSIONS, PermissionFlagsBits.ManageChannels];

/** Who used a command, a button or a suggestion list, and where. A Discord thread is a chat of its own. */
export function askerOf(interaction: BaseInteraction): Asker {
  const { user, guildId, memberPermissions } = interaction;
  const alone = guildId === null;
  return {
    address: { platform: 'discord', chat: interaction.channelId ?? '' },
    chatTitle: alone ? user.displayName : groupTitle(interaction),
    chatKind: alone ? 'private' : 'group',
    userId: `discord:${user.id}`,
    userName: user.displayName,
    handle: user.username,
    ...(alone ? {} : { guild: `discord:${guildId}`, isGuildAdmin: memberPermissions?.any(GUILD_PERMISSIONS) ?? false }),
    isChatAdmin: alone || (memberPermissions?.any(ADMIN_PERMISSIONS) ?? false),
    locale: interaction.locale,
  };
}

function groupTitle({ guild, channel }: BaseInteraction): string {
  const channelName = channel !== null && 'name' in channel && channel.name !== null ? `#${channel.name}` : '';
  return `${guild?.name ?? ''} ${channelName}`.trim() || 'a channel';
}
