import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOutboxStore, type OutboxStore } from './outbox.ts';
import type { DeliveryState } from './schema.ts';
import { createTempDatabase, type TempDatabase } from './temp-database.ts';

const CHATS = ['telegram:1', 'telegram:-2', 'telegram:-2/7', 'telegram:-2/8', 'telegram:20', 'discord:5'] as const;
const KINDS = ['alert', 'notice'] as const;

/** A row as somebody would keep it in a list; the place in the list is the order of ids. */
interface Row {
  readonly key: string;
  chat: string;
  readonly kind: string;
  readonly priority: number;
  readonly queued: number;
  readonly made: number;
  due: number;
  state: DeliveryState;
  attempts: number;
  claimed: number;
}

interface Model {
  now: number;
  readonly rows: Row[];
}

interface Real {
  readonly outbox: OutboxStore;
  /** Id of the row with this dedupe key. */
  idOf(key: string): Promise<string>;
}

type Command = fc.AsyncCommand<Model, Real>;

const chatOf = (key: string): string => key.replace(/\/.*/, '');

function inOrder(model: Model, rows: readonly Row[]): readonly Row[] {
  const place = (row: Row): number => model.rows.indexOf(row);
  return [...rows].sort((a, b) => a.priority - b.priority || a.queued - b.queued || place(a) - place(b));
}

const pendingAt = (model: Model): readonly Row[] =>
  inOrder(
    model,
    model.rows.filter((row) => row.state === 'pending' && row.due <= model.now),
  );

function claimed(model: Model, rows: readonly Row[]): readonly string[] {
  for (const row of rows) {
    row.claimed = model.now;
    row.state = 'claimed';
    row.attempts += 1;
  }
  return rows.map((row) => row.key);
}

/** Everything that can be asked is the same on both sides. */
async function compare(model: Model, { outbox }: Real): Promise<void> {
  const counts: Record<string, number> = { pending: 0, claimed: 0, sent: 0, merged: 0, expired: 0, failed: 0 };
  for (const row of model.rows) counts[row.state] += 1;
  expect(await outbox.counts()).toEqual(counts);
  const pending = model.rows.filter((row) => row.state === 'pending');
  const least = (values: readonly number[]) => (values.length === 0 ? undefined : Math.min(...values));
  expect(await outbox.oldestPending()).toBe(least(pending.map((row) => row.made)));
  const later = pending.filter((row) => row.due > model.now);
  expect(await outbox.nextDueAt(model.now)).toBe(least(later.map((row) => row.due)));
  const waiting = new Map<string, number>();
  for (const row of later.filter((item) => item.attempts > 0)) {
    waiting.set(row.chat, Math.max(row.due, waiting.get(row.chat) ?? 0));
  }
  const told = (await outbox.waitingChats(model.now)).map(({ chatKey, until }) => [chatKey, until] as const);
  expect(new Map(told)).toEqual(waiting);
}

function command(name: string, run: (model: Model, real: Real) => Promise<void>): Command {
  return {
    check: () => true,
    toString: () => name,
    async run(model, real) {
      await run(model, real);
      await compare(model, real);
    },
  };
}

/** One of the rows in a state; nothing where there is none. */
async function withRow(
  model: Model,
  pick: number,
  states: readonly DeliveryState[],
  run: (row: Row) => Promise<void>,
): Promise<void> {
  const rows = model.rows.filter((row) => states.includes(row.state));
  if (rows.length > 0) await run(rows[pick % rows.length]);
}

const chat = fc.constantFrom(...CHATS);
const few = fc.integer({ min: 0, max: 5 });

