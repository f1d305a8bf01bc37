import { UserError } from '../engine/errors.ts';

/** The same refusal with another place in what was typed, or with none; without offers, which are whole texts. */
export function withPlace(error: UserError, span: readonly [number, number] | undefined): UserError {
  const { code, message, hint } = error;
  return new UserError(code, message, {
    ...(hint === undefined ? {} : { hint }),
    ...(span === undefined ? {} : { span }),
    cause: error,
  });
}

/**
 * Reads a part of a text that stands behind `before`.
 * @throws UserError as `read` does, with its place and its offers in the whole text
 */
export function behind<T>(before: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { code, message, hint, span, suggestions } = error;
    throw new UserError(code, message, {
      ...(hint === undefined ? {} : { hint }),
      ...(span === undefined ? {} : { span: [span[0] + before.length, span[1] + before.length] as const }),
      suggestions: suggestions.map((offer) => before + offer),
      cause: error,
    });
  }
}
