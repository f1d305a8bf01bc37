import { existsSync, readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import type { BookEvent } from '../engine/market/events.ts';
import { createManualClock, type ManualClock } from '../test/doubles/manual-clock.ts';
import { createSilentLog } from '../test/doubles/silent-log.ts';
import { createLiveBook, type LiveBook } from './book.ts';
import type { BookMessage, BookRule, Level } from './venue.ts';

let time: ManualClock;
let told: { at: number; event: BookEvent }[];
let renewals: number[];

beforeEach(() => {
  time = createManualClock(1_000_000);
  [told, renewals] = [[], []];
});

/** Numbers that rise by one, a snapshot by the stream. */
const RULE: BookRule = {
  snapshot: 'stream',
  follows: (last, { last: number = Number.NaN }) => (number === last + 1 ? 'next' : number <= last ? 'old' : 'gap'),
};

function make(rule: Partial<BookRule> = {}): LiveBook {
  const book = createLiveBook({
    instrument: 'v:x',
    rule: { ...RULE, ...rule },
    market: () => undefined,
    fetch: () => Promise.reject(new Error('not by REST')),
    renew: () => renewals.push(time.now() - 1_000_000),
    clock: time.clock,
    random: () => 0,
    log: createSilentLog(),
    emit: (event) => told.push({ at: time.now(), event }),
    changed: () => undefined,
    resynced: () => undefined,
    doubted: () => undefined,
  });
  book.speak(true);
  book.streaming();
  return book;
}

const message = (last: number, bids: readonly Level[], asks: readonly Level[], snapshot = false): BookMessage => ({
  instrument: 'v:x',
  ts: 1_000_000,
  snapshot,
  last,
  bids,
  asks,
});
const snapshot = (last: number) =>
  message(
    last,
    [
      [10, 1],
      [9, 1],
    ],
    [
      [11, 1],
      [12, 1],
    ],
    true,
  );
const newest = () => {
  const event = told.at(-1)?.event;
  return event && [[...event.bids.prices], [...event.bids.sizes], [...event.asks.prices], [...event.asks.sizes]];
};

describe('a book of a stream', () => {
  it('begins with a snapshot, follows its changes, drops repeats, and takes another snapshot in its place', async () => {
    const book = make();
    book.take(message(4, [[10, 5]], []));
    expect([told, book.live()]).toEqual([[], false]);
    book.take(snapshot(5));
    expect(newest()).toEqual([
      [10, 9],
      [1, 1],
      [11, 12],
      [1, 1],
    ]);
    book.take(message(5, [[10, 7]], []));
    book.take(
      message(
        6,
        [
          [10, 0],
          [8, 2],
        ],
        [[11, 3]],
      ),
    );
    await time.advance(100);
    expect(newest()).toEqual([
      [9, 8],
      [1, 2],
      [11, 12],
      [3, 1],
    ]);
    book.take(snapshot(1));
    await time.advance(100);
    expect(newest()).toEqual([
      [10, 9],
      [1, 1],
      [11, 12],
      [1, 1],
    ]);
    expect(renewals).toEqual([]);
  });

  it('is told at most ten times a second, and always its newest state', async () => {
    const book = make();
    book.take(snapshot(0));
    for (let i = 1; i <= 200; i++) {
      await time.advance(7);
      book.take(message(i, [[10, i]], []));
    }
    await time.advance(100);
    for (const [i, { at }] of told.entries()) if (i > 0) expect(at - told[i - 1].at).toBeGreaterThanOrEqual(100);
    // At 0, 0.1 … 1.4 s, and once more for what changed at 1.4 s.
    expect(told).toHaveLength(16);
    expect(newest()?.[1]).toEqual([200, 1]);
  });

  it.each([
    ['a change is missing', RULE, message(7, [[10, 2]], [])],
    ['bids and asks cross', RULE, message(6, [[11, 2]], [])],
    [
      'the checksum differs',
      { ...RULE, verify: (_: unknown, { last }: BookMessage) => last !== 6 },
      message(6, [], []),
    ],
  ])('begins anew where %s, and is quiet until it is right', async (_why, rule, bad) => {
    const book = make(rule);
    book.take(snapshot(5));
    book.take(bad);
    expect([book.live(), renewals]).toEqual([false, [0]]);
    book.take(message(8, [[10, 3]], []));
    await time.advance(1000);
    expect(told).toHaveLength(1);
    book.take(snapshot(20));
    book.take(message(21, [[10, 4]], []));
    await time.advance(100);
    expect([book.live(), newest()?.[1]]).toEqual([true, [4, 1]]);
  });

  it('is asked for again, later and later, where no snapshot comes in five seconds, until it is halted', async () => {
    const book = make();
    for (let second = 0; second < 32; second++) await time.advance(1000);
    // Five seconds each, and pauses of 0, 2, 4 and 8 s.
    expect(renewals).toEqual([5000, 12_000, 21_000]);
    book.take(snapshot(5));
    await time.advance(59_000);
    book.take(message(9, [], []));
    expect([book.live(), renewals.length]).toEqual([false, 3]);
    book.take(snapshot(5));
    await time.advance(61_000);
    book.take(message(9, [], []));
    expect(renewals.at(-1)).toBe(time.now() - 1_000_000);
    expect(renewals).toHaveLength(4);
    book.halt();
    await time.advance(600_000);
    expect(renewals).toHaveLength(4);
  });

  it('keeps no more levels than its depth', async () => {
    const book = make({ depth: 2 });
    book.take(snapshot(0));
    book.take(message(1, [[10.5, 1]], []));
    book.take(message(2, [[10.5, 0]], []));
    await time.advance(100);
    // 9 fell out when 10.5 came, and no message ever brings it back.
    expect(newest()?.[0]).toEqual([10]);
  });

  const recording = new URL('../../shared/venues/kraken-v2/book.BTC-USD.depth10.jsonl', import.meta.url);
  it.skipIf(!existsSync(recording))(
    'has the checksum of every recorded message, the levels beyond its depth dropped',
    () => {
      const digits = ({ prices, sizes }: BookEvent['bids']) =>
        [...prices]
          .map(
            (price, i) => price.toFixed(1).replace('.', '') + sizes[i].toFixed(8).replace('.', '').replace(/^0+/, ''),
          )
          .join('');
      let checked = 0;
      const book = make({
        depth: 10,
        follows: () => 'next',
        verify(levels, { checksum }) {
          checked++;
          return crc32(digits(levels.best('ask', 10)) + digits(levels.best('bid', 10))) === checksum;
        },
      });
      const lines = readFileSync(recording, 'utf8').trim().split('\n');
      for (const line of lines) {
        const { type, data } = JSON.parse(line);
        const [{ bids, asks, checksum }] = data;
        const levels = (side: { price: number; qty: number }[]): Level[] => side.map(({ price, qty }) => [price, qty]);
        book.take({ ...message(0, levels(bids), levels(asks), type === 'snapshot'), checksum });
      }
      expect([checked, renewals, book.live()]).toEqual([lines.length, [], true]);
    },
  );
});
