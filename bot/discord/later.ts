import type { ButtonInteraction, ChatInputCommandInteraction } from 'discord.js';
import type { Message } from '../../commands/message.ts';
import { toEdit } from './payload.ts';

/** Changes an interaction's own message into what it becomes when more is known; Discord allows that for 15 minutes. */
export async function showLater(
  interaction: ButtonInteraction | ChatInputCommandInteraction,
  shown: Message | undefined,
): Promise<void> {
  for (let next = await shown?.later?.(); next !== undefined; next = await next.later?.()) {
    await interaction.editReply(toEdit(next));
  }
}
