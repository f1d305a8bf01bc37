import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BookEvent, FeedEvent, Trade } from '../engine/market/events.ts';
import type { InstrumentInfo } from '../engine/market/instrument.ts';
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
async function record(name: string, { rotateMs = 3_600_000, laterMs = 0 } = {}): Promise<void> {
  const { start } = (await import(`../test/stages/${name}.ts`)) as { start: StartStage };
  [live, lines] = [[], []];
  const raw = (line: RawLine): void => {
    lines.push(line);
    recorder.raw(line);
  };
  stage = await start({ raw });
  const { clock } = stage.time;
  recorder = createRecorder({ folder, clock, log: createSilentLog(), rotateMs });
  await stage.time.advance(laterMs);
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

const trades = (events: readonly FeedEvent[]) => events.filter(({ type }) => type === 'trade');
const facts = (events: readonly FeedEvent[]) => events.filter(({ type }) => type === 'fact');

/** The lines of a tape, changed and put into a file of their own. */
function rewrite(change: (lines: string[]) => readonly string[]): string {
  const text = files().map((file) => gunzipSync(readFileSync(join(folder, file))).toString());
  const file = join(folder, 'changed.ndjson');
  writeFileSync(file, change(text.join('').trim().split('\n')).join('\n'));
  return file;
}

describe.each(VENUE_NAMES)('the raw tape of %s', { timeout: 60_000 }, (name) => {
  it('gives what the live feed gave, event by event: trades, gaps, missed ones, facts and books', async () => {
    await record(name);
    await eventfulDay();
    await end();
    const { events, status } = await replay(folder);
    expect(trades(live).length).toBeGreaterThan(700);
    expect(of('book').length).toBeGreaterThan(100);
    expect(facts(live).length > 300).toBe(stage.facts !== undefined);
    expect(events).toEqual(live);
    expect(status).toMatchObject({ state: 'stale', detail: 'the tape has ended', counters: { malformed: 0 } });
    expect(status.counters.duplicates).toBe(stage.feed.status().counters.duplicates);
  });

  it('lists its instruments as the venue does, with tick and lot', async () => {
    await record(name);
    stage.feed.watch(['btcusdt']);
    let listed: readonly InstrumentInfo[] = [];
    void stage.feed.instruments().then((infos) => {
      listed = infos;
    });
    await until(() => listed.length > 0 && of('trade').length > 0);
    await end();
    const { instruments } = await replay(folder);
    const [info] = listed.filter(({ symbol }) => symbol === 'btcusdt');
    const { tick, lot, kind, base, quote, active } = info;
    expect(tick).toBeGreaterThan(0);
    expect(instruments.map(({ volume, ...rest }) => rest)).toEqual([
      { instrument: `${name}:btcusdt`, venue: name, symbol: 'btcusdt', tick, lot, kind, base, quote, active },
    ]);
  });

  it('goes on over files, and each of them can be replayed without those before it', async () => {
    await record(name, { rotateMs: 20_000 });
    stage.feed.watch(watched());
    await until(() => files().length > 2);
    await run(50);
    await end();
    expect((await replay(folder)).events).toEqual(live);
    const { events } = await replay(join(folder, files().at(-1) ?? ''));
    expect(trades(events).length).toBeGreaterThan(10);
    expect(trades(events)).toEqual(trades(live).slice(-trades(events).length));
    expect(facts(events)).toEqual(facts(live).slice(facts(live).length - facts(events).length));
  });

  it('goes on with the next run of the program', async () => {
    await record(name);
    stage.feed.watch(['btcusdt']);
    await until(() => trades(live).length > 20);
    await end();
    const first = live;
    await record(name, { laterMs: 300_000 });
    stage.feed.watch(['btcusdt']);
    await until(() => trades(live).length > 20);
    await end();
    expect((await replay(folder)).events).toEqual([...first, ...live]);
  });

  it('is read up to where a kill has torn it', async () => {
    await record(name);
    stage.feed.watch(watched());
    await until(() => trades(live).length > 100);
    await end();
    const [file] = files();
    truncateSync(join(folder, file), readFileSync(join(folder, file)).length - 40);
    const { events, status } = await replay(folder);
    expect(trades(events).length).toBeGreaterThan(80);
    expect(trades(events)).toEqual(trades(live).slice(0, trades(events).length));
    expect(status.counters.malformed).toBeLessThanOrEqual(1);
  });

  it('does without a damaged line: it is counted, and what comes after it is told', async () => {
    await record(name);
    stage.feed.watch(['btcusdt']);
    stage.feed.watchBook?.(['btcusdt']);
    await until(() => trades(live).length > 200);
    await end();
    let damaged = '';
    const path = rewrite((all) => {
      // A frame that carried the fiftieth trade, or two of them.
      const id = (trades(live)[50] as Trade).id;
      const at = all.findIndex((line) => line.includes('"text"') && line.includes(id));
      damaged = all[at];
      return all.with(at, `${damaged.slice(0, 60)}#`);
    });
    const { events, status } = await replay(path);
    const left = trades(live).filter((trade) => !damaged.includes((trade as Trade).id));
    expect(left.length).toBeGreaterThan(190);
    expect(trades(events)).toEqual(left);
    expect(status.counters.malformed).toBe(1);
    expect(status.detail).toMatch(/^the tape has ended; 1 line was bad: line \d+: no JSON$/);
  });
});

describe('an order book on a raw tape', () => {
  it.each(VENUE_NAMES)('of %s is not told any more where a change of it is missing', async (name) => {
    await record(name);
    stage.feed.watchBook?.(['btcusdt']);
    await until(() => of('book').length > 40);
    await end();
    const path = rewrite((all) => {
      const at = all.findIndex(
        (line) =>
          /depthUpdate|orderbook|books|l2_data|\\"book\\"/.test(line) &&
          Number(JSON.parse(line).at) > (of('book')[20] as BookEvent).ts,
      );
      return all.toSpliced(at, 1);
    });
    const { events } = await replay(path);
    const told = of('book', events);
    expect(told.length).toBeGreaterThan(15);
    // Kraken's changes are not numbered, but told with a checksum.
    expect(told).toEqual(of('book').slice(0, told.length));
    expect(told.length).toBeLessThan(30);
  });
});

describe('a tape of an earlier version', () => {
  const at = 1_700_000_000_000;
  const frame = (venue: string, text: string) => JSON.stringify({ venue, route: 'main', at, text });
  const write = (lines: readonly string[]): string => {
    const file = join(folder, 'old.ndjson');
    writeFileSync(file, lines.join('\n'));
    return file;
  };

  it.each(['binance-usdm', 'bybit', 'okx', 'coinbase', 'kraken'])('of %s says what it lacks', async (venue) => {
    const { events, status } = await replay(write([frame(venue, '{}')]));
    expect(events).toEqual([]);
    expect(status.state).toBe('down');
    expect(status.detail).toBe(
      `old.ndjson holds no readable line (1 line was bad: line 1: a frame of ${venue} without the list of its markets, ` +
        'which this tape does not have before it (older versions did not record it): replay the tape-* files of the same folder instead)',
    );
  });

  it('of a venue that nobody knows says so', async () => {
    const { status } = await replay(write([frame('nowhere', '{}')]));
    expect(status.detail).toContain('line 1: nowhere is no venue whose frames can be read');
  });
});
