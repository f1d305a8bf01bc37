import { z } from 'zod';
import { canonicalJson, type Json } from '../engine/ledger/canonical-json.ts';
import { GENESIS, type LedgerHead } from '../engine/ledger/rows.ts';
import { hashOf, type LedgerRow } from './ledger-chain.ts';
import { createLedgerCheck, type KnownHead, type LedgerReport, type WithheldRow } from './ledger-verify.ts';

/** The ledger as NDJSON: a line of canonical JSON for each row. */

const behindBody = ({ seq, ts, kind, previous, hash }: Omit<LedgerRow, 'body'>): string =>
  `,"hash":"${hash}","kind":${JSON.stringify(kind)},"previous":"${previous}","seq":${seq},"ts":${ts}}`;

/** A row whose content may be shown. */
export function lineOf({ seq, ts, kind, body, previous, hash }: LedgerRow): string {
  return `{"body":${body}${behindBody({ seq, ts, kind, previous, hash })}`;
}

/** A row of another chat: only its place in the chain. */
export const withheldLine = ({ seq, previous, hash }: WithheldRow): string => canonicalJson({ hash, previous, seq });

/** The first line of a file that does not begin with the first row. */
export const behindLine = ({ seq, hash }: LedgerHead): string => canonicalJson({ behind: { hash, seq } });

const Hash = z.string().regex(/^[0-9a-f]{64}$/);
const Seq = z.int().min(1);
const Behind = z.object({ behind: z.object({ seq: Seq, hash: Hash }) });
const Place = z.object({ seq: Seq, previous: Hash, hash: Hash });
const Whole = Place.extend({ ts: z.int(), kind: z.string(), body: z.record(z.string(), z.unknown()) }).strict();

const BODY = '{"body":';

function readRow(line: string, value: unknown): LedgerRow | WithheldRow | undefined {
  const whole = Whole.safeParse(value);
  if (whole.success) {
    // Written as we write it, the body stands there in canonical form. That is believed if its hash fits, and saves most of the time.
    const tail = behindBody(whole.data);
    const row = { ...whole.data, body: line.slice(BODY.length, -tail.length) };
    if (line.startsWith(BODY) && line.endsWith(tail) && hashOf(row) === row.hash) return row;
    return { ...row, body: canonicalJson(whole.data.body as Json) };
  }
  return Place.strict().safeParse(value).data;
}

/** What the function makes of it; undefined where it throws. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** Computes the chain of an export anew. Empty lines do not count. @param lines from the first on */
export async function verifyLines(
  lines: AsyncIterable<string> | Iterable<string>,
  heads: readonly KnownHead[] = [],
): Promise<LedgerReport> {
  let check = createLedgerCheck(heads, GENESIS);
  let number = 0;
  for await (const line of lines) {
    number++;
    if (line.trim() === '') continue;
    const value = attempt((): unknown => JSON.parse(line));
    const behind = number === 1 ? Behind.safeParse(value) : undefined;
    if (behind?.success) {
      check = createLedgerCheck(heads, behind.data.behind);
      continue;
    }
    const row = attempt(() => readRow(line, value));
    if (row === undefined) check.unreadable(number);
    else check.row(row);
  }
  return check.report();
}
