import type { Message } from 'grammy/types';

export interface CommandText {
  readonly command: string;
  readonly text: string;
}

const COMMAND = /^\/([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]+))?(?:\s+([\s\S]*))?$/;

/** Posts that Telegram copies from a channel into its group were answered in the channel; bots are never answered. */
function isEcho({ is_automatic_forward, from, sender_chat }: Message): boolean {
  return is_automatic_forward === true || (from?.is_bot === true && sender_chat === undefined);
}

/**
 * Reads a command out of a message: `/chart@bellwether_bot eth 5m` -> `chart`, `eth 5m`.
 * @returns undefined where it is none, is another bot's, or is unknown in a chat that other bots listen in, too
 */
export function readCommand(
  message: Message,
  botName: string,
  known: ReadonlyMap<string, unknown>,
): CommandText | undefined {
  const match = COMMAND.exec(message.text ?? '');
  if (match === null || isEcho(message)) return undefined;
  const [, name, addressee, rest = ''] = match;
  const isOurs = addressee?.toLowerCase() === botName.toLowerCase();
  if (addressee !== undefined && !isOurs) return undefined;
  const command = name.toLowerCase();
  if (message.chat.type !== 'private' && !isOurs && !known.has(command)) return undefined;
  return { command, text: rest.replace(/\s*[\r\n]+\s*/g, ' ').trim() };
}
