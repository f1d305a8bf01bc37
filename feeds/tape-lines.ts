import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { constants, createGunzip } from 'node:zlib';

/** A longer line is no line; it is given as an empty one. */
const MAX_LINE = 32 * 1024 * 1024;

/**
 * The tapes that a path names: itself, or those of a folder in the order of their names; raw ones only where there are no others, or
 * where the path ends in `raw` (`data/tape/raw`).
 */
export function tapesOf(path: string): readonly string[] {
  if (basename(path) === 'raw' && !existsSync(path)) return tapesIn(dirname(path)).filter(isRaw);
  if (!statSync(path).isDirectory()) return [path];
  const all = tapesIn(path);
  const events = all.filter((file) => !isRaw(file));
  return events.length > 0 ? events : all;
}

const isRaw = (file: string): boolean => basename(file).startsWith('raw-');

function tapesIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => /\.ndjson(\.gz)?$/.test(name) && !name.startsWith('index'))
    .sort()
    .map((name) => join(folder, name));
}

/** The lines of a text file, or of all of a folder, gzipped where the name ends in `.gz`, read as they are asked for. */
export async function* readLines(path: string): AsyncGenerator<string[]> {
  for (const file of tapesOf(path)) yield* linesOf(file);
}

async function* linesOf(file: string): AsyncGenerator<string[]> {
  const raw = createReadStream(file);
  const source = file.endsWith('.gz')
    ? // A file that a kill has torn is read up to the tear.
      raw.pipe(createGunzip({ finishFlush: constants.Z_SYNC_FLUSH }))
    : raw;
  if (source !== raw) raw.on('error', (error) => source.destroy(error));
  source.setEncoding('utf8');
  let rest = '';
  try {
    for await (const chunk of source) {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > MAX_LINE) rest = '';
      yield lines;
    }
    if (rest.trim() !== '') yield [rest];
  } finally {
    raw.destroy();
    source.destroy();
  }
}
