import { decimal, isInteger } from './number-text.ts';

export type Json = Readonly<Record<string, unknown>>;

/** A decimal of zero or more in a string; NaN for all else. */
export function numberOf(value: unknown): number {
  return typeof value === 'string' ? decimal(value, 0, value.length) : Number.NaN;
}

export function signedOf(value: unknown): number {
  if (typeof value !== 'string' || !value.startsWith('-')) return numberOf(value);
  return -decimal(value, 1, value.length);
}

/** ms in a string of digits; NaN for all else. */
export function timeOf(value: unknown): number {
  return typeof value === 'string' && isInteger(value, 0, value.length) ? decimal(value, 0, value.length) : Number.NaN;
}

export function isPositive(value: number): boolean {
  return value > 0 && value < Number.POSITIVE_INFINITY;
}

export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
