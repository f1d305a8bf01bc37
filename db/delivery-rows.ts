import type { InStatement, Row } from '@libsql/client';
import { insertRows } from './insert-rows.ts';
import type { DeliveryState } from './schema.ts';

/** A message that is to be owed to a chat. */
export interface NewDelivery {
  /** A second delivery with the same key is dropped. */
  readonly dedupeKey: string;
  readonly chatKey: string;
  readonly firingId?: string;
  /** What `payload` is, e.g. `alert`. */
  readonly kind: string;
  /** Any JSON: what the message is composed from when it is sent. */
  readonly payload: unknown;
  /** Lower goes first. */
  readonly priority: number;
  readonly dueAt: number;
  readonly createdAt: number;
}

/** A row of the outbox. */
export interface Delivery {
  /** Decimal digits. */
  readonly id: string;
  readonly dedupeKey: string;
  readonly chatKey: string;
  readonly firingId: string | undefined;
  readonly kind: string;
  readonly payload: unknown;
  readonly priority: number;
  readonly dueAt: number;
  /** Tries so far, the running one included. */
  readonly attempts: number;
  readonly createdAt: number;
  /** Why it was made to wait, even where it no longer does. */
  readonly held: string | undefined;
}

/** A row with how it went. */
export interface DeliveryRecord extends Delivery {
  readonly state: DeliveryState;
  readonly messageId: string | undefined;
  readonly error: string | undefined;
  /** The row in whose message it is told. */
  readonly carrierId: string | undefined;
  readonly finishedAt: number | undefined;
}

const COLUMNS = '(dedupe_key, chat_key, firing_id, kind, payload, priority, queued_at, due_at, created_at)';

/** Inserts that skip what is owed already. */
export function deliveryStatements(deliveries: readonly NewDelivery[]): readonly InStatement[] {
  const rows = deliveries.map((d) => {
    const payload = JSON.stringify(d.payload ?? null);
    return [d.dedupeKey, d.chatKey, d.firingId ?? null, d.kind, payload, d.priority, d.dueAt, d.dueAt, d.createdAt];
  });
  return insertRows(`deliveries ${COLUMNS}`, rows, 'ON CONFLICT (dedupe_key) DO NOTHING');
}

function optional(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Reads a whole row of `deliveries`. */
export function toDelivery(row: Row): Delivery {
  return {
    id: String(row.id),
    dedupeKey: String(row.dedupe_key),
    chatKey: String(row.chat_key),
    firingId: optional(row.firing_id),
    kind: String(row.kind),
    payload: JSON.parse(String(row.payload)),
    priority: Number(row.priority),
    dueAt: Number(row.due_at),
    attempts: Number(row.attempts),
    createdAt: Number(row.created_at),
    held: optional(row.held),
  };
}

export function toRecord(row: Row): DeliveryRecord {
  return {
    ...toDelivery(row),
    state: String(row.state) as DeliveryState,
    messageId: optional(row.message_id),
    error: optional(row.error),
    carrierId: row.carrier_id === null ? undefined : String(row.carrier_id),
    finishedAt: row.finished_at === null ? undefined : Number(row.finished_at),
  };
}
