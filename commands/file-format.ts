import { UserError } from '../engine/errors.ts';
import { quoted } from './clean-text.ts';

export type FileFormat = 'csv' | 'json';

/** What files are called elsewhere. */
const OTHERS = /^(?:xml|xlsx?|ods|tsv|txt|pdf|ya?ml|parquet|ndjson|jsonl|html?)$/i;
const HINT = 'A file is csv or json.';

/**
 * Whether a word names the format of a file.
 * @param text what was typed, for the place of the word
 * @throws UserError for a format that there is not here
 */
export function formatTyped(word: string, text: string): FileFormat | undefined {
  if (/^(?:csv|json)$/i.test(word)) return word.toLowerCase() as FileFormat;
  if (OTHERS.test(word)) throw refusal(`I write no ${quoted(word)} files.`, word, text);
  return undefined;
}

/** The one format that was typed, undefined where none was. @throws UserError for several */
export function oneFormat(typed: readonly FileFormat[], text: string): FileFormat | undefined {
  if (new Set(typed).size > 1) throw refusal('One file has one format.', typed[typed.length - 1], text);
  return typed[0];
}

function refusal(message: string, word: string, text: string): UserError {
  const at = text.toLowerCase().lastIndexOf(word.toLowerCase());
  return new UserError('export-format', message, { hint: HINT, span: [at, at + word.length] });
}
