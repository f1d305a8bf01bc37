import { expect, it } from 'vitest';
import type { BookEvent } from '../engine/market/events.ts';
import type { Feed } from '../feeds/feed.ts';
import { createManualClock } from '../test/doubles/manual-clock.ts';
import { createScriptedFeed } from '../test/doubles/scripted-feed.ts';
import { createBooks } from './books.ts';

const BTC = 'okx:btcusdt';
const HOUR = 3_600_000;
const side = { prices: new Float64Array([1]), sizes: new Float64Array([2]) };
const book = (ts: number): BookEvent => ({ type: 'book', instrument: BTC, ts, bids: side, asks: side });

function bench(hasBooks = true) {
  const time = createManualClock(1_000_000);
  const watched = new Set<string>();
  const { feed } = createScriptedFeed('okx', [], {});
  const withBooks: Feed = {
    ...feed,
    watchBook: (symbols) => symbols.forEach((symbol) => void watched.add(symbol)),
    unwatchBook: (symbols) => symbols.forEach((symbol) => void watched.delete(symbol)),
  };
  let newest: BookEvent | undefined;
  const books = createBooks({
    engine: { bookOf: () => newest },
    clock: time.clock,
    feedOf: () => (hasBooks ? withBooks : feed),
  });
  const come = (event: BookEvent) => {
    newest = event;
    books.came(event);
  };
  return { time, watched, books, come };
}

it('a book is subscribed when it is asked for, and given when the first comes', async () => {
  const { time, watched, books, come } = bench();
  const asked = books.ask(BTC);
  expect([...watched]).toEqual(['btcusdt']);
  await time.advance(4_000);
  come(book(7));
  expect((await asked).ts).toBe(7);
  expect((await books.ask(BTC)).ts).toBe(7);
});

it('who asks does not wait for ever', async () => {
  const { time, books } = bench();
  const asked = books.ask(BTC).catch((error: unknown) => error);
  await time.advance(5_000);
  expect(await asked).toMatchObject({
    code: 'no-book-yet',
    message: 'No order book of btcusdt has come from okx yet.',
  });
});

it('a venue without books says so in a sentence', async () => {
  await expect(bench(false).books.ask(BTC)).rejects.toMatchObject({
    code: 'no-book',
    message: 'okx has no order books here.',
  });
});

it('a book is released an hour after the last ask, and an old one is not given for a new one', async () => {
  const { time, watched, books, come } = bench();
  const first = books.ask(BTC);
  come(book(7));
  await first;
  await time.advance(HOUR - 1);
  await books.ask(BTC);
  await time.advance(HOUR - 1);
  expect(watched.size).toBe(1);
  await time.advance(1);
  expect(watched.size).toBe(0);
  const again = books.ask(BTC);
  come(book(9));
  expect((await again).ts).toBe(9);
});

it('a book that a rule reads is released when no rule does, unless somebody asked for it', async () => {
  const { watched, books, come, time } = bench();
  books.wanted({ type: 'book-wanted', instrument: BTC, on: true });
  expect([...watched]).toEqual(['btcusdt']);
  await time.advance(9 * HOUR);
  books.wanted({ type: 'book-wanted', instrument: BTC, on: false });
  expect(watched.size).toBe(0);
  books.wanted({ type: 'book-wanted', instrument: BTC, on: true });
  come(book(7));
  await books.ask(BTC);
  books.wanted({ type: 'book-wanted', instrument: BTC, on: false });
  expect(watched.size).toBe(1);
});
