import type { AutocompleteInteraction } from 'discord.js';
import type { Suggestion } from '../../commands/service.ts';
import { askerOf } from './asker.ts';
import type { InteractionParts } from './interaction-parts.ts';
import { shorten } from './payload.ts';

const CHOICES = 25;
const TEXT_LIMIT = 100;

/** What is offered while somebody types. A value that Discord would have to cut is left out: it would mean something else. */
export async function answerCompletion(
  interaction: AutocompleteInteraction,
  { service }: InteractionParts,
): Promise<void> {
  const focused = interaction.options.getFocused(true);
  const suggestions = await service.complete({
    asker: askerOf(interaction),
    command: interaction.commandName,
    argument: focused.name,
    typed: focused.value,
  });
  await interaction.respond(
    suggestions
      .filter(({ value }) => value !== '' && value.length <= TEXT_LIMIT)
      .slice(0, CHOICES)
      .map((suggestion) => ({ name: nameOf(suggestion), value: suggestion.value })),
  );
}

/** Discord shows nothing but the name: with a note it says the whole text that one gets. */
function nameOf({ label, value, note }: Suggestion): string {
  if (note === undefined) return shorten(label || value, TEXT_LIMIT);
  return shorten(`${value.trim()} · ${note}`, TEXT_LIMIT);
}
