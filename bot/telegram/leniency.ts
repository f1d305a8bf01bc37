import { InputFile } from 'grammy';
import type { Message as SentMessage } from 'grammy/types';
import type { Picture } from '../../commands/message.ts';
import type { Logger } from '../logger.ts';
import { describe, isAboutEntities, isAboutFileId, type Scrub } from './failures.ts';
import type { Formatted } from './format.ts';
import type { Lru } from './lru.ts';

export interface LeniencyParts {
  /** `Picture.key` -> the `file_id` of what was uploaded. */
  readonly pictures: Lru<string>;
  readonly scrub: Scrub;
  readonly log: Logger;
  /** Goes around every single call: the place to wait out a rate limit. */
  attempt<T>(call: () => Promise<T>): Promise<T>;
}

/** Calls that are made once more, plainer, where Telegram does not like their looks. */
export function createLeniency({ pictures, scrub, log, attempt }: LeniencyParts) {
  function warn(error: unknown, message: string): void {
    log.warn({ reason: describe(error, scrub) }, message);
  }

  /** Calls with the entities, and again without if they are what the server does not like. */
  async function styled<T>({ entities }: Formatted, call: (entities: Formatted['entities']) => Promise<T>): Promise<T> {
    try {
      return await attempt(() => call(entities));
    } catch (error) {
      if (entities.length === 0 || !isAboutEntities(error)) throw error;
      warn(error, 'Telegram did not take the formatting: sent as plain text');
      return await attempt(() => call([]));
    }
  }

  /** Calls with the id of an earlier upload where there is one, else with the bytes, and remembers what came of them. */
  async function pictured<T>({ png, key }: Picture, call: (photo: string | InputFile) => Promise<T>): Promise<T> {
    const known = pictures.get(key);
    if (known !== undefined) {
      try {
        return await call(known);
      } catch (error) {
        if (!isAboutFileId(error)) throw error;
        warn(error, 'Telegram forgot a picture: uploaded again');
      }
    }
    const sent = await call(new InputFile(png, 'chart.png'));
    const fileId = largestPhoto(sent);
    if (fileId !== undefined) pictures.set(key, fileId);
    return sent;
  }

  return { styled, pictured, warn };
}

function largestPhoto(sent: unknown): string | undefined {
  const sizes = (sent as Partial<SentMessage>).photo;
  return sizes?.[sizes.length - 1]?.file_id;
}
