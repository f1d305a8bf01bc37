import { type ChatInputCommandInteraction, MessageFlags } from 'discord.js';
import type { Message } from '../../commands/message.ts';
import type { CommandSpec } from '../../commands/service.ts';
import { firstWithin } from '../waiting.ts';
import { askerOf } from './asker.ts';
import { answeredWithin, type InteractionParts, withFallback } from './interaction-parts.ts';
import { toPayload } from './payload.ts';

/**
 * A slash command: runs it and answers, within Discord's three seconds at least with a sign that it is at work.
 * @returns what was answered
 */
export async function answerCommand(
  interaction: ChatInputCommandInteraction,
  parts: InteractionParts,
): Promise<Message> {
  const { service, clock } = parts;
  const spec = service.commands.find((command) => command.name === interaction.commandName);
  const alone = spec?.private ?? false;
  const deferring = spec?.slow === true ? defer(interaction, alone) : undefined;
  const work = service.run({
    asker: askerOf(interaction),
    command: interaction.commandName,
    text: commandText(interaction, spec),
  });
  if (deferring === undefined) {
    const early = await firstWithin(clock, answeredWithin, work);
    if (early !== undefined) {
      await reply(interaction, early.value, alone);
      return early.value;
    }
    await defer(interaction, alone);
  } else await Promise.all([deferring, work]);
  const message = await work;
  await complete(interaction, message, alone);
  return message;
}

/** The options as one would have typed them, in the order of the command's arguments. */
function commandText(interaction: ChatInputCommandInteraction, spec: CommandSpec | undefined): string {
  const names = spec?.args.map((arg) => arg.name) ?? interaction.options.data.map((option) => option.name);
  return names
    .map((name) => interaction.options.getString(name)?.trim() ?? '')
    .filter((value) => value !== '')
    .join(' ');
}

async function defer(interaction: ChatInputCommandInteraction, alone: boolean): Promise<void> {
  await interaction.deferReply(alone ? { flags: MessageFlags.Ephemeral } : {});
}

async function reply(interaction: ChatInputCommandInteraction, message: Message, alone: boolean): Promise<void> {
  const payload = toPayload(message);
  const hidden = message.private ?? alone;
  const flags = payload.flags | (hidden ? MessageFlags.Ephemeral : 0);
  await withFallback(
    () => interaction.reply({ ...payload, flags }),
    (content) => interaction.reply({ content, flags: MessageFlags.Ephemeral }),
  );
}

async function complete(
  interaction: ChatInputCommandInteraction,
  message: Message,
  deferredAlone: boolean,
): Promise<void> {
  const payload = toPayload(message);
  const { content, components, files } = payload;
  if (message.private === true && !deferredAlone) {
    // Deferring has fixed who sees it: only a message of its own can still be for the asker alone.
    await interaction.deleteReply();
    await interaction.followUp({ ...payload, flags: payload.flags | MessageFlags.Ephemeral });
    return;
  }
  await withFallback(
    () => interaction.editReply({ content, components, files }),
    (text) => interaction.editReply({ content: text }),
  );
}
