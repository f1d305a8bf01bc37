import { afterEach, beforeEach, expect, it } from 'vitest';
import { ledgerHeadMessage } from '../commands/ledger-head-message.ts';
import { plainText } from '../commands/message.ts';
import { type ChatStore, createChatStore } from '../db/chats.ts';
import { createFiringStore } from '../db/firings.ts';
import { createLedgerStore, type LedgerStore } from '../db/ledger.ts';
import { createMetaStore } from '../db/meta.ts';
import { createOutboxStore } from '../db/outbox.ts';
import { createTempDatabase, quietLog, type TempDatabase } from '../db/temp-database.ts';
import { createManualClock, type ManualClock } from '../test/doubles/manual-clock.ts';
import { createLedgerHeads, type LedgerHeads } from './ledger-heads.ts';

const HOUR = 3_600_000;
let temp: TempDatabase;
let time: ManualClock;
let ledger: LedgerStore;
let chats: ChatStore;
let running: LedgerHeads | undefined;

beforeEach(async () => {
  running = undefined;
  time = createManualClock(Date.parse('2026-03-01T12:00:00Z'));
  temp = await createTempDatabase(() => time.now());
  ledger = createLedgerStore(temp.database);
  chats = createChatStore(temp.database);
  for (const key of ['telegram:1', 'telegram:2', 'telegram:3'])
    await chats.ensure({
      ...{
        key,
        title: '',
        kind: 'group',
        venue: undefined,
        interval: 60_000,
        quote: 'usdt',
        timeZone: 'UTC',
        locale: 'en',
      },
    });
});
afterEach(async () => {
  running?.stop();
  await temp.drop();
});

let signals = 0;
async function signal(chat: string): Promise<void> {
  const ts = time.now();
  const body = {
    ...{ id: `s${++signals}`, strategy: 'cross', version: 1, chat, instrument: 'sim:btcusdt', interval: 300_000, ts },
    ...{ side: 'long' as const, price: 1, stop: null, target: null, confidence: null, reasons: {} },
  };
  const entry = { kind: 'signal', ts, body } as const;
  await createFiringStore(temp.database, ledger).commit({ firings: [], deliveries: [], states: [], ledger: [entry] });
}

function run(): void {
  const [outbox, meta] = [createOutboxStore(temp.database), createMetaStore(temp.database)];
  running = createLedgerHeads({ ledger, outbox, meta, clock: time.clock, log: quietLog, wake: () => undefined });
  running.start();
}

async function owed(): Promise<readonly string[]> {
  const { rows } = await temp.database.client.execute("SELECT *, payload ->> 'seq' AS seq FROM deliveries ORDER BY id");
  return rows.map(
    (row) => `${new Date(Number(row.created_at)).toISOString().slice(5, 16)} ${row.chat_key} row ${row.seq}`,
  );
}

it('posts the newest hash once a day to the chats that have signals, where there is a new one', async () => {
  await signal('telegram:1');
  await signal('telegram:2');
  run();
  await time.advance(2 * HOUR);
  running?.stop();
  expect(await owed()).toEqual(['03-01T12:00 telegram:1 row 2', '03-01T12:00 telegram:2 row 2']);
  // A whole day without a row, then one.
  run();
  await time.advance(24 * HOUR);
  await signal('telegram:2');
  await chats.deactivate('telegram:1', 'blocked');
  await time.advance(24 * HOUR);
  expect((await owed()).slice(2)).toEqual(['03-03T00:00 telegram:2 row 3']);
});

it('posts nothing where there never was a signal', async () => {
  run();
  await time.advance(48 * HOUR);
  expect(await owed()).toEqual([]);
});

it('tells the hash with what it is good for', () => {
  const hash = 'ab12cd34ef56'.padEnd(64, '0');
  const { text, silent } = ledgerHeadMessage({ seq: 1234, hash, day: Date.parse('2026-03-01T00:00:00Z') });
  expect(plainText(text)).toBe(
    `🔗 Ledger on 2026-03-01: row 1,234\n1234:${hash}\nKeep it: none of the signals up to here can be changed without another hash. /ledger verify 1234:ab12cd34ef56`,
  );
  expect(silent).toBe(true);
});
