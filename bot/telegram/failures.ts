import { GrammyError, HttpError } from 'grammy';
import { TransportError } from '../../engine/errors.ts';

export const TOKEN_REFUSED = 'the token was refused';

/** Takes the token out of `text`: what the network reports names the whole URL, and the token is part of it. */
export type Scrub = (text: string) => string;

export function createScrub(token: string): Scrub {
  const forms = [token, encodeURIComponent(token)].filter((form) => form !== '');
  return (text) => forms.reduce((rest, form) => rest.replaceAll(form, '<token>'), text);
}

/** What went wrong, in one line that may be logged. */
export function describe(error: unknown, scrub: Scrub): string {
  if (error instanceof GrammyError) return scrub(`${error.error_code} ${error.description}`);
  const inner = error instanceof HttpError ? error.error : error;
  return scrub(inner instanceof Error ? inner.message : String(inner));
}

/** A failed call in the words of the house. Neither it nor its cause holds the token or what was sent. */
export function toTransportError(error: unknown, scrub: Scrub): TransportError {
  if (error instanceof TransportError) return error;
  const detail = describe(error, scrub);
  const cause = new Error(detail);
  if (!(error instanceof GrammyError)) {
    return new TransportError(`Telegram cannot be reached: ${detail}`, {
      retryable: true,
      reason: 'unreachable',
      cause,
    });
  }
  const { error_code: code, parameters } = error;
  if (code === 429) {
    const seconds = parameters.retry_after ?? 1;
    return new TransportError(detail, { retryable: true, reason: 'rate-limited', retryAfterMs: seconds * 1000, cause });
  }
  if (parameters.migrate_to_chat_id !== undefined) {
    const movedTo = String(parameters.migrate_to_chat_id);
    return new TransportError(detail, { retryable: false, reason: 'moved', movedTo, cause });
  }
  if (code === 403) return new TransportError(detail, { retryable: false, reason: 'blocked', cause });
  // A refused token is no fault of the message: it may go out once the token is mended.
  if (code === 401) return new TransportError(TOKEN_REFUSED, { retryable: true, reason: 'unreachable', cause });
  if (code >= 500) return new TransportError(detail, { retryable: true, reason: 'unreachable', cause });
  return new TransportError(detail, { retryable: false, reason: 'refused', cause });
}

function isRefusal(error: unknown, pattern: RegExp): boolean {
  if (!(error instanceof GrammyError) || error.parameters.migrate_to_chat_id !== undefined) return false;
  return error.error_code === 400 && pattern.test(error.description);
}

export const isAboutEntities = (error: unknown) => isRefusal(error, /entit/i);
export const isAboutFileId = (error: unknown) =>
  isRefusal(error, /file.?(id|reference)|wrong file|file identifier|wrong padding/i);
export const isAboutPicture = (error: unknown) =>
  isRefusal(error, /photo|image|media|file/i) || (error instanceof GrammyError && error.error_code === 413);
export const isNotModified = (error: unknown) => isRefusal(error, /message is not modified/i);
export const isGone = (error: unknown) =>
  isRefusal(
    error,
    /message to edit not found|message can't be edited|message.?id.?invalid|no (text|caption) in the message/i,
  );
