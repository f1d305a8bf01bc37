import { UserError } from '../errors.ts';

/** Faults of one text that are corrected for one offer at most. */
const MOST_STEPS = 4;

/**
 * Reads a text and, where it is refused, keeps of the corrections only those that help: a text that can be read, or one whose
 * next fault lies further on. Where that fault has a correction too, both are offered as one.
 * @throws UserError as `read` does
 */
export function withGoodOffers<T>(text: string, read: (text: string) => T): T {
  try {
    return read(text);
  } catch (error) {
    if (!(error instanceof UserError) || error.suggestions.length === 0) throw error;
    const { code, message, hint, span } = error;
    const good = error.suggestions.map((offer) => improved(offer, error, read)).filter((offer) => offer !== undefined);
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

/** The offer with what else is wrong put right, the offer itself where that cannot be done, or nothing where it does not help. */
function improved(offer: string, error: UserError, read: (text: string) => unknown): string | undefined {
  let text = offer;
  let before = error;
  for (let step = 0; step < MOST_STEPS; step++) {
    const refusal = refusalOf(text, read);
    if (refusal === undefined) return text;
    const isFurtherOn = (refusal.span?.[0] ?? 0) > (before.span?.[0] ?? 0);
    if (!isFurtherOn) return step === 0 ? undefined : offer;
    if (refusal.suggestions.length === 0) return offer;
    [text] = refusal.suggestions;
    before = refusal;
  }
  return offer;
}
