/**
 * The four kinds of error of the house. Only a UserError's text ever reaches a chat; everything else is logged under a
 * reference that the chat is given.
 */

/** Somebody asked for something that cannot be. `message` says what was wrong, `hint` what would be right. */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly code: string;
  readonly hint: string | undefined;
  /** Half-open range of characters of the input that the error is about. */
  readonly span: readonly [number, number] | undefined;
  /** Corrected inputs that could be offered, best first. */
  readonly suggestions: readonly string[];

  constructor(
    code: string,
    message: string,
    options: { hint?: string; span?: readonly [number, number]; suggestions?: readonly string[]; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.span = options.span;
    this.suggestions = options.suggestions ?? [];
  }
}

/**
 * What a platform, a venue or the database did with a call. `blocked`: the chat is gone for us. `moved`: it has another id now.
 * `storage`: the database takes nothing just now. `not-yet`: what it was about waits, and nothing else in the chat does.
 */
export type TransportReason = 'rate-limited' | 'not-yet' | 'blocked' | 'moved' | 'refused' | 'unreachable' | 'storage';

/** A call to the outside failed. `retryable` says whether the same call may succeed later, `retryAfterMs` when. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly retryable: boolean;
  readonly reason: TransportReason;
  readonly retryAfterMs: number | undefined;
  /** The chat's new address, where `reason` is `moved`. */
  readonly movedTo: string | undefined;

  constructor(
    message: string,
    options: { retryable: boolean; reason: TransportReason; retryAfterMs?: number; movedTo?: string; cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.retryable = options.retryable;
    this.reason = options.reason;
    this.retryAfterMs = options.retryAfterMs;
    this.movedTo = options.movedTo;
  }
}

/** Data from outside that cannot be mapped: counted and skipped, never guessed. */
export class DataError extends Error {
  override readonly name = 'DataError';
}

/** The operator's configuration is wrong: stops the start with one line that names the variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
