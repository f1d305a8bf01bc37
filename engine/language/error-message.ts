import type { UserError } from '../errors.ts';

/** Characters of a line that a phone shows without breaking it. */
const WIDTH = 60;
const LEAD = 24;

/**
 * Two lines for a monospaced block: the text (or, of a long one, what is around the place), and `····^^^` under the place
 * that the error is about. Without a place only the text.
 */
export function markError(text: string, error: UserError): string {
  const characters = [...text.replace(/\s/g, ' ')];
  if (!error.span) return characters.join('');
  // Spans count UTF-16 units, columns are characters.
  const start = [...text.slice(0, error.span[0])].length;
  const length = Math.max(1, [...text.slice(...error.span)].length);
  const cut = characters.length > WIDTH ? Math.max(0, Math.min(start - LEAD, characters.length - WIDTH)) : 0;
  const shown = characters.slice(cut, cut + WIDTH);
  if (cut > 0) shown[0] = '…';
  if (cut + WIDTH < characters.length) shown[WIDTH - 1] = '…';
  const marks = Math.max(1, Math.min(length, WIDTH - (start - cut)));
  return `${shown.join('')}\n${'·'.repeat(start - cut)}${'^'.repeat(marks)}`;
}
