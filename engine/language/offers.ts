import { UserError } from '../errors.ts';

/** Faults of one text that are corrected for one offer at most. */
const MOST_STEPS = 4;

/**
 * Reads a text and, where it is refused, keeps of the corrections only those that help: a text that can be read once what
 * else is wrong behind this fault is put right too. What would be refused when it is chosen is not offered.
 * @throws UserError as `read` does
 */
export function withGoodOffers<T>(text: string, read: (text: string) => T): T {
  try {
    return read(text);
  } catch (error) {
    if (!(error instanceof UserError) || error.suggestions.length === 0) throw error;
    const { code, message, hint, span } = error;
    const good = error.suggestions
      .map((offer) => improved(offer, text, error, read))
      .filter((offer) => offer !== undefined);
    throw new UserError(code, message, {
      ...(hint === undefined ? {} : { hint }),
      ...(span === undefined ? {} : { span }),
      suggestions: [...new Set(good)],
      cause: error,
    });
  }
}

/** The refusal of a text; undefined where it can be read. */
function refusalOf(text: string, read: (text: string) => unknown): UserError | undefined {
  try {
    read(text);
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

/** The offer with what else is wrong put right; nothing where that cannot be done. */
function improved(offer: string, wrong: string, error: UserError, read: (text: string) => unknown): string | undefined {
  let text = offer;
  let left = behind(wrong, error.span?.[1]);
  for (let step = 0; step < MOST_STEPS; step++) {
    const refusal = refusalOf(text, read);
    if (refusal === undefined) return text;
    // Which of two readings is meant is asked, not offered.
    if (refusal.code === 'two-readings') return text;
    if (behind(text, refusal.span?.[0]) > left || refusal.suggestions.length === 0) return undefined;
    left = behind(text, refusal.span?.[1]);
    [text] = refusal.suggestions;
  }
  return undefined;
}

/** Characters behind a place: a correction changes what stands before them. */
const behind = (text: string, place = 0): number => text.length - place;
