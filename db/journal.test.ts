import { copyFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Firing } from '../engine/rules/rule.ts';
import { createChatStore } from './chats.ts';
import { createFiringStore, type FiringCommit, type FiringStore } from './firings.ts';
import { type Journal, journalPath, openJournal } from './journal.ts';
import { createOutboxStore } from './outbox.ts';
import { createRuleStore } from './rules.ts';
import { createTempDatabase, quietLog, type TempDatabase } from './temp-database.ts';

const NOW = 1_700_000_000_000;

let temp: TempDatabase;
let path: string;
let store: FiringStore;
let ruleId: string;
const open: Journal[] = [];

beforeEach(async () => {
  temp = await createTempDatabase();
  path = journalPath(temp.url)!;
  store = createFiringStore(temp.database);
  await createChatStore(temp.database).ensure({
    ...{ key: 'telegram:1', title: '', kind: 'private', venue: undefined, interval: 60_000 },
    ...{ quote: 'usdt', timeZone: 'UTC', locale: 'en' },
  });
  const saved = { state: 'armed', since: NOW, truth: false, firings: 0 } as const;
  const rule = { chatKey: 'telegram:1', ownerId: 'telegram:1', text: 'x', instrument: 'sim:btcusdt', createdAt: NOW };
  ruleId = (await createRuleStore(temp.database).insert({ ...rule, saved })).id;
});
afterEach(async () => {
  for (const journal of open.splice(0)) await journal.close();
  await temp.drop();
});

async function journal(): Promise<Journal> {
  const made = await openJournal(path, quietLog, 100_000);
  open.push(made);
  return made;
}

/** What one moment brings about: a firing, the message, and two changes of state. */
function commit(n: number): FiringCommit {
  const firing: Firing = {
    ...{ id: `${ruleId}.${n}`, ruleId, ts: NOW + n, instrument: 'sim:btcusdt', price: 1.5, tradeId: undefined },
    ...{ values: [{ series: 'a', value: Number.NaN, before: undefined, threshold: 2 }], suppressed: 0 },
  };
  const saved = { state: 'fired', since: NOW + n, truth: true, firings: n } as const;
  const change = { ruleId, ts: NOW + n, from: 'armed', to: 'fired', cause: `firing ${n}`, saved } as const;
  const base = { chatKey: 'telegram:1', firingId: firing.id, kind: 'alert', payload: { n }, priority: 10 };
  return {
    firings: [firing],
    deliveries: [{ ...base, dedupeKey: firing.id, dueAt: NOW + n, createdAt: NOW + n }],
    states: [change, { ...change, from: 'fired', to: 'armed', saved: { ...saved, state: 'armed' } }],
  };
}

async function stored() {
  const rules = createRuleStore(temp.database);
  return {
    firings: (await store.byRule(ruleId, 100)).map(({ id }) => id).reverse(),
    owed: (await createOutboxStore(temp.database).counts()).pending,
    changes: (await rules.changes(ruleId, 100)).map(({ cause, to }) => `${cause} ${to}`).reverse(),
    saved: (await rules.get(ruleId))?.saved.firings,
  };
}

const WHOLE = {
  firings: [1, 2, 3].map((n) => `${ruleId ?? 1}.${n}`),
  owed: 3,
  changes: [1, 2, 3].flatMap((n) => [`firing ${n} fired`, `firing ${n} armed`]),
  saved: 3,
};

it('a journal is beside the database itself, by whatever name that is opened', async () => {
  const link = join(temp.folder, 'link.db');
  await symlink('test.db', link);
  expect(journalPath(`file:${link}`)).toBe(path);
});

describe('a journal', () => {
  it('puts into the database what it kept, as if it had been committed there, and is empty then', async () => {
    const kept = await journal();
    for (const n of [1, 2, 3]) await kept.append(commit(n));
    expect([kept.waiting(), await store.byRule(ruleId, 10)]).toEqual([3, []]);
    expect(await kept.replay(store)).toBe(3);
    expect(await stored()).toEqual(WHOLE);
    expect(await store.get(`${ruleId}.2`)).toEqual(commit(2).firings[0]);
    expect([kept.waiting(), await kept.replay(store)]).toEqual([0, 0]);
    await kept.append(commit(4));
    await kept.replay(store);
    expect((await stored()).changes).toHaveLength(8);
  });

  it('does the same by another run of the program', async () => {
    const first = await journal();
    for (const n of [1, 2, 3]) await first.append(commit(n));
    const second = await journal();
    expect(second.waiting()).toBe(3);
    expect(await second.replay(store)).toBe(3);
    expect(await stored()).toEqual(WHOLE);
  });

  it('stores nothing twice where the program ended before it could clear the file, or half-way', async () => {
    const first = await journal();
    for (const n of [1, 2, 3]) await first.append(commit(n));
    const left = join(temp.folder, 'left');
    await copyFile(path, left);
    let room = 2;
    const cut: Pick<FiringStore, 'commit' | 'mark'> = {
      mark: store.mark,
      async commit(...args) {
        if (room-- === 0) throw new Error('cut off');
        await store.commit(...args);
      },
    };
    await expect(first.replay(cut)).rejects.toThrow('cut off');
    expect(first.waiting()).toBe(1);
    const second = await journal();
    expect(await second.replay(store)).toBe(1);
    expect(await stored()).toEqual(WHOLE);
    await copyFile(left, path);
    const third = await journal();
    expect(await third.replay(store)).toBe(0);
    expect(await stored()).toEqual(WHOLE);
  });

  it('lies beside the file; what is in memory has none', () => {
    expect(journalPath('file:/a/b.db')).toBe('/a/b.db.journal');
    expect(journalPath(':memory:')).toBeUndefined();
    expect(journalPath('libsql://db.example')).toMatch(/^data\/[0-9a-f]{12}\.journal$/);
  });
});
