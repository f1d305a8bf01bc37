import { type ButtonInteraction, MessageFlags } from 'discord.js';
import type { Message } from '../../commands/message.ts';
import type { PressOutcome } from '../../commands/service.ts';
import { firstWithin } from '../waiting.ts';
import { askerOf } from './asker.ts';
import { answeredWithin, type InteractionParts, withFallback } from './interaction-parts.ts';
import { showLater } from './later.ts';
import { toEdit, toPayload } from './payload.ts';

/** A button: does what it stands for, and always answers the press. */
export async function answerPress(interaction: ButtonInteraction, { service, clock }: InteractionParts): Promise<void> {
  const work = service.press({ asker: askerOf(interaction), data: interaction.customId });
  const early = await firstWithin(clock, answeredWithin, work);
  if (early === undefined) await interaction.deferUpdate();
  const outcome = early?.value ?? (await work);
  await withFallback(
    () => changeMessage(interaction, outcome),
    (content) => say(interaction, { text: [content], private: true }),
  );
  if (outcome.reply !== undefined) await say(interaction, outcome.reply);
  if (outcome.toast !== undefined) await say(interaction, { text: [outcome.toast], private: true });
  if (!interaction.deferred && !interaction.replied) await interaction.deferUpdate();
  await showLater(interaction, outcome.edit);
}

/** Edits or takes away the message with the button, which must come before a reply becomes the interaction's own message. */
async function changeMessage(interaction: ButtonInteraction, outcome: PressOutcome): Promise<void> {
  if (outcome.remove === true) {
    if (!interaction.deferred) await interaction.deferUpdate();
    await interaction.deleteReply();
  } else if (outcome.edit !== undefined) {
    const edit = toEdit(outcome.edit);
    if (interaction.deferred) await interaction.editReply(edit);
    else await interaction.update(edit);
  }
}

async function say(interaction: ButtonInteraction, message: Message): Promise<void> {
  const payload = toPayload(message);
  const options = { ...payload, flags: payload.flags | (message.private === true ? MessageFlags.Ephemeral : 0) };
  if (interaction.deferred || interaction.replied) await interaction.followUp(options);
  else await interaction.reply(options);
}
