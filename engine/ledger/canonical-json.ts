import { DataError } from '../errors.ts';

/** What JSON can say. A key with `undefined` is as good as none. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** One half of a surrogate pair without the other: no text that UTF-8 could hold. */
const LONE = /\p{Surrogate}/gu;
/** Any half, of a pair or not: quickly told of most texts that they have none. */
const HALF = /[\ud800-\udfff]/;

const wellFormed = (text: string): string => (HALF.test(text) ? text.replace(LONE, '\ufffd') : text);

/**
 * The one way in which a value is written: keys in the order of their UTF-16 units, no spaces, numbers as ECMAScript writes them.
 *
 * @throws DataError for a number that is not finite, and a text that is not well formed
 * @see RFC 8785, JSON Canonicalization Scheme
 */
export function canonicalJson(value: Json): string {
  switch (typeof value) {
    case 'string':
      return canonicalString(value);
    case 'number':
      if (!Number.isFinite(value)) throw new DataError('JSON has no infinite numbers, and none that is not a number');
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    default:
      return value === null ? 'null' : isList(value) ? `[${value.map(canonicalJson).join(',')}]` : ofObject(value);
  }
}

const isList = (value: readonly Json[] | JsonObject): value is readonly Json[] => Array.isArray(value);

function ofObject(value: JsonObject): string {
  let text = '';
  for (const key of Object.keys(value).sort()) {
    const each = value[key];
    if (each === undefined) continue;
    text += `${text === '' ? '' : ','}${canonicalString(key)}:${canonicalJson(each)}`;
  }
  return `{${text}}`;
}

function canonicalString(text: string): string {
  if (HALF.test(text) && text.search(LONE) >= 0) throw new DataError('a text holds half of a character');
  return JSON.stringify(text);
}

/** The nearest value that canonical JSON has: null for a number that is not finite, U+FFFD for half a character. */
export function toJson(value: unknown): Json {
  if (typeof value === 'string') return wellFormed(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== 'object' || value === null) return null;
  const known = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(known.map(([key, each]) => [wellFormed(key), toJson(each)]));
}
