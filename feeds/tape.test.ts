import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FeedEvent } from '../engine/market/events.ts';
import { createManualClock, type ManualClock } from '../test/doubles/manual-clock.ts';
import { createSilentLog } from '../test/doubles/silent-log.ts';
import { come } from '../test/doubles/wire.ts';
import type { Feed } from './feed.ts';
import { createTapeFeed } from './tape.ts';

const START = 1_700_000_040_000;
const MINUTE = 60_000;

let folder: string;
let time: ManualClock;
let feed: Feed;
let log: ReturnType<typeof createSilentLog>;
let seen: { at: number; event: FeedEvent }[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tape-'));
  time = createManualClock(2_000_000_000_000);
  seen = [];
  log = createSilentLog();
});

afterEach(async () => {
  await feed.stop();
  rmSync(folder, { recursive: true });
});

function tape(lines: readonly (object | string)[], speed: number, name = 'tape.ndjson'): string {
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  const file = join(folder, name);
  writeFileSync(file, name.endsWith('.gz') ? gzipSync(text) : text);
  feed = createTapeFeed({ file, speed, clock: time.clock, log });
  feed.start((event) => seen.push({ at: time.now() - 2_000_000_000_000, event }));
  return file;
}

const ended = () => feed.status().detail?.startsWith('the tape has ended') === true;
const warnings = () => log.lines.filter(({ level }) => level === 'warn').map(({ message }) => message);
const trade = (ts: number, price: number, instrument = 'binance:btcusdt') => ({ instrument, ts, price, size: 1 });

