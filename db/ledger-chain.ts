import { hash as digest } from 'node:crypto';
import { canonicalJson, toJson } from '../engine/ledger/canonical-json.ts';
import type { LedgerEntry, LedgerHead } from '../engine/ledger/rows.ts';

/** A row as it is stored. */
export interface LedgerRow extends LedgerHead {
  /** Ms since the epoch. */
  readonly ts: number;
  readonly kind: string;
  /** Canonical JSON. */
  readonly body: string;
  /** Hash of the row before it. */
  readonly previous: string;
}

/**
 * SHA-256 over the canonical JSON (RFC 8785) of `{body, kind, previous, seq, ts}`, in lower case hexadecimal.
 * @param row its body is canonical already, and is taken as it stands: whatever else it is has another hash
 */
export function hashOf({ seq, ts, kind, body, previous }: Omit<LedgerRow, 'hash'>): string {
  const rest = `"kind":${JSON.stringify(kind)},"previous":${JSON.stringify(previous)},"seq":${seq},"ts":${ts}`;
  return digest('sha256', `{"body":${body},${rest}}`, 'hex');
}

/** The rows that entries become behind `head`, in their order. What JSON cannot say is written as `toJson` has it. */
export function chainBehind(head: LedgerHead, entries: readonly LedgerEntry[]): readonly LedgerRow[] {
  let last = head;
  return entries.map(({ kind, ts, body }) => {
    const row = { seq: last.seq + 1, ts, kind, body: canonicalJson(toJson(body)), previous: last.hash };
    last = { ...row, hash: hashOf(row) };
    return last as LedgerRow;
  });
}
