import { DateTime } from 'luxon';
import { UserError } from '../engine/errors.ts';
import { DAY, HOUR, parseInterval } from '../engine/market/interval.ts';
import { quoted } from './clean-text.ts';
import { type FileFormat, formatTyped, oneFormat } from './file-format.ts';

export interface ExportRequest {
  /** In ms, `from <= t < to`. */
  readonly from: number;
  readonly to: number;
  readonly format: FileFormat;
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
  const formats: FileFormat[] = [];
  const times: { readonly at: number; readonly length: number | undefined }[] = [];
  for (const word of words) {
    const length = lengthOf(word);
    const at = length === undefined ? dateOf(word, { zone, text }) : now - length;
    const format = formatTyped(word, text);
    if (format !== undefined) formats.push(format);
    else if (at !== undefined) times.push({ at, length });
    else throw unreadable(word, text);
  }
  const format = oneFormat(formats, text);
  const interval = kind === 'bars' ? takeInterval(times) : undefined;
  if (times.length > 2) throw new UserError('export-times', 'There are more than two times.', { hint: HINT });
  const from = times[0]?.at ?? now - SPAN_MS[kind];
  // What happened just now belongs to it.
  const to = times[1]?.at ?? now + 1;
  if (from >= to) throw emptyRange(words, { isOne: times.length === 1, text });
  return { from, to, format: format ?? 'csv', interval };
}

/** Of one time, what lies between that and now is wanted. */
function emptyRange(words: readonly string[], { isOne, text }: { readonly isOne: boolean; readonly text: string }) {
  const date = words.find((word) => /^\d{4}-/.test(word));
  if (isOne && date !== undefined) return refusal(`${quoted(date)} lies in the future.`, date, text);
  return new UserError('export-empty', 'The first time must lie before the second.', { hint: HINT });
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

/** @throws UserError for what looks like a date and is none */
function dateOf(word: string, { zone, text }: { readonly zone: string; readonly text: string }): number | undefined {
  if (!/^\d{4}-\d\d-\d\d/.test(word)) return undefined;
  const date = DateTime.fromISO(word, { zone });
  if (date.isValid) return date.toMillis();
  throw refusal(`There is no date ${quoted(word)}.`, word, text);
}

const unreadable = (word: string, text: string): UserError =>
  refusal(`I do not know what ${quoted(word)} is for.`, word, text);

function refusal(message: string, word: string, text: string): UserError {
  const at = Math.max(0, text.indexOf(word));
  return new UserError('export-word', message, { hint: HINT, span: [at, at + word.length] });
}
