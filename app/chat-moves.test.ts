import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AuditStore, createAuditStore } from '../db/audit.ts';
import { type ChatStore, createChatStore } from '../db/chats.ts';
import { createTempDatabase, type TempDatabase } from '../db/temp-database.ts';
import { createChatMover } from './chat-moves.ts';

const OLD = 'telegram:-500';
const NEW = 'telegram:-100500';

let temp: TempDatabase;
let chats: ChatStore;
let audit: AuditStore;

beforeEach(async () => {
  temp = await createTempDatabase();
  chats = createChatStore(temp.database);
  audit = createAuditStore(temp.database);
  const settings = { venue: undefined, interval: 300_000, quote: 'usdt', timeZone: 'UTC', locale: 'en' };
  await chats.ensure({ key: OLD, title: 'traders', kind: 'group', ...settings });
});
afterEach(() => temp.drop());

describe('a chat that moves', () => {
  it('is settled only when the rules have followed, and moves once however often it is told', async () => {
    const asked: string[] = [];
    const moves = createChatMover(chats, [{ moved: (from, to) => asked.push(`${from} ${to}`) }], audit);
    const work = moves.move(OLD, NEW);
    await moves.settled();
    expect(asked).toEqual([`${OLD} ${NEW}`]);
    await work;
    await moves.move(OLD, NEW);
    expect(await chats.get(OLD)).toBeUndefined();
    expect(await chats.get(NEW)).toMatchObject({ title: 'traders', active: true });
    const move = { chatKey: NEW, userId: 'system', what: 'chat.move', before: OLD, after: NEW };
    expect(await audit.newest(NEW, 5)).toEqual([expect.objectContaining(move)]);
  });

  it('does not stay unsettled where the database fails', async () => {
    const broken = { ...chats, move: () => Promise.reject(new Error('locked')) };
    const moves = createChatMover(broken, [{ moved: () => undefined }], audit);
    const work = moves.move(OLD, NEW);
    await moves.settled();
    await expect(work).rejects.toThrow('locked');
  });
});
