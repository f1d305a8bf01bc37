import { createReadStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createLedgerAppender } from '../db/ledger-append.ts';
import { lineOf, verifyLines } from '../db/ledger-lines.ts';
import { ledgerRows, verifyLedger } from '../db/ledger-rows.ts';
import { createTempDatabase } from '../db/temp-database.ts';
import type { LedgerEntry } from '../engine/ledger/rows.ts';
import type { BenchRow } from './row.ts';

const ROWS = 100_000;
const BATCH = 5_000;

/** Signals and their ends, by turns. */
function entry(i: number): LedgerEntry {
  const [ts, price] = [1_700_000_000_000 + 60_000 * i, 60_000 + (i % 977) / 8];
  if (i % 2 === 1)
    return {
      kind: 'event',
      ts,
      body: { signal: `s${i - 1}`, what: 'exit', price, ts, result: 0.01 - (i % 41) / 2_000 },
    };
  const where = { chat: 'telegram:-1001234567890', instrument: 'binance:btcusdt', interval: 300_000 };
  return {
    ...{ kind: 'signal', ts },
    body: {
      ...{
        id: `s${i}`,
        strategy: 'cross',
        version: 1,
        ...where,
        side: 'long',
        price,
        stop: price - 300,
        target: price + 450,
      },
      ...{ confidence: 0.53, reasons: { 'ema(20)': price + 1, 'ema(50)': price - 1, 'rsi(14)': 40 + (i % 20) }, ts },
    },
  };
}

async function seconds(work: () => Promise<{ readonly count: number }>): Promise<string> {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 2; round++) {
    const from = performance.now();
    const { count } = await work();
    if (count > 0) throw new Error('an honest ledger was found wanting');
    best = Math.min(best, performance.now() - from);
  }
  return `${(best / 1000).toFixed(2)} s`;
}

/** A whole chain computed anew: of a database, and of its export. */
export async function benchLedger(): Promise<readonly BenchRow[]> {
  const temp = await createTempDatabase();
  try {
    const { client } = temp.database;
    const ledger = createLedgerAppender(client);
    for (let i = 0; i < ROWS; i += BATCH) {
      const { statements, stored } = await ledger.append(Array.from({ length: BATCH }, (_, k) => entry(i + k)));
      await client.batch([...statements], 'write');
      stored();
    }
    const file = join(temp.folder, 'ledger.ndjson');
    let text = '';
    for await (const rows of ledgerRows(client)) text += `${rows.map(lineOf).join('\n')}\n`;
    writeFileSync(file, text);
    const wanted = 'under 2 s';
    const lines = () => createInterface({ input: createReadStream(file, 'utf8') });
    return [
      {
        name: `ledger of ${ROWS.toLocaleString('en')} rows verified in the database`,
        figure: await seconds(() => verifyLedger(client)),
        wanted,
      },
      { name: 'the same from its export', figure: await seconds(() => verifyLines(lines())), wanted },
    ];
  } finally {
    await temp.drop();
  }
}
