import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type JournalFile, openJournalFile } from './journal-file.ts';

const MODULE = fileURLToPath(new URL('./journal-file.ts', import.meta.url));
const LIMIT = 10_000;

let folder: string;
let path: string;
const open: JournalFile[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bellwether-journal-'));
  path = join(folder, 'bot.db.journal');
});
afterEach(async () => {
  for (const file of open.splice(0)) await file.close();
  await rm(folder, { recursive: true, force: true });
});

async function journal(at = path): Promise<JournalFile> {
  const file = await openJournalFile(at, LIMIT, () => undefined);
  open.push(file);
  return file;
}

async function contents(file: JournalFile): Promise<readonly string[]> {
  const all = Array.from({ length: file.count() }, (_, i) => file.read(i));
  return (await Promise.all(all)).map((content) => content.toString());
}

const TEXTS = ['one', 'ä longer öne', '3'];

async function filled(): Promise<JournalFile> {
  const file = await journal();
  for (const text of TEXTS) await file.append(Buffer.from(text));
  return file;
}

describe('a journal file', () => {
  it('has its whole length from the start, and keeps it', async () => {
    const file = await journal();
    expect((await stat(path)).size).toBe(LIMIT);
    // Zeros that are really there: blocks of 512 bytes.
    expect((await stat(path)).blocks * 512).toBeGreaterThanOrEqual(LIMIT);
    await file.append(Buffer.from('one'));
    expect((await stat(path)).size).toBe(LIMIT);
  });

  it('gives back in order what was appended, also to the next one who opens it', async () => {
    expect(await contents(await filled())).toEqual(TEXTS);
    const again = await journal();
    expect(await contents(again)).toEqual(TEXTS);
    await again.append(Buffer.from('more'));
    expect(await contents(await journal())).toEqual([...TEXTS, 'more']);
  });

  it('leaves out a record that was cut off or damaged, and goes on behind what is whole', async () => {
    await filled();
    const whole = await readFile(path);
    const place = whole.indexOf('ä longer');
    for (const damage of [
      () => truncate(path, place + 3),
      () => truncate(path, place - 6),
      () => writeFile(path, whole.fill(0x78, place + 1, place + 2)),
    ]) {
      await damage();
      const found = await journal();
      expect(await contents(found)).toEqual(['one']);
      await found.append(Buffer.from('next'));
      expect(await contents(await journal())).toEqual(['one', 'next']);
    }
  });

  it('is empty when it was cleared, whatever lies behind the end', async () => {
    const file = await filled();
    const before = file.name;
    await file.clear();
    expect([file.count(), file.name === before]).toEqual([0, false]);
    expect((await journal()).count()).toBe(0);
    // As long as the first record of the filling before: the second one lies just behind it.
    await file.append(Buffer.from('uno'));
    expect(await contents(await journal())).toEqual(['uno']);
  });

  it('takes what fits its bound, and no more', async () => {
    const file = await journal();
    await file.append(Buffer.alloc(LIMIT - 12 - 8 - 8 - 1, 'x'));
    await expect(file.append(Buffer.from('12'))).rejects.toThrow('the journal is full');
    await file.append(Buffer.from('1'));
    expect(file.count()).toBe(2);
  });

  it('begins anew where a file of that name is none', async () => {
    await writeFile(path, 'a letter');
    expect((await journal()).count()).toBe(0);
  });

  it('is told where the disk takes nothing', async () => {
    await symlink('/dev/full', path);
    await expect(journal()).rejects.toMatchObject({ code: 'ENOSPC' });
  });

  it('needs no more room than it has once it is made', async () => {
    const first = await filled();
    await first.clear();
    // No file of the process may become longer than half the journal, as on a disk that is full up to there.
    const code = `import { openJournalFile } from ${JSON.stringify(MODULE)};
      const told = [];
      const file = await openJournalFile(${JSON.stringify(path)}, ${2 * LIMIT}, (error) => told.push(error.code));
      for (let i = 0; i < 10; i++) await file.append(Buffer.alloc(900, 'x'));
      process.stdout.write(JSON.stringify([told, file.count()]));`;
    const args = ['--fsize=10000', process.execPath, '--import', 'tsx', '--input-type=module', '--eval', code];
    expect(execFileSync('prlimit', args, { encoding: 'utf8' })).toBe('[["EFBIG"],10]');
  });
});
