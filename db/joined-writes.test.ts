import { afterEach, beforeEach, expect, it } from 'vitest';
import { createJoinedWrites } from './joined-writes.ts';
import { createTempDatabase, type TempDatabase } from './temp-database.ts';

let temp: TempDatabase;
beforeEach(async () => {
  temp = await createTempDatabase();
});
afterEach(() => temp.drop());

const put = (key: string) => [{ sql: 'INSERT INTO meta (key, value) VALUES (?, ?)', args: [key, 'x'] }];
const keys = async () => {
  const { rows } = await temp.database.client.execute("SELECT key FROM meta WHERE value = 'x' ORDER BY key");
  return rows.map((row) => String(row.key));
};

it('makes one commit of what is written in one turn, and another of what comes later', async () => {
  const { client } = temp.database;
  let commits = 0;
  const write = createJoinedWrites({
    batch(...args) {
      commits++;
      return client.batch(...args);
    },
  });
  await Promise.all([write(put('a')), write(put('b'))]);
  expect(commits).toBe(1);
  await write(put('c'));
  expect(commits).toBe(2);
  expect(await keys()).toEqual(['a', 'b', 'c']);
});

it('tells all of them where the commit failed, and goes on', async () => {
  const { client } = temp.database;
  const write = createJoinedWrites({ batch: (...args) => client.batch(...args) });
  const outcome = await Promise.allSettled([write(put('a')), write([{ sql: 'nonsense', args: [] }])]);
  expect(outcome.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await keys()).toEqual([]);
  await write(put('a'));
  expect(await keys()).toEqual(['a']);
});
