import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LedgerEntry } from '../engine/ledger/rows.ts';
import { createFiringStore } from './firings.ts';
import { createLedgerAppender, type LedgerAppender } from './ledger-append.ts';
import { ledgerRows, verifyLedger } from './ledger-rows.ts';
import type { Database } from './open.ts';
import { createTempDatabase, type TempDatabase } from './temp-database.ts';

let temp: TempDatabase;
let database: Database;
let ledger: LedgerAppender;
beforeEach(async () => {
  temp = await createTempDatabase();
  database = temp.database;
  ledger = createLedgerAppender(database.client);
});
afterEach(() => temp.drop());

const chat = 'telegram:-1';
const strategy: LedgerEntry = {
  ...{ kind: 'strategy', ts: 1_700_000_000_000 },
  body: { strategy: 'cross', version: 1, text: 'long when ema(20) crosses above ema(50) “fast” €', chat },
};
const signal: LedgerEntry = {
  ...{ kind: 'signal', ts: 1_700_000_300_000 },
  body: {
    ...{ id: 's1', strategy: 'cross', version: 1, chat, instrument: 'sim:btcusdt', interval: 300_000, side: 'long' },
    ...{ price: 64_402.1, stop: 63_000, target: null, confidence: null, ts: 1_700_000_300_000 },
    reasons: { 'ema(20)': 64_380.25, 'ema(50)': 64_379.5 },
  },
};
const exit: LedgerEntry = {
  ...{ kind: 'event', ts: 1_700_003_900_000 },
  body: { signal: 's1', what: 'exit', price: 65_000.5, ts: 1_700_003_900_000, result: 0.0069 },
};
const signalNo = (n: number): LedgerEntry => ({ ...signal, body: { ...signal.body, id: `s${n}` } }) as LedgerEntry;

async function commit(entries: readonly LedgerEntry[], by = ledger): Promise<void> {
  await createFiringStore(database, by).commit({ firings: [], deliveries: [], states: [], ledger: entries });
}

async function stored() {
  const rows = [];
  for await (const portion of ledgerRows(database.client)) rows.push(...portion);
  return rows;
}

/** What somebody with the file does: no trigger stops him. */
async function tamper(sql: string): Promise<void> {
  for (const name of ['ledger_unchanged', 'ledger_kept', 'ledger_not_replaced'])
    await database.client.execute(`DROP TRIGGER IF EXISTS ${name}`);
  await database.client.execute(sql);
}

const faults = async () => (await verifyLedger(database.client)).faults;

describe('a row of the ledger', () => {
  it('has the hash that another program computes', async () => {
    await commit([strategy, signal, exit]);
    // Python 3: previous = '0' * 64; for each row hashlib.sha256(json.dumps({'seq', 'ts', 'kind', 'body', 'previous'}, sort_keys=True,
    // separators=(',', ':'), ensure_ascii=False).encode()).hexdigest(), which is `previous` of the next one.
    expect((await stored()).map(({ hash }) => hash)).toEqual([
      'ab5be93bb1b8f0857c8ec69de6178983415b75275f90856f3ccb671c8048fcaa',
      '5a50ead0f542602ae944544e4e4dc61e3346d53f30c6e8326d56b0272f8f974a',
      'd9891e6721a69c506dba14baf61ddd0398c8069344ca8e8ddf5165c7f14693b7',
    ]);
  });

  it.each([
    ['changed', "UPDATE ledger SET body = '{}'"],
    ['dropped', 'DELETE FROM ledger'],
    ['replaced', "REPLACE INTO ledger SELECT seq, 0, kind, key, '{}', previous, hash FROM ledger"],
    ['replaced by its key', "REPLACE INTO ledger SELECT 9, 0, kind, key, '{}', previous, hash FROM ledger"],
  ])('is never %s, whoever asks the database', async (_how, sql) => {
    await commit([strategy]);
    await expect(database.client.execute(sql)).rejects.toThrow(/the ledger is never/);
    expect(await faults()).toEqual([]);
  });

  it('is written once, however often its batch is made again', async () => {
    await commit([strategy, signal]);
    await commit([strategy, signal, exit]);
    await commit([exit, exit]);
    await commit([signalNo(2), signalNo(2)]);
    expect((await stored()).map(({ key }) => key)).toEqual([
      `strategy ${chat} cross 1`,
      'signal s1',
      'event s1 exit',
      'signal s2',
    ]);
  });

  it('says what JSON can say of a value that is none', async () => {
    const reasons = { 'rsi(14)': Number.NaN, 'a\ud83d': 1 };
    await commit([{ ...signal, body: { ...signal.body, reasons } } as LedgerEntry]);
    expect(JSON.parse((await stored())[0].body).reasons).toEqual({ 'rsi(14)': null, 'a�': 1 });
    expect(await faults()).toEqual([]);
  });
});

describe('the chain', () => {
  it('goes on after a restart', async () => {
    await commit([strategy, signal]);
    database = await temp.reopen();
    await commit([exit], createLedgerAppender(database.client));
    const rows = await stored();
    expect(rows.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(rows[2].previous).toBe(rows[1].hash);
    expect(await faults()).toEqual([]);
  });

  it('is not written where the rest of its batch is not', async () => {
    const bad = { ruleId: 'x', ts: Number.NaN } as never;
    const all = { firings: [bad], deliveries: [], states: [], ledger: [strategy] };
    await expect(createFiringStore(database, ledger).commit(all)).rejects.toThrow('storing firings failed');
    expect(await stored()).toEqual([]);
    await commit([strategy]);
    expect([await faults(), ledger.fault()]).toEqual([[], undefined]);
  });

  it('takes rows for its own whose answer was lost', async () => {
    await commit([strategy]);
    const { statements } = await ledger.append([signal]);
    await database.client.batch([...statements], 'write');
    await commit([exit]);
    expect((await stored()).map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect([await faults(), ledger.fault()]).toEqual([[], undefined]);
  });

  it.each([
    ['the last row was dropped', 'DELETE FROM ledger WHERE seq = 3', { what: 'missing', seq: 3, to: 3 }],
    ['the last row was changed', "UPDATE ledger SET body = '{}' WHERE seq = 3", { what: 'altered', seq: 3 }],
    ['all was dropped', 'DELETE FROM ledger', { what: 'missing', seq: 1, to: 3 }],
    [
      'a row was added',
      "INSERT INTO ledger SELECT 4, ts, kind, 'signal s0', body, hash, previous FROM ledger WHERE seq = 3",
      { what: 'altered', seq: 4 },
    ],
  ])('shows for ever that %s, though it goes on', async (_what, sql, found) => {
    for (const isRestarted of [false, true]) {
      await temp.drop();
      temp = await createTempDatabase();
      database = temp.database;
      ledger = createLedgerAppender(database.client);
      await commit([strategy, signal, exit]);
      await tamper(sql);
      const writer = isRestarted ? createLedgerAppender(database.client) : ledger;
      await commit([signalNo(2)], writer);
      await commit([signalNo(3)], writer);
      expect(writer.fault()).toMatch(/row \d is not what was written/);
      expect(await faults()).toContainEqual(found);
      expect(JSON.parse((await stored()).at(-1)?.body ?? '').id).toBe('s3');
    }
  });
});
