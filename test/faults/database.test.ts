import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@libsql/client';
import { afterAll, expect } from 'vitest';
import { metric, readiness } from './asking.ts';
import { createLadder, DISCORD_CHATS, TELEGRAM_CHATS } from './ladder.ts';
import { isAlert, takenByTelegram } from './ledger.ts';
import { lockDatabase } from './lock-database.ts';
import { scenario } from './scenario.ts';
import { query } from './stored.ts';
import { pause, until } from './until.ts';
import { judge, settled } from './verdict.ts';

const CHATS = [TELEGRAM_CHATS[0], TELEGRAM_CHATS[1], DISCORD_CHATS[0]];

async function write(file: string, sql: string): Promise<void> {
  const client = createClient({ url: `file:${file}`, timeout: 5_000, concurrency: 1 });
  await client.execute(sql);
  client.close();
}

{
  const ladder = createLadder(8, CHATS);
  scenario(
    'a database that another process holds for two seconds costs nothing but the time',
    { rules: ladder.rules },
    async (rig) => {
      const url = await (await rig.start()).started;
      ladder.climb(rig, 2);
      await settled(rig);
      const unlock = await lockDatabase(rig.file);
      ladder.climb(rig, 4);
      await pause(1_000);
      expect((await fetch(`${url}/healthz`)).status).toBe(200);
      await pause(1_000);
      await unlock();
      ladder.climb(rig, 2);
      await settled(rig);
      await rig.end();
      await judge(rig);
    },
  );
}

{
  const ladder = createLadder(7, CHATS);
  scenario(
    'a firing and its messages are stored together or not at all, and a kill meanwhile loses neither',
    { rules: ladder.rules, short: true, speed: 5 },
    async (rig) => {
      await rig.start();
      ladder.climb(rig, 1);
      await settled(rig);
      await write(
        rig.file,
        "CREATE TRIGGER refused BEFORE INSERT ON deliveries BEGIN SELECT RAISE(ABORT, 'the page cannot be written'); END",
      );
      ladder.climb(rig, 3);
      await until('it knows that it cannot store', async () => (await readiness(rig)).state === 'degraded');
      const alone =
        'SELECT id FROM firings WHERE id NOT IN (SELECT firing_id FROM deliveries WHERE firing_id IS NOT NULL)';
      expect(await query(rig.file, alone), 'firings without their messages').toEqual([]);
      await rig.kill();
      await write(rig.file, 'DROP TRIGGER refused');
      await rig.start();
      ladder.climb(rig, 3);
      await settled(rig);
      await rig.end();
      await judge(rig);
    },
  );
}

{
  const ladder = createLadder(7, CHATS);
  scenario(
    'a journal of the database that was cut short by a crash of the machine loses no alert',
    { rules: ladder.rules, speed: 5 },
    async (rig) => {
      await rig.start();
      ladder.climb(rig, 1);
      await settled(rig);
      await rig.end();
      await rig.start();
      ladder.climb(rig, 3);
      await settled(rig);
      await rig.kill();
      const journal = `${rig.file}-wal`;
      truncateSync(journal, Math.floor(statSync(journal).size * 0.6));
      // The index of the journal is memory: a machine that starts anew has none.
      rmSync(`${rig.file}-shm`, { force: true });
      const before = takenByTelegram(rig.telegram).filter(isAlert).length;
      await rig.start();
      ladder.climb(rig, 3);
      await settled(rig);
      await rig.end();
      // What the database forgot is told again, which is better than not at all.
      await judge(rig, { lostAnswers: before });
    },
  );
}

let disk = '';
/** A disk of its own. @returns a folder on it */
function smallDisk(): string {
  disk = mkdtempSync(join(tmpdir(), 'bellwether-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', disk]);
  const folder = join(disk, 'data');
  mkdirSync(folder);
  return folder;
}

/** Until not a byte more fits. */
function fill(path: string): void {
  for (const size of [1 << 20, 1 << 16, 1 << 12, 1]) {
    try {
      for (;;) writeFileSync(path, Buffer.alloc(size), { flag: 'a' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
}

afterAll(() => {
  if (disk === '') return;
  execFileSync('umount', ['-l', disk]);
  rmSync(disk, { recursive: true, force: true });
});

{
  const ladder = createLadder(9, CHATS);
  scenario(
    'a full disk is told of, and what fired meanwhile goes out once there is room',
    {
      rules: ladder.rules,
      folder: smallDisk,
      unless: process.getuid?.() !== 0 && 'only root may mount a disk',
    },
    async (rig) => {
      await rig.start();
      ladder.climb(rig, 2);
      await settled(rig);
      const filler = join(disk, 'filler');
      fill(filler);
      // Until what is left in the pages that the database has already is used up, too.
      for (let i = 0; i < 5; i++) {
        ladder.climb(rig);
        await pause(300);
        fill(filler);
      }
      await until('it says so', async () => (await readiness(rig)).state !== 'ok', 60_000);
      expect(await metric(rig, 'bellwether_trades_total')).toBeGreaterThan(0);
      rmSync(filler);
      ladder.climb(rig, 2);
      await settled(rig, {}, 90_000);
      await until('it is well again', async () => (await readiness(rig)).state === 'ok', 60_000);
      await rig.end();
      await judge(rig);
    },
  );
}
