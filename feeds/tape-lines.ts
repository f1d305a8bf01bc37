import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';

/** A longer line is no line; it is given as an empty one. */
const MAX_LINE = 32 * 1024 * 1024;

/** The lines of a text file, gzipped where its name ends in `.gz`, read as they are asked for. */
export async function* readLines(file: string): AsyncGenerator<string[]> {
  const raw = createReadStream(file);
  const source = file.endsWith('.gz') ? raw.pipe(createGunzip()) : raw;
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
