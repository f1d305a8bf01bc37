import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConfigError } from '../engine/errors.ts';
import type { BookEvent, FeedEvent, Trade } from '../engine/market/events.ts';
import { createManualClock, type ManualClock } from '../test/doubles/manual-clock.ts';
import { createSilentLog } from '../test/doubles/silent-log.ts';
import { createRecorder, type RecorderOptions } from './recorder.ts';
import { createFeed } from './registry.ts';

const START = 1_772_550_000_000;

let folder: string;
let time: ManualClock;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'recorder-'));
  time = createManualClock(START);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const trade = (n: number): Trade => ({
  ...{ type: 'trade', instrument: 'binance:btcusdt', ts: START + n, price: 100 + n, size: 1 },
  ...{ side: 'buy', id: String(n) },
});
const record = (more: Partial<RecorderOptions> = {}) =>
  createRecorder({ folder, clock: time.clock, log: createSilentLog(), ...more });
const files = (kind: string) =>
  readdirSync(folder)
    .filter((name) => name.startsWith(kind))
    .sort();

/** What a replay of a path gives. */
async function replay(path: string): Promise<readonly FeedEvent[]> {
  const events: FeedEvent[] = [];
  const options = {
    clock: time.clock,
    random: () => 0.5,
    log: createSilentLog(),
    tape: { speed: Number.POSITIVE_INFINITY },
  };
  const feed = createFeed(`tape:${path}`, options);
  feed.start((event) => events.push(event));
  feed.watch(['btcusdt']);
  await vi.waitFor(() => expect(feed.status().detail).toMatch(/ended|no readable/));
  await feed.stop();
  return events;
}

describe('a recording', () => {
  it('replays as it was told: trades, bars, facts, gaps and books', async () => {
    const instrument = 'binance:btcusdt';
    const side = (...prices: number[]) => ({
      prices: Float64Array.from(prices),
      sizes: Float64Array.from(prices, () => 2),
    });
    const book: BookEvent = { type: 'book', instrument, ts: START + 5, bids: side(99, 98), asks: side(101, 102) };
    const bar = { start: START, open: 1, high: 2, low: 1, close: 2, volume: 3, trades: 4, bought: 1 };
    const told: FeedEvent[] = [
      trade(1),
      { type: 'bars', instrument, interval: 60_000, bars: [bar] },
      { type: 'fact', name: 'funding', instrument, ts: START + 3, value: -0.0001 },
      { type: 'gap', instrument, open: true, from: START, ts: START + 4 },
      book,
      trade(6),
    ];
    const recorder = record();
    for (const event of told) recorder.event(event);
    await recorder.stop();
    expect(await replay(folder)).toEqual(told);
    expect(recorder.counters()).toEqual({ written: 6, dropped: 0 });
  });

  it('goes on in another file by size and by the hour, and its index tells of each', async () => {
    const recorder = record({ rotateBytes: 50 });
    const wait = async (count: number) => {
      await time.advance(1_000);
      await vi.waitFor(() => expect(recorder.counters().written).toBe(count));
    };
    recorder.event(trade(1));
    await wait(1);
    recorder.event(trade(2));
    await wait(2);
    await recorder.stop();
    const later = record();
    later.event(trade(3));
    await time.advance(1_000);
    await vi.waitFor(() => expect(later.counters().written).toBe(1));
    await time.advance(3_600_000);
    later.event(trade(4));
    await later.stop();
    expect(files('tape')).toHaveLength(4);
    const index = readFileSync(join(folder, 'index.ndjson'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { file: string; lines?: number });
    const closed = index.filter(({ lines }) => lines !== undefined);
    expect(closed.map(({ file, lines }) => [file, lines])).toEqual(files('tape').map((file) => [file, 1]));
    expect(await replay(folder)).toEqual([1, 2, 3, 4].map(trade));
  });

  it('can be read up to the tear where a kill has torn it', async () => {
    const recorder = record();
    for (let n = 0; n < 3; n++) {
      recorder.event(trade(n));
      await time.advance(1_000);
      await vi.waitFor(() => expect(recorder.counters().written).toBe(n + 1));
    }
    // No stop: as after kill -9, with the last member half on the disk.
    const file = join(folder, files('tape')[0]);
    truncateSync(file, readFileSync(file).length - 30);
    expect((await replay(folder)).slice(0, 2)).toEqual([trade(0), trade(1)]);
    await recorder.stop();
  });

  it('drops and counts what comes while too much waits', async () => {
    const recorder = record({ mostWaiting: 1_000 });
    for (let n = 0; n < 100; n++) recorder.event(trade(n));
    await recorder.stop();
    const { written, dropped } = recorder.counters();
    expect(written + dropped).toBe(100);
    expect(written).toBeLessThan(10);
    expect(await replay(folder)).toHaveLength(written);
  });

  it('stops with one line where the disk takes no more, and goes on taking events', async () => {
    const error = vi.fn();
    const recorder = record({ log: { ...createSilentLog(), error } });
    rmSync(folder, { recursive: true });
    for (let n = 0; n < 3; n++) {
      recorder.event(trade(n));
      await time.advance(1_000);
      if (n === 0) await vi.waitFor(() => expect(error).toHaveBeenCalled());
    }
    await recorder.stop();
    expect(error).toHaveBeenCalledTimes(1);
    expect(recorder.counters()).toEqual({ written: 0, dropped: 2 });
  });

  it('refuses a folder that cannot be made', () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    expect(() => record({ folder: join(file, 'below') })).toThrow(ConfigError);
  });
});

describe('raw frames', () => {
  // As Binance documents its trade stream.
  const text = `{"stream":"btcusdt@trade","data":{"e":"trade","E":1772550000001,"s":"BTCUSDT","t":7,"p":"64000.50","q":"0.25","T":${START},"m":true,"M":true}}`;

  it('are recorded as they came, with when and where, and replayed through the venue’s own reader', async () => {
    const recorder = record();
    recorder.raw({ venue: 'binance', route: 'stream', at: START + 20, text });
    await recorder.stop();
    const [name] = files('raw');
    expect(JSON.parse(gunzipSync(readFileSync(join(folder, name))).toString())).toEqual({
      venue: 'binance',
      route: 'stream',
      at: START + 20,
      text,
    });
    expect(await replay(folder)).toEqual([
      { type: 'trade', instrument: 'binance:btcusdt', ts: START, price: 64_000.5, size: 0.25, side: 'sell', id: '7' },
    ]);
  });
});
