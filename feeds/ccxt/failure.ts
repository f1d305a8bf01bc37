import type { Failure } from './messages.ts';

const MAX_TEXT = 200;
/** Classes of ccxt's errors by what they mean; the first that is found in the ancestry of an error holds. */
const LIMITED = new Set(['RateLimitExceeded', 'DDoSProtection']);
const FOR_GOOD = new Set(['BadSymbol', 'NotSupported', 'PermissionDenied', 'AuthenticationError']);

/** The venue lists no such market; named as ccxt's own. */
export class BadSymbol extends Error {}

/** What an error of ccxt means. */
export function failureOf(error: unknown): Failure {
  const message = firstLine(error instanceof Error ? error.message : String(error));
  const names = ancestry(error);
  if (names.some((name) => LIMITED.has(name))) return { reason: 'rate-limited', retryable: true, message };
  if (names.includes('NetworkError')) return { reason: 'unreachable', retryable: true, message };
  if (names.some((name) => FOR_GOOD.has(name))) return { reason: 'refused', retryable: false, message };
  return { reason: names.includes('BaseError') ? 'refused' : 'unreachable', retryable: true, message };
}

/** Some errors bring a page of HTML, or a stack. */
function firstLine(text: string): string {
  const line = text.split('\n').find((one) => one.trim() !== '') ?? 'it gives no reason';
  return line.trim().slice(0, MAX_TEXT);
}

/** Whether it is what the venue says of a question that it does not understand. */
export function isBadQuestion(error: unknown): boolean {
  const names = ancestry(error);
  return names.includes('NotSupported') || (names.includes('BadRequest') && !names.includes('BadSymbol'));
}

/** Names of its class and of those that it extends; they are told by name because the module is loaded at run time. */
function ancestry(error: unknown): string[] {
  const names: string[] = [];
  if (!(error instanceof Error)) return names;
  for (let one: unknown = error.constructor; typeof one === 'function' && one !== Error; ) {
    names.push(one.name);
    one = Object.getPrototypeOf(one);
  }
  return names;
}
