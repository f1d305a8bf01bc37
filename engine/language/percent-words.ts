const PERCENT = /\s*(?:percent|per\s+cent|pct)(?![\p{L}\p{N}_])/iuy;

/** How many characters at a place of a text say `percent` in words, blanks before them included; 0 where none do. */
export function percentLength(text: string, at: number): number {
  PERCENT.lastIndex = at;
  return PERCENT.exec(text)?.[0].length ?? 0;
}
