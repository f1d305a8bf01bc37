import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BookEvent, FeedEvent } from '../engine/market/events.ts';
import { createManualClock } from '../test/doubles/manual-clock.ts';
import { createSilentLog } from '../test/doubles/silent-log.ts';
import { come } from '../test/doubles/wire.ts';
import { type Stage, type StartStage, stageOptions } from '../test/stages/stage.ts';
import { VENUE_NAMES } from './addresses.ts';
import type { RawLine } from './raw-lines.ts';
import { createRecorder, type Recorder } from './recorder.ts';
import { createFeed } from './registry.ts';

let folder: string;
let stage: Stage;
let recorder: Recorder;
/** What the live feed told, and what its recorder was told. */
let live: FeedEvent[];
let lines: RawLine[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'raw-tape-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Puts a venue's feed on, with a recorder beside it. */
async function record(name: string, rotateMs?: number): Promise<void> {
  const { start } = (await import(`../test/stages/${name}.ts`)) as { start: StartStage };
  [live, lines] = [[], []];
  const raw = (line: RawLine): void => {
    lines.push(line);
    recorder.raw(line);
  };
  stage = await start({ raw });
  const { clock } = stage.time;
  recorder = createRecorder({ folder, clock, log: createSilentLog(), ...(rotateMs !== undefined && { rotateMs }) });
  stage.feed.start((event) => live.push(event));
}

/** Lets the market go on for so many tenths of a second. */
async function run(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) {
    stage.trade?.();
    stage.book?.();
    if (turn % 3 === 0) stage.facts?.tell();
    await stage.quiet();
    await stage.time.advance(100);
    await stage.quiet();
  }
}

async function until(check: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2000 && !check(); turn++) await run(1);
  expect(check()).toBe(true);
}

const watched = () => ['btcusdt', ...(stage.facts && stage.facts.symbol !== 'btcusdt' ? [stage.facts.symbol] : [])];
const of = (type: FeedEvent['type'], events = live) => events.filter((event) => event.type === type);
const files = () =>
  readdirSync(folder)
    .filter((name) => name.startsWith('raw-'))
    .sort();

async function end(): Promise<void> {
  await stage.feed.stop();
  await recorder.stop();
  await stage.close();
}

/** What a replay gives of everything, and how it ends. */
async function replay(path: string, symbols = ['btcusdt', 'btcusdt.p']) {
  const events: FeedEvent[] = [];
  const options = stageOptions(createManualClock(), { tape: { speed: Number.POSITIVE_INFINITY } });
  const feed = createFeed(`tape:${path}`, options);
  feed.start((event) => events.push(event));
  feed.watch(symbols);
  await come(() => /ended|no readable/.test(feed.status().detail ?? ''));
  const instruments = await feed.instruments();
  const status = feed.status();
  await feed.stop();
  return { events, status, instruments };
}

/** Begins with a minute of which nothing is known, runs, loses its sockets while the market goes on, and runs again. */
async function eventfulDay(): Promise<void> {
  const from = stage.time.now() - 60_000;
  stage.feed.resume('btcusdt', from, undefined);
  stage.feed.watch(watched());
  stage.feed.watchBook?.(['btcusdt']);
  await until(() => stage.feed.status().state === 'live' && of('trade').length > 20 && of('book').length > 5);
  stage.cut?.();
  await until(() => stage.feed.status().state === 'live' && of('gap').length >= 4);
  await until(() => of('book').length > 20);
  stage.feed.unwatch(['btcusdt']);
  await run(3);
  stage.feed.watch(['btcusdt']);
  // So that what is polled once a minute comes, too.
  await run(700);
}

describe.each(VENUE_NAMES)('the raw tape of %s', { timeout: 60_000 }, (name) => {
  it('gives what the live feed gave, event by event: trades, gaps, missed ones, facts and books', async () => {
    await record(name);
    await eventfulDay();
    await end();
    const { events, status } = await replay(folder);
    expect(of('trade').length).toBeGreaterThan(700);
    expect(of('book').length).toBeGreaterThan(100);
    expect(of('fact').length > 300).toBe(stage.facts !== undefined);
    expect(events).toEqual(live);
    expect(status).toMatchObject({ state: 'stale', detail: 'the tape has ended', counters: { malformed: 0 } });
    expect(status.counters.duplicates).toBe(stage.feed.status().counters.duplicates);
  });
});
