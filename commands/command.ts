import type { Button, Message } from './message.ts';
import type { Permission, Role } from './permission.ts';
import type { Chat, CommandPorts } from './ports.ts';
import type { QuotaKind } from './quota.ts';
import type { Asker, CommandSpec, PressOutcome, Suggestion } from './service.ts';

/** What a command is given: who asks where, the chat's settings, and everything it may use. */
export interface CommandContext extends CommandPorts {
  readonly asker: Asker;
  readonly role: Role;
  readonly chat: Chat;
  readonly chatKey: string;
  /** What the chat calls its own series and conditions, by name. */
  readonly defined: ReadonlyMap<string, string>;
  /** Set where nobody will see a picture: none is drawn. */
  readonly withoutPictures?: boolean;
  /** Makes a button bound to this chat. `forOwner` lets only that user (and the chat's admins) press it. */
  button(label: string, action: string, args: readonly string[], forOwner?: string): Button;
  /** All commands, for help. */
  readonly commands: readonly Command[];
  /**
   * Counts what the asker has done for them. Those that ADMINS names may do as much as they like.
   * @throws UserError that says when there is room again
   */
  spend(kind: QuotaKind, amount?: number): void;
  /** Whether the asker may act on what `userId` owns. */
  mayActFor(userId: string): boolean;
}

/** What one button does. `args` are the parts that `button` was given. */
export type ActionHandler = (context: CommandContext, args: readonly string[]) => Promise<PressOutcome>;

/** A button's action, and who may press it. */
export interface Action {
  /** With `own`, what the button was made for counts, and `run` looks at what it is about. */
  readonly permission: Permission;
  readonly run: ActionHandler;
}

/** One command: a file of its own in this folder. */
export interface Command extends CommandSpec {
  /** How it is typed: `/chart SYMBOL [INTERVAL] [overlays…]`. */
  readonly usage: string;
  /** Who may run it; by what is typed behind it where that makes a difference. */
  readonly permission: Permission | ((text: string) => Permission);
  /** What only they may do, where not everybody may: `change its settings`. */
  readonly restricted?: string;
  /** Lines that can be typed as they are. */
  readonly examples: readonly string[];
  /** More than the summary, for `/help command`. */
  readonly details?: string;
  run(context: CommandContext, text: string): Promise<Message>;
  /** What its buttons do, by the action's name; names are unique over all commands. */
  readonly actions?: Readonly<Record<string, Action>>;
  /** Completes one of its arguments; symbols and intervals complete themselves. */
  complete?(context: CommandContext, argument: string, typed: string): Promise<readonly Suggestion[]>;
}
