import type { Message } from './message.ts';

/** Where a message goes. `thread` is a forum topic or a Discord thread. */
export interface ChatAddress {
  readonly platform: string;
  /** The platform's id of the chat, as text. */
  readonly chat: string;
  readonly thread?: string;
}

/** The one key of a chat: `telegram:-100123`, `telegram:-100123/45`, `discord:99`, `console:local`. */
export function chatKey(address: ChatAddress): string {
  const base = `${address.platform}:${address.chat}`;
  return address.thread === undefined ? base : `${base}/${address.thread}`;
}

/** The address that `chatKey` was made from. */
export function parseChatKey(key: string): ChatAddress {
  const colon = key.indexOf(':');
  const slash = key.indexOf('/', colon);
  const platform = key.slice(0, colon);
  if (slash < 0) return { platform, chat: key.slice(colon + 1) };
  return { platform, chat: key.slice(colon + 1, slash), thread: key.slice(slash + 1) };
}

/** Who asks, and where. */
export interface Asker {
  readonly address: ChatAddress;
  /** The chat's title, or the other side's name in a private chat. */
  readonly chatTitle: string;
  readonly chatKind: 'private' | 'group' | 'channel';
  /** `telegram:123`. */
  readonly userId: string;
  readonly userName: string;
  /** What others write behind an `@` to mean the user, where the platform has such names. */
  readonly handle?: string;
  /** The server that the chat belongs to, where the platform has such: `discord:123`. */
  readonly guild?: string;
  /** Whether the user administers all of that server. */
  readonly isGuildAdmin?: boolean;
  /** Whose message the user replies to: `telegram:123`. */
  readonly repliesTo?: string;
  /** Whether the user administers this chat (always true in a private chat). */
  readonly isChatAdmin: boolean;
  /** BCP 47 tag of the user's language where the platform tells it. */
  readonly locale?: string;
}

export interface CommandCall {
  readonly asker: Asker;
  /** Without the slash, lower case: `chart`. */
  readonly command: string;
  /** Everything behind the command as one text: `ethusdt 5m rsi`. */
  readonly text: string;
}

export interface ButtonPress {
  readonly asker: Asker;
  /** `Button.data` as the platform gave it back: not to be trusted. */
  readonly data: string;
}

/** What a press leads to. Every part is optional; a platform answers the press even where all are missing. */
export interface PressOutcome {
  /** A short note shown over the chat, at most 200 characters. */
  readonly toast?: string;
  /** Replaces the message that the button was on. */
  readonly edit?: Message;
  /** A new message. */
  readonly reply?: Message;
  /** Takes the message that the button was on away. */
  readonly remove?: boolean;
}

export interface Suggestion {
  /** What is shown: `btcusdt · binance`. */
  readonly label: string;
  /** What is filled in. */
  readonly value: string;
  /** One line on it. The label is then only the part that is added, where the value is the whole argument. */
  readonly note?: string;
}

export interface CompletionQuery {
  readonly asker: Asker;
  readonly command: string;
  /** Name of the argument that is being typed. */
  readonly argument: string;
  /** What stands there up to the cursor. */
  readonly typed: string;
}

export type ArgumentKind = 'symbol' | 'interval' | 'text' | 'choice';

/** An argument as Discord shows it; in plain text the arguments are joined with spaces, in this order. */
export interface ArgumentSpec {
  /** `[a-z0-9_]{1,32}`. */
  readonly name: string;
  readonly kind: ArgumentKind;
  readonly description: string;
  readonly required: boolean;
  readonly choices?: readonly string[];
}

/** What a platform needs to know of a command to register it. */
export interface CommandSpec {
  /** `[a-z0-9_]{1,32}`. */
  readonly name: string;
  /** At most 100 characters. */
  readonly summary: string;
  readonly args: readonly ArgumentSpec[];
  /** Draws or fetches: show that something is going on at once. */
  readonly slow: boolean;
  /** The answer is for the asker alone, where the platform can show it so. */
  readonly private: boolean;
}

/** Everything a chat platform or the page may ask of the program. None of these rejects: failures come back as messages. */
export interface CommandService {
  readonly commands: readonly CommandSpec[];
  run(call: CommandCall): Promise<Message>;
  press(press: ButtonPress): Promise<PressOutcome>;
  /** At most 25, best first. */
  complete(query: CompletionQuery): Promise<readonly Suggestion[]>;
}
