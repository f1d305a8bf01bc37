import { mkdirSync } from 'node:fs';
import { appendFile, type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Clock } from '../engine/clock.ts';
import { ConfigError } from '../engine/errors.ts';
import type { BookSide, FeedEvent } from '../engine/market/events.ts';
import { HOUR } from '../engine/market/interval.ts';
import type { Logger } from './logger.ts';
import type { RawLine } from './raw-lines.ts';
import { createRawStanding } from './raw-standing.ts';

export interface Recorder {
  /** Neither waits nor throws. */
  event(event: FeedEvent): void;
  raw(line: RawLine): void;
  /** Writes what waits and closes the files. Never rejects. */
  stop(): Promise<void>;
  counters(): { readonly written: number; readonly dropped: number };
}

export interface RecorderOptions {
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** A file of so many bytes, or of so many ms, is followed by another. */
  readonly rotateBytes?: number;
  readonly rotateMs?: number;
  /** Characters that wait at most; what comes then is dropped and counted. */
  readonly mostWaiting?: number;
}

const FLUSH_MS = 1_000;
/** Characters that are packed at once: more would come late at the disk. */
const FLUSH_CHARS = 1_000_000;
const pack = promisify(gzip);

/**
 * Records into gzipped NDJSON files, `tape-*` for events and `raw-*` for what came from the venues, and tells of them in `index.ndjson`. Each second is a gzip
 * member of its own: whatever ends the program, what was flushed can be read.
 * @throws ConfigError where the folder cannot be made
 */
export function createRecorder(options: RecorderOptions): Recorder {
  const { folder, clock, log, mostWaiting = 32_000_000 } = options;
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw new ConfigError(`RECORD: the folder ${folder} cannot be made`, { cause });
  }
  const standing = createRawStanding();
  /** Lines of a raw tape that wait to be written and matter to what comes after; and when the first that waits came, in ms. */
  const unheld: RawLine[] = [];
  let rawFrom = 0;
  const tracks = { tape: createTrack('tape', options), raw: createTrack('raw', options) };
  const counts = { written: 0, dropped: 0 };
  let waiting = 0;
  let isOff = false;
  let running: Promise<void> | undefined;
  let cancel: (() => void) | undefined;

  function add(kind: keyof typeof tracks, line: string): void {
    if (isOff || waiting + line.length > mostWaiting) {
      if (counts.dropped++ === 0 && !isOff) log.warn({ folder }, 'the disk cannot follow, some of the tape is dropped');
      return;
    }
    tracks[kind].lines.push(line);
    waiting += line.length;
    if (waiting >= FLUSH_CHARS && running === undefined) start();
    cancel ??= clock.after(FLUSH_MS, () => {
      cancel = undefined;
      if (running === undefined) start();
    });
  }

  function start(): void {
    running = flush().finally(() => {
      running = undefined;
    });
  }

  async function flush(): Promise<void> {
    for (const track of Object.values(tracks)) {
      const lines = track.lines.splice(0);
      if (lines.length === 0 || isOff) continue;
      const held = track === tracks.raw ? unheld.splice(0) : [];
      const at = rawFrom;
      try {
        await track.write(lines, () =>
          track === tracks.raw ? standing.lines().map((line) => lineOf({ ...line, at })) : [],
        );
        for (const line of held) standing.take(line);
        counts.written += lines.length;
      } catch (error) {
        isOff = true;
        log.error({ folder, err: error }, 'the tape cannot be written, recording has stopped');
      }
      for (const line of lines) waiting -= line.length;
    }
  }

  return {
    event: (event) => add('tape', lineOf(event.type === 'book' ? plainBook(event) : event)),
    raw(line) {
      if (tracks.raw.lines.length === 0) rawFrom = line.at;
      add('raw', lineOf(line));
      if (line.what !== undefined && !isOff) unheld.push(line);
    },
    async stop() {
      cancel?.();
      while (running !== undefined) await running;
      await flush();
      isOff = true;
      await Promise.all(Object.values(tracks).map((track) => track.close().catch(() => undefined)));
    },
    counters: () => ({ ...counts }),
  };
}

function lineOf(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

/** One series of files. */
function createTrack(
  kind: 'tape' | 'raw',
  { folder, clock, rotateBytes = 64 * 1024 * 1024, rotateMs = HOUR }: RecorderOptions,
) {
  let current: { handle: FileHandle; file: string; from: number; lines: number; bytes: number } | undefined;
  let count = 0;

  async function next() {
    const from = clock.now();
    const time = new Date(from).toISOString().replace(/[-:.]/g, '');
    const file = `${kind}-${time}-${String(count++).padStart(4, '0')}.ndjson.gz`;
    // A new file always: nothing is appended to one that a kill may have torn.
    const handle = await open(join(folder, file), 'wx');
    await note({ file, kind, from });
    return { handle, file, from, lines: 0, bytes: 0 };
  }

  const note = (entry: object): Promise<void> => appendFile(join(folder, 'index.ndjson'), `${JSON.stringify(entry)}\n`);

  async function close(): Promise<void> {
    if (!current) return;
    const { handle, file, from, lines, bytes } = current;
    current = undefined;
    await handle.close();
    await note({ file, kind, from, to: clock.now(), lines, bytes });
  }

  return {
    lines: [] as string[],
    /** @param head what a file begins with */
    async write(lines: readonly string[], head: () => readonly string[]): Promise<void> {
      if (current && (current.bytes >= rotateBytes || clock.now() - current.from >= rotateMs)) await close();
      const all = current ? lines : [...head(), ...lines];
      current ??= await next();
      const member = await pack(all.join(''), { level: 3 });
      await current.handle.appendFile(member);
      current.lines += all.length;
      current.bytes += member.length;
    },
    close,
  };
}

const plainSide = ({ prices, sizes }: BookSide) => ({ prices: Array.from(prices), sizes: Array.from(sizes) });

function plainBook(event: Extract<FeedEvent, { type: 'book' }>): object {
  return { ...event, bids: plainSide(event.bids), asks: plainSide(event.asks) };
}
