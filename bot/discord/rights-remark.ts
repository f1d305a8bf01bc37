import { type ChatInputCommandInteraction, MessageFlags, PermissionFlagsBits } from 'discord.js';

/** Channels that are remembered; then it begins anew, and somebody is told twice. */
const REMEMBERED = 10_000;

/**
 * Says, once a channel, that the bot may answer there but not write by itself. A command is answered without any right, so
 * this would otherwise show only when an alert does not arrive.
 */
export function createRightsRemark(): (interaction: ChatInputCommandInteraction) => Promise<void> {
  const told = new Set<string>();
  return async (interaction) => {
    const missing = missingRights(interaction);
    if (missing.length === 0 || told.has(interaction.channelId)) return;
    if (told.size >= REMEMBERED) told.clear();
    told.add(interaction.channelId);
    await interaction.followUp({
      content: `I cannot write in this channel by myself (missing: ${missing.join(', ')}), so alerts would not arrive here. Someone who manages it can allow that.`,
      flags: MessageFlags.Ephemeral,
    });
  };
}

function missingRights({ guildId, appPermissions, channel }: ChatInputCommandInteraction): string[] {
  if (guildId === null) return [];
  const inThread = channel?.isThread() === true;
  const needed: [bigint, string][] = [
    [PermissionFlagsBits.ViewChannel, 'View Channel'],
    inThread
      ? [PermissionFlagsBits.SendMessagesInThreads, 'Send Messages in Threads']
      : [PermissionFlagsBits.SendMessages, 'Send Messages'],
    [PermissionFlagsBits.AttachFiles, 'Attach Files'],
  ];
  return needed.filter(([right]) => !appPermissions.has(right)).map(([, name]) => name);
}
