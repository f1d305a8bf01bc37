import { afterEach, beforeEach, expect, it } from 'vitest';
import { type AuditStore, createAuditStore } from './audit.ts';
import { createTempDatabase, type TempDatabase } from './temp-database.ts';

let temp: TempDatabase;
let audit: AuditStore;
let now: number;
beforeEach(async () => {
  now = 100;
  temp = await createTempDatabase(() => now);
  audit = createAuditStore(temp.database);
});
afterEach(() => temp.drop());

const entry = (chatKey: string, subject: string, over: object = {}) => ({
  ...{ chatKey, userId: 'telegram:1', userName: 'Ann', what: 'setting.change', subject },
  ...{ before: 'UTC', after: 'Europe/Berlin', ...over },
});

it('gives back what was added, the newest first, of one chat or of all', async () => {
  await audit.add(entry('telegram:-1', 'zone'));
  now = 200;
  await audit.add(entry('telegram:-2', 'quote', { before: undefined }));
  await audit.add(entry('telegram:-1', 'venue', { after: undefined }));
  expect(await audit.newest('telegram:-1', 10)).toEqual([
    { ...entry('telegram:-1', 'venue', { after: undefined }), ts: 200 },
    { ...entry('telegram:-1', 'zone'), ts: 100 },
  ]);
  expect((await audit.newest(undefined, 2)).map(({ subject }) => subject)).toEqual(['venue', 'quote']);
});

it.each([
  ['changed', "UPDATE audit SET new = 'x'"],
  ['dropped', 'DELETE FROM audit'],
  ['replaced', "REPLACE INTO audit SELECT id, 0, '', '', '', '', '', NULL, NULL FROM audit"],
  ['upserted', "INSERT INTO audit SELECT * FROM audit WHERE true ON CONFLICT (id) DO UPDATE SET new = 'x'"],
])('is never %s, whoever asks the database', async (_how, sql) => {
  await audit.add(entry('telegram:-1', 'zone'));
  await expect(temp.database.client.execute(sql)).rejects.toThrow(/the audit log is never/);
  expect(await audit.newest('telegram:-1', 10)).toEqual([{ ...entry('telegram:-1', 'zone'), ts: 100 }]);
});

it('goes on under a chat’s new key, also when it moved twice, and in a circle', async () => {
  await audit.add(entry('telegram:-1', 'first'));
  await audit.add(entry('telegram:-2', 'move', { what: 'chat.move', before: 'telegram:-1', after: 'telegram:-2' }));
  await audit.add(entry('telegram:-3', 'move', { what: 'chat.move', before: 'telegram:-2', after: 'telegram:-3' }));
  await audit.add(entry('telegram:-2', 'circle', { what: 'chat.move', before: 'telegram:-3', after: 'telegram:-2' }));
  await audit.add(entry('telegram:-9', 'other'));
  const subjects = (await audit.newest('telegram:-3', 10)).map(({ subject }) => subject);
  expect(subjects).toEqual(['circle', 'move', 'move', 'first']);
});