describe('a tape', () => {
  it.each([
    [1, [0, 1000, 61_000]],
    [10, [0, 100, 6100]],
  ])('at speed %d keeps the spacing and the times of its trades', async (speed, spacing) => {
    tape([trade(START, 1), trade(START + 1000, 2), trade(START + 61_000, 3)], speed);
    feed.watch(['btcusdt']);
    await come(() => seen.length === 1);
    // The file is read by now: whatever comes, comes with the time.
    await time.advance(spacing[2] - 1);
    expect(seen).toHaveLength(2);
    await time.advance(1);
    await come(ended);
    expect(seen.map(({ at }) => at)).toEqual(spacing);
    expect(seen.map(({ event }) => event)).toEqual([
      { type: 'trade', ...trade(START, 1), side: undefined, id: 'line-1' },
      { type: 'trade', ...trade(START + 1000, 2), side: undefined, id: 'line-2' },
      { type: 'trade', ...trade(START + 61_000, 3), side: undefined, id: 'line-3' },
    ]);
  });

  it('at once gives everything in order without holding others up', async () => {
    const count = 20_000;
    tape(
      Array.from({ length: count }, (_, i) => trade(START + i, 1 + i)),
      Number.POSITIVE_INFINITY,
      'tape.ndjson.gz',
    );
    let turns = 0;
    let counting = true;
    const tick = () => {
      turns++;
      if (counting) setImmediate(tick);
    };
    tick();
    feed.watch(['btcusdt']);
    await come(ended);
    counting = false;
    expect(seen.map(({ event }) => event.type === 'trade' && event.price)).toEqual(
      Array.from({ length: count }, (_, i) => 1 + i),
    );
    expect(turns).toBeGreaterThanOrEqual(count / 500);
  });

  it('carries every kind of event, and skips and counts lines that it cannot read', async () => {
    const bars = [{ start: START, open: 1, high: 2, low: 1, close: 2, volume: 3, trades: 4 }];
    const good: FeedEvent[] = [
      { type: 'trade', instrument: 'okx:ethusdt', ts: START, price: 2, size: 0.5, side: 'sell', id: '9' },
      { type: 'bars', instrument: 'okx:ethusdt', interval: MINUTE, bars },
      { type: 'fact', name: 'gdp', instrument: undefined, ts: START, value: -1.5 },
      { type: 'gap', instrument: 'okx:ethusdt', open: true, from: START, ts: START + 1 },
    ];
    const bad = [
      '{',
      'null',
      '17',
      { type: 'other' },
      trade(START, -1),
      trade(START, 0),
      { ...trade(START, 1), ts: 'x' },
      trade(START, 1, 'bare'),
    ];
    tape([good[0], ...bad, good[1], '', good[2], good[3]], Number.POSITIVE_INFINITY);
    feed.watch(['okx:ethusdt']);
    await come(ended);
    expect(seen.map(({ event }) => event)).toEqual(good);
    expect(feed.status().counters).toMatchObject({ malformed: bad.length, trades: 1 });
    expect(feed.status()).toMatchObject({
      state: 'stale',
      detail: 'the tape has ended; 8 lines were bad, the first is line 2: no JSON',
    });
    expect(warnings()).toEqual(['a line of the tape cannot be read']);
  });

  it('counts lines as an editor does, and tells of the only bad one', async () => {
    tape(['', trade(START, 1), '', { ...trade(START, 1), price: 'much' }, trade(START, 2)], Number.POSITIVE_INFINITY);
    feed.watch(['btcusdt']);
    await come(ended);
    expect(feed.status().detail).toMatch(/^the tape has ended; 1 line was bad: line 4: price: .*number/);
    expect(seen.map(({ event }) => event.type === 'trade' && event.id)).toEqual(['line-2', 'line-5']);
  });

  it.each<[string, (object | string)[], RegExp]>([
    ['an empty file', [], /^tape\.ndjson is empty$/],
    ['blank lines', ['', '  ', ''], /^tape\.ndjson is empty$/],
    [
      'prose',
      ['Dear diary', 'nothing'],
      /^tape\.ndjson holds no readable line \(2 lines were bad, the first is line 1: no JSON\)$/,
    ],
    ['a list', ['', '17'], /^tape\.ndjson holds no readable line \(1 line was bad: line 2: no JSON object\)$/],
    ['other events', [{ type: 'candle' }], /\(1 line was bad: line 1: no known type\)$/],
    ['trades without a price', [{ instrument: 'a:b', ts: 1, size: 1 }], /line 1: price: /],
  ])('of %s is down and says why, before and after somebody watches, with one warning', async (_, lines, detail) => {
    tape(lines, 1);
    expect(await feed.instruments()).toEqual([]);
    expect(feed.status().state).toBe('down');
    expect(feed.status().detail).toMatch(detail);
    feed.watch(['btcusdt']);
    await come(() => log.lines.some(({ message }) => message === 'the tape has ended'));
    expect(feed.status().state).toBe('down');
    expect(feed.status().detail).toMatch(detail);
    expect(warnings().filter((message) => detail.test(message))).toHaveLength(1);
  });

  it('lists the instruments that it holds, and passes on only what is watched', async () => {
    tape([trade(START, 1), trade(START, 2, 'sim:aapl'), trade(START, 3, 'kraken:ethbtc')], Number.POSITIVE_INFINITY);
    const infos = await feed.instruments();
    expect(infos.map(({ instrument, venue, base, quote }) => [instrument, venue, base, quote])).toEqual([
      ['binance:btcusdt', 'binance', 'btc', 'usdt'],
      ['kraken:ethbtc', 'kraken', 'eth', 'btc'],
      ['sim:aapl', 'sim', 'aapl', 'usd'],
    ]);
    feed.watch(['aapl']);
    await come(ended);
    expect(seen.map(({ event }) => event.instrument)).toEqual(['sim:aapl']);
  });

  it('knows what takers bought where each trade and bar of the tape says it', async () => {
    const bar = { open: 4, high: 4, low: 4, close: 4, volume: 2, trades: 2 };
    const bars = [
      { ...bar, start: START + 2 * MINUTE },
      { ...bar, start: START + 3 * MINUTE, bought: 1 },
      { ...bar, start: START + 4 * MINUTE, bought: 'some' },
    ];
    const lines = [
      { ...trade(START, 5), side: 'buy' },
      { ...trade(START + 1, 5), side: 'sell' },
      { ...trade(START + MINUTE, 5), side: 'buy' },
      { ...trade(START + MINUTE + 1, 5) },
      { type: 'bars', instrument: 'binance:btcusdt', interval: MINUTE, bars },
      trade(START + 5 * MINUTE, 5),
    ];
    tape(lines, Number.POSITIVE_INFINITY);
    feed.watch(['btcusdt']);
    await come(ended);
    const found = await feed.history('btcusdt', MINUTE, 0, START + DAY);
    expect(found.map(({ bought }) => bought)).toEqual([1, undefined, undefined, 1, undefined]);
  });

  it('has history of what was read so far, without the open bar', async () => {
    const lines = [
      trade(START, 5),
      trade(START + 10, 7),
      trade(START + 20, 4),
      trade(START + MINUTE, 6),
      trade(START + 2 * MINUTE, 8),
    ];
    tape(lines, Number.POSITIVE_INFINITY);
    feed.watch(['btcusdt']);
    await come(ended);
    expect(await feed.history('btcusdt', MINUTE, 0, START + DAY)).toEqual([
      { start: START, open: 5, high: 7, low: 4, close: 4, volume: 3, trades: 3 },
      { start: START + MINUTE, open: 6, high: 6, low: 6, close: 6, volume: 1, trades: 1 },
    ]);
  });

  it('that is not there makes the feed down, with the reason', async () => {
    feed = createTapeFeed({ file: join(folder, 'none'), clock: time.clock, log: createSilentLog() });
    feed.start(() => undefined);
    feed.watch(['btcusdt']);
    await come(() => feed.status().detail?.includes('cannot be read') === true);
    expect(feed.status().state).toBe('down');
    await expect(feed.instruments()).rejects.toMatchObject({ name: 'TransportError' });
  });
});

const DAY = 24 * 60 * MINUTE;
