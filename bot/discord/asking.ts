import { DiscordAPIError, RateLimitError } from 'discord.js';
import { isTokenRefusal } from './failures.ts';
import type { InvalidBudget } from './invalid-budget.ts';

/** Makes one call of Discord's, and counts it where Discord holds its answer against the address. Its error is Discord's own. */
export type Ask = (call: () => Promise<unknown>) => Promise<unknown>;

/** @param heard told of every answer, also a bad one */
export function createAsk(budget: InvalidBudget, heard: (error?: unknown) => void): Ask {
  return async (call) => {
    budget.check();
    try {
      const answer = await call();
      heard();
      return answer;
    } catch (error) {
      if (countsAsInvalid(error)) budget.spend();
      heard(error);
      throw error;
    }
  };
}

function countsAsInvalid(error: unknown): boolean {
  if (error instanceof RateLimitError || isTokenRefusal(error)) return true;
  return error instanceof DiscordAPIError && (error.status === 401 || error.status === 403);
}
