import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createTerminal } from '../bot/console/terminal.ts';
import { createDiscord } from '../bot/discord/discord.ts';
import { createTelegram, type TelegramParts } from '../bot/telegram/telegram.ts';
import type { ChatPlatform } from '../commands/platform.ts';
import type { CommandPorts, PartStatus } from '../commands/ports.ts';
import type { Config } from '../config.ts';
import { databaseFile } from '../db/faults.ts';
import type { Clock } from '../engine/clock.ts';
import { UserError } from '../engine/errors.ts';
import type { RootLogger } from './part-logger.ts';

/** A terminal that the console may have. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly ended: () => void;
}

/** What the platforms tell of chats, beside what people do in them. */
export type ChatEvents = Pick<TelegramParts, 'onMembership' | 'onMoved'>;

export function hasChatToken(config: Config): boolean {
  return config.TELEGRAM_TOKEN !== undefined || config.DISCORD_TOKEN !== undefined;
}

/** A platform for each token that is set. */
export function chatPlatforms(config: Config, clock: Clock, log: RootLogger, events: ChatEvents): ChatPlatform[] {
  const platforms: ChatPlatform[] = [];
  if (config.TELEGRAM_TOKEN !== undefined) {
    const apiRoot = config.TELEGRAM_API_ROOT === undefined ? {} : { apiRoot: config.TELEGRAM_API_ROOT };
    const parts = { clock, log: log.part('telegram'), random: Math.random, ...events };
    platforms.push(createTelegram({ token: config.TELEGRAM_TOKEN, ...apiRoot, ...parts }));
  }
  if (config.DISCORD_TOKEN !== undefined) {
    const apiRoot = config.DISCORD_API_ROOT === undefined ? {} : { apiRoot: config.DISCORD_API_ROOT };
    platforms.push(createDiscord({ token: config.DISCORD_TOKEN, ...apiRoot, clock, log: log.part('discord') }));
  }
  return platforms;
}

/** The console in the terminal. Its pictures and files go beside the database. */
export function openTerminal(config: Config, clock: Clock, terminal: Terminal): ChatPlatform {
  const data = dirname(databaseFile(config.DATABASE_URL) ?? 'data/x');
  // A later run leaves the pictures of an earlier one alone.
  const run = Math.floor(clock.now() / 1000).toString(36);
  let count = 0;
  async function save(kind: string, name: string, bytes: Uint8Array): Promise<string> {
    const folder = join(data, kind);
    await mkdir(folder, { recursive: true });
    const path = join(folder, name);
    await writeFile(path, bytes);
    return path;
  }
  return createTerminal({
    ...terminal,
    colour: true,
    savePicture: (png) => save('charts', `chart-${run}-${++count}.png`, png),
    saveFile: (name, bytes) => save('exports', `${run}-${++count}-${name}`, bytes),
  });
}

/** Other chats, on the platform of whoever asks. */
export function placeOn(platforms: readonly ChatPlatform[]): CommandPorts['place'] {
  return async (named, asker, isOwner) => {
    const own = platforms.find(({ name }) => name === asker.address.platform);
    if (own?.place !== undefined) return own.place(named, asker, isOwner);
    throw new UserError('place-none', 'There are no other channels here.', {
      hint: 'Leave “to” and what follows out.',
    });
  };
}

export function partStatus(platform: ChatPlatform, now: number): PartStatus {
  const { state, lastSeen, detail } = platform.status();
  return { name: platform.name, state, ageMs: lastSeen === undefined ? undefined : now - lastSeen, detail };
}
