const QUOTED = 40;

/**
 * What somebody typed, of the same length, without what nobody can see: control characters, marks that turn the direction of
 * the text around, and halves of characters. Line breaks stay.
 */
export function cleanText(text: string): string {
  return text
    .replace(/[^\P{Cc}\n]|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu, ' ')
    .replace(/\p{Surrogate}/gu, '\ufffd');
}

/** A quote of what somebody typed, on one line and short: `“foo”`. */
export function quoted(text: string): string {
  const line = [...cleanText(text).replace(/\s+/g, ' ').trim()];
  return `“${line.length > QUOTED ? `${line.slice(0, QUOTED - 1).join('')}…` : line.join('')}”`;
}

/** A long text cut with `…`. */
export function clipped(text: string, most: number): string {
  const letters = [...text];
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join('')}…`;
}
