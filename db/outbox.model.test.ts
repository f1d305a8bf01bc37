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
  carrier: Row | undefined;
  held: boolean;
  /** A try of it failed, and it waits for the next. */
  tried: boolean;
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

/** What may be claimed: what another row carries goes with that one. */
const pendingAt = (model: Model): readonly Row[] =>
  inOrder(
    model,
    model.rows.filter((row) => row.state === 'pending' && row.due <= model.now && row.carrier === undefined),
  );

const isOpen = (row: Row): boolean => row.state === 'pending' || row.state === 'claimed';

/** A row and what it carries. */
const together = (model: Model, row: Row): readonly Row[] =>
  model.rows.filter((item) => item === row || item.carrier === row);

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
  for (const row of later.filter((item) => item.tried)) {
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
        model.rows.push({
          key,
          chat: chatKey,
          kind,
          priority,
          ...times,
          state: 'pending',
          attempts: 0,
          claimed: 0,
          carrier: undefined,
          held: false,
          tried: false,
        });
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

const carry = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 4 })).map(([pick, limit]) =>
  command(`carry ${limit}`, (model, { outbox, idOf }) =>
    withRow(model, pick, ['claimed'], async (row) => {
      if (row.carrier !== undefined) return;
      const isUntried = (item: Row): boolean =>
        item.attempts === 0 && model.rows.every((other) => other.carrier !== item);
      const others = pendingAt(model).filter((item) => item.chat === row.chat && item.kind === row.kind);
      const tried = others.findIndex((item) => !isUntried(item));
      const due = tried < 0 ? others : others.slice(0, tried);
      const waiting = model.rows.filter((item) => item.carrier === row && item.state === 'pending');
      const owned = inOrder(
        model,
        waiting.filter((item) => item.chat === row.chat && item.kind === row.kind && item.due <= model.now),
      );
      const peeked = await outbox.peekWith(
        { id: await idOf(row.key), chatKey: row.chat, kind: row.kind },
        model.now,
        limit,
      );
      const all = [...owned, ...due].slice(0, limit).map((item) => item.key);
      expect([...peeked.carried, ...peeked.free].map((item) => item.dedupeKey)).toEqual(all);
      expect(peeked.carried).toHaveLength(Math.min(limit, owned.length));
      const ids = await Promise.all(due.slice(0, limit).map((item) => idOf(item.key)));
      const rows = await outbox.carry(await idOf(row.key), ids, model.now);
      expect(rows.map((item) => item.dedupeKey)).toEqual(claimed(model, due.slice(0, limit)));
      for (const item of due.slice(0, limit)) item.carrier = row;
    }),
  ),
);

const claimCarried = fc.nat().map((pick) =>
  command('claimCarried', (model, { outbox, idOf }) =>
    withRow(model, pick, ['claimed'], async (row) => {
      const waiting = model.rows.filter((item) => item.carrier === row && item.state === 'pending');
      const rows = await outbox.claimCarried(await idOf(row.key), model.now);
      expect(rows.map((item) => item.dedupeKey)).toEqual(claimed(model, inOrder(model, waiting)));
    }),
  ),
);

const dissolve = fc.nat().map((pick) =>
  command('dissolve', (model, { outbox, idOf }) =>
    withRow(model, pick, ['pending', 'claimed'], async (row) => {
      await outbox.dissolve(await idOf(row.key));
      for (const item of together(model, row))
        if (item.state === 'pending') Object.assign(item, { carrier: undefined, attempts: 0 });
    }),
  ),
);

const defer = fc.tuple(fc.nat(), few).map(([pick, delay]) =>
  command(`defer +${delay}`, (model, { outbox, idOf }) =>
    withRow(model, pick, ['pending', 'claimed'], async (row) => {
      await outbox.defer([await idOf(row.key)], model.now + delay, 'quiet');
      for (const item of together(model, row)) {
        if (!isOpen(item)) continue;
        const attempts = item.attempts - (item.state === 'claimed' ? 1 : 0);
        Object.assign(item, { state: 'pending', due: model.now + delay, attempts, held: true, tried: false });
      }
    }),
  ),
);

const releaseHeld = chat.map((key) =>
  command(`releaseHeld ${key}`, async (model, { outbox }) => {
    const mine = model.rows.filter((row) => row.chat === key && row.state === 'pending' && row.held);
    const waiting = mine.filter((row) => row.due > model.now && !row.tried);
    expect(await outbox.releaseHeld(key, model.now)).toBe(waiting.length);
    for (const row of waiting) row.due = model.now;
  }),
);

const markSent = fc.nat().map((pick) =>
  command('markSent', (model, { outbox, idOf }) =>
    withRow(model, pick, ['claimed'], async (row) => {
      if (row.carrier !== undefined) return;
      const carried = model.rows.filter((item) => item.carrier === row && isOpen(item));
      await outbox.markSent(await idOf(row.key), 'm1', model.now);
      row.state = 'sent';
      for (const item of carried) item.state = 'merged';
    }),
  ),
);

const retryAt = fc.tuple(fc.nat(), few).map(([pick, delay]) =>
  command('retryAt', (model, { outbox, idOf }) =>
    withRow(model, pick, ['pending', 'claimed'], async (row) => {
      await outbox.retryAt(await idOf(row.key), model.now + delay, 'later');
      for (const item of together(model, row))
        if (isOpen(item)) Object.assign(item, { state: 'pending', due: model.now + delay, tried: true });
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
    for (const item of together(model, row)) if (isOpen(item)) item.state = expire ? 'expired' : 'failed';
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
    for (const row of model.rows)
      if (row.state === 'pending' && row.carrier !== undefined && old.includes(row.carrier)) row.carrier = undefined;
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
  carry,
  carry,
  claimCarried,
  dissolve,
  defer,
  releaseHeld,
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
