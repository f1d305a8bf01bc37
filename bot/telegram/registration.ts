import type { Api } from 'grammy';
import type { BotCommand } from 'grammy/types';
import type { CommandSpec } from '../../commands/service.ts';

const MOST = 100;
const SCOPES = ['all_private_chats', 'all_group_chats'] as const;

function menuOf(commands: readonly CommandSpec[]): BotCommand[] {
  return commands
    .filter(({ name }) => /^[a-z0-9_]{1,32}$/.test(name))
    .slice(0, MOST)
    .map(({ name, summary }) => ({ command: name, description: (summary || name).slice(0, 256) }));
}

/** Writes the menu of commands, where it is not what Telegram shows already. @returns the number of scopes written */
export async function registerCommands(api: Api, commands: readonly CommandSpec[]): Promise<number> {
  const menu = menuOf(commands);
  let written = 0;
  for (const type of SCOPES) {
    const scope = { type };
    const shown = await api.getMyCommands({ scope });
    if (isSame(shown, menu)) continue;
    await api.setMyCommands(menu, { scope });
    written++;
  }
  return written;
}

function isSame(a: readonly BotCommand[], b: readonly BotCommand[]): boolean {
  const text = (menu: readonly BotCommand[]) => JSON.stringify(menu.map((item) => [item.command, item.description]));
  return text(a) === text(b);
}
