import { DiscordAPIError } from 'discord.js';
import type { CommandService } from '../../commands/service.ts';
import type { Clock } from '../../engine/clock.ts';

/** What answering an interaction takes. */
export interface InteractionParts {
  readonly service: CommandService;
  readonly clock: Clock;
}

/** In ms: what takes longer is acknowledged first. Discord gives up after three seconds, and the way there takes some. */
export const answeredWithin = 1_000;

const NOT_SHOWN = 'The answer could not be shown here.';

/** Where Discord refuses an answer for its form, says so rather than leaving the asker with nothing. */
export async function withFallback(
  answer: () => Promise<unknown>,
  plainly: (content: string) => Promise<unknown>,
): Promise<void> {
  try {
    await answer();
  } catch (error) {
    if (!isAboutForm(error)) throw error;
    await plainly(NOT_SHOWN);
    throw error;
  }
}

function isAboutForm(error: unknown): boolean {
  if (!(error instanceof DiscordAPIError)) return false;
  return error.status === 413 || (error.status === 400 && error.code !== 40060);
}
