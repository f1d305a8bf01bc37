import { GENESIS, type LedgerHead } from '../engine/ledger/rows.ts';
import type { LedgerRow } from './ledger-chain.ts';
import { behindLine, lineOf, withheldLine } from './ledger-lines.ts';

/** A part of the ledger as a file. */
export interface LedgerFile {
  readonly bytes: Uint8Array;
  /** Rows in it, and those among them that are whole. */
  readonly rows: number;
  readonly whole: number;
  /** The row that it is taken up behind; 0: it begins with the first. */
  readonly behind: number;
}

/** Room for the line of the head that a file is taken up behind. */
const HEAD_BYTES = 200;

const chatOf = (row: LedgerRow, chats: Map<string, string>): string => {
  const body = JSON.parse(row.body) as { readonly chat?: string; readonly id?: string; readonly signal?: string };
  if (row.kind === 'event') return chats.get(body.signal ?? '') ?? '';
  if (row.kind === 'signal' && body.id !== undefined) chats.set(body.id, body.chat ?? '');
  return body.chat ?? '';
};

/**
 * The ledger as NDJSON. Where it does not fit, the newest rows of it, behind a line with the head that they are taken up behind.
 * @param shown chats whose rows are whole; of those of others only the hashes are there. Undefined: all are whole
 */
export async function exportLedger(
  portions: AsyncIterable<readonly LedgerRow[]>,
  shown: readonly string[] | undefined,
  mostBytes: number,
): Promise<LedgerFile> {
  const lines: { readonly bytes: Buffer; readonly isWhole: boolean; readonly head: LedgerHead }[] = [];
  const chats = new Map<string, string>();
  let size = 0;
  let behind = GENESIS;
  for await (const rows of portions) {
    for (const row of rows) {
      const isWhole = shown === undefined || shown.includes(chatOf(row, chats));
      const bytes = Buffer.from(`${isWhole ? lineOf(row) : withheldLine(row)}\n`);
      lines.push({ bytes, isWhole, head: { seq: row.seq, hash: row.hash } });
      size += bytes.length;
    }
    let first = 0;
    while (size > mostBytes - HEAD_BYTES) {
      behind = lines[first].head;
      size -= lines[first++].bytes.length;
    }
    lines.splice(0, first);
  }
  const lead = behind.seq === 0 ? [] : [Buffer.from(`${behindLine(behind)}\n`)];
  return {
    bytes: Buffer.concat([...lead, ...lines.map(({ bytes }) => bytes)]),
    rows: lines.length,
    whole: lines.filter(({ isWhole }) => isWhole).length,
    behind: behind.seq,
  };
}
