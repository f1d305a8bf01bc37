import type { Button, Message } from './message.ts';
import type { Chat, CommandPorts } from './ports.ts';
import type { Asker, CommandSpec, PressOutcome, Suggestion } from './service.ts';

/** What a command is given: who asks where, the chat's settings, and everything it may use. */
export interface CommandContext extends CommandPorts {
  readonly asker: Asker;
  readonly chat: Chat;
  readonly chatKey: string;
  /** What the chat calls its own series and conditions, by name. */
  readonly defined: ReadonlyMap<string, string>;
  /** Makes a button bound to this chat. `forOwner` lets only that user (and the chat's admins) press it. */
  button(label: string, action: string, args: readonly string[], forOwner?: string): Button;
  /** All commands, for help. */
  readonly commands: readonly Command[];
  /** Whether the asker may act on what `userId` owns. */
  mayActFor(userId: string): boolean;
}

/** What one button does. `args` are the parts that `button` was given. */
export type ActionHandler = (context: CommandContext, args: readonly string[]) => Promise<PressOutcome>;

/** One command: a file of its own in this folder. */
export interface Command extends CommandSpec {
  /** How it is typed: `/chart SYMBOL [INTERVAL] [overlays…]`. */
  readonly usage: string;
  /** Lines that can be typed as they are. */
  readonly examples: readonly string[];
  /** More than the summary, for `/help command`. */
  readonly details?: string;
  run(context: CommandContext, text: string): Promise<Message>;
  /** What its buttons do, by the action's name; names are unique over all commands. */
  readonly actions?: Readonly<Record<string, ActionHandler>>;
  /** Completes one of its arguments; symbols and intervals complete themselves. */
  complete?(context: CommandContext, argument: string, typed: string): Promise<readonly Suggestion[]>;
}
