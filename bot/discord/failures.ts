import { DiscordAPIError, DiscordjsError, DiscordjsErrorCodes, HTTPError, RateLimitError } from 'discord.js';
import { TransportError } from '../../engine/errors.ts';

/** Missing access, missing permissions, unknown channel, no direct messages to this user, thread locked. */
const GONE_CODES = new Set<unknown>([50001, 50013, 10003, 50007, 50083]);
const MISSING_PERMISSIONS = 50013;
const INVALID_WEBHOOK_TOKEN = 50027;
const DEFAULT_RETRY_MS = 1_000;
/** An answer of 403 without a code of Discord's comes from what stands in front of it, and means the whole address. */
const SHUT_OUT_RETRY_MS = 10 * 60_000;

export const TOKEN_REFUSED = 'the token was refused';

/**
 * What a call's failure means to the one who wanted it sent. The raw error is dropped on purpose where it carries the request
 * (pictures, addresses with an interaction's token).
 */
export function toTransportError(error: unknown): TransportError {
  if (error instanceof TransportError) return error;
  if (error instanceof RateLimitError) return rateLimited(error);
  if (error instanceof DiscordAPIError) return answered(error);
  if (error instanceof HTTPError) {
    return new TransportError(`Discord answered ${error.status}`, { retryable: true, reason: 'unreachable' });
  }
  if (isForgottenToken(error)) return tokenRefused();
  return new TransportError(`Discord was not reached: ${networkReason(error)}`, {
    retryable: true,
    reason: 'unreachable',
    cause: error,
  });
}

/** Whether Discord said that the bot's token is not (or no longer) valid. */
export function isTokenRefusal(error: unknown): boolean {
  // A webhook's token is its own affair.
  if (error instanceof DiscordAPIError) return error.status === 401 && error.code !== INVALID_WEBHOOK_TOKEN;
  if (error instanceof DiscordjsError) return error.code === DiscordjsErrorCodes.TokenInvalid;
  return error instanceof Error && error.message === 'Authentication failed';
}

/** Whether it may have failed for the picture alone: a channel may allow words without files. */
export function lacksPermission(error: unknown): boolean {
  return hasCode(error, [MISSING_PERMISSIONS]);
}

/** Whether Discord answered with one of these codes of its own. */
export function hasCode(error: unknown, codes: readonly number[]): boolean {
  return error instanceof DiscordAPIError && typeof error.code === 'number' && codes.includes(error.code);
}

/** Whether a limit was reached that all share who write to a thing: that of a published message, for example. */
export function isSharedLimit(error: unknown): boolean {
  return error instanceof RateLimitError && error.scope === 'shared';
}

const UNKNOWN_MESSAGE = 10008;

/** Whether the message that was to be changed is not there any more. */
export function isUnknownMessage(error: unknown): boolean {
  return hasCode(error, [UNKNOWN_MESSAGE]);
}

/** Fields of an error that may be logged. */
export function describeFailure(error: unknown): { reason: string; status?: number; code?: string | number } {
  if (error instanceof DiscordAPIError) return { reason: error.message, status: error.status, code: error.code };
  if (error instanceof HTTPError) return { reason: error.message, status: error.status };
  if (error instanceof RateLimitError) return { reason: 'rate limited', status: 429 };
  return { reason: networkReason(error) };
}

function rateLimited(error: RateLimitError): TransportError {
  const wait = [error.retryAfter, error.timeToReset].find((ms) => Number.isFinite(ms) && ms > 0);
  return new TransportError(`Discord asks to wait${error.global ? ' with everything' : ''}`, {
    retryable: true,
    reason: 'rate-limited',
    retryAfterMs: Math.ceil(wait ?? DEFAULT_RETRY_MS),
  });
}

function answered(error: DiscordAPIError): TransportError {
  const { status, code } = error;
  const known = typeof code === 'number';
  if (status === 401) return tokenRefused();
  const said = `Discord answered ${status}${known ? ` (${code})` : ''}: ${error.message}`;
  if (status === 403 && !known) {
    return new TransportError(said, { retryable: true, reason: 'unreachable', retryAfterMs: SHUT_OUT_RETRY_MS });
  }
  if (status === 403 || GONE_CODES.has(code)) return new TransportError(said, { retryable: false, reason: 'blocked' });
  return new TransportError(said, { retryable: false, reason: 'refused' });
}

/** Retryable: an operator can give the bot a new token before what waits expires. */
function tokenRefused(): TransportError {
  return new TransportError(TOKEN_REFUSED, { retryable: true, reason: 'unreachable' });
}

/** discord.js drops a token that was refused, and from then on fails without asking. */
function isForgottenToken(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Expected token to be set');
}

function networkReason(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const code: unknown = Reflect.get(error, 'code');
  return typeof code === 'string' ? code : error.message || error.name;
}
