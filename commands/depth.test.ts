import { describe, expect, it } from 'vitest';
import type { DepthRequest } from '../charts/figures/request.ts';
import type { BookEvent, FeedEvent } from '../engine/market/events.ts';
import { createIngestBooks } from '../feeds/ingest-books.ts';
import { createSimFeed } from '../feeds/sim.ts';
import { buttonOf, HARNESS_NOW, textOf } from '../test/doubles/command-harness.ts';
import { createManualClock } from '../test/doubles/manual-clock.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';
import type { CommandContext } from './command.ts';
import { depth } from './depth.ts';

const harness = useCommandHarness();

type Levels = readonly (readonly [price: number, size: number])[];
const side = (levels: Levels) => ({
  prices: Float64Array.from(levels, ([price]) => price),
  sizes: Float64Array.from(levels, ([, size]) => size),
});

/** Middle 60,000. */
const BIDS: Levels = [
  [59_994, 1],
  [59_900, 3],
  [59_400, 4],
];
const ASKS: Levels = [
  [60_006, 2],
  [60_100, 2],
  [60_600, 12],
];
const bookOf = (bids: Levels, asks: Levels, ageMs = 0): BookEvent => ({
  ...{ type: 'book', instrument: 'sim:btcusdt', ts: HARNESS_NOW - ageMs, bids: side(bids), asks: side(asks) },
});

async function asked(text: string, book = bookOf(BIDS, ASKS)) {
  const market: CommandContext['market'] = { ...harness.market, book: async () => book };
  return depth.run({ ...(await harness.context()), market }, text);
}

