import { DateTime } from 'luxon';
import { UserError } from '../engine/errors.ts';
import { DAY, HOUR, parseInterval } from '../engine/market/interval.ts';
import { quoted } from './clean-text.ts';

export interface ExportRequest {
  /** In ms, `from <= t < to`. */
  readonly from: number;
  readonly to: number;
  readonly format: 'csv' | 'json';
  /** Of bars, in ms; undefined: the chat's. */
  readonly interval: number | undefined;
}

/** What is exported where no time is named. */
const SPAN_MS = { trades: HOUR, bars: 7 * DAY } as const;

/**
 * The words behind the symbol: two times at most (a date of the chat's zone, or how long ago), a format, and of bars an interval, which is the
 * last length where there are several: `7d 1h` are the hours of seven days.
 * @throws UserError
 */
export function readRange(
  kind: 'trades' | 'bars',
  words: readonly string[],
  { now, zone, text }: { readonly now: number; readonly zone: string; readonly text: string },
): ExportRequest {
  let format: 'csv' | 'json' | undefined;
  const times: { readonly at: number; readonly length: number | undefined }[] = [];
  for (const word of words) {
    const length = lengthOf(word);
    const at = length === undefined ? dateOf(word, zone) : now - length;
    if (/^(csv|json)$/i.test(word) && format === undefined) format = word.toLowerCase() as 'csv' | 'json';
    else if (at !== undefined) times.push({ at, length });
    else throw unreadable(word, text);
  }
  const interval = kind === 'bars' ? takeInterval(times) : undefined;
  if (times.length > 2) throw new UserError('export-times', 'There are more than two times.', { hint: HINT });
  const from = times[0]?.at ?? now - SPAN_MS[kind];
  // What happened just now belongs to it.
  const to = times[1]?.at ?? now + 1;
  if (from >= to) throw new UserError('export-empty', 'The first time must lie before the second.', { hint: HINT });
  return { from, to, format: format ?? 'csv', interval };
}

const HINT = 'For example /export bars btcusdt 7d 1h, or /export trades btcusdt 2026-03-01 2026-03-02.';

function takeInterval(times: { readonly at: number; readonly length: number | undefined }[]): number | undefined {
  const lengths = times.filter(({ length }) => length !== undefined);
  const last = times[times.length - 1];
  const isInterval = last?.length !== undefined && (lengths.length > 1 || times.length > 1);
  return isInterval ? times.pop()?.length : undefined;
}

/** `24h`, `90d`. */
function lengthOf(word: string): number | undefined {
  const days = /^(\d{1,4})d$/i.exec(word);
  return days ? Number(days[1]) * DAY : parseInterval(word);
}

function dateOf(word: string, zone: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d/.test(word)) return undefined;
  const date = DateTime.fromISO(word, { zone });
  return date.isValid ? date.toMillis() : undefined;
}

function unreadable(word: string, text: string): UserError {
  const at = Math.max(0, text.indexOf(word));
  const span = [at, at + word.length] as const;
  return new UserError('export-word', `I do not know what ${quoted(word)} is for.`, { hint: HINT, span });
}
