import { beforeEach, describe, expect, it } from 'vitest';
import type { BookEvent } from '../engine/market/events.ts';
import { BTC, onUsdm } from '../test/doubles/binance-usdm-harness.ts';
import { binanceUsdm } from './binance-usdm.ts';

const on = onUsdm();
const { until, live, books, asked } = on;

const levels = ({ prices, sizes }: BookEvent['bids']) => [...prices].map((price, i) => [price, sizes[i]]);

describe('a book', () => {
  beforeEach(() =>
    on.venue.setBook(
      'BTCUSDT',
      [
        [99, 1],
        [98, 2],
      ],
      [[101, 3]],
    ),
  );

  async function watchBook(): Promise<void> {
    await live('btcusdt');
    on.feed.watchBook?.(['btcusdt']);
    await until(() => books().length === 1);
  }

  it('is fetched while changes wait, then follows them, each by the one before', async () => {
    await live('btcusdt');
    on.venue.failRest(1, 500, undefined, 'depth');
    on.feed.watchBook?.(['btcusdt']);
    await until(() => asked('depth').length === 1);
    on.venue.changeBook(
      'BTCUSDT',
      [
        [99, 0],
        [97, 5],
      ],
      [],
    );
    await until(() => books().length > 0);
    on.venue.changeBook('BTCUSDT', [], [[100.5, 1]]);
    on.venue.changeBook('BTCUSDT', [[98, 4]], []);
    await until(() => books().at(-1)?.bids.sizes[0] === 4);
    expect(levels(books().at(-1)!.bids)).toEqual([
      [98, 4],
      [97, 5],
    ]);
    expect(levels(books().at(-1)!.asks)).toEqual([
      [100.5, 1],
      [101, 3],
    ]);
    expect(asked('depth')).toHaveLength(2);
  });

  it('is fetched anew where a change is missing, and only then', async () => {
    await watchBook();
    const text = on.venue.changeBook('BTCUSDT', [[99, 6]], []);
    on.venue.push(text, '/public/stream');
    await until(() => books().at(-1)?.bids.sizes[0] === 6);
    expect(asked('depth')).toHaveLength(1);
    on.venue.changeBook('BTCUSDT', [[99, 7]], [], false);
    on.venue.changeBook('BTCUSDT', [[98, 8]], []);
    await until(() => books().at(-1)?.bids.sizes[0] === 7);
    expect(levels(books().at(-1)!.bids)).toEqual([
      [99, 7],
      [98, 8],
    ]);
    expect(asked('depth')).toHaveLength(2);
    on.venue.changeBook('BTCUSDT', [[98, 9]], []);
    await until(() => books().at(-1)?.bids.sizes[1] === 9);
    expect(asked('depth')).toHaveLength(2);
  });

  it('follows what straddles its snapshot, comes right after it, or lies around a number of another contract', () => {
    const follows = binanceUsdm.book!.follows;
    const change = (previous: number, first: number, last: number) => ({
      ...{ instrument: BTC, ts: 1, snapshot: false, bids: [], asks: [], previous, first, last },
    });
    expect(follows(100, change(80, 90, 99), true)).toBe('old');
    expect(follows(100, change(90, 95, 100), true)).toBe('next');
    expect(follows(100, change(90, 95, 120), true)).toBe('next');
    expect(follows(100, change(100, 107, 110), true)).toBe('next');
    expect(follows(100, change(97, 103, 110), true)).toBe('next');
    expect(follows(100, change(101, 107, 110), true)).toBe('gap');
    expect(follows(100, change(100, 107, 110), false)).toBe('next');
    expect(follows(100, change(99, 107, 110), false)).toBe('gap');
    expect(follows(100, change(90, 95, 100), false)).toBe('old');
  });
});
