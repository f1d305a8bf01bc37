const ASSIGNED = /^\s*(?:export\s+)?[\w.-]+\s*=\s*(.*)$/;

/** Which lines of a settings' file, counted from 0, are neither NAME=value, nor a part of one, nor a comment. */
export function strayLines(text: string): readonly number[] {
  const stray: number[] = [];
  /** The quote of a value that goes on over several lines. */
  let open: string | undefined;
  for (const [i, line] of text.split('\n').entries()) {
    if (open !== undefined) {
      if (line.includes(open)) open = undefined;
      continue;
    }
    if (/^\s*(#|$)/.test(line)) continue;
    const value = ASSIGNED.exec(line.trimEnd())?.[1];
    if (value === undefined) stray.push(i);
    else open = openQuote(value);
  }
  return stray;
}

function openQuote(value: string): string | undefined {
  const quote = /^["'`]/.exec(value)?.[0];
  return quote === undefined || value.includes(quote, 1) ? undefined : quote;
}

/** The same text with nothing in these lines: Node would take such a line and the next one for one name. */
export function withoutStrayLines(text: string): string {
  const stray = new Set(strayLines(text));
  const kept = text.split('\n').map((line, i) => (stray.has(i) ? '' : line));
  return kept.join('\n');
}
