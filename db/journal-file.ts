import { randomBytes } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

/**
 * A file of records, each with its length and checksum. It is made at its full length beforehand: what is written later needs no more
 * room on the disk, be that full. Not open to several at once.
 *
 * `BWJ1`, 8 bytes that name this filling, then records: length (4 bytes), CRC-32 of the filling's name and the content (4), content.
 * Numbers are little-endian. What does not fit its checksum, such as zeros or a record that was cut off, is the end.
 */
export interface JournalFile {
  /** What names the present filling. */
  readonly name: string;
  /** How many records it holds. */
  count(): number;
  /** The content of one, counted from 0. */
  read(index: number): Promise<Buffer>;
  /** Resolves when it is on the disk. @throws where there is no room, or the disk refuses */
  append(content: Buffer): Promise<void>;
  /** Begins a new, empty filling. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

const MAGIC = Buffer.from('BWJ1');
const HEADER = 12;
const RECORD_HEADER = 8;
const ZEROS = Buffer.alloc(1_048_576);

/** Thrown where the journal's own bound is reached. */
export class JournalFullError extends Error {
  override readonly name = 'JournalFullError';
}

async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}

/** Writes zeros, so that the room is really there: a length alone takes none. */
async function fill(file: FileHandle, from: number, to: number): Promise<void> {
  for (let at = from; at < to; at += ZEROS.length) {
    await writeAll(file, ZEROS.subarray(0, Math.min(ZEROS.length, to - at)), at);
  }
  await file.datasync();
}

function checksum(name: Buffer, content: Buffer): number {
  return crc32(content, crc32(name));
}

interface Place {
  readonly at: number;
  readonly length: number;
}

function placesIn(bytes: Buffer): { name: Buffer; places: Place[]; end: number } | undefined {
  if (bytes.length < HEADER || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const name = Buffer.from(bytes.subarray(MAGIC.length, HEADER));
  const places: Place[] = [];
  let at = HEADER;
  while (at + RECORD_HEADER <= bytes.length) {
    const length = bytes.readUInt32LE(at);
    const content = bytes.subarray(at + RECORD_HEADER, at + RECORD_HEADER + length);
    if (length === 0 || content.length < length || checksum(name, content) !== bytes.readUInt32LE(at + 4)) break;
    places.push({ at: at + RECORD_HEADER, length });
    at += RECORD_HEADER + length;
  }
  return { name, places, end: at };
}

async function openOrMake(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r+');
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') throw error;
    return await open(path, 'wx+', 0o600);
  }
}

/**
 * Opens the journal, or makes it.
 * @param limit its length in bytes
 * @param noRoom told where the disk has no room for the whole of it: it is then as long as there is room later on
 */
export async function openJournalFile(
  path: string,
  limit: number,
  noRoom: (error: unknown) => void,
): Promise<JournalFile> {
  const file = await openOrMake(path);
  try {
    return await journalIn(file, limit, noRoom);
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function journalIn(file: FileHandle, limit: number, noRoom: (error: unknown) => void): Promise<JournalFile> {
  const { size } = await file.stat();
  const bytes = (await file.read(Buffer.alloc(size), 0, size, 0)).buffer;
  const known = placesIn(bytes);
  let name = known?.name ?? Buffer.alloc(0);
  let places = known?.places ?? [];
  let end = known?.end ?? HEADER;

  async function begin(): Promise<void> {
    name = randomBytes(HEADER - MAGIC.length);
    await writeAll(file, Buffer.concat([MAGIC, name]), 0);
    await file.datasync();
    end = HEADER;
    places = [];
  }

  try {
    if (bytes.length < limit) await fill(file, bytes.length, limit);
  } catch (error) {
    noRoom(error);
  }
  if (known === undefined) await begin();

  return {
    get name() {
      return name.toString('hex');
    },
    count: () => places.length,
    async read(index) {
      const { at, length } = places[index];
      const content = Buffer.alloc(length);
      await file.read(content, 0, length, at);
      return content;
    },
    async append(content) {
      if (end + RECORD_HEADER + content.length > limit) throw new JournalFullError('the journal is full');
      const header = Buffer.alloc(RECORD_HEADER);
      header.writeUInt32LE(content.length, 0);
      header.writeUInt32LE(checksum(name, content), 4);
      await writeAll(file, Buffer.concat([header, content]), end);
      await file.datasync();
      places.push({ at: end + RECORD_HEADER, length: content.length });
      end += RECORD_HEADER + content.length;
    },
    clear: begin,
    close: () => file.close(),
  };
}