const enqueue = fc
  .array(
    fc.record({
      key: fc.integer({ min: 0, max: 60 }),
      chat,
      kind: fc.constantFrom(...KINDS),
      priority: few,
      delay: few,
    }),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .map((items) =>
    command(`enqueue ${JSON.stringify(items)}`, async (model, { outbox }) => {
      const news = items.map((item) => ({
        dedupeKey: `k${item.key}`,
        chatKey: item.chat,
        kind: item.kind,
        payload: item,
        priority: item.priority % 2,
        dueAt: model.now + item.delay,
        createdAt: model.now,
      }));
      await outbox.enqueue(news);
      for (const { dedupeKey: key, chatKey, kind, priority, dueAt } of news) {
        if (model.rows.some((row) => row.key === key)) continue;
        const times = { queued: dueAt, due: dueAt, made: model.now };
        model.rows.push({ key, chat: chatKey, kind, priority, ...times, state: 'pending', attempts: 0, claimed: 0 });
      }
    }),
  );

const claimDue = fc
  .tuple(
    fc.integer({ min: 1, max: 4 }),
    fc.subarray(CHATS.map(chatOf)),
    fc.constantFrom(undefined, 'telegram', 'discord'),
  )
  .map(([limit, exclude, platform]) =>
    command(`claimDue ${limit} without ${exclude} of ${platform}`, async (model, { outbox }) => {
      const seen = new Set<string>(exclude);
      const expected: Row[] = [];
      for (const row of pendingAt(model)) {
        if (seen.has(chatOf(row.chat)) || expected.length === limit) continue;
        if (platform !== undefined && !row.chat.startsWith(`${platform}:`)) continue;
        seen.add(chatOf(row.chat));
        expected.push(row);
      }
      const rows = await outbox.claimDue(model.now, limit, exclude, platform);
      expect(rows.map((row) => row.dedupeKey)).toEqual(claimed(model, expected));
      expect(rows.map((row) => row.attempts)).toEqual(expected.map((row) => row.attempts));
    }),
  );

const claimMore = fc.tuple(chat, fc.constantFrom(...KINDS), fc.integer({ min: 1, max: 4 })).map(([key, kind, limit]) =>
  command(`claimMore ${key} ${kind} ${limit}`, async (model, { outbox }) => {
    const due = pendingAt(model).filter((row) => row.chat === key && row.kind === kind);
    expect(await outbox.countDue(key, kind, model.now)).toBe(due.length);
    const rows = await outbox.claimMore(key, kind, model.now, limit);
    expect(rows.map((row) => row.dedupeKey)).toEqual(claimed(model, due.slice(0, limit)));
  }),
);

const markSent = fc.tuple(fc.nat(), fc.nat()).map(([pick, second]) =>
  command('markSent', (model, { outbox, idOf }) =>
    withRow(model, pick, ['claimed'], async (row) => {
      const claimedRows = model.rows.filter((item) => item.state === 'claimed' && item !== row);
      const merged = second % 2 === 1 ? claimedRows.slice(0, 2) : [];
      const ids = await Promise.all(merged.map((item) => idOf(item.key)));
      await outbox.markSent(await idOf(row.key), 'm1', model.now, ids);
      row.state = 'sent';
      for (const item of merged) item.state = 'merged';
    }),
  ),
);

const retryAt = fc.tuple(fc.nat(), few).map(([pick, delay]) =>
  command('retryAt', (model, { outbox, idOf }) =>
    withRow(model, pick, ['pending', 'claimed'], async (row) => {
      await outbox.retryAt(await idOf(row.key), model.now + delay, 'later');
      Object.assign(row, { state: 'pending', due: model.now + delay });
    }),
  ),
);

const finish = fc.tuple(fc.nat(), fc.boolean()).map(([pick, expire]) =>
  command(expire ? 'markExpired' : 'markFailed', async (model, { outbox, idOf }) => {
    if (model.rows.length === 0) return;
    const row = model.rows[pick % model.rows.length];
    const id = await idOf(row.key);
    await (expire ? outbox.markExpired(id, 'no', model.now) : outbox.markFailed(id, 'no', model.now));
    // What has ended stays as it ended.
    if (row.state === 'pending' || row.state === 'claimed') row.state = expire ? 'expired' : 'failed';
  }),
);

const deferChat = fc.tuple(chat, few).map(([key, delay]) =>
  command(`deferChat ${key} +${delay}`, async (model, { outbox }) => {
    const until = model.now + delay;
    await outbox.deferChat(key, until);
    for (const row of model.rows) {
      if (row.state !== 'pending') continue;
      if (row.chat === key || row.chat.startsWith(`${key}/`)) row.due = Math.max(row.due, until);
    }
  }),
);

const failChat = chat.map((key) =>
  command(`failChat ${key}`, async (model, { outbox }) => {
    const mine = model.rows.filter((row) => row.chat === key && (row.state === 'pending' || row.state === 'claimed'));
    expect(await outbox.failChat(key, 'blocked', model.now)).toBe(mine.length);
    for (const row of mine) row.state = 'failed';
  }),
);

const release = fc.option(fc.tuple(few, fc.nat())).map((part) =>
  command(`releaseClaimed ${part}`, async (model, { outbox, idOf }) => {
    const mine = model.rows.filter((row) => row.state === 'claimed');
    if (part === null) {
      expect(await outbox.releaseClaimed()).toBe(mine.length);
      for (const row of mine) row.state = 'pending';
      return;
    }
    const before = model.now - part[0];
    const kept = mine.length === 0 ? undefined : mine[part[1] % mine.length];
    const old = mine.filter((row) => row.claimed < before && row !== kept);
    const except = kept === undefined ? [] : [await idOf(kept.key)];
    expect(await outbox.releaseClaimed(before, except)).toBe(old.length);
    for (const row of old) row.state = 'pending';
  }),
);

const expireOld = few.map((age) =>
  command(`expireOld ${age}`, async (model, { outbox }) => {
    const old = model.rows.filter((row) => row.state === 'pending' && row.made < model.now - 4 * age);
    expect(await outbox.expireOld(model.now - 4 * age, model.now)).toBe(old.length);
    for (const row of old) row.state = 'expired';
  }),
);

const tick = few.map((ms) =>
  command(`tick ${ms}`, async (model) => {
    model.now += ms;
  }),
);

const all = [
  enqueue,
  claimDue,
  claimDue,
  claimMore,
  markSent,
  retryAt,
  finish,
  deferChat,
  failChat,
  release,
  expireOld,
  tick,
];

describe('the outbox', () => {
  let temp: TempDatabase;
  let real: Real;
  beforeAll(async () => {
    temp = await createTempDatabase();
    const { client } = temp.database;
    real = {
      outbox: createOutboxStore(temp.database),
      async idOf(key) {
        const { rows } = await client.execute({ sql: 'SELECT id FROM deliveries WHERE dedupe_key = ?', args: [key] });
        return String(rows[0].id);
      },
    };
  });
  afterAll(() => temp.drop());

  it('does what a list in memory would do', async () => {
    await fc.assert(
      fc.asyncProperty(fc.commands(all, { maxCommands: 60, size: 'max' }), async (commands) => {
        await temp.database.client.execute('DELETE FROM deliveries');
        await fc.asyncModelRun(() => ({ model: { now: 1000, rows: [] }, real }), commands);
      }),
      { numRuns: 80 },
    );
  });
});
