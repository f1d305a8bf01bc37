import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type Row } from '@libsql/client';

/** What the program has written down, as plain SQL finds it. */
export interface Stored {
  readonly rules: readonly {
    readonly id: string;
    readonly chat: string;
    readonly text: string;
    readonly state: string;
  }[];
  readonly firings: readonly {
    readonly id: string;
    readonly ruleId: string;
    readonly ts: number;
    readonly price: number;
  }[];
  readonly deliveries: readonly {
    readonly id: number;
    readonly chat: string;
    readonly firingId: string | undefined;
    readonly state: string;
    readonly messageId: string | undefined;
    readonly error: string | undefined;
  }[];
}

const textOr = (value: unknown): string | undefined => (value === null ? undefined : String(value));

/** Reads the file while the program runs: as another reader, which changes nothing. */
export async function query(path: string, sql: string): Promise<readonly Row[]> {
  const client = createClient({ url: `file:${path}`, timeout: 2_000, concurrency: 1 });
  try {
    return (await client.execute(sql)).rows;
  } finally {
    client.close();
  }
}

export async function readStored(path: string): Promise<Stored> {
  const [rules, firings, deliveries] = await Promise.all([
    query(path, 'SELECT id, chat_key, text, state FROM rules ORDER BY id'),
    query(path, 'SELECT id, rule_id, ts, price FROM firings ORDER BY ts, id'),
    query(path, 'SELECT id, chat_key, firing_id, state, message_id, error FROM deliveries ORDER BY queued_at, id'),
  ]);
  return {
    rules: rules.map((row) => ({
      ...{ id: String(row.id), chat: String(row.chat_key), text: String(row.text), state: String(row.state) },
    })),
    firings: firings.map((row) => ({
      ...{ id: String(row.id), ruleId: String(row.rule_id), ts: Number(row.ts), price: Number(row.price) },
    })),
    deliveries: deliveries.map((row) => ({
      ...{ id: Number(row.id), chat: String(row.chat_key), state: String(row.state) },
      ...{ firingId: textOr(row.firing_id), messageId: textOr(row.message_id), error: textOr(row.error) },
    })),
  };
}

/** Reads from a copy: a reader of the file itself would take part in what the next program has to recover after a kill. */
export async function readLeft(path: string): Promise<Stored> {
  const folder = await mkdtemp(join(tmpdir(), 'bellwether-left-'));
  try {
    for (const end of ['', '-wal']) await copyFile(path + end, join(folder, `left.db${end}`)).catch(() => {});
    return await readStored(join(folder, 'left.db'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
