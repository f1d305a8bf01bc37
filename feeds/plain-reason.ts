import { TransportError } from '../engine/errors.ts';

/** Why a venue could not be asked, for people: its host and what it did, without paths and what it sent. `api.binance.com answered 451` */
export function plainReason(error: unknown): string {
  if (!(error instanceof TransportError)) return 'the answer cannot be read';
  const [, place, did] = /^(\S*\/\S*) (.*)/s.exec(error.message) ?? [];
  if (place === undefined) return error.message;
  const host = place.slice(0, place.indexOf('/'));
  return `${host || 'the venue'} ${/^answered \d{3}\b/.exec(did)?.[0] ?? did}`;
}
