import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Node's own `recursive` goes round for ever where a folder can be seen but nothing made in it, as in /proc. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(folder) === folder) throw error;
    await makeFolder(dirname(folder));
    await mkdir(folder);
  }
}
