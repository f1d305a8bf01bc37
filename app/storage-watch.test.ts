import { afterEach, beforeEach, expect, it } from 'vitest';
import { plainText } from '../commands/message.ts';
import type { ChatPlatform } from '../commands/platform.ts';
import { createTempDatabase, type TempDatabase } from '../db/temp-database.ts';
import { TransportError } from '../engine/errors.ts';
import { createManualClock, type ManualClock } from '../test/doubles/manual-clock.ts';
import { createSilentLog } from '../test/doubles/silent-log.ts';
import { createAdminNotices } from './admin-notices.ts';
import { createStorageWatch, type StorageNews, type StorageWatch } from './storage-watch.ts';

const LARGE = "INSERT INTO meta (key, value) VALUES ('test', hex(zeroblob(200000)))";

let time: ManualClock;
let temp: TempDatabase;
let news: StorageNews[];
let watch: StorageWatch;
let kept: number;
let dropped: number;

beforeEach(async () => {
  time = createManualClock(1_000_000);
  temp = await createTempDatabase(time.now);
  news = [];
  [kept, dropped] = [0, 0];
  const writer = { fault: () => undefined, kept: () => kept, dropped: () => dropped };
  const { database } = temp;
  watch = createStorageWatch({ database, writer, clock: time.clock, tell: (item) => news.push(item) });
  watch.start();
});
afterEach(async () => {
  watch.stop();
  await temp.drop();
});

async function pass(seconds: number): Promise<void> {
  for (let i = 0; i < seconds; i++) await time.advance(1_000);
}

/** The database refuses to grow, and somebody has noticed. */
async function fillUp(): Promise<void> {
  await temp.database.client.execute('PRAGMA max_page_count = 60');
  await expect(temp.database.client.execute(LARGE)).rejects.toMatchObject({ code: 'SQLITE_FULL' });
}

async function freeUp(): Promise<void> {
  await temp.database.client.execute('PRAGMA max_page_count = 100000');
  await temp.database.client.execute(LARGE);
}

it('tells once that nothing can be stored, and once that it is over, with what waited', async () => {
  await pass(5);
  await fillUp();
  expect(watch.state()).toEqual({ since: 1_005_000, reason: 'the disk is full', kept: 0, dropped: 0 });
  await pass(2);
  expect(news).toEqual([]);
  kept = 7;
  await pass(8);
  expect(news).toEqual([{ type: 'began', fault: { since: 1_005_000, reason: 'the disk is full' } }]);
  dropped = 2;
  await freeUp();
  kept = 0;
  await pass(30);
  expect(news.slice(1)).toEqual([{ type: 'over', lastedMs: 11_000, kept: 7, dropped: 2 }]);
  expect(watch.state()).toEqual({ kept: 0, dropped: 2 });
});

it('says nothing of what is over at once', async () => {
  await fillUp();
  await pass(2);
  await freeUp();
  await pass(30);
  expect(news).toEqual([]);
});

it('finds out by itself that the database works again where nobody else writes', async () => {
  await fillUp();
  await pass(5);
  await temp.database.client.execute('PRAGMA max_page_count = 100000');
  await pass(15);
  expect(news.map(({ type }) => type)).toEqual(['began', 'over']);
});

it('reaches each admin in private without the database, tries again where the platform asks for it, and leaves out who is not reachable', async () => {
  const sent: string[] = [];
  let refusals = 1;
  const platform: ChatPlatform = {
    name: 'telegram',
    async start() {},
    async stop() {},
    status: () => ({ state: 'live', lastSeen: undefined }),
    privateChat: async (user) => ({ platform: 'telegram', chat: user }),
    async send({ chat }, { text }, nonce) {
      if (chat === '2' && refusals-- > 0) {
        throw new TransportError('wait', { retryable: true, reason: 'rate-limited', retryAfterMs: 40_000 });
      }
      if (chat === '3') throw new TransportError('blocked', { retryable: false, reason: 'blocked' });
      expect(nonce.length).toBeLessThanOrEqual(25);
      sent.push(`${chat}: ${plainText(text)}`);
      return 'm1';
    },
  };
  const admins = ['telegram:1', 'telegram:2', 'telegram:3', 'page:local', 'discord:5'];
  const notices = createAdminNotices({
    ...{ platforms: [platform], admins: () => admins, clock: time.clock, log: createSilentLog() },
  });
  notices.storage({ type: 'began', fault: { since: 0, reason: 'the disk is full' } });
  await time.advance(1);
  expect(sent).toHaveLength(1);
  expect(sent[0]).toMatch(/^1: ⚠️ I cannot store anything: the disk is full\./);
  await time.advance(40_000);
  expect(sent[1]).toMatch(/^2: ⚠️ I cannot store anything/);
  sent.length = 0;
  notices.storage({ type: 'over', lastedMs: 220_000, kept: 12, dropped: 1 });
  await time.advance(1);
  expect(sent[0]).toBe(
    '1: ✅ I can store again, after 3m40s. 12 alerts waited and go out now. 1 alert found no room and is lost.',
  );
});