describe('/depth', () => {
  it('tells spread, depth, imbalance and what a size costs', async () => {
    const message = await asked('btc 3');
    expect(textOf(message).split('\n')).toEqual([
      // 12 of 60,000 are 2 bps.
      'btcusdt order book · sim: spread 2.00 bps',
      // 8 against 16: -8/24.
      'within 1.00\u00a0% 8 btc bid, 16 btc asked: imbalance −0.33, more is asked than bid',
      'No level stands out.',
      // 2 at 60,006 and 1 at 60,100: 180,112 for 3, 112 more than at the middle; 6.2 bps.
      'Buying 3 btc: 60,037.33 on average, 6.2 bps worse than the middle (112 usdt), the last at 60,100.00.',
      // 1 at 59,994 and 2 at 59,900: 179,794.
      'Selling 3 btc: 59,931.33 on average, 11.4 bps worse than the middle (206 usdt), the last at 59,900.00.',
    ]);
    const figure = harness.figures[0] as DepthRequest;
    expect(figure.bids).toEqual({ prices: [59_994, 59_900, 59_400], sizes: [1, 4, 8] });
    expect(figure.asks).toEqual({ prices: [60_006, 60_100, 60_600], sizes: [2, 4, 16] });
    expect(figure.range).toEqual([expect.closeTo(59_400, 6), expect.closeTo(60_600, 6)]);
    expect(figure.sides).toEqual({ bids: 'bids 8 btc', asks: 'asks 16 btc' });
    expect(message.buttons?.[0][0].label).toBe('Again');
  });

  it('takes an amount of the quote, and two usual ones where nothing is named', async () => {
    const amount = textOf(await asked('btc 120.012k usdt')).split('\n');
    expect(amount[3]).toMatch(/^Buying 2(\.0002)? btc: 60,006\.\d+ on average, 1\.0 bps/);
    const usual = textOf(await asked('btc')).split('\n');
    expect(usual.slice(3).map((line) => line.slice(0, line.indexOf(':')))).toEqual([
      'Buying 0.1667 btc',
      'Selling 0.1667 btc',
      'Buying 1.667 btc',
      'Selling 1.667 btc',
    ]);
  });

  it('tells a large size in full', async () => {
    const text = textOf(await asked('btc 999999999'));
    expect(text).toContain('Buying 999,999,999 btc: the book that is known holds 16 btc of it');
  });

  it.each(['10 btc', '600k usdt btc', 'btc 10 btc'])('reads the size in any place: %s', async (text) => {
    expect(textOf(await asked(text))).toContain('Buying 10 btc: ');
  });

  it('asks again for the perpetual that was named in two words, and for the same size', async () => {
    const spot = harness.market.symbols.get('sim:btcusdt')!;
    harness.market.symbols.add([{ ...spot, instrument: 'sim:btcusdt.p', symbol: 'btcusdt.p', kind: 'perpetual' }]);
    const again = buttonOf(await asked('btc perp 50k usdt'), 'Again');
    // The harness has no books: that it says so of this venue shows that the symbol and the size were read.
    const { reply } = await harness.press(again);
    expect(textOf(reply)).toBe('Sim has no order books here.');
  });

  it('says where the book does not hold as much, and how old it is', async () => {
    const text = textOf(await asked('btc 50', bookOf(BIDS, ASKS, 65_000)));
    expect(text).toMatch(/sim · 1m ?5s old: spread/);
    expect(text).toContain('Buying 50 btc: the book that is known holds 16 btc of it, to 60,600.00,');
    expect(text).toContain('Selling 50 btc: the book that is known holds 8 btc of it, to 59,400.00,');
  });

  it('marks walls, in words and in the picture', async () => {
    const bids = Array.from({ length: 20 }, (_, i) => [59_994 - i * 5, i === 7 ? 40 : 1 + (i % 3)] as const);
    const text = textOf(await asked('btc', bookOf(bids, ASKS)));
    expect(text).toContain('Walls: 40 btc bid at 59,959.00 (−0.07\u00a0%, 20 times the usual level).');
    expect((harness.figures[0] as DepthRequest).walls).toEqual([{ price: 59_959, sum: 53 }]);
  });

  it('has words for a book of one level a side, and for one without a side', async () => {
    const text = textOf(await asked('btc 1', bookOf([[59_994, 1]], [[60_006, 2]])));
    expect(text).toContain('within 0.01\u00a0% 1 btc bid, 2 btc asked');
    expect(text).not.toContain('NaN');
    await expect(asked('btc', bookOf([], ASKS))).rejects.toThrow('Nobody buys now: a side of the book is empty.');
  });

  it.each([
    ['', 'Which symbol?'],
    ['btc ten', '“ten” is no size of btcusdt.'],
    ['btc 0', '“0” is no size of btcusdt.'],
    ['btc 10 eur', '“eur” is no size of btcusdt.'],
    ['btc 10 btc now', '“now” is no size of btcusdt.'],
    ['nosuch', 'I know no symbol “nosuch”.'],
    ['btc', 'Sim has no order books here.'],
  ])('refuses %j', async (text, reason) => {
    expect(textOf(await harness.say(`/depth ${text}`))).toContain(reason);
  });

  it('answers on the simulator’s book with what that book holds', async () => {
    const time = createManualClock(HARNESS_NOW);
    const events: FeedEvent[] = [];
    const feed = createSimFeed({ clock: time.clock });
    feed.start((event) => events.push(event));
    feed.watchBook?.(['btcusdt']);
    await time.advance(10_000);
    await feed.stop();
    const book = events.findLast((event): event is BookEvent => event.type === 'book')!;
    const size = book.asks.sizes[0] + book.asks.sizes[1] / 2;
    const paid = book.asks.sizes[0] * book.asks.prices[0] + (book.asks.sizes[1] / 2) * book.asks.prices[1];
    const text = textOf(await asked(`btc ${size}`, book));
    const average = Number(/Buying [\d.]+ btc: ([\d.,]+) on average/.exec(text)![1].replaceAll(',', ''));
    expect(average).toBeCloseTo(paid / size, 1);
    const spread = ((book.asks.prices[0] - book.bids.prices[0]) / (book.asks.prices[0] + book.bids.prices[0])) * 20_000;
    expect(text).toContain(`spread ${spread.toFixed(2)} bps`);
  });

  it('answers on a book that was handed in level by level', async () => {
    const time = createManualClock(HARNESS_NOW);
    const told: BookEvent[] = [];
    const books = createIngestBooks(time.clock, (event) => told.push(event));
    const set = (side: 'bid' | 'ask') => (level: Levels[number]) =>
      books.set('ingest:btcusdt', {
        kind: 'level',
        symbol: 'btcusdt',
        ts: HARNESS_NOW,
        side,
        price: level[0],
        size: level[1],
      });
    BIDS.toReversed().forEach(set('bid'));
    ASKS.toReversed().forEach(set('ask'));
    await time.advance(100);
    books.stop();
    const lines = textOf(await asked('btc 3', told.at(-1)!)).split('\n');
    expect(lines[1]).toContain('8 btc bid, 16 btc asked: imbalance −0.33');
    expect(lines[3]).toMatch(/^Buying 3 btc: 60,037\.33 on average, 6\.2 bps/);
  });
});
