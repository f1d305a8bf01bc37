const TIMES =
  /(\d+(?:\.\d+)?)\s*(?:x|times)(?:\s+(?:the|its)|\s+(?:average|avg|mean|usual|normal)(?:\s+volume)?)*(?![\p{L}\p{N}_])/iuy;

/** `3x average`, `3 times the usual` at a place of a text: how many times, and where it ends. */
export function timesAt(text: string, at: number): { readonly times: string; readonly end: number } | undefined {
  TIMES.lastIndex = at;
  const match = TIMES.exec(text);
  return match === null ? undefined : { times: match[1]!, end: at + match[0].length };
}

/** So many times what a series is on average. */
export const timesAverage = (times: string, series: string): string => `${times}*sma(${series}, 20)`;
