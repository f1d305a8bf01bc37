import { UserError } from '../engine/errors.ts';
import { createButtonCodec } from './button-codec.ts';
import { cleanText, clipped } from './clean-text.ts';
import type { Action, Command, CommandContext } from './command.ts';
import { createContexts } from './context.ts';
import { errorMessage, sentence } from './error-message.ts';
import type { Message } from './message.ts';
import { allows, refusalOf } from './permission.ts';
import type { CommandPorts } from './ports.ts';
import { COMMANDS } from './registry.ts';
import type { ButtonPress, CommandCall, CommandService, CompletionQuery, PressOutcome, Suggestion } from './service.ts';
import { completeIntervals, completeSymbols } from './symbol-argument.ts';
import { unknownCommand } from './unknown-command.ts';

/** Characters of a command's text that are read at most. */
const LONGEST_TEXT = 1000;
const MOST_SUGGESTIONS = 25;
const LONGEST_TOAST = 200;

/** All commands as one service. Whatever goes wrong inside comes back as a message. */
export function createCommandService(ports: CommandPorts, commands: readonly Command[] = COMMANDS): CommandService {
  const byName = new Map(commands.map((command) => [command.name, command]));
  const actions = new Map<string, Action>(commands.flatMap((command) => Object.entries(command.actions ?? {})));
  actions.set('run', { permission: 'own', run: runAgain });
  const codec = createButtonCodec(ports.secret);
  const contextOf = createContexts(ports, commands, codec);

  async function perform(context: CommandContext, name: string, text: string): Promise<Message> {
    const command = byName.get(name);
    const { permission, restricted } = command ?? { permission: 'members' };
    const needed = typeof permission === 'function' ? permission(text) : permission;
    if (!allows(context.role, needed)) {
      throw new UserError('not-allowed', refusalOf(context.role, needed, restricted));
    }
    if (command === undefined) return unknownCommand(context, name, text);
    if (text.length > LONGEST_TEXT) {
      throw new UserError('text-too-long', `That is ${text.length} characters; I read ${LONGEST_TEXT} at most.`);
    }
    const answer = await command.run(context, text);
    return command.private ? { private: true, ...answer } : answer;
  }

  /** A corrected command that was offered as a button. */
  async function runAgain(context: CommandContext, [viewId]: readonly string[]): Promise<PressOutcome> {
    const view = await context.views.get(viewId);
    const state = view?.chatKey === context.chatKey ? (view.state as { command?: unknown; text?: unknown }) : undefined;
    if (typeof state?.command !== 'string' || typeof state.text !== 'string')
      return { toast: 'Too old: type it again.' };
    return { reply: await answer(context, state.command, state.text) };
  }

  async function answer(context: CommandContext, name: string, text: string): Promise<Message> {
    try {
      return await perform(context, name, text);
    } catch (error) {
      return errorMessage(context, { command: name, text }, error);
    }
  }

  async function pressed({ asker, data }: ButtonPress): Promise<PressOutcome> {
    const context = await contextOf(asker);
    const { action, args, owner } = codec.decode(context.chatKey, data);
    const known = actions.get(action);
    if (known === undefined) return { toast: 'This button no longer works here.' };
    if (!allows(context.role, known.permission)) return { toast: refusalOf(context.role, known.permission) };
    if (owner !== undefined && !context.mayActFor(owner)) return { toast: 'That button is not yours.' };
    return known.run(context, args);
  }

  async function completed(query: CompletionQuery): Promise<readonly Suggestion[]> {
    const context = await contextOf(query.asker);
    if (!allows(context.role, 'members')) return [];
    const command = byName.get(query.command);
    const argument = command?.args.find((spec) => spec.name === query.argument);
    if (argument?.kind === 'symbol') return completeSymbols(context, query.typed);
    if (argument?.kind === 'interval') return completeIntervals(query.typed);
    return (await command?.complete?.(context, query.argument, query.typed)) ?? [];
  }

  function failed(error: unknown, what: object): { reference: string } {
    const reference = ports.reference();
    ports.log.error({ err: error, reference, ...what }, 'a request failed');
    return { reference };
  }

  return {
    commands,
    async run({ asker, command, text }: CommandCall) {
      try {
        return await answer(await contextOf(asker), command.toLowerCase(), cleanText(text).trim());
      } catch (error) {
        const { reference } = failed(error, { command });
        return { text: [`Something went wrong, reference ${reference}.`], private: true };
      }
    },
    async press(press) {
      try {
        return await pressed(press);
      } catch (error) {
        if (error instanceof UserError) return { toast: clipped(sentence(error), LONGEST_TOAST) };
        return {
          toast: `Something went wrong, reference ${failed(error, { press: press.data.split('.')[0] }).reference}.`,
        };
      }
    },
    async complete(query) {
      try {
        return (await completed(query)).slice(0, MOST_SUGGESTIONS);
      } catch (error) {
        failed(error, { complete: query.command });
        return [];
      }
    },
  };
}
