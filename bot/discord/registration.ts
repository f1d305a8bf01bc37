import {
  type APIApplicationCommandOptionChoice,
  type APIApplicationCommandStringOption,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
  type REST,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
  Routes,
} from 'discord.js';
import type { ArgumentSpec, CommandSpec } from '../../commands/service.ts';
import { shorten } from './payload.ts';

const COMMANDS = 100;
const OPTIONS = 25;
const CHOICES = 25;
const TEXT_LIMIT = 100;

type Definition = RESTPostAPIChatInputApplicationCommandsJSONBody;

/** The commands as Discord registers them: in servers and in the bot's direct messages. */
function toDefinitions(commands: readonly CommandSpec[]): Definition[] {
  return commands.slice(0, COMMANDS).map((command) => ({
    type: ApplicationCommandType.ChatInput,
    name: command.name,
    description: shorten(command.summary || command.name, TEXT_LIMIT),
    options: [...command.args]
      .sort((a, b) => Number(b.required) - Number(a.required))
      .slice(0, OPTIONS)
      .map(toOption),
    contexts: [InteractionContextType.Guild, InteractionContextType.BotDM],
    integration_types: [ApplicationIntegrationType.GuildInstall],
  }));
}

function toOption(arg: ArgumentSpec): APIApplicationCommandStringOption {
  const base = {
    type: ApplicationCommandOptionType.String as const,
    name: arg.name,
    description: shorten(arg.description || arg.name, TEXT_LIMIT),
    required: arg.required,
  };
  const choices = fixedChoices(arg);
  if (choices !== undefined) return { ...base, choices };
  // Text too: some commands know what may stand there, and one can always type something else.
  return { ...base, autocomplete: true };
}

/** A list that fits is Discord's own menu; a longer one is completed as one types. */
function fixedChoices(arg: ArgumentSpec): APIApplicationCommandOptionChoice<string>[] | undefined {
  const choices = arg.kind === 'choice' ? (arg.choices ?? []) : [];
  if (choices.length === 0 || choices.length > CHOICES) return undefined;
  if (choices.some((choice) => choice === '' || choice.length > TEXT_LIMIT)) return undefined;
  return choices.map((choice) => ({ name: choice, value: choice }));
}

/**
 * Makes the registered global commands those of `commands`: one look, and one overwrite where they differ.
 * @returns whether they had to be written
 */
export async function registerCommands(
  rest: REST,
  applicationId: string,
  commands: readonly CommandSpec[],
): Promise<boolean> {
  const route = Routes.applicationCommands(applicationId);
  const wanted = toDefinitions(commands);
  const registered = await rest.get(route);
  if (fingerprint(registered) === fingerprint(wanted)) return false;
  await rest.put(route, { body: wanted });
  return true;
}

/** Equal for equal definitions, whatever Discord adds to those that it lists. */
function fingerprint(commands: unknown): string {
  return JSON.stringify(asList(commands).map(canonical).sort(byName));
}

function canonical(command: Fields): Fields {
  return {
    name: command.name,
    type: command.type ?? ApplicationCommandType.ChatInput,
    description: command.description,
    contexts: command.contexts ?? null,
    integration_types: command.integration_types ?? null,
    options: asList(command.options).map((option) => ({
      type: option.type,
      name: option.name,
      description: option.description,
      required: option.required ?? false,
      autocomplete: option.autocomplete ?? false,
      choices: asList(option.choices).map((choice) => [choice.name, choice.value]),
    })),
  };
}

type Fields = Readonly<Record<string, unknown>>;

function asList(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter((item): item is Fields => typeof item === 'object' && item !== null) : [];
}

function byName(a: Fields, b: Fields): number {
  return String(a.name) < String(b.name) ? -1 : 1;
}
