import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { createClient } from '@libsql/client';
import { ConfigError } from '../engine/errors.ts';
import { verifyLines } from './ledger-lines.ts';
import { verifyLedger } from './ledger-rows.ts';
import type { KnownHead, LedgerReport } from './ledger-verify.ts';

/** @see https://www.sqlite.org/fileformat.html, section 1.3 */
const SQLITE = 'SQLite format 3\0';

async function beginning(file: string): Promise<string> {
  const handle = await open(file, 'r').catch((cause: unknown) => {
    throw new ConfigError(`${file} cannot be read`, { cause });
  });
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(SQLITE.length), 0, SQLITE.length, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

/**
 * Computes the ledger of a file anew: of a database, whoever uses it meanwhile, or of an export as NDJSON.
 * @throws ConfigError where it cannot be read, or is a database without a ledger
 */
export async function verifyLedgerFile(file: string, heads: readonly KnownHead[]): Promise<LedgerReport> {
  if ((await beginning(file)) !== SQLITE) {
    return verifyLines(
      createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY }),
      heads,
    );
  }
  const client = createClient({ url: pathToFileURL(file).href, timeout: 5_000 });
  try {
    const { rows } = await client.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'ledger'");
    if (rows.length === 0) throw new ConfigError(`${file} is a database without a ledger`);
    return await verifyLedger(client, heads);
  } finally {
    client.close();
  }
}
